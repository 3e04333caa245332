import AnpiModel

/// Plans who goes where: weighted completion under the hard rules (coordination §4).
///
/// Pure and repeatable: the same problem, previous plan, budget and seed give the same plan on every machine.
package enum Planner {
    /// Moves that a plan tries unless told otherwise.
    package static let moves = 120_000

    /// A plan that breaks no hard rule.
    ///
    /// Regret insertion and local search; never dearer than `greedy`, or, where a previous plan still holds, than 3 % above
    /// what was found.
    ///
    /// - Parameters:
    ///   - previous: The plan that people know. It is kept as far as it still holds, new work is put into it, and only jobs
    ///     whose times have changed are moved; a new plan replaces it only if it leaves less undone or costs 3 % less.
    ///   - moves: How many changes to a plan may be tried; counted, never timed.
    ///   - seed: Of (lane, day, purpose), like every draw of the engine.
    package static func plan(
        _ problem: PlanningProblem, previous: Plan? = nil, moves: Int = Planner.moves, seed: UInt64
    ) -> Plan {
        let tables = PlanningTables(problem)
        let kept = previous.map { PlanRepair.repair($0, on: tables) }
        let greedy = PlanConstruction.greedy(tables)
        let constructed = kept ?? PlanConstruction.regret(tables)
        let start = constructed.cost.total < greedy.cost.total ? constructed : greedy
        var fresh = PlanSearch.improve(start, moves: moves, seed: seed)
        RegretInsertion.run(on: &fresh)
        guard let kept, !isWorthChanging(kept.cost, to: fresh.cost) else { return fresh.plan }
        return kept.plan
    }

    /// The plan that people know after something small has happened: what is new, given back or no longer possible is put in
    /// where it costs least, and nothing else is moved.
    package static func mend(_ previous: Plan, for problem: PlanningProblem) -> Plan {
        var book = PlanRepair.rebuild(previous, on: PlanningTables(problem))
        RegretInsertion.run(on: &book)
        return book.plan
    }

    /// Why each job is planned as it is, in the order of the problem; `plan` is one of this problem.
    package static func explain(_ plan: Plan, of problem: PlanningProblem) -> [PlanExplanation] {
        PlanExplainer(plan, of: problem).explainAll()
    }

    /// The same for one job, by its number; nil where the problem does not have it.
    package static func explain(job: Int, in plan: Plan, of problem: PlanningProblem) -> PlanExplanation? {
        PlanExplainer(plan, of: problem).explain(number: job)
    }

    /// What an office does by hand: the heaviest job first, each to whoever would have it done first.
    package static func greedy(_ problem: PlanningProblem) -> Plan {
        PlanConstruction.greedy(PlanningTables(problem)).plan
    }

    /// Whether people should be told another plan than the one they know (coordination §4: a gain of more than 3 %).
    private static func isWorthChanging(_ known: PlanCost, to other: PlanCost) -> Bool {
        guard other.unassigned == known.unassigned else { return other.unassigned < known.unassigned }
        return other.total < known.total - (known.total - known.unassigned) * 3 / 100
    }
}

extension RouteBook {
    /// As the caller sees it.
    var plan: Plan {
        let problem = tables.problem
        var visits: [Plan.Visit] = []
        for engineer in tables.engineers {
            let id = problem.engineers[engineer].id
            visits += frozenVisits(of: id)
            for job in route(of: engineer) {
                let timing = timing(of: job)
                visits.append(
                    Plan.Visit(
                        job: problem.jobs[job].id, engineer: id,
                        loaner: loaner[job] >= 0
                            ? problem.loaners[loaner[job]].id : problem.jobs[job].loaner?.reserved,
                        leavesAt: tables.instant(timing.leaves), arrivesAt: tables.instant(timing.arrives),
                        startsAt: tables.instant(timing.starts), endsAt: tables.instant(timing.ends)))
            }
        }
        let unassigned = tables.jobs.filter { isWaiting($0) }.map { problem.jobs[$0].id }
        return Plan(visits: visits, unassigned: unassigned, cost: cost)
    }

    /// Work of an engineer that has begun, by its time.
    private func frozenVisits(of engineer: Int) -> [Plan.Visit] {
        let problem = tables.problem
        let frozen = tables.jobs.compactMap { index -> Plan.Visit? in
            let job = problem.jobs[index]
            guard let begun = job.frozen, begun.engineer == engineer else { return nil }
            return Plan.Visit(
                job: job.id, engineer: engineer, loaner: job.loaner?.reserved, leavesAt: begun.startsAt,
                arrivesAt: begun.startsAt, startsAt: begun.startsAt, endsAt: tables.instant(tables.frozenEnd[index]),
                isFrozen: true)
        }
        return frozen.enumerated().sorted { ($0.element.startsAt, $0.offset) < ($1.element.startsAt, $1.offset) }
            .map(\.element)
    }
}
