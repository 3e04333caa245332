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

    struct Read {
        var deadline: Timestamp
        var answer: @Sendable (Result<Engine, CollectorError>) -> Void
    }

    struct Waiter {
        var digest: [UInt8]
        var deadline: Timestamp
        var continuations: [CheckedContinuation<Outcome, any Error>]
    }

    struct State {
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

    struct Standing {
        var engine: Engine
        var since: Timestamp
    }

    let state = Mutex(State())
    let doorbell = Doorbell()
    let finished = DispatchSemaphore(value: 0)
    let store: LaneStore
    let commit: any LogAppending
    let clock: SteadyClock
    let logger: Logger
    let listeners: Listeners
    let outbox: @Sendable (Decision, Int) -> [OutboxDraft]
    let storeThreads: StoreThreads
    let checkpoints: CheckpointWriter
    /// As whom this process takes the lane; nil where it has the database for itself.
    let sharedAs: String?
    /// Set while this process decides.
    let decides: ReadyFlag

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

    func giveUpOverdue(at now: Timestamp) {
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

    func settle(_ operation: String, _ result: Result<Outcome, any Error>) {
        let waiter = state.withLock { $0.waiters.removeValue(forKey: operation) }
        for continuation in waiter?.continuations ?? [] { continuation.resume(with: result) }
    }

    /// An outcome is for who sent that body: an older command under the same key may be decided first.
    func settle(_ outcome: Outcome) {
        let isTheirs = state.withLock { $0.waiters[outcome.operation]?.digest == outcome.bodyDigest }
        if isTheirs { settle(outcome.operation, .success(outcome)) }
    }

    func expireWaiters(at now: Timestamp) {
        let expired = state.withLock { state in
            let expired = state.waiters.filter { $0.value.deadline <= now }.map(\.key)
            return expired.compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for waiter in expired {
            for continuation in waiter.continuations { continuation.resume(throwing: CollectorError(.outcomePending)) }
        }
    }
}

extension Outcome {
    /// As it was stored.
    init(_ row: OutcomeRow) {
        self.init(
            operation: row.operation, bodyDigest: row.bodyDigest, status: row.status, body: .raw(row.body),
            version: row.version)
    }
}
