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
    private let admission: Admission
    private let stamps: StampSlot
    private var piles: [Pile] = [Work.urgent, .beat, .backlog].map { Pile(work: $0) }
    private var isFlushScheduled = false
    private var connections: [ObjectIdentifier: AgentDoorHandler] = [:]
    private var dateSecond: Int64 = .min
    private var dateLine: [UInt8] = []

    private struct Waiting {
        var connection: AgentDoorHandler
        var answer: [UInt8]
    }

    /// What of one kind this turn has read.
    private struct Pile {
        let work: Work
        var frames = ByteWriter()
        var waiting: [Waiting] = []
    }

    init(
        loop: any EventLoop, commit: GroupCommit, clock: SteadyClock, admission: Admission, metrics: CollectorMetrics
    ) {
        self.metrics = metrics
        self.admission = admission
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

    /// Takes one turn of `agent`; nil where it may send, else how long until it may again.
    func take(_ agent: AgentID) -> Duration? { admission.agents.take(agent, at: clock.now()) }

    /// The same of a ping's address.
    func take(_ place: PingPlace) -> Duration? { admission.pings.take(place, at: clock.now()) }

    /// Stamps and queues what was received; `connection` is answered when it is durable.
    func submit(_ accepted: BeatIntake.Accepted, for connection: AgentDoorHandler) {
        let index = piles.firstIndex { $0.work == accepted.work } ?? 0
        InputCodec.append(accepted.input(receivedAt: stamps.stamp()), to: &piles[index].frames)
        piles[index].waiting.append(Waiting(connection: connection, answer: accepted.answer))
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.execute { bound.value.flush() }
    }

    private func flush() {
        isFlushScheduled = false
        var submissions: [GroupCommit.Submission] = []
        var refusable: [Pile] = []
        for index in piles.indices where !piles[index].waiting.isEmpty {
            let pile = piles[index]
            let batch = NIOLoopBound(pile.waiting, eventLoop: loop)
            let work = pile.work
            submissions.append(
                GroupCommit.Submission(frames: pile.frames.bytes, requests: pile.waiting.count, work: work) {
                    [loop, admission] isDurable in
                    loop.execute { Self.settle(batch.value, of: work, isDurable: isDurable, admission) }
                })
            refusable.append(pile)
            piles[index].waiting = []
            piles[index].frames = ByteWriter(reserving: pile.frames.bytes.count)
        }
        for (pile, isTaken) in zip(refusable, commit.submit(submissions, stampedIn: stamps)) where !isTaken {
            for item in pile.waiting {
                metrics.count(beatRequest: .overloaded, door: .agents)
                item.connection.answer(admission.busy(pile.work))
            }
        }
    }

    private static func settle(_ batch: [Waiting], of work: Work, isDurable: Bool, _ admission: Admission) {
        for item in batch {
            if isDurable {
                item.connection.answerDurable(item.answer)
            } else {
                item.connection.answer(.notDurable(retryAfterSeconds: admission.retryAfterSeconds(for: work)))
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
