import AnpiModel
import AnpiStore
import Testing

/// What a replay from history asks of the past, on every store.
@Suite struct HistorySpanTests {
    private func interval(_ agent: String, _ contact: Contact, _ from: Int64, _ to: Int64) -> HistoryRecord {
        .contact(.init(subject: agent, isSite: false, contact: contact, from: .at(from), to: .at(to)))
    }

    private func copy(_ tier: CopyTier, _ state: CopyState, at: Int64) -> HistoryRecord {
        .copy(.init(site: "s", report: CopyReport(tier: tier, state: state), source: "s-server", at: .at(at)))
    }

    private func write(_ records: [HistoryRecord], to store: TestStore) throws {
        var step = DecidedStep.full(after: try Journal(store.database).head().seq, number: 1)
        step.history = records
        _ = try Decided(store.database).commit(step)
    }

    @Test(arguments: StoreFactory.all)
    func aSpanHasWhatCoversItsBeginningWhatBeginsInItAndWhatComesNext(_ factory: StoreFactory) throws {
        try factory.run { store in
            try write(
                [
                    interval("a", .reporting, 0, 10), interval("a", .late, 10, 20), interval("a", .silent, 20, 30),
                    interval("a", .reporting, 30, 40), interval("a", .late, 40, 50),
                    interval("b", .reporting, 100, 200), interval("c", .reporting, 0, 5),
                ], to: store)
            let found = try History(store.database).contacts(
                ofAgents: ["a", "b", "c", "nobody"], Timestamp.at(12)..<Timestamp.at(35))
            #expect(
                found.map { $0.map(\.contact) } == [
                    [.late, .silent, .reporting, .late], [.reporting], [.reporting], [],
                ])
            #expect(found[0].map(\.from) == [.at(10), .at(20), .at(30), .at(40)])
            #expect(found[2].map(\.to) == [.at(5)])
        }
    }

    @Test(arguments: StoreFactory.all)
    func ofCopiesTheLastChangeBeforeTheSpanCounts(_ factory: StoreFactory) throws {
        try factory.run { store in
            try write(
                [
                    copy(.external, .good, at: 1), copy(.external, .failing, at: 5), copy(.primary, .good, at: 2),
                    copy(.external, .good, at: 12), copy(.primary, .missing, at: 20),
                ], to: store)
            let found = try History(store.database).copies(ofSites: ["s", "t"], Timestamp.at(10)..<Timestamp.at(20))
            #expect(found.map(\.count) == [3, 0])
            #expect(found[0].map(\.at) == [.at(2), .at(5), .at(12)])
            #expect(found[0].map(\.report.state) == [.good, .failing, .good])
        }
    }

    @Test(arguments: StoreFactory.all)
    func theFleetOfAnyDayCanBeAskedFor(_ factory: StoreFactory) throws {
        try factory.run { store in
            for (number, at) in [(1, Int64(10)), (2, 20), (3, 30)] {
                var step = DecidedStep.full(after: try Journal(store.database).head().seq, number: 1)
                step.fleet = FleetVersion(version: number, at: .at(at), body: [UInt8(number)])
                _ = try Decided(store.database).commit(step)
            }
            let fleets = FleetVersions(store.database)
            #expect(try fleets.held(at: .at(9)) == nil)
            #expect(try fleets.held(at: .at(20))?.version == 2)
            #expect(try fleets.held(at: .at(99))?.body == [3])
            #expect(try fleets.next(after: 0)?.version == 1)
            #expect(try fleets.next(after: 2)?.at == .at(30))
            #expect(try fleets.next(after: 3) == nil)
        }
    }

    @Test(arguments: StoreFactory.all)
    func messagesOfASpanComeInTheirOrderAndWithoutThoseThatCouldNotBeRead(_ factory: StoreFactory) throws {
        try factory.run { store in
            let messages = HazardMessages(store.database)
            for (digest, at, status) in [
                (UInt8(1), Int64(30), HazardMessages.Status.parsed), (2, 10, .parsed), (3, 20, .quarantined),
                (4, 40, .parsed),
            ] {
                try messages.keep(
                    .init(digest: [digest], receivedAt: .at(at), feed: "f", name: nil, raw: [digest], status: status))
            }
            let found = try messages.received(Timestamp.at(10)..<Timestamp.at(40))
            #expect(found.map(\.raw) == [[2], [1]])
            #expect(found.map(\.at) == [.at(10), .at(30)])
        }
    }

    @Test(arguments: StoreFactory.all)
    func theLastLineBeforeAnInstantIsFoundAlsoAmongLinesOfOneInstant(_ factory: StoreFactory) throws {
        try factory.run { store in
            let journal = Journal(store.database)
            #expect(try journal.last(before: .at(5)) == 0)
            var step = DecidedStep(previousJournalSeq: 0, cursors: Cursors(), engineTime: .at(90))
            step.journal = [10, 20, 20, 20, 30, 90].map {
                JournalDraft(at: .at($0), kind: "command.finding", body: "{}")
            }
            _ = try Decided(store.database).commit(step)
            let expected: [(Int64, Int64)] = [(0, 0), (10, 0), (11, 1), (20, 1), (21, 4), (30, 4), (90, 5), (91, 6)]
            for (at, seq) in expected { #expect(try journal.last(before: .at(at)) == seq, "before \(at)") }
        }
    }

    @Test(arguments: StoreFactory.all)
    func whatWasFoldedIsNoLongerWhole(_ factory: StoreFactory) throws {
        try factory.run { store in
            // Midnight of the first of January 2022 in Japan, and a day of the month after it.
            let january = Timestamp(milliseconds: 1_640_962_800_000)
            let february = january + .seconds(31 * 86_400)
            let folding = HistoryFolding(store.database)
            #expect(try folding.wholeSince() == nil)
            try write(
                [
                    .contact(
                        .init(subject: "s", isSite: true, contact: .silent, from: january, to: january + .seconds(60)))
                ],
                to: store)
            var place: HistoryFolding.Place? = .start
            while let here = place { place = try folding.step(after: here, before: february) }
            #expect(try folding.wholeSince() == february)
        }
    }
}
