import AnpiModel
import AnpiStore
import Testing

@Suite struct LaneLeaseTests {
    /// The time of whoever holds the lane is over, as if it had been asleep.
    private func runOut(_ store: TestStore) throws {
        try store.database.transaction { try $0.execute("UPDATE lane SET until = 0 WHERE id = 0", []) }
    }

    @Test(arguments: StoreFactory.all)
    func oneHoldsTheLaneUntilItsTimeIsOver(_ factory: StoreFactory) throws {
        try factory.run { store in
            let lease = LaneLease(store.database)
            #expect(try lease.holder() == nil)
            let first = try #require(try lease.take(as: "a"))
            #expect(try lease.take(as: "b") == nil)
            #expect(try lease.renew(fence: first))
            let holder = try #require(try lease.holder())
            #expect(holder.owner == "a" && holder.fence == first && holder.isHolding)
            try runOut(store)
            #expect(try lease.holder()?.isHolding == false)
            let second = try #require(try lease.take(as: "b"))
            #expect(second > first)
            #expect(try !lease.renew(fence: first), "who was asleep does not get it back")
            #expect(try lease.take(as: "a") == nil)
        }
    }

    @Test(arguments: StoreFactory.all)
    func whoGivesItUpLeavesItFreeAtOnceAndOnlyItsOwn(_ factory: StoreFactory) throws {
        try factory.run { store in
            let lease = LaneLease(store.database)
            let first = try #require(try lease.take(as: "a"))
            try lease.release(fence: first)
            let second = try #require(try lease.take(as: "b"))
            try lease.release(fence: first)
            #expect(try lease.renew(fence: second))
        }
    }

    @Test(arguments: StoreFactory.all)
    func lanesAreHeldApart(_ factory: StoreFactory) throws {
        try factory.run { store in
            let one = try LaneLease(store.database).take(as: "a")
            let other = try LaneLease(store.database, lane: 1).take(as: "b")
            #expect(one != nil && other != nil)
        }
    }

    @Test(arguments: StoreFactory.all)
    func noOlderReleaseTakesTheLaneOnceANewerHasDecided(_ factory: StoreFactory) throws {
        try factory.run { store in
            let older = LaneLease(store.database, release: 8)
            let newer = LaneLease(store.database, release: 9)
            #expect(try older.take(as: "a") == 1)
            try runOut(store)
            #expect(try newer.take(as: "b") == 2)
            try runOut(store)
            #expect(try older.take(as: "a") == nil)
            #expect(try newer.take(as: "b") == 3)
        }
    }

    @Test(arguments: StoreFactory.all)
    func whichReleaseDecidesIsWhatTheWriterOfTheOwnerSays(_ factory: StoreFactory) throws {
        try factory.run { store in
            try InputLog(store.database).openWriter(id: "a", at: .at(1), release: 0)
            // As a release does that knows no such column, after a newer one.
            _ = try LaneLease(store.database, release: 9).take(as: "b")
            let writerless = try #require(try LaneLease(store.database).holder())
            #expect(writerless.release == 9 && writerless.newestRelease == 9)
            try store.database.transaction { try $0.execute("UPDATE lane SET fence = fence + 1, owner = 'a'", []) }
            let holder = try #require(try LaneLease(store.database).holder())
            #expect(holder.release == 0 && holder.newestRelease == 9)
            #expect(try InputLog(store.database).writer("a")?.release == 0)
        }
    }

    @Test(arguments: StoreFactory.all)
    func whatAnOwnerOfBeforeWritesIsRefusedWhole(_ factory: StoreFactory) throws {
        try factory.run { store in
            let lease = LaneLease(store.database)
            let old = try #require(try lease.take(as: "a"))
            let before = Decided(FencedDatabase(store.database, lane: 0, fence: old))
            var step = DecidedStep(previousJournalSeq: 0, cursors: Cursors(), engineTime: .at(1))
            step.journal = [JournalDraft(at: .at(1), kind: "site.contact", site: "s", body: "{}")]
            _ = try before.commit(step)
            try runOut(store)
            let new = try #require(try lease.take(as: "b"))
            step.previousJournalSeq = 1
            step.engineTime = .at(2)
            #expect(store.code { _ = try before.commit(step) } == .notOwner)
            #expect(try Journal(store.database).read().count == 1)
            _ = try Decided(FencedDatabase(store.database, lane: 0, fence: new)).commit(step)
            #expect(try Journal(store.database).read().count == 2)
        }
    }

    @Test(arguments: StoreFactory.all)
    func aWriterThatStandsStillIsShutOutRightWhereItStands(_ factory: StoreFactory) throws {
        try factory.run { store in
            let log = InputLog(store.database)
            try log.openWriter(id: "dead", at: .at(1))
            try log.openWriter(id: "live", at: .at(1))
            for seq in 1...3 {
                let row = LogRow(writer: "live", seq: Int64(seq), at: .at(1 + Int64(seq)), batch: [7])
                try log.append(writer: "live", rows: [row], watermark: .at(1 + Int64(seq)))
            }
            #expect(try log.read(after: Cursors()).rows.isEmpty, "nothing is judged while it may still write")
            #expect(try !log.shutOut("dead", standingAt: .at(0), as: "closing-1", batch: [9]), "it has stated more")
            #expect(try log.shutOut("dead", standingAt: .at(1), as: "closing-1", batch: [9]))
            let page = try log.read(after: Cursors())
            #expect(page.rows.map(\.batch) == [[9], [7], [7], [7]])
            #expect(page.rows.first?.at == .at(1) + .milliseconds(1))
            #expect(page.openWatermark == .at(4))
            #expect(store.code { try log.state(writer: "dead", watermark: .at(9)) } == .shutOut)
            #expect(try !log.shutOut("dead", standingAt: .at(1), as: "closing-2", batch: [9]), "once is enough")
        }
    }
}
