import AnpiEngine
import AnpiModel
import NIOCore

/// What all agents' connections of one event loop share; touched on that loop only.
///
/// Requests that one turn of the loop has read go to the committing thread in one hand-over, and come back in one.
final class AgentDoorLoop {
    let loop: any EventLoop
    private let commit: GroupCommit
    private let clock: SteadyClock
    private let metrics: CollectorMetrics
    private let stamps: StampSlot
    private var frames = ByteWriter()
    private var waiting: [Waiting] = []
    private var isFlushScheduled = false
    private var connections: [ObjectIdentifier: AgentDoorHandler] = [:]
    private var dateSecond: Int64 = .min
    private var dateLine: [UInt8] = []

    private struct Waiting {
        var connection: AgentDoorHandler
        var answer: [UInt8]
    }

    init(loop: any EventLoop, commit: GroupCommit, clock: SteadyClock, metrics: CollectorMetrics) {
        self.metrics = metrics
        self.loop = loop
        self.commit = commit
        stamps = commit.makeStampSlot()
        self.clock = clock
    }

    /// Deadlines of idle and slow connections are looked at this often; one timer a loop, not one a request.
    func startSweeping() {
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in bound.value.sweep() }
    }

    func opened(_ connection: AgentDoorHandler) { connections[ObjectIdentifier(connection)] = connection }

    func closed(_ connection: AgentDoorHandler) { connections[ObjectIdentifier(connection)] = nil }

    private func sweep() {
        let now = NIODeadline.now()
        for connection in Array(connections.values) { connection.sweep(at: now) }
    }

    /// Ends connections that wait for nothing; the others end with their answer.
    func beginShutdown() {
        for connection in Array(connections.values) { connection.beginShutdown() }
    }

    /// Stamps and queues what was received; `connection` is answered when it is durable.
    func submit(_ accepted: BeatIntake.Accepted, for connection: AgentDoorHandler) {
        InputCodec.append(accepted.input(receivedAt: stamps.stamp()), to: &frames)
        waiting.append(Waiting(connection: connection, answer: accepted.answer))
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.execute { bound.value.flush() }
    }

    private func flush() {
        isFlushScheduled = false
        let batch = NIOLoopBound(waiting, eventLoop: loop)
        let submission = GroupCommit.Submission(frames: frames.bytes, requests: waiting.count) {
            [loop] isDurable in
            loop.execute { Self.settle(batch.value, isDurable: isDurable) }
        }
        waiting = []
        frames = ByteWriter(reserving: submission.frames.count)
        let isTaken = commit.submit(submission, stampedIn: stamps)
        guard !isTaken else { return }
        for item in batch.value {
            metrics.count(beatRequest: .overloaded, door: .agents)
            item.connection.answer(.busy)
        }
    }

    private static func settle(_ batch: [Waiting], isDurable: Bool) {
        for item in batch {
            if isDurable {
                item.connection.answerDurable(item.answer)
            } else {
                item.connection.answer(.notDurable)
            }
        }
    }

    /// `date: …` with its line end, made once a second.
    func date() -> [UInt8] {
        let now = clock.now()
        if now.milliseconds / 1_000 != dateSecond {
            dateSecond = now.milliseconds / 1_000
            dateLine = Array("date: \(now.httpDate)\r\n".utf8)
        }
        return dateLine
    }
}

extension Timestamp {
    /// The instant as HTTP writes it: `Sat, 24 Sep 2022 05:58:00 GMT` (RFC 9110 §5.6.7).
    var httpDate: String {
        let (date, millisecondOfDay) = civil(at: .utc)
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let second = millisecondOfDay / 1_000
        return "\(days[date.weekday.rawValue]), \(two(date.day)) \(months[date.month - 1]) \(date.year) "
            + "\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60)) GMT"
    }
}
