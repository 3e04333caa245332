import AnpiModel
import AnpiStore
import Testing

@Suite struct DecidedTests {
    @Test(arguments: StoreFactory.all)
    func aStepIsWrittenWholeAndReadBack(_ factory: StoreFactory) throws {
        try factory.run { store in
            let decided = Decided(store.database, random: .fixed)
            #expect(try decided.position() == nil)
            let step = DecidedStep.full()
            let committed = try decided.commit(step)
            #expect(committed.numbers == 1..<3)
            #expect(!committed.wasThere)
            #expect(try decided.position() == committed.position)
            #expect(try Journal(store.database).read().map(\.kind) == ["site.contact", "command.finding"])
            #expect(try Outcomes(store.database).find("op-1") == step.outcomes[0])
            #expect(try StateRows(store.database).find(.site, "shz-0041") == step.states[0])
            #expect(try FleetVersions(store.database).newest() == step.fleet)
            #expect(try Outbox(store.database).due(now: .at(5)).map(\.id) == ["0-1-0"])
            let history = History(store.database)
            #expect(try history.contacts(of: "shz-0041", isSite: true).map { .contact($0) } == [step.history[0]])
            #expect(try history.copies(of: "shz-0041").map { .copy($0) } == [step.history[1]])
            #expect(try history.lateRuns(of: "shz-0041-server").map { .lateRun($0) } == [step.history[2]])
            #expect(try history.blindTimes().map { .blind($0) } == [step.history[3]])
        }
    }

    @Test(arguments: StoreFactory.all)
    func whatEndsAfterAnInstantIsFoundAlsoWhereItBeganBefore(_ factory: StoreFactory) throws {
        try factory.run { store in
            func interval(_ contact: Contact, _ from: Int64, _ to: Int64, of subject: String = "s-1") -> HistoryRecord {
                .contact(
                    HistoryRecord.ContactInterval(
                        subject: subject, isSite: true, contact: contact, from: .at(from), to: .at(to)))
            }
            var step = DecidedStep.full()
            step.history = [
                interval(.reporting, 1, 5), interval(.late, 5, 6), interval(.silent, 6, 9),
                interval(.reporting, 1, 9, of: "s-2"), .blind(HistoryRecord.BlindTime(from: .at(1), to: .at(3))),
                .blind(HistoryRecord.BlindTime(from: .at(4), to: .at(7))),
            ]
            _ = try Decided(store.database, random: .fixed).commit(step)
            let history = History(store.database)
            #expect(try history.contacts(of: "s-1", isSite: true, since: .at(5)).map(\.contact) == [.silent, .late])
            #expect(try history.contacts(of: "s-1", isSite: false, since: .at(5)).isEmpty)
            #expect(try history.blindTimes(since: .at(5)).map(\.from) == [.at(4)])
        }
    }

    @Test(arguments: StoreFactory.all)
    func aFailureAnywhereInAStepLeavesNothingOfIt(_ factory: StoreFactory) throws {
        try factory.run { store in
            let first = try Decided(store.database, random: .fixed).commit(.full())
            let before = try contents(store.database)
            let second = DecidedStep.full(after: first.position.journalSeq, number: 2)
            var failures = 0
            while failures < 100 {
                let failing = FailingDatabase(base: store.database, succeeding: failures)
                do {
                    _ = try Decided(failing, random: .fixed).commit(second)
                    break
                } catch is FailingDatabase.Injected {
                    #expect(try contents(store.database) == before)
                    failures += 1
                }
            }
            #expect(failures > 8 && failures < 100)
            #expect(try Decided(store.database).position()?.journalSeq == 4)
            #expect(try Journal(store.database).verify().isIntact)
        }
    }

    @Test(arguments: StoreFactory.all)
    func theSameStepWrittenTwiceIsWrittenOnce(_ factory: StoreFactory) throws {
        try factory.run { store in
            let decided = Decided(store.database)
            let first = try decided.commit(.full())
            let before = try contents(store.database)
            let again = try decided.commit(.full())
            #expect(again.wasThere)
            #expect(again.numbers == first.numbers)
            #expect(again.position == first.position)
            #expect(try contents(store.database) == before)
        }
    }

    @Test(arguments: StoreFactory.all)
    func aStepFromAnOldPositionIsRefused(_ factory: StoreFactory) throws {
        try factory.run { store in
            let decided = Decided(store.database)
            try _ = decided.commit(.full())
            let before = try contents(store.database)
            #expect(store.code { _ = try decided.commit(.full(after: 0, number: 2)) } == .conflict)
            #expect(store.code { _ = try decided.commit(.full(after: 9, number: 2)) } == .conflict)
            var backwards = DecidedStep.full(after: 2, number: 2)
            backwards.engineTime = .at(1)
            #expect(store.code { _ = try decided.commit(backwards) } == .conflict)
            #expect(try contents(store.database) == before)
        }
    }

    @Test(arguments: StoreFactory.all)
    func aStepWithoutDecisionsMovesThePositionOnly(_ factory: StoreFactory) throws {
        try factory.run { store in
            let decided = Decided(store.database)
            let empty = DecidedStep(previousJournalSeq: 0, cursors: Cursors(), engineTime: .at(1))
            let first = try decided.commit(empty)
            #expect(first.numbers.isEmpty)
            #expect(try decided.commit(.full(after: 0)).numbers == 1..<3)
        }
    }

    @Test(arguments: StoreFactory.all)
    func lanesDoNotSeeOneAnother(_ factory: StoreFactory) throws {
        try factory.run { store in
            try _ = Decided(store.database, lane: 1).commit(.full())
            #expect(try Decided(store.database, lane: 0).position() == nil)
            #expect(try Outbox(store.database, lane: 1).list(.waiting).map(\.id) == ["1-1-0"])
            #expect(try Outbox(store.database, lane: 0).list(.waiting).isEmpty)
            #expect(try Outcomes(store.database, lane: 0).find("op-1") == nil)
        }
    }

    @Test(arguments: StoreFactory.all)
    func anOutcomeIsFoundByItsOperationWithTheDigestItAnswers(_ factory: StoreFactory) throws {
        try factory.run { store in
            let outcomes = Outcomes(store.database)
            try _ = Decided(store.database).commit(.full())
            #expect(try outcomes.find("op-1")?.bodyDigest == [1, 2])
            #expect(try outcomes.find("op-2") == nil)
            // Another answer to the same operation does not replace the one that callers may have read.
            var other = DecidedStep.full(after: 2, number: 2)
            other.outcomes = [OutcomeRow(operation: "op-1", bodyDigest: [9], status: 409, body: "no", at: .at(9))]
            try _ = Decided(store.database).commit(other)
            #expect(try outcomes.find("op-1")?.status == 201)
            #expect(try outcomes.purge(before: .at(1)) == 0)
            #expect(try outcomes.purge(before: .at(2)) == 1)
            #expect(try outcomes.find("op-1") == nil)
        }
    }

    @Test(arguments: StoreFactory.all)
    func historyIsPagedNewestFirst(_ factory: StoreFactory) throws {
        try factory.run { store in
            var step = DecidedStep(previousJournalSeq: 0, cursors: Cursors(), engineTime: .at(0))
            for hour in Int64(0)..<5 {
                for contact in [Contact.reporting, .late] {
                    step.history.append(
                        .contact(
                            .init(subject: "s", isSite: true, contact: contact, from: .at(hour), to: .at(hour + 1))))
                }
            }
            step.history.append(
                .contact(.init(subject: "s", isSite: false, contact: .silent, from: .at(99), to: .at(100))))
            try _ = Decided(store.database).commit(step)
            let history = History(store.database)
            let all = try history.contacts(of: "s", isSite: true)
            #expect(all.map(\.from) == [4, 4, 3, 3, 2, 2, 1, 1, 0, 0].map { .at($0) })
            var paged: [HistoryRecord.ContactInterval] = []
            while case let page = try history.contacts(of: "s", isSite: true, after: paged.last, limit: 3),
                !page.isEmpty
            {
                paged += page
            }
            #expect(paged == all)
        }
    }

    @Test(arguments: StoreFactory.all)
    func stateRowsAreOverwrittenAndListedByParentAndState(_ factory: StoreFactory) throws {
        try factory.run { store in
            func row(_ id: String, _ parent: String, _ state: String, _ version: Int) -> StateRow {
                StateRow(kind: .task, id: id, parent: parent, state: state, version: version, at: .at(1), body: "{}")
            }
            var step = DecidedStep(previousJournalSeq: 0, cursors: Cursors(), engineTime: .at(0))
            step.states = [row("T-1", "s1", "draft", 1), row("T-2", "s1", "offered", 1), row("T-3", "s2", "draft", 1)]
            try _ = Decided(store.database).commit(step)
            step.states = [row("T-1", "s1", "done", 2)]
            try _ = Decided(store.database).commit(step)
            let states = StateRows(store.database)
            #expect(try states.find(.task, "T-1")?.version == 2)
            #expect(try states.list(.task, parent: "s1").map(\.id) == ["T-1", "T-2"])
            #expect(try states.list(.task, state: "draft").map(\.id) == ["T-3"])
            #expect(try states.list(.task, after: "T-1", limit: 1).map(\.id) == ["T-2"])
            #expect(try states.list(.site).isEmpty)
        }
    }

    /// Everything that a step can write, to compare before and after.
    private func contents(_ database: any SQLDatabase) throws -> [String] {
        let tables = [
            "decided": "cursors, journal_seq", "journal": "seq, head, body, hash", "journal_chain": "chain, seq, hash",
            "outcome": "operation, status", "state": "id, version", "contact_history": "subject, from_at, to_at",
            "copy_history": "site, at", "late_run": "agent, seq", "blind": "from_at, to_at",
            "fleet": "version, at", "outbox": "id, state, superseded",
        ]
        return try database.read { reader in
            try tables.keys.sorted().flatMap { table in
                try reader.all("SELECT \(tables[table] ?? "1") FROM \(table)") { row in
                    try (0..<row.columnCount).map { column in
                        if let text = try? row.text(column) { return text }
                        if let number = try? row.integer(column) { return String(number) }
                        return try row.blob(column).description
                    }.joined(separator: "|")
                }.sorted()
            }
        }
    }
}
