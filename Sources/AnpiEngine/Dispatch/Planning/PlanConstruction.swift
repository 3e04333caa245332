extension RouteBook {
    /// Where a job would go, and what that costs.
    struct Opening {
        var cost: Int64
        /// The node that it comes behind.
        var node: Int
        /// -1 where it needs none.
        var loaner: Int
    }

    /// The cheapest place for a waiting job in one engineer's route; nil where it breaks a rule everywhere.
    ///
    /// `loaners` are those to try for it. A rough answer leaves out what follows in other routes.
    mutating func bestOpening(
        for job: Int, in engineer: Int, with loaners: [Int], isRough: Bool = false
    ) -> Opening? {
        guard tables.isAllowed(job, by: engineer) else { return nil }
        var best: Opening?
        for loaner in loaners {
            var node = head(of: engineer)
            repeat {
                let limit = best?.cost ?? .max
                if let cost = openingCost(job, after: node, with: loaner, below: limit, isRough: isRough), cost < limit
                {
                    best = Opening(cost: cost, node: node, loaner: loaner)
                }
                node = next[node]
            } while isJob(node)
        }
        return best
    }

    /// The cheapest place for a waiting job at all; of equal ones the first engineer's.
    mutating func bestOpening(for job: Int) -> Opening? {
        let loaners = loanersToTry(for: job)
        var best: Opening?
        for engineer in tables.engineers {
            if let opening = bestOpening(for: job, in: engineer, with: loaners), opening.cost < best?.cost ?? .max {
                best = opening
            }
        }
        return best
    }

    /// What it would cost to put a waiting job behind a node; nil where a rule is broken, or where it is no less than
    /// `limit`.
    private mutating func openingCost(
        _ job: Int, after node: Int, with loaner: Int, below limit: Int64, isRough: Bool
    ) -> Int64? {
        var walk = RouteWalk(behind: node, in: self)
        walk.visit(job, with: loaner, in: self)
        // What comes behind it does not end sooner for that.
        guard walk.isPossible, Int64(walk.cost - tables.penalty[job]) < limit else { return nil }
        walk.follow(next[node], in: self)
        guard walk.isPossible else { return nil }
        if walk.isWhole || isRough { return Int64(walk.cost - tables.penalty[job]) }
        let isPossible = put(job, after: node, with: loaner)
        let cost = difference
        takeBack()
        return isPossible ? cost : nil
    }

    /// Puts a waiting job behind a node; false where a rule is broken, and it has to be taken back.
    mutating func put(_ job: Int, after node: Int, with loaner: Int) -> Bool {
        begin()
        if loaner >= 0 { setLoaner(of: job, to: loaner) }
        insert(job, after: node)
        return settle()
    }

    /// The free loaners that are worth trying for a job: of each depot the fitting one that the fewest other jobs could
    /// use. `[-1]` where it needs none.
    func loanersToTry(for job: Int) -> [Int] {
        guard tables.needsLoaner[job] else { return Self.noLoaner }
        var chosen: [Int] = []
        for loaner in tables.loaners where isFree(loaner) && tables.fits(loaner, for: job) {
            let sameDepot = chosen.firstIndex { tables.depotPlace[$0] == tables.depotPlace[loaner] }
            guard let sameDepot else {
                chosen.append(loaner)
                continue
            }
            if tables.uses[loaner] < tables.uses[chosen[sameDepot]] { chosen[sameDepot] = loaner }
        }
        return chosen
    }

    private static let noLoaner = [-1]

    /// Jobs that can be put in now: waiting, and for nothing that is waiting itself.
    func canBePut(_ job: Int) -> Bool {
        isWaiting(job) && tables.predecessors.row(job).allSatisfy { !isWaiting($0) }
    }
}

/// First plans, before any search.
enum PlanConstruction {
    /// The heaviest job first, each to whoever would have it done first, behind all they have to do already.
    ///
    /// What an office does by hand; no plan is ever worse than it.
    static func greedy(_ tables: PlanningTables) -> RouteBook {
        var book = RouteBook(tables)
        let urgency = urgency(of: tables)
        var waiting = tables.jobs.filter { book.isWaiting($0) }.sorted { (urgency[$0], $1) > (urgency[$1], $0) }
        while let index = waiting.firstIndex(where: { book.canBePut($0) }) {
            let job = waiting.remove(at: index)
            let loaners = book.loanersToTry(for: job)
            var best: (end: Int, node: Int, loaner: Int)?
            for engineer in tables.engineers where tables.isAllowed(job, by: engineer) {
                let node = book.previous[book.head(of: engineer)]
                for loaner in loaners {
                    let end = book.timing(of: job, after: node, with: loaner).ends
                    if end < best?.end ?? PlanningTables.never { best = (end, node, loaner) }
                }
            }
            if let best { _ = book.put(job, after: best.node, with: best.loaner) }
        }
        return book
    }

    /// A plan from nothing; where jobs are left out, once more with them and what comes before them first.
    static func regret(_ tables: PlanningTables) -> RouteBook {
        var book = RouteBook(tables)
        RegretInsertion.run(on: &book)
        var isFirst = tables.jobs.map { book.isWaiting($0) }
        var reached = tables.jobs.filter { isFirst[$0] }
        guard !reached.isEmpty else { return book }
        while let job = reached.popLast() {
            for before in tables.predecessors.row(job) where !isFirst[before] {
                isFirst[before] = true
                reached.append(before)
            }
        }
        var second = RouteBook(tables)
        RegretInsertion.run(on: &second, only: isFirst)
        RegretInsertion.run(on: &second)
        return second.cost.total < book.cost.total ? second : book
    }

    /// The weight of each job with all that waits for it.
    static func urgency(of tables: PlanningTables) -> [Int] {
        tables.jobs.map { job in
            var reached: [Int] = [job]
            var index = 0
            while index < reached.count {
                for follower in tables.successors.row(reached[index]) where !reached.contains(follower) {
                    reached.append(follower)
                }
                index += 1
            }
            return reached.reduce(0) { $0 + tables.weight[$1] }
        }
    }
}
