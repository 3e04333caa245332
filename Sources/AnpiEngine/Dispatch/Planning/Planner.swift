/// Plans who goes where: weighted completion under the hard rules (coordination §4).
///
/// Pure and repeatable: the same problem, previous plan, budget and seed give the same plan on every machine.
package enum Planner {
    /// Moves that a plan tries unless told otherwise.
    package static let moves = 200_000

    /// A plan that breaks no hard rule.
    ///
    /// - Parameters:
    ///   - previous: The plan that people know. It is kept as far as it still holds; a new one replaces it only if it leaves
    ///     less undone or costs 3 % less.
    ///   - moves: How many changes to a plan may be tried; counted, never timed.
    ///   - seed: Of (lane, day, purpose), like every draw of the engine.
    package static func plan(
        _ problem: PlanningProblem, previous: Plan? = nil, moves: Int = Planner.moves, seed: UInt64
    ) -> Plan {
        Plan(unassigned: problem.jobs.map(\.id))
    }

    /// Why each job is planned as it is, in the order of the problem; `plan` is one of this problem.
    package static func explain(_ plan: Plan, of problem: PlanningProblem) -> [PlanExplanation] { [] }

    /// The same for one job, by its number.
    package static func explain(job: Int, in plan: Plan, of problem: PlanningProblem) -> PlanExplanation? { nil }
}
