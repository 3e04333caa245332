import AnpiModel

/// Holds a plan against the hard rules of its problem, with nothing of the planner's: what it computes forward is checked
/// here visit by visit.
package struct PlanCheck {
    /// A rule that a plan breaks, by the job's number.
    package struct Violation: Hashable, Sendable {
        package enum Rule: String, Hashable, Sendable, CaseIterable {
            /// Planned twice, or neither planned nor said to be unassigned, or not in the problem.
            case onceEach
            case skills, pinned, refused
            /// Work that has begun goes on as it began.
            case frozen
            /// One thing at a time, all of it within one span of work.
            case spans
            /// Nobody arrives sooner than the roads allow.
            case travel
            case earliest, windows, duration
            /// What comes before is planned and over.
            case precedence
            /// There, fitting, and held by one job only.
            case loaner
            /// The sum that the plan states is not the sum of its visits.
            case cost
        }

        package var job: Int
        package var rule: Rule

        package init(job: Int, rule: Rule) {
            self.job = job
            self.rule = rule
        }
    }

    private let problem: PlanningProblem
    private let plan: Plan
    private let barriers: [RoadBarrier]
    private var violations: [Violation] = []

    /// All that a plan breaks, in the order of its visits; empty where it holds.
    package static func violations(of plan: Plan, in problem: PlanningProblem) -> [Violation] {
        var check = PlanCheck(plan, problem)
        check.everyJobOnce()
        for engineer in problem.engineers { check.route(of: engineer) }
        check.loanersOnce()
        check.sum()
        return check.violations
    }

    private init(_ plan: Plan, _ problem: PlanningProblem) {
        self.plan = plan
        self.problem = problem
        barriers = problem.closures.filter { $0.until > problem.now }.compactMap { RoadBarrier($0, now: problem.now) }
    }

    private mutating func expect(_ holds: Bool, _ rule: Violation.Rule, _ job: Int) {
        if !holds { violations.append(Violation(job: job, rule: rule)) }
    }

    private mutating func everyJobOnce() {
        for job in problem.jobs {
            let visits = plan.visits.count { $0.job == job.id }
            let isElsewhere =
                job.frozen.map { frozen in !problem.engineers.contains { $0.id == frozen.engineer } } ?? false
            let times = visits + plan.unassigned.count { $0 == job.id }
            expect(times == (isElsewhere ? 0 : 1), .onceEach, job.id)
        }
        for visit in plan.visits {
            let isKnown =
                problem.jobs.contains { $0.id == visit.job } && problem.engineers.contains { $0.id == visit.engineer }
            expect(isKnown, .onceEach, visit.job)
        }
    }

    private mutating func route(of engineer: PlanningProblem.Engineer) {
        var place = engineer.place
        var free = max(problem.now, engineer.freeFrom ?? problem.now)
        for visit in plan.visits where visit.engineer == engineer.id {
            guard let job = problem.jobs.first(where: { $0.id == visit.job }) else { continue }
            if let frozen = job.frozen {
                let isSame = visit.engineer == frozen.engineer && visit.startsAt == frozen.startsAt && visit.isFrozen
                expect(isSame, .frozen, job.id)
            } else {
                person(engineer, job)
                times(visit, of: job, by: engineer, from: place, free: free)
            }
            place = job.to
            free = max(free, visit.endsAt)
        }
    }

    private mutating func person(_ engineer: PlanningProblem.Engineer, _ job: PlanningProblem.Job) {
        expect(job.skills.subtracting(engineer.skills).isEmpty, .skills, job.id)
        expect(job.pinned == nil || job.pinned == engineer.id, .pinned, job.id)
        expect(job.pinned != nil || !job.refusedBy.contains(engineer.id), .refused, job.id)
    }

    private mutating func times(
        _ visit: Plan.Visit, of job: PlanningProblem.Job, by engineer: PlanningProblem.Engineer,
        from place: PlanningProblem.Place, free: Timestamp
    ) {
        let isWithin = engineer.spans.contains { $0.lowerBound <= visit.leavesAt && visit.endsAt <= $0.upperBound }
        expect(isWithin && visit.leavesAt >= free && visit.leavesAt >= problem.now, .spans, job.id)

        var stops: [PlanningProblem.Place] = []
        if let depot = depot(of: visit) { stops.append(depot) }
        if let from = job.from { stops.append(from) }
        var (at, time) = (place, visit.leavesAt)
        for stop in stops {
            time = soonest(from: at, to: stop, leaving: time) + .seconds(60 * job.pickupMinutes)
            at = stop
        }
        expect(visit.arrivesAt >= soonest(from: at, to: job.to, leaving: time), .travel, job.id)
        expect(visit.startsAt >= visit.arrivesAt, .travel, job.id)
        expect(visit.startsAt >= job.earliest ?? problem.now, .earliest, job.id)
        expect(job.windows.isEmpty || job.windows.contains { $0.contains(visit.startsAt) }, .windows, job.id)
        expect(visit.endsAt == visit.startsAt + .seconds(60 * job.minutes), .duration, job.id)
        for before in job.after {
            guard let other = problem.jobs.first(where: { $0.id == before }) else { continue }
            // Work that has begun with somebody who is not in the problem has no visit.
            let end = plan.visit(of: before)?.endsAt ?? other.frozen.map { $0.startsAt + .seconds(60 * other.minutes) }
            expect(end.map { $0 <= visit.startsAt } ?? false, .precedence, job.id)
        }
    }

    /// Where a visit fetches its loaner; nil where it is in the car or none is needed.
    private func depot(of visit: Plan.Visit) -> PlanningProblem.Place? {
        guard let number = visit.loaner, let loaner = problem.loaners.first(where: { $0.id == number }) else {
            return nil
        }
        return problem.depots.first { $0.id == loaner.depot }?.place
    }

    private func soonest(
        from start: PlanningProblem.Place, to end: PlanningProblem.Place, leaving: Timestamp
    ) -> Timestamp {
        let drive = Duration.milliseconds(start.driveMilliseconds(to: end))
        guard drive > .zero else { return leaving }
        var leaves = leaving
        var slowUntil = problem.now
        for barrier in barriers where barrier.isCrossed(from: start.coordinate, to: end.coordinate) {
            let until = problem.now + .milliseconds(barrier.until)
            switch barrier.effect {
            case .closed: leaves = max(leaves, until)
            case .slow: slowUntil = max(slowUntil, until)
            }
        }
        return leaves >= slowUntil ? leaves + drive : min(leaves + drive * 3, slowUntil + drive)
    }

    private mutating func loanersOnce() {
        var held: [Int] = []
        for visit in plan.visits {
            guard let job = problem.jobs.first(where: { $0.id == visit.job }) else { continue }
            guard let need = job.loaner else {
                expect(visit.loaner == nil, .loaner, job.id)
                continue
            }
            if job.frozen != nil {
                if let reserved = need.reserved { held.append(reserved) }
                continue
            }
            guard let number = visit.loaner else {
                expect(false, .loaner, job.id)
                continue
            }
            expect(!held.contains(number), .loaner, job.id)
            held.append(number)
            expect(need.reserved == nil || need.reserved == number, .loaner, job.id)
            if let loaner = problem.loaners.first(where: { $0.id == number }) {
                let isFit = need.reserved != nil || need.system.map(loaner.fits.contains) ?? true
                expect(isFit, .loaner, job.id)
            } else {
                expect(need.reserved == number, .loaner, job.id)
            }
        }
    }

    private mutating func sum() {
        var waiting: Int64 = 0
        for visit in plan.visits where !visit.isFrozen {
            guard let job = problem.jobs.first(where: { $0.id == visit.job }) else { continue }
            waiting += Int64(max(1, job.weightThousandths)) * (visit.endsAt.milliseconds - problem.now.milliseconds)
        }
        expect(waiting == plan.cost.waiting, .cost, plan.visits.first?.job ?? 0)
    }
}
