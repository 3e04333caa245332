package import AnpiEngine
package import AnpiModel
package import AnpiStore
import DequeModule
import Dispatch
import Foundation
package import Logging
import Synchronization

/// The one writer of this process to the input log: everything that waits becomes one row and one commit.
///
/// Doors hand over inputs with a closure to be called once they are durable; a thread of its own seals, commits and
/// calls. Waiting is bounded by count and bytes, each kind of work by its own share of them (`Work.queueShare`): what
/// does not fit is refused at once, which the doors answer with 503 and `Retry-After`. Urgent work goes before all that
/// waits; the engine takes it in whatever order it comes.
///
/// Receipts are stamped here and nowhere else, `submit` for one input and `StampSlot` for an event loop's many: from
/// before the stamp until the input is in the queue it is outstanding, and the watermark stays below it. So "all that
/// I received before it is committed" (ENGINE §2) holds whatever a door does between the two.
package final class GroupCommit: Sendable {
    /// Requests that may wait for a commit, over all connections.
    static let waitingMax = 65_536
    /// Their encoded bytes.
    static let waitingBytesMax = 64 << 20
    /// Encoded bytes of one row; the rest goes into the next.
    static let rowBytesMax = 4 << 20

    /// Inputs that are answered together.
    struct Submission: Sendable {
        /// Frames as `InputCodec.append` writes them, without the row's version byte.
        var frames: [UInt8]
        /// How many callers wait for them.
        var requests: Int
        /// What all of them are worth.
        var work: Work
        /// Called on the committing thread: true when they are durable. Must not block.
        var whenSettled: @Sendable (Bool) -> Void
    }

    private struct Waiting {
        var submission: Submission
        /// No later than the earliest receipt in it.
        var oldest: Timestamp
    }

    /// Where the writer's row stands when committing begins.
    package struct Start: Sendable {
        package var watermark: Timestamp
        package var sequence: Int64

        package init(watermark: Timestamp, sequence: Int64) {
            self.watermark = watermark
            self.sequence = sequence
        }
    }

    private struct State {
        /// Goes into the next row, before all of `waiting`.
        var urgent: Deque<Waiting> = []
        var waiting: Deque<Waiting> = []
        /// How many of the two the next row takes. What comes later changes nothing about it.
        var planned = (urgent: 0, waiting: 0)
        /// The earliest receipt of what is being committed.
        var committing: Timestamp?
        /// Of all that waits or is being committed.
        var requests = 0
        var bytes = 0
        var isStopping = false
        var slots: [StampSlot] = []
        /// Stamps of single receipts whose inputs are being written just now.
        var stamped: [Timestamp] = []
        var refused = RefusedBeats()

        /// False where too much waits already for work of this kind or the process is stopping.
        mutating func take(_ submission: Submission, oldest: Timestamp) -> Bool {
            let share = submission.work.queueShare
            guard !isStopping, Double(requests + submission.requests) <= share * Double(waitingMax),
                Double(bytes + submission.frames.count) <= share * Double(waitingBytesMax)
            else {
                let isBeat = submission.work == .beat || submission.work == .urgent
                if isBeat, !isStopping { refused.wasRefused(at: oldest) }
                return false
            }
            let taken = Waiting(submission: submission, oldest: oldest)
            if submission.work == .urgent { urgent.append(taken) } else { waiting.append(taken) }
            requests += submission.requests
            bytes += submission.frames.count
            return true
        }

        var hasInputs: Bool { !urgent.isEmpty || !waiting.isEmpty }

        /// How many go into the next row, where the last statement was `stated`: as many as fit, and all up to the last
        /// one that came right after the statement, since nothing further can be stated before that one is in.
        mutating func plan(after stated: Timestamp) {
            let earliestLeft = stated + .milliseconds(1)
            var (index, bytes) = (0, 0)
            var count = 0
            for queue in [urgent, waiting] {
                for item in queue {
                    index += 1
                    bytes += item.submission.frames.count
                    if index == 1 || bytes <= rowBytesMax || item.oldest <= earliestLeft { count = index }
                }
            }
            planned = (min(count, urgent.count), max(0, count - urgent.count))
        }
    }

    private let state = Mutex(State())
    private let doorbell = Doorbell()
    private let finished = DispatchSemaphore(value: 0)
    private let log: InputLog
    private let writer: String
    private let clock: SteadyClock
    private let logger: Logger
    private let start: Start
    private let metrics: CollectorMetrics
    private let whenShutOut: @Sendable () -> Void

    /// - Parameters:
    ///   - writer: the row of this process in the log, open with the watermark and sequence of `start`.
    ///   - whenShutOut: told when another process has closed our row; the process must end.
    package init(
        log: InputLog, writer: String, start: Start, clock: SteadyClock, metrics: CollectorMetrics, logger: Logger,
        whenShutOut: @escaping @Sendable () -> Void
    ) {
        self.log = log
        self.writer = writer
        self.start = start
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        self.whenShutOut = whenShutOut
    }

    /// Begins to commit, on a thread of its own.
    package func begin() {
        let thread = Thread { [self] in
            // Only from within does the system learn it; `top -H` and profilers show it.
            Thread.current.name = "anpi-commit"
            run()
            finished.signal()
        }
        thread.start()
    }

    /// Takes nothing new, commits what waits, and returns when it is done.
    package func stop() {
        state.withLock { $0.isStopping = true }
        doorbell.ring()
        finished.wait()
    }

    /// Where one event loop stamps what it receives.
    func makeStampSlot() -> StampSlot {
        let slot = StampSlot(clock: clock)
        state.withLock { $0.slots.append(slot) }
        return slot
    }

    /// Stamps a receipt and queues the input that `make` makes of the stamp; false where too much waits already or the
    /// process is stopping, and `whenSettled` is not called then.
    ///
    /// Nobody's time goes on meanwhile: what takes long (reading a message, keeping its bytes) belongs before the call.
    ///
    /// - Parameter whenSettled: called on the committing thread: true when the input is durable. Must not block.
    package func submit(
        as work: Work, _ make: (Timestamp) -> Input, whenSettled: @escaping @Sendable (Bool) -> Void
    ) -> Bool {
        let stamp = state.withLock { state in
            let stamp = clock.now()
            state.stamped.append(stamp)
            return stamp
        }
        var frames = ByteWriter()
        InputCodec.append(make(stamp), to: &frames)
        let submission = Submission(frames: frames.bytes, requests: 1, work: work, whenSettled: whenSettled)
        let isTaken = state.withLock { state in
            if let index = state.stamped.firstIndex(of: stamp) { state.stamped.remove(at: index) }
            return state.take(submission, oldest: stamp)
        }
        // Also after a refusal: the watermark may go on.
        doorbell.ring()
        return isTaken
    }

    /// Queues what an event loop has stamped in `slot`, which is free after it; for each submission false as in the
    /// other `submit`.
    func submit(_ submissions: [Submission], stampedIn slot: StampSlot) -> [Bool] {
        let areTaken = state.withLock { state in
            submissions.map { state.take($0, oldest: slot.oldest) }
        }
        slot.clear()
        doorbell.ring()
        return areTaken
    }

    /// Callers that wait for a commit.
    package var waiting: Int { state.withLock { $0.requests } }

    /// How full the queue is, and the receipt that has waited longest.
    var pressure: (fill: Double, oldest: Timestamp?) {
        state.withLock { state in
            let fill = max(
                Double(state.requests) / Double(Self.waitingMax), Double(state.bytes) / Double(Self.waitingBytesMax))
            let oldest = [state.committing, state.urgent.first?.oldest, state.waiting.first?.oldest]
                .compactMap { $0 }.min()
            return (fill, oldest)
        }
    }

    // MARK: The committing thread

    private func run() {
        var watermark = Watermark(startingAt: start.watermark)
        var sequence = start.sequence
        var mayGoOn = true
        // False after a commit that failed, or of which nobody knows, until the writer's row has told where it stands.
        var isCertain = true
        // After an append that failed nothing is stated before one has succeeded: a store that takes a watermark but no
        // rows would let the engine believe that nobody said anything.
        var mustAppend = false
        while mayGoOn {
            let (hasInputs, isStopping) = state.withLock { ($0.hasInputs, $0.isStopping) }
            if isStopping, !hasInputs { return }
            if !isCertain {
                isCertain = catchUp(&watermark, &sequence, mayGoOn: &mayGoOn)
                guard isCertain else {
                    _ = self.watermark(by: clock.now())
                    settle(takeBatch(), isDurable: false, took: .zero)
                    doorbell.wait(atMost: .milliseconds(250))
                    continue
                }
            }
            // The clock first, then what is outstanding: who stamps after we have looked stamps later than this.
            let clockNow = clock.now()
            let now = self.watermark(by: clockNow, after: watermark.stated)
            var rows: [LogRow] = []
            var batch: [Submission] = []
            // Never beyond the row's own time: what waits in the queue comes before any deadline after it.
            let deaf = state.withLock { $0.refused.span(upTo: now) }
            var told: Input.Span?
            var hasAdmitted = false
            switch watermark.seal(at: now, hasInputs: hasInputs || mustAppend || deaf != nil) {
            case .wait(let until):
                doorbell.wait(atMost: max(until - now, .microseconds(100)))
                continue
            case .state: break
            case .append(let at):
                batch = takeBatch()
                rows.append(row(at: at, after: sequence, with: batch, deaf: deaf))
                told = deaf
            case .admit(let span):
                hasAdmitted = true
                logger.warning("Could not hear", metadata: ["seconds": "\((span.to - span.from).wholeSeconds)"])
                rows.append(Self.deafRow(span, at: span.from + .milliseconds(1), of: writer, after: sequence))
                if hasInputs || mustAppend {
                    batch = takeBatch()
                    rows.append(row(at: now, after: sequence + 1, with: batch))
                }
            }
            let isDurable = commit(rows, watermark: now, isCertain: &isCertain, mayGoOn: &mayGoOn)
            if isDurable {
                watermark.committed(now)
                sequence += Int64(rows.count)
                mustAppend = false
                if let told { state.withLock { $0.refused.wasTold(told) } }
                if hasAdmitted { state.withLock { $0.refused = RefusedBeats() } }
            } else if !rows.isEmpty {
                mustAppend = true
                // A store that is nearly full may take a small row now and then, and with it our time: those whose beats it
                // does not take were not heard all the same.
                if !batch.isEmpty { state.withLock { $0.refused.wasRefused(at: clockNow) } }
            }
            settle(batch, isDurable: isDurable, took: clock.now() - clockNow)
            if !isDurable, mayGoOn {
                // A disk that is full stays full for a while: do not spin on it.
                doorbell.wait(atMost: .milliseconds(250))
            }
        }
        refuseTheRest()
        whenShutOut()
    }

    /// The row that says nothing could be heard in `span`, by this process or before it.
    package static func deafRow(_ span: Input.Span, at: Timestamp, of writer: String, after sequence: Int64) -> LogRow {
        LogRow(writer: writer, seq: sequence + 1, at: at, batch: InputCodec.encode([.deaf(span)]))
    }

    private func row(
        at: Timestamp, after sequence: Int64, with batch: [Submission], deaf: Input.Span? = nil
    ) -> LogRow {
        var row = InputCodec.begin(reserving: batch.reduce(1) { $0 + $1.frames.count })
        if let deaf { InputCodec.append(.deaf(deaf), to: &row) }
        for submission in batch { row.append(frames: submission.frames) }
        return LogRow(writer: writer, seq: sequence + 1, at: at, batch: row.bytes)
    }

    /// What may be stated when the clock has shown `clockNow`: below the earliest receipt that will not be in the next
    /// row, because it is outstanding or left for a later one. Or the engine would judge a deadline before it has read a
    /// beat that came in time. Plans that row.
    func watermark(by clockNow: Timestamp, after stated: Timestamp = .distantPast) -> Timestamp {
        let earliest = state.withLock { state in
            state.plan(after: stated)
            var earliest = state.stamped.min() ?? .distantFuture
            for slot in state.slots { earliest = min(earliest, slot.oldest) }
            for left in state.urgent.dropFirst(state.planned.urgent) { earliest = min(earliest, left.oldest) }
            for left in state.waiting.dropFirst(state.planned.waiting) { earliest = min(earliest, left.oldest) }
            return earliest
        }
        return min(clockNow, earliest - .milliseconds(1))
    }

    /// What was planned for the next row.
    private func takeBatch() -> [Submission] {
        state.withLock { state in
            let taken = Array(state.urgent.prefix(state.planned.urgent)) + state.waiting.prefix(state.planned.waiting)
            state.urgent.removeFirst(state.planned.urgent)
            state.waiting.removeFirst(state.planned.waiting)
            state.planned = (0, 0)
            state.committing = taken.map(\.oldest).min()
            return taken.map(\.submission)
        }
    }

    /// What the writer's row says after a commit that was not confirmed: rows that are there are not appended again,
    /// under numbers that are taken. Their callers were refused and send them once more, which the engine knows as known.
    private func catchUp(_ watermark: inout Watermark, _ sequence: inout Int64, mayGoOn: inout Bool) -> Bool {
        do {
            guard let row = try log.writer(writer), !row.closed else {
                logger.critical("Another process has taken this writer's place")
                mayGoOn = false
                return false
            }
            sequence = row.seq
            watermark.committed(row.watermark)
            return true
        } catch {
            logger.error("Where the input log stands could not be read", metadata: ["error": "\(error)"])
            return false
        }
    }

    private func commit(
        _ rows: [LogRow], watermark: Timestamp, isCertain: inout Bool, mayGoOn: inout Bool
    ) -> Bool {
        do {
            if rows.isEmpty {
                try log.state(writer: writer, watermark: watermark)
            } else {
                try log.append(writer: writer, rows: rows, watermark: watermark)
            }
            return true
        } catch let error as StoreError where error.code == .shutOut {
            logger.critical("Another process has taken this writer's place")
            mayGoOn = false
        } catch {
            // Also where it says plainly that it failed: an earlier commit that was not confirmed may come through only
            // now, when a disk that stood still goes on, and its row's number is taken then.
            isCertain = false
            // The watermark stands still meanwhile, so the engine counts this as blind time.
            logger.error("The input log could not be written", metadata: ["error": "\(error)"])
        }
        return false
    }

    private func settle(_ batch: [Submission], isDurable: Bool, took time: Duration) {
        guard !batch.isEmpty else { return }
        let requests = batch.reduce(0) { $0 + $1.requests }
        let bytes = batch.reduce(0) { $0 + $1.frames.count }
        let queued = state.withLock { state in
            state.requests -= requests
            state.bytes -= bytes
            state.committing = nil
            return state.requests
        }
        metrics.queued.set(Int64(queued))
        if isDurable {
            metrics.commits.add()
            metrics.committedRequests.add(Int64(requests))
            metrics.commitSeconds.add(time)
        }
        for submission in batch { submission.whenSettled(isDurable) }
    }

    private func refuseTheRest() {
        let rest = state.withLock { state in
            state.isStopping = true
            defer { (state.urgent, state.waiting) = ([], []) }
            return Array(state.urgent) + state.waiting
        }
        for waiting in rest { waiting.submission.whenSettled(false) }
    }
}
