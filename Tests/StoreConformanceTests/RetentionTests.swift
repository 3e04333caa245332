import AnpiModel
import AnpiStore
import Testing

/// What grows old, on every store.
@Suite struct RetentionTests {
    /// Midnight of the first of January 2022, in Japan, and of the months after it.
    private static let january = Timestamp(milliseconds: 1_640_962_800_000)
    private static let february = january + .seconds(31 * 86_400)
    private static let march = february + .seconds(28 * 86_400)

    private func interval(
        _ subject: String, _ contact: Contact, _ from: Timestamp, _ to: Timestamp, isSite: Bool = true
    ) -> HistoryRecord {
        .contact(.init(subject: subject, isSite: isSite, contact: contact, from: from, to: to))
    }

    private func copy(_ tier: CopyTier, by source: String, at: Timestamp) -> HistoryRecord {
        .copy(
            .init(
                site: "shz-0041", report: CopyReport(tier: tier, state: .good, goodAt: at, bytes: 1),
                source: source, at: at))
    }

    private func write(_ records: [HistoryRecord], to store: TestStore) throws {
        var step = DecidedStep.full(after: try Journal(store.database).head().seq, number: 1)
        step.history = records
        _ = try Decided(store.database).commit(step)
    }

    /// Sweeps to the end; returns how many steps it took.
    @discardableResult
    private func sweep(_ store: TestStore, before limit: Timestamp) throws -> Int {
        let folding = HistoryFolding(store.database)
        var place: HistoryFolding.Place? = .start
        var steps = 0
        while let here = place {
            place = try folding.step(after: here, before: limit)
            steps += 1
            #expect(steps < 100, "a sweep comes to its end")
        }
        return steps
    }

    @Test(arguments: StoreFactory.all)
    func oldContactBecomesSumsOfItsMonthAndNothingIsCountedTwice(_ factory: StoreFactory) throws {
        try factory.run { store in
            let hour = Duration.seconds(3_600)
            try write(
                [
                    interval("shz-0041", .reporting, Self.january, Self.february - hour),
                    // Over midnight of the first: an hour in each month.
                    interval("shz-0041", .silent, Self.february - hour, Self.february + hour),
                    interval("shz-0041", .reporting, Self.february + hour, Self.march - hour),
                    interval("shz-0042", .reporting, Self.march, Self.march + hour),
                    interval("shz-0041", .late, Self.january, Self.january + hour, isSite: false),
                ], to: store)
            try sweep(store, before: Self.february + hour)
            try sweep(store, before: Self.march)
            try sweep(store, before: Self.march)

            let folding = HistoryFolding(store.database)
            let months = try folding.months(of: "shz-0041", isSite: true)
            let told = months.map {
                "\($0.month.civil().date.text) \($0.contact) \($0.milliseconds / 3_600_000) \($0.intervals)"
            }
            #expect(
                told == [
                    "2022-02-01 silent 1 1", "2022-02-01 reporting 670 1", "2022-01-01 silent 1 1",
                    "2022-01-01 reporting 743 1",
                ])
            #expect(try folding.months(of: "shz-0041", isSite: false).map(\.contact) == [.late])
            let history = History(store.database)
            #expect(try history.contacts(of: "shz-0041", isSite: true).isEmpty)
            #expect(try history.contacts(of: "shz-0042", isSite: true).count == 1, "what is young stays as it was")
            #expect(try folding.months(of: "shz-0042", isSite: true).isEmpty)
        }
    }

    @Test(arguments: StoreFactory.all)
    func aSubjectWithMoreThanAStepTakesIsFoldedWhole(_ factory: StoreFactory) throws {
        try factory.run { store in
            let count = HistoryFolding.rowsAtATime + 20
            try write(
                (0..<count).map { minute in
                    let from = Self.january + .seconds(minute * 60)
                    return interval("shz-0041", minute % 2 == 0 ? .reporting : .late, from, from + .seconds(60))
                }, to: store)
            try sweep(store, before: Self.february)
            let months = try HistoryFolding(store.database).months(of: "shz-0041", isSite: true)
            #expect(months.map(\.intervals) == [count / 2, count / 2])
            #expect(months.map(\.milliseconds).reduce(0, +) == Int64(count * 60_000))
        }
    }

    @Test(arguments: StoreFactory.all)
    func ofACopysOldChangesEachMonthsLastStays(_ factory: StoreFactory) throws {
        try factory.run { store in
            let day = { (number: Int) in Self.january + .seconds(number * 86_400) }
            try write(
                [0, 1, 30, 31, 45, 58, 59, 60].map { copy(.external, by: "ping", at: day($0)) }
                    + [copy(.external, by: "shz-0041-server", at: day(2)), copy(.mirror, by: "ping", at: day(3))],
                to: store)
            try sweep(store, before: day(70))
            let left = try History(store.database).copies(of: "shz-0041")
            // March is not over at the limit: its changes stay.
            #expect(
                left.map(\.at) == [day(60), day(59), day(58), day(30), day(3), day(2)],
                "one a month, tier and reporter")
        }
    }

    @Test(arguments: StoreFactory.all)
    func lateRunsGoWhenTheyAreOld(_ factory: StoreFactory) throws {
        try factory.run { store in
            let run = { (from: Timestamp) in
                HistoryRecord.lateRun(
                    .init(agent: "a-server", boot: "b", seq: 1, count: 2, from: from, to: from + .seconds(60)))
            }
            try write([run(Self.january), run(Self.march)], to: store)
            try sweep(store, before: Self.february)
            #expect(try History(store.database).lateRuns(of: "a-server").map(\.from) == [Self.march])
        }
    }

    @Test(arguments: StoreFactory.all)
    func aStepTakesNoMoreLateRunsThanItSays(_ factory: StoreFactory) throws {
        try factory.run { store in
            try write(
                (0..<HistoryFolding.rowsAtATime + 20).map { minute in
                    let from = Self.january + .seconds(minute * 60)
                    return .lateRun(
                        .init(agent: "a-server", boot: "b", seq: 1, count: 2, from: from, to: from + .seconds(60)))
                }, to: store)
            var place = HistoryFolding.Place.start
            place.part = .lateRuns
            let folding = HistoryFolding(store.database)
            #expect(try folding.step(after: place, before: Self.february) == place, "there is more to do")
            #expect(try History(store.database).lateRuns(of: "a-server").count == 20)
            try sweep(store, before: Self.february)
            #expect(try History(store.database).lateRuns(of: "a-server").isEmpty)
        }
    }

    // MARK: The journal

    /// Six lines of the chain `main`, the last two younger than `young`.
    private func fill(_ store: TestStore) throws -> Timestamp {
        for number in Int64(1)...3 {
            _ = try Decided(store.database).commit(.full(after: (number - 1) * 2, number: number))
        }
        return try Journal(store.database).read(after: 4, limit: 1)[0].at
    }

    @Test(arguments: StoreFactory.all)
    func theChainStillVerifiesWhenItsFirstLinesHaveLeft(_ factory: StoreFactory) throws {
        try factory.run { store in
            let young = try fill(store)
            let journal = Journal(store.database)
            let whole = try journal.verify()
            let archiving = JournalArchiving(store.database)
            let lines = try archiving.lines(of: Journal.main, before: young)
            #expect(lines.map(\.seq) == [1, 2, 3, 4])
            #expect(try archiving.drop(Array(lines[..<3]), of: Journal.main))
            #expect(try archiving.drop([lines[3]], of: Journal.main))

            let verdict = try journal.verify()
            #expect(verdict.isIntact && verdict.archived == 4 && verdict.entries == 2)
            #expect(verdict.head == whole.head)
            #expect(try archiving.archived(of: Journal.main) == ChainHead(chain: "main", seq: 4, hash: lines[3].hash))
            #expect(try archiving.lines(of: Journal.main, before: young).isEmpty)
            // The chain goes on as ever.
            _ = try Decided(store.database).commit(.full(after: 6, number: 4))
            #expect(try journal.verify().isIntact)
            #expect(try Journal.verifyAll(store.database).map(\.verdict.entries) == [4])
        }
    }

    @Test(
        arguments: StoreFactory.all,
        [
            "UPDATE journal_archived SET hash = (SELECT hash FROM journal WHERE seq = 6)",
            "UPDATE journal_archived SET seq = 3", "DELETE FROM journal WHERE seq = 5", "DELETE FROM journal_archived",
        ])
    func aChainWhoseBeginningWasChangedIsFound(_ factory: StoreFactory, _ damage: String) throws {
        try factory.run { store in
            let young = try fill(store)
            let archiving = JournalArchiving(store.database)
            #expect(try archiving.drop(archiving.lines(of: Journal.main, before: young), of: Journal.main))
            try store.database.transaction { try $0.execute(damage, []) }
            #expect(try Journal(store.database).verify().isIntact == false)
        }
    }

    @Test(arguments: StoreFactory.all)
    func aLineErasedMeanwhileDoesNotLeaveAsItWasRead(_ factory: StoreFactory) throws {
        try factory.run { store in
            let young = try fill(store)
            let archiving = JournalArchiving(store.database)
            let read = try archiving.lines(of: Journal.main, before: young)
            #expect(try Journal(store.database).erase(2))
            #expect(try archiving.drop(read, of: Journal.main) == false)
            #expect(try Journal(store.database).verify().entries == 6)
            let again = try archiving.lines(of: Journal.main, before: young)
            #expect(again[1] == read[1].erased)
            #expect(try archiving.drop(again, of: Journal.main))
        }
    }

    /// A process that lost the lane may still hold lines that its successor has taken out already.
    @Test(arguments: StoreFactory.all)
    func linesThatHaveLeftAreNotDroppedAgain(_ factory: StoreFactory) throws {
        try factory.run { store in
            let young = try fill(store)
            let archiving = JournalArchiving(store.database)
            let lines = try archiving.lines(of: Journal.main, before: young)
            #expect(try archiving.drop(lines, of: Journal.main))
            #expect(store.code { _ = try archiving.drop(Array(lines[..<2]), of: Journal.main) } != nil)
            #expect(store.code { _ = try archiving.drop(Array(lines[2...]), of: Journal.main) } == .conflict)
            #expect(try archiving.archived(of: Journal.main).seq == 4)
            #expect(try Journal(store.database).verify().isIntact)
        }
    }

    @Test(arguments: StoreFactory.all)
    func aFileIsDueWhenItsLinesAreOldOrItsFirstHasWaited(_ factory: StoreFactory) throws {
        try factory.run { store in
            let young = try fill(store)
            let archiving = JournalArchiving(store.database)
            func isDue(_ file: Int, waited: Timestamp) throws -> Bool {
                try archiving.isDue(Journal.main, file: file, before: young, waited: waited)
            }
            #expect(try isDue(4, waited: .distantPast))
            #expect(try !isDue(5, waited: .distantPast), "the fifth is young")
            #expect(try isDue(5, waited: young))
            #expect(try !archiving.isDue("door-none", file: 1, before: young, waited: young))
        }
    }

    /// An older release would call such a journal broken.
    @Test(arguments: StoreFactory.all)
    func nothingLeavesBeforeTheSchemaWasFinalized(_ factory: StoreFactory) throws {
        try factory.run(migrated: false) { store in
            try Migrations(Migrations.all.filter { $0.number < 8 }).migrate(store.database)
            try Migrations().migrate(store.database)
            #expect(try JournalArchiving(store.database).isAllowed() == false)
            #expect(try Journal(store.database).verify().isIntact)
            try Migrations().finalize(store.database)
            #expect(try JournalArchiving(store.database).isAllowed())
        }
    }
}
