/// Keeps a plan that people know as far as it still holds.
enum PlanRepair {
    /// The previous plan on today's facts: who had a job has it in the same order, if the rules still allow it.
    static func rebuild(_ plan: Plan, on tables: PlanningTables) -> RouteBook {
        var book = RouteBook(tables)
        let jobs = PlanningTables.places(of: tables.problem.jobs.map(\.id))
        let engineers = PlanningTables.places(of: tables.problem.engineers.map(\.id))
        let loaners = PlanningTables.places(of: tables.problem.loaners.map(\.id))
        // By time, so that what a job waits for is there before it.
        let visits = plan.visits.enumerated().sorted { one, other in
            (one.element.startsAt, one.offset) < (other.element.startsAt, other.offset)
        }
        for (_, visit) in visits {
            guard let job = jobs[visit.job], let engineer = engineers[visit.engineer], book.canBePut(job),
                tables.isAllowed(job, by: engineer)
            else { continue }
            var loaner = -1
            if tables.needsLoaner[job] {
                guard let had = visit.loaner.flatMap({ loaners[$0] }), book.isFree(had), tables.fits(had, for: job)
                else { continue }
                loaner = had
            }
            let last = book.previous[book.head(of: engineer)]
            if !book.put(job, after: last, with: loaner) { book.takeBack() }
        }
        return book
    }

    /// Giving a job to another engineer than people know has to gain so much waiting of its site.
    static let changeMilliseconds = 5 * 60_000

    /// Puts in what is new or no longer fits, and moves only those jobs whose times the facts have changed.
    static func repair(_ plan: Plan, on tables: PlanningTables) -> RouteBook {
        var book = rebuild(plan, on: tables)
        RegretInsertion.run(on: &book)
        let jobs = PlanningTables.places(of: tables.problem.jobs.map(\.id))
        var before: [Plan.Visit?] = tables.jobs.map { _ in nil }
        for visit in plan.visits {
            if let job = jobs[visit.job] { before[job] = visit }
        }
        let affected = tables.jobs.filter { job in
            book.isPlanned(job) && before[job]?.startsAt != tables.instant(book.timing(of: job).starts)
        }
        // Again and again until none gains, at most as many rounds as jobs.
        for _ in affected {
            var gained = false
            for job in affected where moveToBest(job, known: before[job]?.engineer, in: &book) { gained = true }
            guard gained else { break }
        }
        RegretInsertion.run(on: &book)
        return book
    }

    /// Moves a job to its best place, if it gains; `known` is the number of the engineer whom people expect.
    private static func moveToBest(_ job: Int, known: Int?, in book: inout RouteBook) -> Bool {
        let tables = book.tables
        var best: (cost: Int64, node: Int)?
        for engineer in tables.engineers where tables.isAllowed(job, by: engineer) {
            let isOther = known.map { $0 != tables.problem.engineers[engineer].id } ?? false
            let change = isOther ? Int64(tables.weight[job] * changeMilliseconds) : 0
            let limit = (best?.cost ?? 0) - change
            guard let place = book.bestRelocation(of: job, to: engineer, below: limit) else { continue }
            best = (place.cost + change, place.node)
        }
        guard let best else { return false }
        return book.relocate(job, after: best.node)
    }
}

extension RouteBook {
    /// Moves a planned job behind a node; false where a rule is broken, and it has to be taken back.
    mutating func relocate(_ job: Int, after node: Int) -> Bool {
        begin()
        remove(job, keepsLoaner: true)
        insert(job, after: node)
        return settle()
    }

    /// The cheapest other place of a planned job in one engineer's route, and what moving it there costs; nil where it
    /// breaks a rule everywhere, or costs `limit` or more.
    mutating func bestRelocation(of job: Int, to engineer: Int, below limit: Int64) -> (cost: Int64, node: Int)? {
        var best: (cost: Int64, node: Int)?
        var node = head(of: engineer)
        let removal = RouteWalk(removing: job, from: self)
        repeat {
            if node != job, node != previous[job],
                isWorthMoving(job, out: removal, after: node, upTo: (best?.cost ?? limit) - 1)
            {
                let isPossible = relocate(job, after: node)
                if isPossible, difference < best?.cost ?? limit { best = (difference, node) }
                takeBack()
            }
            node = next[node]
        } while isJob(node)
        return best
    }

    /// False where the routes themselves show that moving a planned job behind a node breaks a rule or costs more than
    /// `threshold`; `removal` is the job's route without it.
    func isWorthMoving(_ job: Int, out removal: RouteWalk, after node: Int, upTo threshold: Int64) -> Bool {
        guard engineer[job] != engineer[node] else { return true }
        var arrival = RouteWalk(behind: node, in: self)
        arrival.visit(job, with: loaner[job], in: self)
        arrival.follow(next[node], in: self)
        return RouteWalk.isWorthTrying(removal, arrival, upTo: threshold)
    }
}
