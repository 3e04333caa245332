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
/// Doors hand over encoded inputs with a closure to be called once they are durable; a thread of its own seals,
/// commits and calls. Waiting is bounded by count and bytes: what does not fit is refused at once, which the doors
/// answer with 503 and `Retry-After`.
package final class GroupCommit: Sendable {
    /// Requests that may wait for a commit, over all connections.
    static let waitingMax = 65_536
    /// Their encoded bytes.
    static let waitingBytesMax = 64 << 20
    /// Encoded bytes of one row; the rest goes into the next.
    static let rowBytesMax = 4 << 20

    /// Inputs that are answered together.
    package struct Submission: Sendable {
        /// Frames as `InputCodec.append` writes them, without the row's version byte.
        package var frames: [UInt8]
        /// How many callers wait for them.
        package var requests: Int
        /// No later than the earliest receipt among them.
        package var oldest: Timestamp
        /// Called on the committing thread: true when they are durable. Must not block.
        package var whenSettled: @Sendable (Bool) -> Void

        package init(
            frames: [UInt8], requests: Int, oldest: Timestamp, whenSettled: @escaping @Sendable (Bool) -> Void
        ) {
            self.oldest = oldest
            self.frames = frames
            self.requests = requests
            self.whenSettled = whenSettled
        }
    }

    /// Where one event loop says since when it holds receipts that are not in the queue yet.
    package final class StampSlot: Sendable {
        private static let none = Int64.max
        private let milliseconds = Atomic(StampSlot.none)

        func set(_ instant: Timestamp) { milliseconds.store(instant.milliseconds, ordering: .sequentiallyConsistent) }
        func clear() { milliseconds.store(Self.none, ordering: .sequentiallyConsistent) }
        /// `distantFuture` where it holds none.
        var value: Timestamp {
            let value = milliseconds.load(ordering: .sequentiallyConsistent)
            return value == Self.none ? .distantFuture : Timestamp(milliseconds: value)
        }
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
        var waiting: Deque<Submission> = []
        var requests = 0
        var bytes = 0
        var isStopping = false
        var slots: [StampSlot] = []
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
            run()
            finished.signal()
        }
        thread.name = "anpi-commit"
        thread.start()
    }

    /// Takes nothing new, commits what waits, and returns when it is done.
    package func stop() {
        state.withLock { $0.isStopping = true }
        doorbell.ring()
        finished.wait()
    }

    package func makeStampSlot() -> StampSlot {
        let slot = StampSlot()
        state.withLock { $0.slots.append(slot) }
        return slot
    }

    /// False where too much waits already or the process is stopping.
    package func submit(_ submission: Submission) -> Bool {
        let isTaken = state.withLock { state in
            guard !state.isStopping, state.requests + submission.requests <= Self.waitingMax,
                state.bytes + submission.frames.count <= Self.waitingBytesMax
            else { return false }
            state.waiting.append(submission)
            state.requests += submission.requests
            state.bytes += submission.frames.count
            return true
        }
        if isTaken { doorbell.ring() }
        return isTaken
    }

    /// Callers that wait for a commit.
    package var waiting: Int { state.withLock { $0.requests } }

    // MARK: The committing thread

    private func run() {
        var watermark = Watermark(startingAt: start.watermark)
        var sequence = start.sequence
        var mayGoOn = true
        while mayGoOn {
            let (hasInputs, isStopping) = state.withLock { (!$0.waiting.isEmpty, $0.isStopping) }
            if isStopping, !hasInputs { return }
            // The clock first, then the slots: who stamps after we have looked stamps later than this.
            let clockNow = clock.now()
            let now = min(clockNow, earliestOutstanding() - .milliseconds(1))
            var rows: [LogRow] = []
            var batch: [Submission] = []
            switch watermark.seal(at: now, hasInputs: hasInputs) {
            case .wait(let until):
                doorbell.wait(atMost: max(until - now, .microseconds(100)))
                continue
            case .state: break
            case .append(let at):
                batch = takeBatch()
                rows.append(row(at: at, after: sequence, with: batch))
            case .admit(let span):
                logger.warning("Could not hear", metadata: ["seconds": "\((span.to - span.from).wholeSeconds)"])
                rows.append(Self.deafRow(span, at: span.from + .milliseconds(1), of: writer, after: sequence))
                if hasInputs {
                    batch = takeBatch()
                    rows.append(row(at: now, after: sequence + 1, with: batch))
                }
            }
            let isDurable = commit(rows, watermark: now, mayGoOn: &mayGoOn)
            if isDurable {
                watermark.committed(now)
                sequence += Int64(rows.count)
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

    private func row(at: Timestamp, after sequence: Int64, with batch: [Submission]) -> LogRow {
        var row = InputCodec.begin(reserving: batch.reduce(1) { $0 + $1.frames.count })
        for submission in batch { row.append(frames: submission.frames) }
        return LogRow(writer: writer, seq: sequence + 1, at: at, batch: row.bytes)
    }

    /// The earliest receipt that will not be in the next row: held by a loop, or beyond the row's size. The watermark
    /// stays below it, or the engine would judge a deadline before it has read a beat that came in time.
    private func earliestOutstanding() -> Timestamp {
        state.withLock { state in
            var earliest = state.slots.map(\.value).min() ?? .distantFuture
            var bytes = 0
            for (index, submission) in state.waiting.enumerated() {
                bytes += submission.frames.count
                if index > 0, bytes > Self.rowBytesMax { earliest = min(earliest, submission.oldest) }
            }
            return earliest
        }
    }

    private func takeBatch() -> [Submission] {
        state.withLock { state in
            var batch: [Submission] = []
            var bytes = 0
            while let next = state.waiting.first, batch.isEmpty || bytes + next.frames.count <= Self.rowBytesMax {
                bytes += next.frames.count
                batch.append(next)
                state.waiting.removeFirst()
            }
            return batch
        }
    }

    private func commit(_ rows: [LogRow], watermark: Timestamp, mayGoOn: inout Bool) -> Bool {
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
            defer { state.waiting = [] }
            return state.waiting
        }
        for submission in rest { submission.whenSettled(false) }
    }
}
