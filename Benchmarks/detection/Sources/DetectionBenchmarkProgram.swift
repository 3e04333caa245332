import AnpiEngine
import AnpiModel
import AnpiReplay
import ArgumentParser
import Glibc

/// What the engine finds of simulated disasters, what it makes up in a quiet year, and what a fixed timeout does there.
@main
struct DetectionBenchmarkProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anpi-detection-benchmark",
        abstract: "Plays simulated worlds through the engine and prints how right it was.")

    @Option(help: "The first seed. 1 to 100 are for calibration; figures to quote take others.")
    var firstSeed: UInt64 = 1
    @Option(help: "Seeds of each kind of disaster, each without and with findings.")
    var seeds = 3
    @Option(help: "Only these kinds.")
    var kinds: [DisasterKind] = DisasterKind.allCases
    @Option(help: "Sites of a disaster's fleet.")
    var sites = 600
    @Option(help: "Days of the quiet fleet of 2,000 sites; 0 for none.")
    var quietDays = 365
    @Option(help: "Where the picture goes (SVG).")
    var picture: String?
    @Option(help: "No world is begun after so many minutes.")
    var minutesMax = 600
    @Flag(help: "Tell false incidents, missed sites and wrong beliefs with their reasons on standard error.")
    var explain = false
    @Flag(
        help: "Leave out of the quiet fleet what befalls several sites at once: exchanges, feeders, storms, releases.")
    var independent = false
    @Flag(help: "Measure how long judging 10,000 sites takes when 1,000 fall silent at once.")
    var reassessment = false

    func run() throws {
        let began = Processor.clock
        var worlds = Worlds()
        func isTimeLeft() -> Bool { (Processor.clock - began) < .seconds(minutesMax * 60) }
        if quietDays > 0 {
            var plan = SimulationPlan.quietYear(seed: firstSeed)
            plan.days = quietDays
            plan.hasSharedCauses = !independent
            try worlds.play(plan, as: .quiet, explain: explain)
        }
        for seed in firstSeed..<firstSeed + UInt64(seeds) where isTimeLeft() {
            for kind in kinds {
                for hasFindings in [false, true] {
                    let plan = SimulationPlan.disaster(kind, seed: seed, sites: sites, hasFindings: hasFindings)
                    try worlds.play(plan, as: .disaster(kind, hasFindings: hasFindings), explain: explain)
                }
            }
        }
        let rival = worlds.bestRival()
        print(DetectionReport(worlds: worlds, rival: rival, firstSeed: firstSeed).text)
        if reassessment { print(ReassessmentRun().line) }
        if let picture {
            var series = [ScorePicture.Series(name: "suspect and above", score: worlds.all.suspect)]
            series.append(ScorePicture.Series(name: "likelyHit and above", score: worlds.all.likelyHit))
            if let rival { series.append(ScorePicture.Series(name: "fixed timeout", score: rival.score)) }
            try Files.write(ScorePicture.svg(worlds.all.reliability, timeToFlag: series), to: picture)
        }
    }
}

extension DisasterKind: ExpressibleByArgument {}

/// What this process has used of the processor, and the time on the wall: neither decides anything.
enum Processor {
    static var used: Duration { read(CLOCK_PROCESS_CPUTIME_ID) }
    static var clock: Duration { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

enum Files {
    static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw ValidationError("cannot write \(path)") }
        defer { fclose(file) }
        fputs(text, file)
    }

    /// Progress and causes: the report alone goes to standard output.
    static func complain(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
