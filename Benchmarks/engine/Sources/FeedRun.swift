import AnpiEngine
import AnpiModel
import AnpiReplay
import FoundationEssentials
import Glibc

/// A feed of ordinary beats, one a line, read from a file and played.
struct FeedRun {
    /// Agents of the feed, at most: their state stays in the cache, as a region's does.
    private static let agentsMax = 10_000
    private static let lines = 300_000

    /// Microseconds of the processor to read a line, and to read and apply it.
    let readMicroseconds: Double
    let replayMicroseconds: Double

    init(sites: Int, folder: String) throws {
        let agents = min(sites, Self.agentsMax)
        let path = folder + "/feed-\(sites).jsonl"
        try Data(Self.feed(agents).utf8).write(to: URL(filePath: path))
        defer { unlink(path) }

        let began = ProcessorTime.now
        var reader = try FeedReader(path: path)
        var count = 0
        while try reader.next() != nil { count += 1 }
        let read = ProcessorTime.now

        var step = Step()
        var replay = Replay(fleet: BenchmarkFleet.make(sites: agents), start: BenchmarkFleet.start, into: &step)
        let imported = ProcessorTime.now
        var again = try FeedReader(path: path)
        while let line = try again.next() {
            replay.take(line, into: &step)
            step = Step()
        }
        let played = ProcessorTime.now
        precondition(count == Self.lines && replay.refused.isEmpty, "the feed was not played whole")
        readMicroseconds = (read - began) / .microseconds(1) / Double(count)
        replayMicroseconds = (played - imported) / .microseconds(1) / Double(count)
    }

    /// Each agent once a minute, with the state of one copy: about 300 bytes a line.
    private static func feed(_ agents: Int) -> String {
        var text = ""
        for number in 0..<lines {
            let (round, agent) = number.quotientAndRemainder(dividingBy: agents)
            let at = BenchmarkFleet.start + .milliseconds(Int64(round) * 60_000 + Int64(60_000 * agent / agents))
            var beat = Beat(seq: Int64(round) + 1, at: at, interval: 60, uptimeSeconds: Int64(round) * 60)
            beat.power = Beat.Power(source: .mains)
            beat.copies = [CopyReport(tier: .primary, state: .good, goodAt: BenchmarkFleet.start)]
            let request = HeartbeatRequest(
                agent: BenchmarkFleet.agent(agent), boot: "5b1f0c52", sentAt: at, version: "1.4.0", beats: [beat])
            text += FeedLine(at: at, .heartbeat(request)).text
        }
        return text
    }
}

/// What this process has used of the processor: neighbours on the machine change it less than the time of day.
enum ProcessorTime {
    static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
