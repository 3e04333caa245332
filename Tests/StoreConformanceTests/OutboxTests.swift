import AnpiModel
import AnpiStore
import Testing

@Suite struct OutboxTests {
    @Test(arguments: StoreFactory.all)
    func oneDeliveryOfEachHookAndSubjectIsDueAndInOrder(_ factory: StoreFactory) throws {
        try factory.run { store in
            try put(
                store,
                [
                    draft(0, "chat", "I-7", "incident.opened"), draft(1, "chat", "I-7", "incident.closed"),
                    draft(1, "mail", "I-7", "incident.closed"), draft(2, "chat", "I-8", "incident.opened"),
                ])
            let outbox = Outbox(store.database)
            #expect(try outbox.due(now: .at(-1)).isEmpty)
            #expect(try due(outbox) == ["0-1-0", "0-2-1", "0-3-0"])
            #expect(try outbox.due(now: .at(9), hook: "chat", newestFirst: true).map(\.id) == ["0-3-0", "0-1-0"])
            #expect(try outbox.nextDue() == .at(0))
            // A failed one keeps its subject waiting until it has gone.
            #expect(try outbox.record("0-1-0", .failed(status: 500, nextAt: .at(60))))
            #expect(try due(outbox) == ["0-2-1", "0-3-0"])
            #expect(try outbox.due(now: .at(60)).map(\.id) == ["0-1-0", "0-2-1", "0-3-0"])
            #expect(try outbox.record("0-1-0", .delivered(status: 204, at: .at(61))))
            #expect(try outbox.record("0-1-0", .delivered(status: 204, at: .at(61))) == false)
            #expect(try due(outbox) == ["0-2-0", "0-2-1", "0-3-0"])
            #expect(try outbox.find("0-1-0")?.attempts == 2)
        }
    }

    @Test(arguments: StoreFactory.all)
    func aWaitingStateOfTheSameSubjectGivesWayToTheNewer(_ factory: StoreFactory) throws {
        try factory.run { store in
            let outbox = Outbox(store.database)
            try put(
                store,
                [
                    draft(0, "chat", "I-7", "incident.opened"), draft(1, "chat", "I-7", "incident.updated"),
                    draft(2, "chat", "I-8", "incident.updated"),
                ])
            try put(store, after: 3, [draft(0, "chat", "I-7", "incident.updated")])
            try put(store, after: 4, [draft(0, "chat", "I-7", "incident.updated")])
            #expect(try outbox.list(.waiting).map(\.id) == ["0-5-0", "0-3-0", "0-1-0"])
            #expect(try outbox.find("0-5-0")?.superseded == 2)
            #expect(try outbox.list(.superseded).map(\.id) == ["0-4-0", "0-2-0"])
            #expect(try outbox.list(.superseded, after: "0-4-0").map(\.id) == ["0-2-0"])
            // One that was on its way when it was superseded may still have arrived.
            #expect(try outbox.record("0-4-0", .failed(status: nil, nextAt: .at(9))) == false)
            #expect(try outbox.record("0-4-0", .delivered(status: 200, at: .at(9))))
            #expect(try outbox.replaceWaiting(hook: "chat", subject: "I-7", at: .at(9)) == 3)
            #expect(try outbox.list(.waiting).map(\.id) == ["0-3-0", "0-1-0"])
        }
    }

    @Test(arguments: StoreFactory.all)
    func aDeadLetterLetsItsSubjectGoOnAndIsCountedAsMissed(_ factory: StoreFactory) throws {
        try factory.run { store in
            let outbox = Outbox(store.database)
            try put(store, (0..<3).map { draft($0, "chat", "I-7", "incident.opened") })
            #expect(try outbox.record("0-1-0", .dead(status: 410, at: .at(5))))
            #expect(try outbox.record("0-2-0", .dead(status: nil, at: .at(6))))
            #expect(try outbox.due(now: .at(9)).map(\.missed) == [2])
            #expect(try outbox.list(.dead).map(\.lastStatus) == [nil, 410])
            #expect(try outbox.counts() == [OutboxCount(hook: "chat", waiting: 1, dead: 2)])
            // A person asks for one again: it goes first, at its old place.
            #expect(try outbox.retry("0-1-0", now: .at(9)))
            #expect(try outbox.retry("0-3-0", now: .at(9)) == false)
            let again = try #require(try outbox.due(now: .at(9)).first)
            #expect(again.id == "0-1-0" && again.attempts == 0 && again.missed == 1)
            #expect(try outbox.record("0-1-0", .delivered(status: 200, at: .at(10))))
            #expect(try outbox.due(now: .at(10)).map(\.missed) == [0])
            #expect(try outbox.purge(endedBefore: .at(10)) == 1)
            #expect(try outbox.purge(endedBefore: .at(11)) == 1)
            #expect(try outbox.list(.dead).isEmpty)
        }
    }

    @Test(arguments: StoreFactory.all)
    func aFullOutboxKeepsOneDigestThatCounts(_ factory: StoreFactory) throws {
        try factory.run { store in
            let limit = Outbox.waitingLimit
            // The bound itself is tried once, with rows made by the database, since 100,000 drafts say no more.
            try put(store, [draft(0, "chat", "I-1", "incident.opened")])
            try store.database.transaction { session in
                try session.execute(
                    """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) \
                    INSERT INTO outbox (lane, id, place, hook, subject, type, at, body, replaceable, state, attempts, \
                    next_at, superseded) SELECT 0, 'x-' || i, i, 'chat', 'x-' || i, 'task.changed', 0, '{}', 0, \
                    'waiting', 0, 0, 0 FROM n
                    """, [.integer(limit - 1)])
            }
            try put(
                store, after: 1,
                [
                    draft(0, "chat", "I-2", "incident.opened"), draft(1, "chat", "I-3", "incident.opened"),
                    draft(1, "mail", "I-3", "incident.opened"),
                ])
            let outbox = Outbox(store.database)
            #expect(try outbox.counts().map(\.waiting) == [limit + 1, 1])
            let digest = try #require(try outbox.find("0-2-0"))
            #expect(digest.type == Outbox.digestType && digest.superseded == 2)
            #expect(try outbox.find("0-3-0") == nil)
            #expect(try outbox.find("0-3-1") != nil)
        }
    }

    private func draft(_ line: Int, _ hook: String, _ subject: String, _ type: String) -> OutboxDraft {
        OutboxDraft(
            journalIndex: line, hook: hook, subject: subject, type: type, at: .at(0), body: "{}",
            replacesWaiting: type.hasSuffix(".updated"))
    }

    private func put(_ store: TestStore, after previous: Int64 = 0, _ drafts: [OutboxDraft]) throws {
        var step = DecidedStep.deliveries(after: previous, drafts)
        step.journal = Array(step.journal[...(drafts.map(\.journalIndex).max() ?? 0)])
        try _ = Decided(store.database).commit(step)
    }

    private func due(_ outbox: Outbox) throws -> [String] {
        try outbox.due(now: .at(9)).map(\.id)
    }
}
