import AnpiModel
import Testing

@testable import AnpiEngine

/// What holds of every plan, on random problems.
@Suite struct PlannerPropertyTests {
    private static let seeds: [UInt64] = Array(1...40)

    @Test(arguments: seeds)
    func noHardRuleIsEverBroken(seed: UInt64) {
        print("seed \(seed)")
        let problem = PlanningInstance.random(seed: seed)
        let plan = Planner.plan(problem, moves: 2_000, seed: seed)
        #expect(PlanCheck.violations(of: plan, in: problem) == [])
        #expect(PlanCheck.violations(of: Planner.greedy(problem), in: problem) == [])
    }

    @Test(arguments: seeds)
    func aPlanIsNeverDearerThanGreedy(seed: UInt64) {
        print("seed \(seed)")
        let problem = PlanningInstance.random(seed: seed)
        #expect(Planner.plan(problem, moves: 500, seed: seed).cost.total <= Planner.greedy(problem).cost.total)
    }

    @Test(arguments: seeds.prefix(10).map { $0 })
    func theSameSeedGivesTheSamePlan(seed: UInt64) {
        print("seed \(seed)")
        let problem = PlanningInstance.random(seed: seed)
        let plan = Planner.plan(problem, moves: 2_000, seed: seed)
        #expect(plan == Planner.plan(problem, moves: 2_000, seed: seed))
        #expect(plan == Planner.plan(problem, previous: plan, moves: 0, seed: seed + 1))
    }

    /// The facts change between two plans: time passes, an engineer drops out, a road closes, work comes and goes.
    @Test(arguments: seeds)
    func aPlanThatIsCarriedOnBreaksNoHardRule(seed: UInt64) {
        print("seed \(seed)")
        var problem = PlanningInstance.random(seed: seed)
        let other = PlanningInstance.random(seed: seed + 1_000)
        let before = Planner.plan(problem, moves: 1_000, seed: seed)
        problem.now = problem.now + .seconds(300)
        problem.closures = other.closures
        if let last = problem.engineers.indices.last { problem.engineers[last].spans = [] }
        problem.jobs = problem.jobs.filter { $0.id % 5 != 0 }
        problem.loaners = problem.loaners.filter { $0.id % 4 != 0 }
        for number in 0..<3 {
            problem.jobs.append(PlanningInstance.job(900 + number, at: Double(10 * number), weight: 3_000))
        }
        let plan = Planner.plan(problem, previous: before, moves: 2_000, seed: seed)
        #expect(PlanCheck.violations(of: plan, in: problem) == [])
    }

    /// An independent sum of all terms: what the search adds up step by step never drifts.
    @Test(arguments: seeds)
    func theCostIsTheSumOfItsTerms(seed: UInt64) {
        print("seed \(seed)")
        let problem = PlanningInstance.random(seed: seed)
        let plan = Planner.plan(problem, moves: 2_000, seed: seed)
        let again = PlanRepair.rebuild(plan, on: PlanningTables(problem))
        #expect(again.cost == plan.cost)
        #expect(again.plan == plan)
    }
}
