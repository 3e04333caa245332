import AnpiModel

/// Works short looks at doubtful sites into routes that pass by (coordination §4: the value of information).
///
/// Work that must be done is planned first, as if there were no looks: a look is put where it fits between, and only where it
/// costs less than it tells. So no job is left undone for one, and nobody sets out across the prefecture for a guess.
package enum PassingLooks {
    /// A site that somebody should look at where they pass.
    package struct Look: Hashable, Sendable {
        /// Its job: the number must be of no other job.
        package var job: PlanningProblem.Job
        /// What knowing is worth, in minutes of an ordinary site's waiting.
        package var worthMinutes: Double

        package init(job: PlanningProblem.Job, worthMinutes: Double) {
            self.job = job
            self.worthMinutes = worthMinutes
        }
    }

    /// Who drives longer than this from where they are does not pass by.
    static let passingMilliseconds = 20 * 60_000

    /// The plan with the looks that pay, and the numbers of their jobs in the order in which they were put in; the others are
    /// neither visits nor unassigned.
    ///
    /// The look that is worth most goes first. A look costs what others wait longer, and the engineer's own minutes there and
    /// on the way, each as much as an ordinary site's.
    package static func workIn(
        _ looks: [Look], into plan: Plan, of problem: PlanningProblem
    ) -> (plan: Plan, taken: [Int]) {
        guard !looks.isEmpty else { return (plan, []) }
        var wider = problem
        wider.jobs += looks.map(\.job)
        let tables = PlanningTables(wider)
        var book = PlanRepair.rebuild(plan, on: tables)
        let first = problem.jobs.count
        let order = looks.indices.sorted { (looks[$0].worthMinutes, $1) > (looks[$1].worthMinutes, $0) }
        var taken: [Int] = []
        for number in order {
            let worth = Int64(looks[number].worthMinutes * Double(PlanCost.perMinute))
            guard let node = cheapestPlace(of: first + number, below: worth, in: &book) else { continue }
            _ = book.put(first + number, after: node, with: -1)
            taken.append(looks[number].job.id)
        }
        guard !taken.isEmpty else { return (plan, []) }
        var worked = book.plan
        worked.unassigned.removeAll { number in looks.contains { $0.job.id == number } }
        return (worked, taken)
    }

    /// Behind which node a look costs least; nil where that is not below its worth.
    private static func cheapestPlace(of look: Int, below worth: Int64, in book: inout RouteBook) -> Int? {
        var best: (cost: Int64, node: Int)?
        let work = book.tables.work[look]
        for engineer in book.tables.engineers where book.tables.isAllowed(look, by: engineer) {
            var node = book.head(of: engineer)
            repeat {
                let drive = book.tables.drive(job: look, from: book.place(behind: node), depot: -1)
                let own = Int64(drive + work) * PlanCost.perMinute / 60_000
                if drive <= passingMilliseconds, own < min(worth, best?.cost ?? .max) {
                    let waiting = book.cost.waiting
                    let isPossible = book.put(look, after: node, with: -1)
                    let cost = book.cost.waiting - waiting + own
                    book.takeBack()
                    if isPossible, cost < min(worth, best?.cost ?? .max) { best = (cost, node) }
                }
                node = book.next[node]
            } while book.isJob(node)
        }
        return best?.node
    }
}
