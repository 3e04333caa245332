import AnpiEngine
import AnpiModel
import AnpiStore
import AnpiStoreSQLite
import CMalloc
import Glibc

/// One fleet from its import to a restart.
struct EngineRun {
    /// Beats of one log row; also how many are prepared at a time.
    private static let beatsInRow = 256
    private static let idleTicks = 1_000

    private let bytesBefore: Int
    private var engine = Engine()
    private var now = BenchmarkFleet.start
    private var figures: EngineFigures

    init(sites: Int) {
        figures = EngineFigures(sites: sites)
        bytesBefore = Self.allocatedBytes
        let command = Command(
            operation: "import", bodyDigest: [], actor: Command.Actor(name: "benchmark", role: .admin),
            receivedAt: now, change: .importFleet(BenchmarkFleet.make(sites: sites)))
        var step = Step()
        engine.apply(.command(command), at: now, into: &step)
    }

    /// Every figure, in the order of a day: beats, memory, quiet seconds, silence, restart.
    mutating func measure(rounds: Int, folder: String) throws -> EngineFigures {
        try beats(rounds: rounds)
        figures.bytesPerSite = Double(Self.allocatedBytes - bytesBefore) / Double(figures.sites)
        quietSeconds()
        silence()
        try restart(folder)
        let feed = try FeedRun(sites: figures.sites, folder: folder)
        figures.readMicroseconds = feed.readMicroseconds
        figures.replayMicroseconds = feed.replayMicroseconds
        return figures
    }

    /// Bytes that malloc has handed out and not got back.
    private static var allocatedBytes: Int {
        let info = mallinfo2()
        return Int(info.uordblks + info.hblkhd)
    }

    /// Each agent is heard once a minute, its beat spread over the minute as agents are.
    private mutating func beats(rounds: Int) throws {
        var applying = Duration.zero
        var decoding = Duration.zero
        for round in 0...rounds {
            let minute = BenchmarkFleet.start.adding(milliseconds: Int64(round) * 60_000)
            for first in stride(from: 0, to: figures.sites, by: Self.beatsInRow) {
                let row = (first..<min(first + Self.beatsInRow, figures.sites)).map { number in
                    let at = minute.adding(milliseconds: 60_000 * Int64(number) / Int64(figures.sites))
                    return BenchmarkFleet.beat(of: number, Int64(round) + 1, at: at)
                }
                let bytes = InputCodec.encode(row)
                let began = ProcessorTime.now
                let inputs = try InputCodec.decode(bytes)
                let decoded = ProcessorTime.now
                var step = Step()
                for input in inputs { engine.apply(input, at: engine.now, into: &step) }
                // The first round decides that every site reports: it is not the ordinary beat.
                guard round > 0 else { continue }
                decoding += decoded - began
                applying += ProcessorTime.now - decoded
            }
            now = minute.adding(milliseconds: 60_000)
        }
        let count = Double(rounds * figures.sites)
        figures.applyMicroseconds = applying / .microseconds(1) / count
        figures.decodeMicroseconds = decoding / .microseconds(1) / count
    }

    /// Time passes by a millisecond at a time, so that the next minute's deadlines stay ahead.
    private mutating func quietSeconds() {
        advance(to: now)
        let began = ProcessorTime.now
        for _ in 0..<Self.idleTicks {
            now = now.adding(milliseconds: 1)
            advance(to: now)
        }
        figures.idleTickMicroseconds = (ProcessorTime.now - began) / .microseconds(1) / Double(Self.idleTicks)
    }

    /// Nobody is heard any more: those that the fleet gives up early fall silent, the others not yet.
    private mutating func silence() {
        var dearest = Duration.zero
        for _ in 0..<300 {
            now = now.adding(milliseconds: 1_000)
            let began = ProcessorTime.now
            figures.silentEntries += advance(to: now)
            dearest = max(dearest, ProcessorTime.now - began)
        }
        figures.silentTickMilliseconds = dearest / .milliseconds(1)
        figures.silentAgents = engine.statistics.agentsByContact[Contact.allCases.firstIndex(of: .silent) ?? 0]
    }

    @discardableResult
    private mutating func advance(to instant: Timestamp) -> Int {
        var step = Step()
        engine.advance(to: instant, into: &step)
        return step.entries.count
    }

    /// A checkpoint is written; then an engine is made from it, as at the start of a process.
    private mutating func restart(_ folder: String) throws {
        let path = folder + "/engine-\(figures.sites).sqlite"
        let head = engine.checkpointHead()
        let blocks = engine.checkpointBlocks(dirtyOnly: false)
        figures.checkpointBytes = blocks.values.reduce(head.count) { $0 + $1.count }
        let position = Position(cursors: Cursors(), engineTime: engine.now, journalSeq: 0)
        let database = try SQLiteDatabase.open(path)
        _ = try Migrations().migrate(database)
        try Checkpoints(database).save(generation: 1, position: position, head: head, blocks: blocks)
        try database.close()

        let clock = ContinuousClock()
        let began = clock.now
        let reopened = try SQLiteDatabase.open(path)
        guard let checkpoint = try Checkpoints(reopened).newest() else { preconditionFailure("it was just written") }
        let restored = try Engine(
            restoring: checkpoint.head,
            blocks: Dictionary(uniqueKeysWithValues: checkpoint.blocks.map { ($0.index, $0.bytes) }))
        figures.restartSeconds = (clock.now - began) / .seconds(1)
        precondition(restored.statistics.sitesByContact == engine.statistics.sitesByContact, "restored another engine")
        try reopened.close()
    }
}

extension Timestamp {
    fileprivate func adding(milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: self.milliseconds + milliseconds)
    }
}
