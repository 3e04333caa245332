import AnpiEngine
import AnpiModel
import AnpiStore
import Logging
import Testing

@testable import AnpiCollector

/// Collectors of two releases over one log (docs/decisions/0022). The older one is played by what it leaves in the
/// database: a writer that says no release, the lane, checkpoints, and decisions that this release would not make.
@Suite struct MixedReleasesTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A lane on which an older release decides, with a checkpoint of it.
    private func decidedByAnOlderOne() throws -> (Lane, LaneOwner) {
        var lane = try Lane.temporary()
        try lane.store.log.openWriter(id: "old", at: Lane.at(0), release: 0)
        try lane.append([Lane.fleet(at: 1)], by: "old", at: 1)
        try lane.append([Lane.beat("a-server", 1, at: 1), Lane.beat("b-server", 1, at: 1)], by: "old", at: 1.001)
        var owner = try lane.load()
        _ = try LaneLease(lane.database, release: 0).take(as: "old")
        // However long the test takes.
        try lane.database.transaction { try $0.execute("UPDATE lane SET until = until + 3600000", []) }
        _ = try owner.turn(outbox: { _, _ in [] })
        try owner.checkpoint()
        return (lane, owner)
    }

    /// The older one decides something by its own rules, and answers a command.
    private func decideOtherwise(_ lane: inout Lane, after position: Position) throws -> Position {
        try lane.append([Lane.beat("a-server", 2, at: 2)], by: "old", at: 2)
        var step = DecidedStep(
            previousJournalSeq: position.journalSeq, cursors: Cursors([.init(writer: "old", seq: 3)]),
            engineTime: Lane.at(2))
        step.journal = [JournalDraft(at: Lane.at(2), kind: "task.drafted", task: "T-1", body: "{}")]
        step.outcomes = [OutcomeRow(operation: "op", bodyDigest: [7], status: 201, body: "{}", at: Lane.at(2))]
        return try lane.store.decided.commit(step).position
    }

    private func leave(_ lane: Lane) throws {
        try lane.store.log.leave(writer: "old")
        try lane.database.transaction { try $0.execute("UPDATE lane SET until = 0", []) }
    }

    private func keeper(_ lane: Lane, release: Int = Migrations().newest) -> LaneKeeper {
        LaneKeeper(
            lane.store, sharedAs: "new", decides: ReadyFlag(), clock: SteadyClock(), logger: Self.logger,
            release: release)
    }

    @Test func aNewerOneWaitsAsLongAsAnOlderOneLivesAndThenLoadsWhatThatHasLeft() throws {
        let (lane, _) = try decidedByAnOlderOne()
        var follower: LaneOwner? = try lane.load()
        try lane.database.transaction { try $0.execute("UPDATE lane SET until = 0", []) }
        var waiting = keeper(lane)
        _ = try waiting.look(at: &follower) { _ in Issue.record("it took the lane") }
        #expect(!waiting.isOwner && follower != nil)
        #expect(try waiting.followsAnotherRelease())

        try leave(lane)
        var next = keeper(lane)
        _ = try next.look(at: &follower) { _ in }
        #expect(next.isOwner && next.takesOverFromAnotherRelease)
        #expect(follower == nil, "what it followed with is not what the other has left")
    }

    @Test func whereAllAreOfOneReleaseNobodyWaitsAndNothingIsLoadedAgain() throws {
        let (lane, _) = try decidedByAnOlderOne()
        var follower: LaneOwner? = try lane.load()
        try lane.database.transaction { try $0.execute("UPDATE lane SET until = 0", []) }
        var same = keeper(lane, release: 0)
        _ = try same.look(at: &follower) { _ in }
        #expect(same.isOwner && !same.takesOverFromAnotherRelease && follower != nil)
    }

    @Test func anOlderOneDecidesNoMoreOnceANewerHas() throws {
        let (lane, _) = try decidedByAnOlderOne()
        try leave(lane)
        #expect(try LaneLease(lane.database).take(as: "new") == 2)
        try lane.database.transaction { try $0.execute("UPDATE lane SET until = 0", []) }
        var follower: LaneOwner? = try lane.load()
        var older = keeper(lane, release: 8)
        _ = try older.look(at: &follower) { _ in Issue.record("it took the lane") }
        #expect(!older.isOwner)
    }

    @Test(.timeLimit(.minutes(1))) func aFollowerShowsTheCheckpointsOfOneWhoseRulesAreOthers() async throws {
        var (lane, owner) = try decidedByAnOlderOne()
        let checkpoint = owner.position
        let decided = try decideOtherwise(&lane, after: owner.position)
        let bench = Bench(lane)
        bench.begin()
        #expect(await bench.readiness.first { _ in true } == true, "it is loaded, and not again")
        #expect(try await bench.host.read { $0.now } == checkpoint.engineTime)
        // What is asked here is answered from what the other has written.
        let finding = FindingDraft(kind: .phone, result: "noAnswer")
        let command = Command(
            operation: "op-2", bodyDigest: [8], actor: Command.Actor(name: "x", role: .coordinator),
            receivedAt: Lane.at(2), change: .addFinding(finding))
        async let outcome = bench.host.submit(command)
        _ = await bench.appended.first { _ in true }
        var step = DecidedStep(
            previousJournalSeq: decided.journalSeq, cursors: decided.cursors, engineTime: decided.engineTime)
        step.outcomes = [OutcomeRow(operation: "op-2", bodyDigest: [8], status: 201, body: "{}", at: Lane.at(2))]
        _ = try lane.store.decided.commit(step)
        #expect(try await outcome.status == 201)
        await bench.end()
        #expect(try lane.store.journal.read().filter { $0.kind == "store.restored" }.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func whoTakesOverFromOtherRulesGivesNoNumberTwice() async throws {
        var (lane, owner) = try decidedByAnOlderOne()
        _ = try decideOtherwise(&lane, after: owner.position)
        try leave(lane)
        let bench = Bench(lane)
        bench.begin()
        #expect(await bench.told.first { $0 == "store.restored" } != nil)
        await bench.end()
        #expect(try RestoreEpoch.current(of: lane.database) > 0)
        // Its own first checkpoint was written at once: who loads it finds what was decided.
        var found = LaneOwner.Loaded(reapplied: 0, divergedAt: nil)
        _ = try lane.load(found: &found)
        #expect(found.divergedAt == nil)
        #expect(try lane.store.journal.verify(Journal.main).isIntact)
    }
}

/// The engine's thread of a collector of this release.
private struct Bench {
    let host: EngineHost
    /// Whether it is ready, each time that is said.
    let readiness: AsyncStream<Bool>
    /// Kinds of the notes that were committed.
    let told: AsyncStream<String>
    /// Once for each input that was taken.
    let appended: AsyncStream<Void>
    private let threads = StoreThreads()

    init(_ lane: Lane) {
        let (readiness, ready) = AsyncStream<Bool>.makeStream()
        let (told, tells) = AsyncStream<String>.makeStream()
        let taker = Taker()
        self.readiness = readiness
        self.told = told
        appended = taker.appended
        host = EngineHost(
            store: lane.store, commit: taker, clock: SteadyClock(), storeThreads: threads,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            listeners: .init(
                committed: { _, entries in
                    for case .note(let note) in entries { tells.yield(note.kind) }
                },
                fleet: { _ in }, directives: { _ in }, ready: { ready.yield($0) }, unusable: { _ in },
                advanced: { _, _ in }),
            sharedAs: "new", outbox: { _, _ in [] })
    }

    func begin() { host.begin() }

    func end() async {
        host.stop()
        await threads.stop()
    }
}

/// Takes inputs as if they became durable; they are decided elsewhere.
private struct Taker: LogAppending {
    let appended: AsyncStream<Void>
    private let takes: AsyncStream<Void>.Continuation

    init() { (appended, takes) = AsyncStream.makeStream() }

    func submit(
        as work: Work, _ make: @escaping @Sendable (Timestamp) -> Input, whenSettled: @escaping @Sendable (Bool) -> Void
    ) -> Bool {
        takes.yield()
        whenSettled(true)
        return true
    }
}
