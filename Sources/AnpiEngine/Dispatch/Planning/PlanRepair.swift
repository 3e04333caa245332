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
            guard var place = book.bestRelocation(of: job, to: engineer) else { continue }
            if let known, known != tables.problem.engineers[engineer].id {
                place.cost += Int64(tables.weight[job] * changeMilliseconds)
            }
            if place.cost < best?.cost ?? 0 { best = place }
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
    /// breaks a rule everywhere.
    mutating func bestRelocation(of job: Int, to engineer: Int) -> (cost: Int64, node: Int)? {
        var best: (cost: Int64, node: Int)?
        var node = head(of: engineer)
        repeat {
            if node != job, node != previous[job] {
                let isPossible = relocate(job, after: node)
                if isPossible, difference < best?.cost ?? .max { best = (difference, node) }
                takeBack()
            }
            node = next[node]
        } while isJob(node)
        return best
    }
}
