import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct PlanExplainerTests {
    private typealias Instance = PlanningInstance

    private static func plan(_ problem: PlanningProblem) -> Plan { Planner.plan(problem, moves: 5_000, seed: 1) }

    @Test func theRunnerUpIsNamedWithTheDifference() {
        var problem = PlanningProblem(now: Instance.now, jobs: [Instance.job(1, at: 60, weight: 2_000)])
        problem.engineers = [0.0, 48, 40].enumerated().map { Instance.engineer(10 + $0.offset, at: $0.element) }
        let explained = Planner.explain(Self.plan(problem), of: problem)
        #expect(
            explained == [
                PlanExplanation(
                    job: 1,
                    outcome: .assigned(
                        engineer: 11, runnerUp: .init(engineer: 12, laterMinutes: 8, costMinutes: 16)))
            ])
    }

    @Test func aRunnerUpPaysForWhatTheyHaveToDoAlready() {
        var problem = PlanningProblem(now: Instance.now)
        problem.engineers = [Instance.engineer(10, at: 0), Instance.engineer(11, at: 100)]
        problem.jobs = [Instance.job(1, at: 0), Instance.job(2, at: 100)]
        // 11 would go to job 1 behind job 2: 60 of work, 100 of driving, 60 of work, where 10 is done after 60.
        #expect(
            Planner.explain(job: 1, in: Self.plan(problem), of: problem)?.outcome
                == .assigned(engineer: 10, runnerUp: .init(engineer: 11, laterMinutes: 160, costMinutes: 160)))
    }

    @Test func whereNobodyElseCanThereIsNoRunnerUp() {
        var problem = PlanningProblem(now: Instance.now)
        problem.engineers = [Instance.engineer(10, at: 0), Instance.engineer(11, at: 1, skills: SkillSet([.restore]))]
        problem.jobs = [Instance.job(1, at: 0) { $0.skills = SkillSet([.restore]) }]
        #expect(
            Planner.explain(job: 1, in: Self.plan(problem), of: problem)?.outcome
                == .assigned(engineer: 11, runnerUp: nil))
    }

    /// Scenario H of the reference: two loaners for three sites whose data are lost.
    @Test func theThirdSiteSaysThatALoanerIsMissingAndWhere() throws {
        var problem = PlanningProblem(now: Instance.now)
        problem.engineers = (0..<3).map { Instance.engineer(10 + $0, at: Double(10 * $0)) }
        problem.depots = [
            .init(id: 5, place: Instance.place(0)), .init(id: 6, place: Instance.place(2_000)),
        ]
        problem.loaners = [.init(id: 7, depot: 5, fits: ["A"]), .init(id: 8, depot: 5, fits: ["A", "B"])]
        problem.jobs = [
            Instance.job(1, at: 30, weight: 1_000) { $0.loaner = .init(system: "A") },
            Instance.job(2, at: 35, weight: 4_000) { $0.loaner = .init(system: "A") },
            Instance.job(3, at: 40, weight: 2_000) { $0.loaner = .init(system: "B") },
        ]
        let plan = Self.plan(problem)
        #expect(plan.unassigned == [1])
        #expect(plan.visit(of: 2)?.loaner == 7 && plan.visit(of: 3)?.loaner == 8)
        let why = try #require(Planner.explain(job: 1, in: plan, of: problem))
        // The other depot is too far away for everybody's shift.
        #expect(
            why.outcome
                == .unassigned(
                    obstacles: (10...12).map { .init(engineer: $0, obstacle: .noLoaner) },
                    relaxations: [.loaner(depot: 5)]))
        problem.loaners.append(.init(id: 9, depot: 5, fits: ["A"]))
        #expect(Planner.plan(problem, previous: plan, moves: 1_000, seed: 1).unassigned == [])
    }

    @Test func aLongerShiftIsProposedAndWouldDo() throws {
        var problem = PlanningProblem(now: Instance.now)
        problem.engineers = [
            Instance.engineer(10, at: 0, until: 100), Instance.engineer(11, at: 0, until: 300),
            Instance.engineer(12, at: 0, until: 62, skills: SkillSet([.restore])),
        ]
        problem.engineers[1].spans = []
        problem.jobs = [
            Instance.job(1, at: 10, weight: 4_000), Instance.job(2, at: 20, minutes: 50),
        ]
        problem.jobs[1].refusedBy = [12]
        problem.jobs.append(Instance.job(3, at: 0) { $0.skills = SkillSet([.restore]) })
        let plan = Self.plan(problem)
        #expect(plan.unassigned == [2])
        // 10 is at the first site until 70 and would be done with the second at 130.
        guard
            case .unassigned(let obstacles, let relaxations)? = Planner.explain(job: 2, in: plan, of: problem)?.outcome
        else {
            Issue.record("not explained")
            return
        }
        #expect(obstacles.map(\.obstacle) == [.shiftEnds(byMinutes: 30), .unavailable, .refused])
        #expect(relaxations == [.longerShift(engineer: 10, minutes: 30)])
        problem.engineers[0].spans = [Instance.span(0, 130)]
        #expect(Planner.plan(problem, previous: plan, moves: 1_000, seed: 1).unassigned == [])
    }

    @Test func theFirstRuleThatFailsIsTheReason() {
        var problem = PlanningProblem(now: Instance.now)
        problem.engineers = (0..<4).map { Instance.engineer(10 + $0, at: 0, skills: SkillSet([.network])) }
        problem.engineers[0].skills = []
        problem.engineers[1].spans = []
        problem.engineers[2].spans = [Instance.span(0, 79)]
        problem.jobs = [
            Instance.job(1, at: 20) {
                $0.skills = SkillSet([.network]); $0.refusedBy = [13]
            }
        ]
        let plan = Self.plan(problem)
        #expect(
            Planner.explain(job: 1, in: plan, of: problem)?.outcome
                == .unassigned(
                    obstacles: [
                        .init(engineer: 10, obstacle: .noSkill([.network])),
                        .init(engineer: 11, obstacle: .unavailable),
                        .init(engineer: 12, obstacle: .shiftEnds(byMinutes: 1)),
                        .init(engineer: 13, obstacle: .refused),
                    ], relaxations: [.longerShift(engineer: 12, minutes: 10)]))
        problem.jobs[0].pinned = 10
        guard case .unassigned(let obstacles, _)? = Planner.explain(job: 1, in: plan, of: problem)?.outcome else {
            Issue.record("not explained")
            return
        }
        #expect(obstacles.map(\.obstacle).suffix(3) == Array(repeating: .pinned(to: 10), count: 3))
    }

    /// Whatever is proposed works when it is done, on random problems.
    @Test(arguments: Array(1...25) as [UInt64])
    func everyRelaxationWorks(seed: UInt64) {
        print("seed \(seed)")
        let problem = Instance.random(seed: seed)
        let plan = Planner.plan(problem, moves: 1_000, seed: seed)
        for explained in Planner.explain(plan, of: problem) {
            guard case .unassigned(let obstacles, let relaxations) = explained.outcome else { continue }
            #expect(obstacles.map(\.engineer) == problem.engineers.map(\.id))
            for relaxation in relaxations {
                let relaxed = Self.relax(problem, relaxation, for: explained.job)
                let repaired = PlanRepair.repair(plan, on: PlanningTables(relaxed)).plan
                #expect(PlanCheck.violations(of: repaired, in: relaxed) == [])
                #expect(repaired.unassigned.count < plan.unassigned.count)
            }
        }
    }

    private static func relax(
        _ problem: PlanningProblem, _ relaxation: PlanExplanation.Relaxation, for job: Int
    ) -> PlanningProblem {
        var relaxed = problem
        switch relaxation {
        case .loaner(let depot):
            let system = problem.jobs.first { $0.id == job }?.loaner?.system
            relaxed.loaners.append(.init(id: 9_999, depot: depot, fits: system.map { [$0] } ?? []))
        case .longerShift(let engineer, let minutes):
            guard let index = problem.engineers.firstIndex(where: { $0.id == engineer }) else { break }
            relaxed.engineers[index].spans = problem.engineers[index].spans.map {
                $0.lowerBound..<$0.upperBound + .seconds(60 * minutes)
            }
        }
        return relaxed
    }
}
