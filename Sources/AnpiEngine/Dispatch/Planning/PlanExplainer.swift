import AnpiModel

/// Says why a plan is as it is, by trying what else could have been.
struct PlanExplainer {
    private let tables: PlanningTables
    private let book: RouteBook
    /// The same with all roads open: to see whether it was a road that stood in the way.
    private let openTables: PlanningTables
    private let jobNumbers: [Int: Int]

    /// Extensions of a shift are said in steps of so many minutes.
    private static let shiftStepMinutes = 10
    /// Nobody is asked to stay longer than that.
    private static let shiftMinutesMax = 240
    /// Nobody works for a year: an overrun beyond it is one of a door that is not opened again.
    private static let overrunMax = 366 * 86_400_000
    /// The shortest extensions that are worth telling.
    private static let shiftsMax = 3

    init(_ plan: Plan, of problem: PlanningProblem) {
        tables = PlanningTables(problem)
        book = PlanRepair.rebuild(plan, on: tables)
        var open = tables
        open.travel.openAllRoads()
        openTables = open
        jobNumbers = PlanningTables.places(of: problem.jobs.map(\.id))
    }

    func explainAll() -> [PlanExplanation] { tables.jobs.map(explain) }

    func explain(number: Int) -> PlanExplanation? { jobNumbers[number].map(explain) }

    private func explain(_ job: Int) -> PlanExplanation {
        let problem = tables.problem
        var explanation = PlanExplanation(
            job: problem.jobs[job].id, outcome: .unassigned(obstacles: [], relaxations: []))
        if let frozen = problem.jobs[job].frozen {
            explanation.outcome = .frozen(engineer: frozen.engineer)
            return explanation
        }
        explanation.reachableFrom = reachableFrom(job)
        if book.isPlanned(job) {
            explanation.outcome = .assigned(
                engineer: problem.engineers[book.engineer[job]].id, runnerUp: runnerUp(for: job))
        } else {
            let obstacles = obstacles(for: job)
            explanation.outcome = .unassigned(obstacles: obstacles, relaxations: relaxations(for: job, obstacles))
        }
        return explanation
    }

    // MARK: Assigned

    /// The engineer to whom the job could be given at the least cost.
    private func runnerUp(for job: Int) -> PlanExplanation.RunnerUp? {
        var trial = book
        var best: (engineer: Int, cost: Int64, node: Int)?
        for engineer in tables.engineers where engineer != book.engineer[job] && tables.isAllowed(job, by: engineer) {
            if let place = trial.bestRelocation(of: job, to: engineer, below: best?.cost ?? .max) {
                best = (engineer, place.cost, place.node)
            }
        }
        guard let best, trial.relocate(job, after: best.node) else { return nil }
        return PlanExplanation.RunnerUp(
            engineer: tables.problem.engineers[best.engineer].id,
            laterMinutes: Self.minutes(Int64(trial.end[job] - book.end[job]), unit: 60_000),
            costMinutes: Self.minutes(best.cost, unit: PlanCost.perMinute))
    }

    /// Whole minutes, halves away from zero.
    private static func minutes(_ value: Int64, unit: Int64) -> Int {
        Int((abs(value) + unit / 2) / unit) * (value < 0 ? -1 : 1)
    }

    // MARK: Roads

    /// When the first who may do a job could stand there by the roads alone; nil where no closed road holds them up.
    private func reachableFrom(_ job: Int) -> Timestamp? {
        func earliest(_ tables: PlanningTables) -> Int? {
            tables.engineers.filter { tables.isAllowed(job, by: $0) }.map { engineer in
                var (at, time) = (tables.startPlace[engineer], tables.freeFrom[engineer])
                for stop in stops(of: job) {
                    time = tables.travel.arrival(from: at, to: stop, ready: time)
                    at = stop
                }
                return time
            }.min()
        }
        guard let closed = earliest(tables), let open = earliest(openTables), closed > open else { return nil }
        return tables.instant(closed)
    }

    private func stops(of job: Int) -> [Int] { (tables.from[job] >= 0 ? [tables.from[job]] : []) + [tables.to[job]] }

    // MARK: Unassigned

    /// What keeps everybody from a job, without what would help; nil where the problem does not have it.
    func obstacles(number: Int) -> [PlanExplanation.EngineerObstacle]? { jobNumbers[number].map(obstacles) }

    private func obstacles(for job: Int) -> [PlanExplanation.EngineerObstacle] {
        let withoutDoor = withoutWindows(job)
        return tables.engineers.map { engineer in
            PlanExplanation.EngineerObstacle(
                engineer: tables.problem.engineers[engineer].id,
                obstacle: obstacle(for: job, engineer, withoutDoor: withoutDoor))
        }
    }

    /// The first rule that keeps an engineer from a job, what they have to do already being as planned.
    ///
    /// `withoutDoor` are the tables with the job's door always open.
    private func obstacle(
        for job: Int, _ engineer: Int, withoutDoor: PlanningTables
    ) -> PlanExplanation.Obstacle {
        let problem = tables.problem
        let (wanted, person) = (problem.jobs[job], problem.engineers[engineer])
        let missing = wanted.skills.subtracting(person.skills)
        if !missing.isEmpty { return .noSkill(missing.skills) }
        if let pinned = wanted.pinned, pinned != person.id { return .pinned(to: pinned) }
        if wanted.pinned == nil, wanted.refusedBy.contains(person.id) { return .refused }
        let last = book.previous[book.head(of: engineer)]
        guard let span = lastSpan(of: engineer), tables.spans.upper[span] > tables.freeFrom[engineer] else {
            return .unavailable
        }
        if let before = tables.predecessors.row(job).first(where: { book.isWaiting($0) }) {
            return .waitsFor(job: problem.jobs[before].id)
        }
        guard !book.loanersToTry(for: job).isEmpty else { return .noLoaner }
        let lacking = overrun(of: job, behind: last, by: tables)
        if isPossible(job, engineer, with: openTables) || overrun(of: job, behind: last, by: openTables) < lacking,
            let until = closedUntil(for: job, engineer)
        {
            return .roadClosed(until: until)
        }
        if lacking > Self.overrunMax || isPossible(job, engineer, with: withoutDoor) { return .windowMissed }
        return .shiftEnds(byMinutes: max(1, (lacking + 59_999) / 60_000))
    }

    private func lastSpan(of engineer: Int) -> Int? { tables.spans.range(of: engineer).last }

    private func withoutWindows(_ job: Int) -> PlanningTables {
        var open = tables
        for window in open.windows.range(of: job) {
            (open.windows.lower[window], open.windows.upper[window]) = (.min, PlanningTables.never)
        }
        return open
    }

    /// Until when the roads are closed that lead an engineer to a job; nil where none is.
    private func closedUntil(for job: Int, _ engineer: Int) -> Timestamp? {
        let depots = book.loanersToTry(for: job).filter { $0 >= 0 }.map { tables.depotPlace[$0] }
        let ends = depots + stops(of: job)
        let begins = [tables.startPlace[engineer]] + book.route(of: engineer).map { tables.to[$0] } + ends
        let waits = begins.flatMap { begin in ends.compactMap { tables.travel.closedUntil(from: begin, to: $0) } }
        return waits.max().map(tables.instant)
    }

    /// Whether a job finds a place in an engineer's route under other rules.
    private func isPossible(_ job: Int, _ engineer: Int, with rules: PlanningTables) -> Bool {
        var trial = book
        trial.tables = rules
        return trial.bestOpening(for: job, in: engineer, with: book.loanersToTry(for: job)) != nil
    }

    /// By how many milliseconds a job at the end of an engineer's way would overrun the span that lacks least.
    ///
    /// More than `overrunMax` where no later end of work helps.
    private func overrun(of job: Int, behind last: Int, by rules: PlanningTables) -> Int {
        let engineer = book.engineer[last]
        var trial = book
        trial.tables = rules
        var least = PlanningTables.never
        for span in rules.spans.range(of: engineer) {
            let ends = rules.spans.upper[span]
            // A span that was looked at is over before it begins; the one in hand never ends.
            defer { trial.tables.spans.upper[span] = .min }
            guard book.end[last] <= ends else { continue }
            trial.tables.spans.upper[span] = PlanningTables.never - 1
            for loaner in book.loanersToTry(for: job) {
                least = min(least, trial.timing(of: job, after: last, with: loaner).ends - ends)
            }
        }
        return least
    }

    // MARK: Relaxations

    private func relaxations(
        for job: Int, _ obstacles: [PlanExplanation.EngineerObstacle]
    ) -> [PlanExplanation.Relaxation] {
        var found: [PlanExplanation.Relaxation] = []
        if obstacles.contains(where: { $0.obstacle == .noLoaner }) {
            found += oneMoreLoaner(for: job).map { .loaner(depot: $0) }
        }
        var shifts: [(minutes: Int, engineer: Int)] = []
        for (engineer, one) in obstacles.enumerated() {
            guard case .shiftEnds(let lacking) = one.obstacle else { continue }
            let minutes = (lacking + Self.shiftStepMinutes - 1) / Self.shiftStepMinutes * Self.shiftStepMinutes
            guard minutes <= Self.shiftMinutesMax else { continue }
            if isPossible(job, engineer, with: tables.extendingSpans(of: engineer, byMinutes: minutes)) {
                shifts.append((minutes, engineer))
            }
        }
        shifts.sort { $0 < $1 }
        found += shifts.prefix(Self.shiftsMax).map {
            .longerShift(engineer: tables.problem.engineers[$0.engineer].id, minutes: $0.minutes)
        }
        return found
    }

    /// The depots at which one more loaner would do, the one that serves the job cheapest first.
    private func oneMoreLoaner(for job: Int) -> [Int] {
        var found: [(cost: Int64, depot: Int)] = []
        for (index, depot) in tables.problem.depots.enumerated() {
            var problem = tables.problem
            let number = (problem.loaners.map(\.id).max() ?? 0) + 1
            problem.loaners.append(
                PlanningProblem.Loaner(
                    id: number, depot: depot.id, fits: problem.jobs[job].loaner?.system.map { [$0] } ?? []))
            var trial = PlanRepair.rebuild(book.plan, on: PlanningTables(problem))
            if let opening = trial.bestOpening(for: job) { found.append((opening.cost, index)) }
        }
        return found.sorted { $0 < $1 }.map { tables.problem.depots[$0.depot].id }
    }
}

extension PlanningTables {
    /// The same with later ends of one engineer's work, up to the beginning of the next span.
    func extendingSpans(of engineer: Int, byMinutes minutes: Int) -> PlanningTables {
        var longer = self
        let range = spans.range(of: engineer)
        for span in range {
            let wanted = spans.upper[span] + minutes * 60_000
            longer.spans.upper[span] = span + 1 < range.upperBound ? min(wanted, spans.lower[span + 1]) : wanted
        }
        return longer
    }
}
