import AnpiModel

/// What a plan changes: who is asked, who is asked no longer, what waits and why.
extension Engine {
    /// Plans the work of an office, or mends the plan that stands, and acts on it; when somebody that it waits for comes on
    /// duty.
    mutating func plan(
        _ numbers: [Int], of office: Int32, anew isNew: Bool, into step: inout Step
    ) -> Timestamp {
        let problem = planningProblem(numbers, of: office)
        guard !problem.engineers.isEmpty else {
            for number in numbers { nobodyGoes(number, because: .nobody, into: &step) }
            return .distantFuture
        }
        let known = plan(of: problem)
        let moves = min(parameters.planMovesMax, parameters.planMovesPerJob * problem.jobs.count)
        var plan =
            isNew
            ? Planner.plan(problem, previous: known, moves: moves, seed: planSeed(of: office))
            : Planner.mend(known, for: problem)
        if isNew { plan = workInLooks(plan, of: problem, office: office, into: &step) }
        areLeftOut(plan, of: problem, anew: isNew, into: &step)
        var wake = Timestamp.distantFuture
        for visit in plan.visits { isPlanned(visit, into: &step) }
        for visit in plan.visits { wake = min(wake, ask(visit, into: &step)) }
        return wake
    }

    /// The plan that stands, as the tasks hold it: there is no second place that could disagree.
    func plan(of problem: PlanningProblem) -> Plan {
        var plan = Plan()
        for job in problem.jobs {
            guard let task = tasks[job.id], let assignment = task.assignment else {
                plan.unassigned.append(job.id)
                continue
            }
            // Who has it, or was asked for it by a person, counts more than who was planned.
            let engineer = task.engineer ?? task.offer?.engineer ?? assignment.engineer
            plan.visits.append(
                Plan.Visit(
                    job: job.id, engineer: Int(engineer),
                    loaner: assignment.loaner.flatMap { index.number(of: $0) }, leavesAt: assignment.startsAt,
                    arrivesAt: assignment.startsAt, startsAt: assignment.startsAt, endsAt: assignment.endsAt,
                    isFrozen: job.frozen != nil))
        }
        return plan
    }

    /// Of the day and the office: the same problem gives the same plan (ENGINE §3).
    private func planSeed(of office: Int32) -> UInt64 {
        UInt64(bitPattern: Int64(now.civil().date.daysSinceEpoch)) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(office)
    }

    // MARK: Assigned

    private mutating func isPlanned(_ visit: Plan.Visit, into step: inout Step) {
        guard let task = tasks[visit.job] else { return }
        let assignment = TaskRecord.Assignment(
            engineer: Int32(visit.engineer), startsAt: visit.startsAt, endsAt: visit.endsAt,
            loaner: visit.loaner.map { index.loaners[$0].id })
        // Times drift with every plan; who and what with is what others have to know.
        let isNews =
            task.assignment?.engineer != assignment.engineer || task.assignment?.loaner != assignment.loaner
            || abs(((task.assignment?.startsAt ?? .distantPast) - assignment.startsAt).wholeMilliseconds) >= 300_000
        tasks[visit.job]?.assignment = assignment
        if isNews { step.changed.insert(.task(task.id)) }
        if let offer = task.offer, offer.engineer != Int32(visit.engineer) {
            endOffer(of: visit.job, .withdrawn, because: .replanned, into: &step)
        }
    }

    /// Offers a draft to its planned engineer, or says what it waits for; when to look again.
    private mutating func ask(_ visit: Plan.Visit, into step: inout Step) -> Timestamp {
        guard let task = tasks[visit.job], task.state == .draft else { return .distantFuture }
        let engineer = visit.engineer
        let next = TaskRecord.Next(engineer: Int32(engineer), at: visit.startsAt)
        if let open = firstOpen(before: task, of: engineer) {
            wait(visit.job, for: next, because: .waitsForTask, open, into: &step)
            return .distantFuture
        }
        let free = freeFrom(engineer: engineer) ?? now
        guard free <= now else {
            wait(
                visit.job, for: TaskRecord.Next(engineer: Int32(engineer), at: free), because: .nextOnDuty, into: &step)
            return free
        }
        guard Int(offersWaiting[engineer]) < parameters.offersWaitingMax else {
            wait(visit.job, for: next, because: .planned, into: &step)
            return .distantFuture
        }
        offer(visit.job, to: engineer, by: nil, into: &step)
        return .distantFuture
    }

    /// The first task before this one that is neither over nor with the same engineer; nil where none is.
    private func firstOpen(before task: TaskRecord, of engineer: Int) -> Int? {
        task.order.after.lazy.map(Int.init).first { number in
            guard let before = tasks[number], !before.state.isFinal else { return false }
            return (before.engineer ?? before.offer?.engineer ?? -1) != Int32(engineer)
        }
    }

    private mutating func wait(
        _ number: Int, for next: TaskRecord.Next, because reason: TaskReason, _ other: Int? = nil,
        into step: inout Step
    ) {
        guard let task = tasks[number] else { return }
        // Who is planned, and when, moves with every plan: that is told anew only where somebody waits for a person.
        let isOtherPerson = reason == .nextOnDuty && task.next != next
        guard task.reason != reason.rawValue || isOtherPerson else { return }
        tasks[number]?.waits(for: next, because: reason)
        taskChanged(number, details: other.map { [JSON.Member("waitsFor", .id(TaskID($0)))] } ?? [], into: &step)
    }

    // MARK: Not assigned

    /// Says of each draft that nobody can do what stands in the way; what was said before is looked at again in rounds.
    private mutating func areLeftOut(
        _ plan: Plan, of problem: PlanningProblem, anew isNew: Bool, into step: inout Step
    ) {
        let left = plan.unassigned.filter { number in
            guard let task = tasks[number], task.state == .draft else { return false }
            return isNew || task.assignment != nil || task.reason == nil
        }
        guard !left.isEmpty else { return }
        let explainer = PlanExplainer(plan, of: problem)
        for number in left {
            let obstacles = explainer.obstacles(number: number) ?? []
            nobodyGoes(number, because: TaskReason(obstacles.map(\.obstacle)), into: &step)
        }
    }

    private mutating func nobodyGoes(_ number: Int, because reason: TaskReason, into step: inout Step) {
        guard let task = tasks[number], task.state == .draft else { return }
        if task.order.isLook { return cancel(number, because: .nobodyPasses, into: &step) }
        tasks[number]?.assignment = nil
        guard task.next != nil || task.reason != reason.rawValue else { return }
        tasks[number]?.waits(for: nil, because: reason)
        taskChanged(number, into: &step)
    }
}

extension TaskReason {
    /// What stands in everybody's way, in one word: of all that does, what is the easiest to remove.
    init(_ obstacles: [PlanExplanation.Obstacle]) {
        let reasons = obstacles.map(Self.init(_:))
        let easiestFirst: [TaskReason] = [.noLoaner, .roadClosed, .waitsForTask, .noTime, .allDeclined]
        self = easiestFirst.first(where: reasons.contains) ?? .nobody
    }

    private init(_ obstacle: PlanExplanation.Obstacle) {
        self =
            switch obstacle {
            case .noLoaner: .noLoaner
            case .roadClosed: .roadClosed
            case .waitsFor: .waitsForTask
            case .shiftEnds, .windowMissed: .noTime
            case .refused: .allDeclined
            case .noSkill, .pinned, .unavailable: .nobody
            }
    }
}
