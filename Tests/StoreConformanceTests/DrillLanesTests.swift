import AnpiModel
import AnpiStore
import Testing

@Suite struct DrillLanesTests {
    private func drill(_ name: String) -> DrillRow {
        DrillRow(name: name, speed: 600, from: .at(1), to: .at(9), startedAt: .at(100), startedBy: "山田")
    }

    /// A lane with something in its log, journal, outbox and state.
    private func fill(_ lane: Int, of store: TestStore, rows: Int64) throws {
        let log = InputLog(store.database, lane: lane, priority: .normal)
        try log.openWriter(id: "w\(lane)", at: .at(0))
        for seq in 1...rows {
            let row = LogRow(writer: "w\(lane)", seq: seq, at: .at(seq), batch: [1])
            try log.append(writer: "w\(lane)", rows: [row], watermark: .at(seq))
        }
        var step = DecidedStep(
            previousJournalSeq: 0, cursors: Cursors([.init(writer: "w\(lane)", seq: rows)]), engineTime: .at(rows))
        step.journal = [JournalDraft(at: .at(1), kind: "site.contact", site: "s", body: "{}")]
        step.outbox = [
            OutboxDraft(
                journalIndex: 0, hook: "h", subject: "s", type: "site.contact", at: .at(1), body: "{}",
                replacesWaiting: true)
        ]
        _ = try Decided(store.database, lane: lane).commit(step)
    }

    @Test(arguments: StoreFactory.all)
    func aLaneIsGivenOutOnceAndANameStandsOnce(_ factory: StoreFactory) throws {
        try factory.run { store in
            let lanes = DrillLanes(store.database)
            let first = try lanes.begin(drill("typhoon-15"))
            #expect(first.lane == 1)
            #expect(store.code { _ = try lanes.begin(drill("typhoon-15")) } == .constraint)
            let second = try lanes.begin(drill("quake"))
            #expect(try lanes.all() == [first, second])
            try lanes.markEnding(second.lane)
            #expect(try lanes.all().map(\.isEnding) == [false, true])
            while try lanes.removeSome(of: second.lane) {}
            // Its number is not used again: receivers of hooks have seen ids that begin with it.
            #expect(try lanes.begin(drill("quake")).lane > second.lane)
        }
    }

    @Test(arguments: StoreFactory.all)
    func removingADrillTakesAllItsRowsAndNoOther(_ factory: StoreFactory) throws {
        try factory.run { store in
            let lanes = DrillLanes(store.database)
            let lane = try lanes.begin(drill("typhoon-15")).lane
            try fill(0, of: store, rows: 3)
            try fill(lane, of: store, rows: 100)
            var steps = 1
            while try lanes.removeSome(of: lane) { steps += 1 }
            #expect(steps > 3, "in small steps")
            #expect(try lanes.all().isEmpty)
            #expect(try InputLog(store.database, lane: lane).writers().isEmpty)
            #expect(try Journal(store.database, lane: lane).head().seq == 0)
            #expect(try Outbox(store.database, lane: lane).due(now: .at(1_000)).isEmpty)
            #expect(try InputLog(store.database).read(after: Cursors()).rows.count == 3)
            #expect(try Outbox(store.database).due(now: .at(1_000)).map(\.id) == ["0-1-0"])
            #expect(try Journal.verifyAll(store.database).map(\.lane) == [0])
        }
    }

    @Test(arguments: StoreFactory.all)
    func theRealLaneCannotBeRemoved(_ factory: StoreFactory) throws {
        try factory.run { store in
            #expect(store.code { _ = try DrillLanes(store.database).removeSome(of: 0) } == .misuse)
        }
    }
}
