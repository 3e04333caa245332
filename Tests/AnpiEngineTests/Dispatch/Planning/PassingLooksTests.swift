import AnpiModel
import Testing

@testable import AnpiEngine

/// Looks at doubtful sites, worked into routes that pass by.
@Suite struct PassingLooksTests {
    private func look(_ id: Int, at east: Double, worth: Double) -> PassingLooks.Look {
        PassingLooks.Look(job: PlanningInstance.job(id, at: east, minutes: 15, weight: 1), worthMinutes: worth)
    }

    /// One engineer at the office, with an hour's work at each of these minutes eastwards.
    private func way(_ easts: [Double]) -> (problem: PlanningProblem, plan: Plan) {
        var problem = PlanningProblem(now: PlanningInstance.now)
        problem.engineers = [PlanningInstance.engineer(1, at: 0)]
        problem.jobs = easts.enumerated().map { PlanningInstance.job(10 + $0.offset, at: $0.element) }
        return (problem, Planner.plan(problem, moves: 200, seed: 1))
    }

    @Test func whoPassesByLooksInAndNobodyDrivesAnHourForIt() {
        let (problem, plan) = way([30])
        let near = look(1, at: 35, worth: 40)
        let far = look(2, at: 90, worth: 400)
        let (worked, taken) = PassingLooks.workIn([near, far], into: plan, of: problem)
        #expect(taken == [1])
        #expect(worked.visits.map(\.job) == [10, 1])
        #expect(worked.unassigned.isEmpty)
    }

    @Test func whatOthersWaitLongerIsHeldAgainstIt() {
        // On the way, but each of three hours of work would end a quarter of an hour later.
        let (problem, plan) = way([20, 40, 60])
        let cheap = look(1, at: 10, worth: 50)
        #expect(PassingLooks.workIn([cheap], into: plan, of: problem).taken.isEmpty)
        let telling = look(1, at: 10, worth: 80)
        let (worked, taken) = PassingLooks.workIn([telling], into: plan, of: problem)
        #expect(taken == [1])
        #expect(worked.visits.first?.job == 1)
    }

    @Test func whereNothingElseIsToBeDoneNearByNobodyIsSent() {
        let (problem, plan) = way([])
        #expect(PassingLooks.workIn([look(1, at: 25, worth: 1_000)], into: plan, of: problem).taken.isEmpty)
    }

    @Test(arguments: Array(UInt64(1)...30))
    func looksBreakNoRuleAndLeaveNothingUndone(seed: UInt64) {
        print("seed \(seed)")
        let problem = PlanningInstance.random(seed: seed)
        let plan = Planner.plan(problem, moves: 500, seed: seed)
        var random = SeededGenerator(seed: seed)
        let looks = (0..<12).map { number in
            look(
                1_000 + number, at: Double.random(in: 0..<60, using: &random),
                worth: Double.random(in: 0..<120, using: &random))
        }
        let (worked, taken) = PassingLooks.workIn(looks, into: plan, of: problem)
        var wider = problem
        wider.jobs += looks.map(\.job).filter { taken.contains($0.id) }
        #expect(PlanCheck.violations(of: worked, in: wider).filter { $0.rule != .cost } == [])
        #expect(worked.unassigned == plan.unassigned)
        // Who waits longer waits for what is worth it.
        let worth = looks.filter { taken.contains($0.job.id) }.reduce(0) { $0 + $1.worthMinutes }
        #expect(Double(worked.cost.waiting - plan.cost.waiting) / Double(PlanCost.perMinute) <= worth)
        #expect(PassingLooks.workIn(looks, into: plan, of: problem).plan == worked)
    }
}
