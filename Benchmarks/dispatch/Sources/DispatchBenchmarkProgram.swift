import AnpiEngine
import AnpiModel
import ArgumentParser
import Glibc

/// Plans seeded days and tells what each plan took and cost.
@main
struct DispatchBenchmarkProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anpi-dispatch-benchmark",
        abstract: "Plans seeded days of dispatch; prints a JSON object for each.")

    @Option(help: "Jobs of a day.")
    var jobs = 300

    @Option(help: "Engineers of a day.")
    var engineers = 60

    @Option(help: "The first seed.")
    var firstSeed: UInt64 = 1

    @Option(help: "How many seeds.")
    var seeds = 5

    @Option(parsing: .upToNextOption, help: "Moves of the local search: one plan for each number.")
    var moves = [Planner.moves]

    @Flag(help: "Only what a routing solver can model as well: nothing waits for another, no loaners, no closures.")
    var plain = false

    @Flag(help: "Whole turns of the engine instead, with four jobs at each site, and machines for half of the sites.")
    var turns = false

    @Option(help: "Folder that takes plain days as SEED.json, for another solver.")
    var instances: String?

    func validate() throws {
        guard instances == nil || plain else { throw ValidationError("--instances is for --plain days only") }
    }

    func run() throws {
        for seed in firstSeed..<firstSeed + UInt64(seeds) {
            if turns {
                print(turn(seed).text)
                continue
            }
            let instance = DispatchInstance(seed: seed, jobs: jobs, engineers: engineers, isPlain: plain)
            if let instances { try Self.write(instance.json.text, to: "\(instances)/\(seed).json") }
            print(try measure(instance).text)
        }
    }

    private func measure(_ instance: DispatchInstance) throws -> JSON {
        let problem = instance.problem
        let greedy = Planner.greedy(problem)
        var plans: [JSON] = []
        var last = greedy
        for budget in moves {
            let (plan, took) = Self.timed { Planner.plan(problem, moves: budget, seed: instance.seed) }
            guard PlanCheck.violations(of: plan, in: problem).isEmpty else {
                throw ValidationError("the plan of seed \(instance.seed) breaks a hard rule")
            }
            plans.append(
                [
                    "moves": .integer(Int64(budget)), "milliseconds": .decimal(took, digits: 1),
                    "costMinutes": .decimal(cost(of: plan), digits: 1),
                    "unassigned": .integer(Int64(plan.unassigned.count)),
                ])
            last = plan
        }
        let explaining = Self.timed { Planner.explain(last, of: problem) }.took
        let again = Self.timed { Planner.plan(problem, previous: last, seed: instance.seed + 1) }.took
        return [
            "seed": .integer(Int64(instance.seed)), "greedyMinutes": .decimal(cost(of: greedy), digits: 1),
            "greedyUnassigned": .integer(Int64(greedy.unassigned.count)), "plans": .array(plans),
            "explainMilliseconds": .decimal(explaining, digits: 1), "againMilliseconds": .decimal(again, digits: 1),
        ]
    }

    private func turn(_ seed: UInt64) -> JSON {
        var turn = EngineTurn(seed: seed, sites: jobs / 4, engineers: engineers, loaners: jobs / 8)
        let rounds = (0..<3).map { _ in turn.round() }
        let roads = (1...3).map { turn.closedRoad(seed * 100 + $0) }
        let (unassigned, open) = turn.undone
        func list(_ values: [Double]) -> JSON { .array(values.map { .decimal($0, digits: 1) }) }
        return [
            "seed": .integer(Int64(seed)), "roundMilliseconds": list(rounds), "roadMilliseconds": list(roads),
            "open": .integer(Int64(open)), "unassigned": .integer(Int64(unassigned)),
        ]
    }

    /// Waiting and what is left undone, in minutes of an ordinary site: without the small term for driving.
    private func cost(of plan: Plan) -> Double {
        Double(plan.cost.waiting + plan.cost.unassigned) / Double(PlanCost.perMinute)
    }

    private static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw ValidationError("cannot write \(path)") }
        defer { fclose(file) }
        fputs(text, file)
    }

    /// What it gives, and the milliseconds of the processor that it took.
    static func timed<Value>(_ work: () -> Value) -> (value: Value, took: Double) {
        let began = used
        let value = work()
        return (value, (used - began) / .milliseconds(1))
    }

    /// What this process has used of the processor: neighbours on the machine change it less than the time of day.
    private static var used: Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
