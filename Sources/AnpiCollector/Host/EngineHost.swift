import AnpiDigest
package import AnpiEngine
package import AnpiModel
package import AnpiStore
import DequeModule
import Dispatch
import Foundation
package import Logging
import Synchronization

/// Runs the engine of one lane on a thread of its own: reads the log, decides, commits, then tells.
///
/// Between two committed steps it also runs what others ask of the engine's state, so that no page ever shows
/// something that is not durable. When a commit fails the engine in memory is thrown away and loaded again. While the
/// store refuses or stands still, reads are answered from where the last commit left the engine.
package final class EngineHost: EngineReading, CommandSubmitting, Sendable {
    /// Reads that may wait for the engine's thread.
    static let readsMax = 1_024
    /// Commands that may wait for their outcome.
    static let commandsMax = 4_096
    /// How long a read waits for the engine's thread: a commit may take 5 s until it has failed, then the engine is loaded
    /// again.
    static let readTime = Duration.seconds(7)
    /// A thread that has waited so long for the store is not waited for where nothing is uncommitted.
    static let standsAfter = Duration.milliseconds(250)
    /// How often a store that refuses is tried.
    static let retryEvery = Duration.milliseconds(500)
    /// How long a command waits for its outcome before the caller is told to ask again.
    static let outcomeTime = Duration.seconds(5)
    /// How often the log is looked at when nobody rings.
    static let pollBusy = Duration.milliseconds(50)
    static let pollIdle = Duration.milliseconds(200)
    static let checkpointEvery = Duration.seconds(60)

    /// Who is told of what has been committed; called on the engine's thread, must not block.
    package struct Listeners: Sendable {
        /// Journal numbers and entries of one step, in order.
        package var committed: @Sendable (Range<Int64>, [Step.Entry]) -> Void
        /// The fleet set that counts from now on; also once after loading.
        package var fleet: @Sendable (Fleet) -> Void
        /// What agents are asked to do from now on, whole; also once after loading.
        package var directives: @Sendable ([AgentDirectives]) -> Void
        /// True when the engine is loaded and caught up; false when it has to be loaded again.
        package var ready: @Sendable (Bool) -> Void
        /// What is stored cannot be loaded, and trying again will not help: the process must end and say why.
        package var unusable: @Sendable (any Error) -> Void
        /// After each turn: how far the engine is.
        package var advanced: @Sendable (_ asOf: Timestamp, _ deafSince: Timestamp?) -> Void

        package init(
            committed: @escaping @Sendable (Range<Int64>, [Step.Entry]) -> Void,
            fleet: @escaping @Sendable (Fleet) -> Void,
            directives: @escaping @Sendable ([AgentDirectives]) -> Void,
            ready: @escaping @Sendable (Bool) -> Void,
            unusable: @escaping @Sendable (any Error) -> Void,
            advanced: @escaping @Sendable (Timestamp, Timestamp?) -> Void
        ) {
            self.committed = committed
            self.fleet = fleet
            self.directives = directives
            self.ready = ready
            self.unusable = unusable
            self.advanced = advanced
        }
    }

    private struct Read {
        var deadline: Timestamp
        var answer: @Sendable (Result<Engine, CollectorError>) -> Void
    }

    private struct Waiter {
        var digest: [UInt8]
        var deadline: Timestamp
        var continuations: [CheckedContinuation<Outcome, any Error>]
    }

    private struct State {
        var reads: Deque<Read> = []
        var waiters: [String: Waiter] = [:]
        /// Reads are taken.
        var isReady = false
        /// The listeners know that the engine is loaded.
        var isTold = false
        var isStopping = false
        /// Set while the engine's thread asks the store for something and the engine is as committed.
        var standing: Standing?
    }

    private struct Standing {
        var engine: Engine
        var since: Timestamp
    }

    private let state = Mutex(State())
    private let doorbell = Doorbell()
    private let finished = DispatchSemaphore(value: 0)
    private let store: LaneStore
    private let commit: any LogAppending
    private let clock: SteadyClock
    private let logger: Logger
    private let listeners: Listeners
    private let outbox: @Sendable (Decision, Int) -> [OutboxDraft]
    private let storeThreads: StoreThreads
    private let checkpoints: CheckpointWriter
    /// As whom this process takes the lane; nil where it has the database for itself.
    private let sharedAs: String?
    /// Set while this process decides.
    private let decides: ReadyFlag

    /// - Parameters:
    ///   - sharedAs: the id of this process's writer where other processes use the same database: it decides while it
    ///     holds the lane's lease, and follows whoever does otherwise.
    ///   - decides: set while it decides.
    ///   - outbox: the deliveries that a decision calls for, by its place in the step.
    package init(
        store: LaneStore, commit: any LogAppending, clock: SteadyClock, storeThreads: StoreThreads, logger: Logger,
        listeners: Listeners, sharedAs: String? = nil, decides: ReadyFlag = ReadyFlag(),
        outbox: @escaping @Sendable (Decision, Int) -> [OutboxDraft]
    ) {
        self.store = store
        self.commit = commit
        self.clock = clock
        self.storeThreads = storeThreads
        self.logger = logger
        self.listeners = listeners
        self.outbox = outbox
        self.sharedAs = sharedAs
        self.decides = decides
        // Whoever is alone need not wait for the engine's thread to say so.
        decides.set(sharedAs == nil)
        checkpoints = CheckpointWriter(logger: logger)
    }

    package func begin() {
        let thread = Thread { [self] in
            // Only from within does the system learn it; `top -H` and profilers show it.
            Thread.current.name = "anpi-engine"
            run()
            finished.signal()
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Ends after the turn in hand, with a checkpoint, so that the next start has little to apply again.
    package func stop() {
        state.withLock { $0.isStopping = true }
        doorbell.ring()
        finished.wait()
    }

    /// Somebody waits for what has just been committed to the log.
    package func ring() { doorbell.ring() }

    // MARK: Reads

    package func read<R: Sendable>(_ body: @escaping @Sendable (Engine) -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            enqueue { result in continuation.resume(with: result.map(body).mapError { $0 as any Error }) }
        }
    }

    /// The engine between two steps, for a thread that may wait for it.
    func snapshot() throws(CollectorError) -> Engine {
        let found = Mutex<Result<Engine, CollectorError>>(.failure(CollectorError(.starting)))
        let isThere = DispatchSemaphore(value: 0)
        enqueue { result in
            found.withLock { $0 = result }
            isThere.signal()
        }
        isThere.wait()
        return try found.withLock { $0 }.get()
    }

    private func enqueue(_ read: @escaping @Sendable (Result<Engine, CollectorError>) -> Void) {
        let refusal: CollectorError? = state.withLock { state in
            if state.isStopping { return CollectorError(.stopping) }
            if !state.isReady { return CollectorError(.starting) }
            if state.reads.count >= Self.readsMax { return CollectorError(.overloaded) }
            state.reads.append(Read(deadline: clock.now() + Self.readTime, answer: read))
            return nil
        }
        if let refusal { read(.failure(refusal)) } else { doorbell.ring() }
    }

    /// Answers what waits for an engine's thread that stands still, from where it stands; where that is not committed, gives
    /// up what has waited too long. Called from another thread, now and then.
    package func relieve(at now: Timestamp) {
        let (standing, reads) = state.withLock { state -> (Engine?, Deque<Read>) in
            guard let standing = state.standing, standing.since + Self.standsAfter <= now else { return (nil, []) }
            defer { state.reads = [] }
            return (standing.engine, state.reads)
        }
        if let standing { for read in reads { read.answer(.success(standing)) } }
        giveUpOverdue(at: now)
    }

    private func giveUpOverdue(at now: Timestamp) {
        let overdue = state.withLock { state in
            var overdue: [Read] = []
            while let first = state.reads.first, first.deadline <= now { overdue.append(state.reads.removeFirst()) }
            return overdue
        }
        for read in overdue { read.answer(.failure(CollectorError(.storeFailed, "the engine waits for the store"))) }
        expireWaiters(at: now)
    }

    // MARK: Commands

    package func submit(_ command: Command) async throws -> Outcome {
        let known = try await storeThreads.answer { [store] in try store.outcomes.find(command.operation) }
        if let known {
            guard known.bodyDigest == command.bodyDigest else { throw CollectorError(.operationReused) }
            return Outcome(known)
        }
        return try await withCheckedThrowingContinuation { continuation in
            let deadline = clock.now() + Self.outcomeTime
            enum Entry { case first, joined, reused, full, stopping }
            let entry: Entry = state.withLock { state in
                if state.isStopping { return .stopping }
                if state.waiters[command.operation] != nil {
                    guard state.waiters[command.operation]?.digest == command.bodyDigest else { return .reused }
                    state.waiters[command.operation]?.continuations.append(continuation)
                    return .joined
                }
                guard state.waiters.count < Self.commandsMax else { return .full }
                state.waiters[command.operation] = Waiter(
                    digest: command.bodyDigest, deadline: deadline, continuations: [continuation])
                return .first
            }
            switch entry {
            case .joined: break
            case .reused: continuation.resume(throwing: CollectorError(.operationReused))
            case .full: continuation.resume(throwing: CollectorError(.overloaded))
            case .stopping: continuation.resume(throwing: CollectorError(.stopping))
            case .first: append(command)
            }
        }
    }

    private func append(_ command: Command) {
        let operation = command.operation
        // Stamped anew: what stood before this, as looking for an earlier outcome, may have taken a while.
        let received: @Sendable (Timestamp) -> Input = { stamp in
            var command = command
            command.receivedAt = stamp
            return .command(command)
        }
        let isTaken = commit.submit(as: .command, received) { [self] isDurable in
            // The outcome comes from the engine; only a failure is known here.
            if isDurable { doorbell.ring() } else { settle(operation, .failure(CollectorError(.storeFailed))) }
        }
        if !isTaken { settle(operation, .failure(CollectorError(.overloaded))) }
    }

    private func settle(_ operation: String, _ result: Result<Outcome, any Error>) {
        let waiter = state.withLock { $0.waiters.removeValue(forKey: operation) }
        for continuation in waiter?.continuations ?? [] { continuation.resume(with: result) }
    }

    /// An outcome is for who sent that body: an older command under the same key may be decided first.
    private func settle(_ outcome: Outcome) {
        let isTheirs = state.withLock { $0.waiters[outcome.operation]?.digest == outcome.bodyDigest }
        if isTheirs { settle(outcome.operation, .success(outcome)) }
    }

    private func expireWaiters(at now: Timestamp) {
        let expired = state.withLock { state in
            let expired = state.waiters.filter { $0.value.deadline <= now }.map(\.key)
            return expired.compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for waiter in expired {
            for continuation in waiter.continuations { continuation.resume(throwing: CollectorError(.outcomePending)) }
        }
    }

    // MARK: The engine's thread

    /// What the engine's thread goes by.
    private struct Running {
        var owner: LaneOwner?
        var lane: LaneKeeper
        /// Of the engine as it was told; nil: of another engine, or never.
        var directivesTold: Int?
        var isCaughtUp = true
        var didWork = false
        /// The store has refused something: a write must go through before the engine is moved on.
        var isInDoubt = false
        var lastCheckpoint: Timestamp
        var freed = FreedMemory()
    }

    private func run() {
        var running = Running(
            lane: LaneKeeper(store, sharedAs: sharedAs, decides: decides, clock: clock, logger: logger),
            lastCheckpoint: clock.now())
        var guardian = PoisonGuard(
            attempts: store.attempts, logger: logger, announce: { try self.tellEveryone(of: $0) })
        while !state.withLock({ $0.isStopping }) {
            do {
                try step(&running, &guardian)
            } catch {
                failed(error, &running, &guardian)
            }
            relieve(at: clock.now())
            if running.freed.isDue(at: clock.now()) { FreedMemory.giveBack() }
            if running.isCaughtUp { doorbell.wait(atMost: running.didWork ? Self.pollBusy : Self.pollIdle) }
        }
        end(&running, guardian)
        refuseAll()
    }

    /// Takes in what is new, decides or follows, tells, and answers those who read.
    private func step(_ running: inout Running, _ guardian: inout PoisonGuard) throws {
        if running.owner == nil {
            running.owner = try load(&guardian, running.lane)
            running.directivesTold = nil
            // What another release has left is this one's own as soon as it has written it itself.
            running.lastCheckpoint = running.lane.takesOverFromAnotherRelease ? .distantPast : clock.now()
            running.lane.hasTakenOver()
            running.freed.muchWasFreed(at: clock.now())
            // A turn may fail again, and those who waited for the loading would wait for the next.
            if let engine = running.owner?.engine { answerReads(engine) }
        }
        stands(at: running.owner?.engine)
        let news = try running.lane.look(at: &running.owner) { now in
            moves()
            try guardian.begin(at: now)
        }
        if let news, let owner = running.owner { tell(news, of: owner) }
        // What another release has left is loaded first.
        guard running.owner != nil else { return }
        if running.isInDoubt, running.lane.isOwner { try running.owner?.provesWritable() }
        running.isInDoubt = false
        let committed =
            running.lane.isOwner
            ? try running.owner?.turn(
                before: { try guardian.willApply($0) }, changes: moves, outbox: outbox)
            : try follow(&running.owner, running.lane)
        moves()
        if let committed, let owner = running.owner { tell(committed, of: owner) }
        if committed?.fleetChanged == true { running.freed.muchWasFreed(at: clock.now()) }
        running.isCaughtUp = committed?.isCaughtUp ?? true
        running.didWork = (committed?.rows ?? 0) > 0
        if running.isCaughtUp, running.lane.isOwner { try guardian.caughtUp() }
        if let engine = running.owner?.engine {
            if engine.directivesVersion != running.directivesTold {
                running.directivesTold = engine.directivesVersion
                listeners.directives(engine.directives)
            }
            becomeReady(when: running.isCaughtUp)
            listeners.advanced(engine.now, engine.deafSince)
            answerReads(engine)
        }
        if running.isCaughtUp, running.lane.isOwner, clock.now() - running.lastCheckpoint >= Self.checkpointEvery {
            try beginCheckpoint(of: &running.owner)
            running.lastCheckpoint = clock.now()
        }
    }

    /// A checkpoint, and the lane is left to the next.
    private func end(_ running: inout Running, _ guardian: PoisonGuard) {
        do {
            checkpoints.wait()
            var didFail = false
            if checkpoints.isFree(didFail: &didFail), didFail { running.owner?.checkpointFailed() }
            if running.lane.isOwner {
                try running.owner?.checkpoint()
                try guardian.endedInOrder()
                try running.lane.ends()
            }
        } catch {
            logger.error("The last checkpoint was not written", metadata: ["error": "\(error)"])
        }
    }

    // MARK: Failures

    private func failed(_ error: any Error, _ running: inout Running, _ guardian: inout PoisonGuard) {
        running.lane.failed(error, of: &running.owner)
        if let owner = running.owner, let refusal = error as? StoreError, refusal.code != .conflict, !owner.isAhead {
            if !running.isInDoubt {
                logger.error("The store refuses: pages show what was committed", metadata: ["error": "\(error)"])
            }
            standStill(with: owner.engine)
        } else {
            moves()
            let wasLoaded = running.owner != nil
            running.owner = nil
            recover(from: error, refusesReads: !wasLoaded, &guardian)
        }
        running.isInDoubt = true
    }

    /// The engine is as committed, and the thread goes to the store: whoever reads need not wait for that.
    private func stands(at engine: Engine?) {
        guard let engine else { return }
        state.withLock { state in
            if state.isReady { state.standing = Standing(engine: engine, since: clock.now()) }
        }
    }

    /// The engine changes: a copy that is kept would be copied in full.
    private func moves() {
        // Let go after the lock.
        _ = state.withLock { state in
            defer { state.standing = nil }
            return state.standing
        }
    }

    /// Answers reads for a moment, until the store is tried again.
    private func standStill(with engine: Engine) {
        moves()
        becomeReady(when: state.withLock { $0.isReady })
        let end = clock.now() + Self.retryEvery
        var now = clock.now()
        while now < end, !state.withLock({ $0.isStopping }) {
            answerReads(engine)
            expireWaiters(at: now)
            doorbell.wait(atMost: end - now)
            now = clock.now()
        }
    }

    /// The engine in memory is ahead of the store or stuck: it has been thrown away.
    ///
    /// - Parameter refusesReads: it cannot be loaded just now, and nobody is left waiting for it; else reads wait.
    private func recover(from error: any Error, refusesReads: Bool, _ guardian: inout PoisonGuard) {
        logger.error("The engine is loaded again after a failure", metadata: ["error": "\(error)"])
        let reads = state.withLock { state -> Deque<Read> in
            state.isTold = false
            guard refusesReads else { return [] }
            defer { state.reads = [] }
            state.isReady = false
            return state.reads
        }
        listeners.ready(false)
        for read in reads { read.answer(.failure(CollectorError(.starting))) }
        if let row = error as? Engine.UnreadableRow {
            do {
                if try store.log.writer(row.place.writer)?.release ?? 0 > Migrations().newest {
                    return listeners.unusable(
                        StoreError(.newerSchema, "a newer release has written what this one cannot read: upgrade it"))
                }
                try guardian.putAside(unreadable: row.place, at: clock.now())
                return
            } catch {
                logger.error("A row could not be put aside", metadata: ["error": "\(error)"])
            }
        }
        if error is LaneOwner.UnusableCheckpoint { listeners.unusable(error) }
        doorbell.wait(atMost: Self.retryEvery)
    }

    /// Takes in what the lane's owner has decided since. Where that is of another release and the log leads elsewhere by
    /// this one's rules, what it has written is shown: its checkpoints, and its answers to commands.
    private func follow(_ owner: inout LaneOwner?, _ lane: LaneKeeper) throws -> LaneOwner.Committed? {
        if owner?.isCheckpointAlone == true {
            try settleFromStore()
            if try owner?.isOutdated() == true { owner = nil }
            return nil
        }
        do {
            return try owner?.follow(changes: moves)
        } catch let lost as LaneOwner.LostTrack {
            guard try lane.followsAnotherRelease() else { throw lost }
            owner = try showsCheckpoint()
            return nil
        }
    }

    private func showsCheckpoint() throws -> LaneOwner {
        let owner = try LaneOwner(checkpointOf: store)
        logger.notice(
            "The release that decides goes by other rules: its checkpoints are shown",
            metadata: ["asOf": "\(owner.engine.now)"])
        return owner
    }

    /// Answers those who wait here and whose command has been decided elsewhere.
    private func settleFromStore() throws {
        for operation in state.withLock({ $0.waiters.keys.sorted() }) {
            if let known = try store.outcomes.find(operation) { settle(Outcome(known)) }
        }
    }

    private func load(_ guardian: inout PoisonGuard, _ lane: LaneKeeper) throws -> LaneOwner {
        let start = clock.now()
        let isOwner = lane.isOwner
        checkpoints.wait()
        if isOwner { try guardian.begin(at: start) }
        var found = LaneOwner.Loaded(reapplied: 0, divergedAt: nil)
        var owner = try LaneOwner(
            loading: store, before: { if isOwner { try guardian.willApply($0) } }, found: &found)
        try lane.loaded(&owner)
        if let number = found.divergedAt {
            if isOwner, lane.takesOverFromAnotherRelease {
                try leap(owner, because: number)
            } else if try lane.followsAnotherRelease() {
                owner = try showsCheckpoint()
            } else {
                logger.critical(
                    "Applying the log again gave another decision than the journal holds",
                    metadata: ["journal": "\(number)"])
            }
        }
        logger.info(
            "Engine loaded",
            metadata: [
                "rows": "\(found.reapplied)", "asOf": "\(owner.engine.now)",
                "milliseconds": "\((clock.now() - start).wholeMilliseconds)",
            ])
        listeners.fleet(owner.engine.fleet)
        return owner
    }

    /// Another release died before its last checkpoint, and by our rules something else comes of what it had decided since:
    /// as after a restore, no number that it has told may be given to something else.
    private func leap(_ owner: LaneOwner, because journal: Int64) throws {
        logger.warning(
            "Another release had decided otherwise since its last checkpoint: new numbers begin further up",
            metadata: ["journal": "\(journal)"])
        let epoch = try RestoreEpoch.begin(in: owner.store.database, at: clock.now())
        let now = owner.position.engineTime
        try owner.store.log.interject(
            InputCodec.encode([.restored(Restored(at: now, epoch: epoch))]), behind: now,
            as: Hexadecimal.encode(SecureRandom.bytes(16)))
    }

    private func beginCheckpoint(of owner: inout LaneOwner?) throws {
        var didFail = false
        guard checkpoints.isFree(didFail: &didFail) else { return }
        if didFail { owner?.checkpointFailed() }
        if let draft = try owner?.draftCheckpoint(), let store = owner?.store {
            checkpoints.write(draft, to: store.checkpoints)
        }
    }

    /// The row that makes every reader of the log skip the input, now and in replays. Waits until it is durable; where
    /// it cannot be, the engine is loaded again and the row tried again, as after any commit that failed.
    private func tellEveryone(of culprit: LogPlace) throws {
        let outcome = Mutex(false)
        let settled = DispatchSemaphore(value: 0)
        let isTaken = commit.submit(as: .urgent, { _ in .quarantined(culprit) }) { isDurable in
            outcome.withLock { $0 = isDurable }
            settled.signal()
        }
        guard isTaken else { throw CollectorError(.overloaded, "an input cannot be put aside just now") }
        // The committing thread never waits for this one.
        settled.wait()
        guard outcome.withLock({ $0 }) else { throw CollectorError(.storeFailed, "an input cannot be put aside") }
    }

    private func becomeReady(when isCaughtUp: Bool) {
        guard isCaughtUp else { return }
        let isFirst = state.withLock { state in
            defer { (state.isReady, state.isTold) = (true, true) }
            return !state.isTold
        }
        if isFirst { listeners.ready(true) }
    }

    private func tell(_ committed: LaneOwner.Committed, of owner: LaneOwner) {
        if committed.fleetChanged { listeners.fleet(owner.engine.fleet) }
        for outcome in committed.outcomes { settle(outcome) }
        if !committed.entries.isEmpty { listeners.committed(committed.numbers, committed.entries) }
    }

    private func answerReads(_ engine: Engine) {
        let reads = state.withLock { state in
            defer { state.reads = [] }
            return state.reads
        }
        for read in reads { read.answer(.success(engine)) }
    }

    private func refuseAll() {
        let (reads, waiters) = state.withLock { state in
            defer {
                state.reads = []
                state.waiters = [:]
            }
            return (state.reads, state.waiters.map(\.value))
        }
        for read in reads { read.answer(.failure(CollectorError(.stopping))) }
        for waiter in waiters {
            for continuation in waiter.continuations { continuation.resume(throwing: CollectorError(.outcomePending)) }
        }
    }
}

extension Outcome {
    /// As it was stored.
    fileprivate init(_ row: OutcomeRow) {
        self.init(
            operation: row.operation, bodyDigest: row.bodyDigest, status: row.status, body: .raw(row.body),
            version: row.version)
    }
}
