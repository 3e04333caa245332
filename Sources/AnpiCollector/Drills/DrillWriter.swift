import AnpiEngine
import AnpiModel
import AnpiReplay
import AnpiStore
import Dispatch
import Foundation
import Logging
import Synchronization

/// The one writer to the log of a drill's lane: plays the feed by the drill's clock, and takes people's changes between
/// its steps.
///
/// The watermark it states is the drill's time. Every line of the feed up to it is in the log with it, in the same
/// transaction, so the log alone says where to go on after a restart; and since the watermark only stands still while
/// nothing is played, there is no blind time in a drill.
final class DrillWriter: LogAppending, Sendable {
    /// How often the drill goes on.
    static let stepEvery = Duration.milliseconds(200)
    /// Lines of the feed in one step; where there are more the drill goes slower than it was asked to.
    static let linesMax = 1_000
    /// Changes by people that may wait for a step.
    static let waitingMax = 1_024

    /// How far the drill is.
    struct Progress: Hashable, Sendable {
        var now: Timestamp
        var isOver = false
        /// Why the feed cannot be played on.
        var reason: String?
    }

    private struct Waiting {
        var make: @Sendable (Timestamp) -> Input
        var whenSettled: @Sendable (Bool) -> Void
    }

    private struct State {
        var waiting: [Waiting] = []
        var isStopping = false
        var progress: Progress
    }

    /// What only the playing thread knows.
    private struct Player: ~Copyable {
        var feed: FeedReader?
        var clock: DrillClock
        var watermark: Timestamp
        var sequence: Int64 = 0
        var isFirst = true
        /// Lines of the feed that are in the log.
        var taken = 0
        /// Lines that are to be in the next row, and the one after them.
        var lines: [FeedLine] = []
        var next: FeedLine?
    }

    private let drill: DrillRow
    private let log: InputLog
    private let id: String
    private let feed: String
    private let fleet: Fleet?
    private let start: Timestamp
    private let clock: SteadyClock
    private let logger: Logger
    private let state: Mutex<State>
    private let doorbell = Doorbell()
    private let finished = DispatchSemaphore(value: 0)

    /// Enters the lane's log as the writer `id`, where it stands.
    ///
    /// - Parameters:
    ///   - feed: the feed's path.
    ///   - fleet: the drill's fleet, needed until its import is in the log.
    ///   - clock: ours.
    init(
        _ drill: DrillRow, log: InputLog, id: String, feed: String, fleet: Fleet?, clock: SteadyClock, logger: Logger
    ) throws {
        self.drill = drill
        self.log = log
        self.id = id
        self.feed = feed
        self.fleet = fleet
        self.clock = clock
        self.logger = logger
        start = try log.openWriter(id: id, at: Self.before(drill.from))
        state = Mutex(State(progress: Progress(now: max(start, drill.from))))
    }

    /// A lane's first watermark: the first row, at the time of the first line, must be later.
    private static func before(_ instant: Timestamp) -> Timestamp { instant - .milliseconds(1) }

    /// Whether the log of a lane has its fleet already.
    static func hasBegun(_ drill: DrillRow, _ log: InputLog) throws -> Bool {
        try log.writers().contains { $0.watermark >= drill.from }
    }

    var progress: Progress { state.withLock { $0.progress } }

    /// Begins to play into `engine`, on a thread of its own.
    func begin(into engine: EngineHost) {
        let thread = Thread { [self] in
            run(engine)
            finished.signal()
        }
        thread.name = "anpi-drill"
        thread.start()
    }

    /// Ends after the step in hand; what waits is refused.
    func stop() {
        state.withLock { $0.isStopping = true }
        doorbell.ring()
        finished.wait()
    }

    /// Stamped only by the step that takes it: no watermark is stated between the two, so none ever passes a receipt.
    /// Nothing is given up for something else: a drill has no agents that could crowd it.
    func submit(
        as _: Work, _ make: @escaping @Sendable (Timestamp) -> Input, whenSettled: @escaping @Sendable (Bool) -> Void
    ) -> Bool {
        let isTaken = state.withLock { state in
            guard !state.isStopping, state.waiting.count < Self.waitingMax else { return false }
            state.waiting.append(Waiting(make: make, whenSettled: whenSettled))
            return true
        }
        if isTaken { doorbell.ring() }
        return isTaken
    }

    // MARK: The playing thread

    private func run(_ engine: EngineHost) {
        var player = Player(
            feed: nil, clock: DrillClock(speed: drill.speed, now: start, end: drill.to), watermark: start)
        do throws(FeedError) { try open(&player) } catch { stopFeed(&player, because: error) }
        while !state.withLock({ $0.isStopping }) {
            do {
                try turn(&player, engine)
            } catch let error as FeedError {
                stopFeed(&player, because: error)
            } catch {
                logger.error(
                    "A step of a drill was not written", metadata: ["drill": "\(drill.name)", "error": "\(error)"])
            }
            doorbell.wait(atMost: Self.stepEvery)
        }
        settle(takeBatch(), isDurable: false)
    }

    /// Goes to the first line that is not in the log.
    private func open(_ player: inout Player) throws(FeedError) {
        var feed = try FeedReader(path: self.feed)
        var next = try feed.next()
        while let line = next, line.at <= player.watermark {
            player.taken += 1
            next = try feed.next()
        }
        player.next = next
        player.feed = consume feed
    }

    private func stopFeed(_ player: inout Player, because error: FeedError) {
        logger.error("A drill cannot go on", metadata: ["drill": "\(drill.name)", "error": "\(error)"])
        player.feed = nil
        player.next = nil
        player.clock.stop()
        state.withLock { $0.progress.reason = DrillLibrary.withoutFolder(error) }
    }

    /// One step: what the feed holds up to the drill's time and what people have changed become one row.
    private func turn(_ player: inout Player, _ host: EngineHost) throws {
        let engine = engineThere(player.watermark, host)
        var now = player.clock.look(at: clock.now(), isPlaying: engine != nil)
        let batch = takeBatch()
        if engine == nil || now <= player.watermark {
            guard !batch.isEmpty || (player.isFirst && engine != nil) else { return }
            now = player.watermark + .milliseconds(1)
        }
        do {
            var row = InputCodec.begin()
            var isEmpty = batch.isEmpty
            if let engine {
                let inputs = try inputs(&player, engine, upTo: &now)
                for input in inputs { InputCodec.append(input, to: &row) }
                isEmpty = isEmpty && inputs.isEmpty
            } else if !mayWriteWithoutEngine(player, at: now) {
                throw CollectorError(.starting)
            }
            // The first instant after the watermark, that is after what people saw: before the lines of this step.
            let stamp = player.watermark + .milliseconds(1)
            for waiting in batch { InputCodec.append(waiting.make(stamp), to: &row) }
            try append(isEmpty ? nil : row.bytes, at: now, &player)
        } catch {
            settle(batch, isDurable: false)
            throw error
        }
        player.watermark = now
        player.clock.stand(at: now)
        player.isFirst = false
        if engine != nil {
            player.taken += player.lines.count
            player.lines = []
        }
        let isOver = player.next == nil && now >= drill.to
        state.withLock { state in
            state.progress.now = now
            state.progress.isOver = isOver
        }
        settle(batch, isDurable: true)
        host.ring()
    }

    /// Without the engine only what others hand in goes into the log, among it what tells of the input that the engine cannot
    /// be loaded with: after the fleet, and never past a line that is due.
    private func mayWriteWithoutEngine(_ player: borrowing Player, at now: Timestamp) -> Bool {
        guard player.watermark >= drill.from else { return false }
        guard let due = player.lines.first?.at ?? player.next?.at else { return true }
        return due > now
    }

    /// The engine as it stands, once it has decided all that is in the log; nil where it is not there yet.
    private func engineThere(_ watermark: Timestamp, _ host: EngineHost) -> Engine? {
        guard let engine = try? host.snapshot() else { return nil }
        guard engine.now >= watermark else {
            host.ring()
            return nil
        }
        return engine
    }

    /// What the feed holds up to `now`, as inputs; `now` goes back where that is more than a step takes.
    ///
    /// Lines that speak of the newest task of a site need the engine: a copy of it takes them here first.
    private func inputs(_ player: inout Player, _ engine: Engine, upTo now: inout Timestamp) throws -> [Input] {
        // A line of the very next instant comes along: where the drill stood just before it, what people hand in after a
        // restart would have to wait for an engine that may be waiting for them (`mayWriteWithoutEngine`).
        while let line = player.next, line.at <= now + .milliseconds(1) {
            // Lines of one instant stay together: the watermark says that all of them are in.
            guard player.lines.count < Self.linesMax || player.lines.last?.at == line.at else {
                now = player.lines.last?.at ?? now
                break
            }
            now = max(now, line.at)
            player.lines.append(line)
            player.next = try player.feed?.next()
        }
        var step = Step()
        if player.watermark < drill.from {
            guard let fleet else { throw CollectorError(.configuration, "the drill's fleet is missing") }
            var replay = Replay(fleet: fleet, start: drill.from, into: &step)
            return [Replay.opening(fleet, at: drill.from)]
                + player.lines.flatMap { replay.inputs(of: $0, into: &step) }
        }
        guard !player.lines.isEmpty else { return [] }
        var replay = Replay(resuming: engine, afterLine: player.taken)
        return player.lines.flatMap { replay.inputs(of: $0, into: &step) }
    }

    /// The first row closes those who wrote here before, so that the lane has one writer again.
    private func append(_ batch: [UInt8]?, at now: Timestamp, _ player: inout Player) throws {
        guard batch != nil || player.isFirst else { return try log.state(writer: id, watermark: now) }
        let row = LogRow(
            writer: id, seq: player.sequence + 1, at: now, batch: batch ?? InputCodec.encode([]))
        let closed = player.isFirst ? try log.closeOthers(than: id, watermark: now, rows: { _ in [row] }) : []
        if closed.isEmpty { try log.append(writer: id, rows: [row], watermark: now) }
        player.sequence += 1
    }

    private func takeBatch() -> [Waiting] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    private func settle(_ batch: [Waiting], isDurable: Bool) {
        for waiting in batch { waiting.whenSettled(isDurable) }
    }
}
