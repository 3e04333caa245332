import AnpiModel

/// Who is to do what when: one plan an office, made anew when something of it changed (decision 13).
extension Engine {
    // MARK: Asking for a plan

    /// Work at this site is not as it was.
    mutating func planMayHaveChanged(at site: Int) {
        planMayHaveChanged(ofOffice: planningOffice(ofSite: site))
    }

    private mutating func planMayHaveChanged(ofOffice office: Int32) {
        let due = nextPlan
        if planning.officeChanged(office, due: due) { schedule(due, .plan, 0) }
    }

    /// What all offices rest on changed: roads, engineers, machines, the fleet. They are planned anew.
    mutating func allPlansMayHaveChanged() {
        for office in planningOffices { planMayHaveChanged(ofOffice: office) }
        planning.needsRound()
    }

    /// What is known of the site's harm, copies, power or way there changed: its rung may be another.
    mutating func recoveryMayHaveChanged(at site: Int) {
        guard sites[site].recovery > 0 else { return }
        let due = nextPlan
        if planning.siteChanged(Int32(site), due: due) { schedule(due, .plan, 0) }
    }

    /// At once where little is to be planned; where there is much, plans keep a distance.
    private var nextPlan: Timestamp {
        guard tasks.open.count > parameters.planAtOnceUpTo else { return now }
        return max(now, planning.lastAt + parameters.plansApart)
    }

    /// Rungs first, for they make work; then the plan of each office that was touched, or of all when a round is due.
    mutating func plansAreDue(into step: inout Step) {
        guard planning.at <= now else { return }
        // A rung that changes cancels tasks, after which it is looked at once more; then there is nothing left to cancel.
        while case let sites = planning.takeSites(), !sites.isEmpty {
            for site in sites { chooseRung(ofSite: Int(site), into: &step) }
        }
        let isRound = planning.roundAt + parameters.plansAgainAfter <= now || planning.wakeAt <= now
        let isOfAll = planning.allAt + parameters.plansAllAgainAfter <= now
        let touched = planning.takeOffices()
        // What is not looked at now still waits for whom it waited for.
        var wake = planning.wakeAt <= now || isRound && isOfAll ? Timestamp.distantFuture : planning.wakeAt
        for office in isRound ? planningOffices : touched {
            let isUnsettled = planning.unsettled.contains(office, ascending: true)
            // Nothing happened and nobody comes on duty: the plan is as it was.
            if isRound, !isUnsettled, !isOfAll, planning.wakeAt > now { continue }
            let jobs = plannableTasks(of: office)
            guard !jobs.isEmpty else { continue }
            wake = min(wake, plan(jobs, of: office, anew: isRound && isUnsettled, into: &step))
        }
        planning.wasPlanned(at: now, isRound: isRound, ofAll: isOfAll && isRound, wakeAt: wake)
        // What the plans themselves changed needs no other plan, but what nobody looked at this time does.
        _ = planning.takeOffices()
        guard hasPlannableTasks else { return }
        let next = min(planning.roundAt + parameters.plansAgainAfter, wake)
        if planning.isDue(at: max(next, now + .milliseconds(1))) { schedule(planning.at, .plan, 0) }
    }

    // MARK: Offices

    /// Every office with its own engineers; one without a name where the fleet has none.
    private var planningOffices: [Int32] { index.offices.isEmpty ? [0] : Array(0..<Int32(index.offices.count)) }

    func planningOffice(ofSite site: Int) -> Int32 {
        let office = index.sites[site].office
        return office >= 0 ? office : nearestOffice(to: index.sites[site].place)
    }

    func planningOffice(_ id: OfficeID?, at place: Coordinate) -> Int32 {
        if let id, let office = index.offices.firstIndex(where: { $0.id == id }) { return Int32(office) }
        return nearestOffice(to: place)
    }

    /// Who belongs to no office of the fleet works for the nearest.
    private func nearestOffice(to place: Coordinate) -> Int32 {
        var nearest: (office: Int32, kilometers: Double) = (0, .infinity)
        for (number, office) in index.offices.enumerated() {
            let kilometers = office.place.distanceKilometers(to: place)
            if kilometers < nearest.kilometers { nearest = (Int32(number), kilometers) }
        }
        return nearest.office
    }

    // MARK: The problem

    private var hasPlannableTasks: Bool { tasks.open.contains { tasks[$0]?.isPlanned ?? false } }

    /// The tasks that are planned, oldest first: all that have begun or are promised, and of the others the heaviest.
    func plannableTasks(of office: Int32) -> [Int] {
        var bound: [Int] = []
        var free: [Int] = []
        for number in tasks.open {
            guard let task = tasks[number], task.isPlanned, planningOffice(ofSite: Int(task.site)) == office else {
                continue
            }
            if task.state == .draft { free.append(number) } else { bound.append(number) }
        }
        let room = max(parameters.plannedTasksMax - bound.count, 0)
        if free.count > room {
            // By weight, and the older of equals; a weight takes the site's whole row to find.
            let weighed = free.map { (number: $0, weight: tasks[$0].map(weight(of:)) ?? 0) }
            free = weighed.sorted { ($0.weight, $1.number) > ($1.weight, $0.number) }.prefix(room).map(\.number)
        }
        return (bound + free).sorted()
    }

    /// Everything that the plan of an office rests on.
    func planningProblem(_ numbers: [Int], of office: Int32) -> PlanningProblem {
        let end = now + parameters.plansAhead
        var problem = PlanningProblem(now: now)
        problem.jobs = numbers.compactMap { number in tasks[number].map { job(of: $0, until: end) } }
        for number in index.engineers.indices where !index.engineers[number].isRetired {
            let engineer = index.engineers[number].engineer
            guard
                planningOffice(engineer.office, at: engineer.place) == office
                    || problem.jobs.contains(where: { $0.isBound(to: number) })
            else { continue }
            problem.engineers.append(
                PlanningProblem.Engineer(
                    id: number, place: PlanningProblem.Place(engineer.place), spans: spans(of: number, until: end),
                    skills: SkillSet(engineer.skills)))
        }
        for (number, depot) in index.depots.enumerated() where planningOffice(depot.office, at: depot.place) == office {
            problem.depots.append(PlanningProblem.Depot(id: number, place: PlanningProblem.Place(depot.place)))
        }
        problem.loaners = loanersToPlan(of: problem.depots.map(\.id), for: numbers)
        problem.closures = roadClosures
        return problem
    }

    /// When an engineer can be on their way until `end`.
    private func spans(of number: Int, until end: Timestamp) -> [Range<Timestamp>] {
        let engineer = index.engineers[number].engineer
        switch engineers[number].availability {
        case .available, .unconfirmed: return engineer.dutySpans(from: now, until: end)
        case .unavailable:
            guard let from = engineers[number].until, from < end else { return [] }
            return engineer.dutySpans(from: max(from, now), until: end)
        }
    }

    private func job(of task: TaskRecord, until end: Timestamp) -> PlanningProblem.Job {
        let site = Int(task.site)
        var job = PlanningProblem.Job(
            id: task.number, weightThousandths: weight(of: task), to: place(task.order.place, ofSite: site),
            minutes: task.durationMinutes, skills: SkillSet(task.skills))
        job.from = task.order.from.map { place($0, ofSite: site) }
        job.earliest = task.state == .blocked ? task.retryAt : nil
        if task.order.within == .siteHours, task.order.place == .site, let calendar = index.calendar(of: site),
            calendar.isKnown
        {
            job.windows = calendar.openSpans(from: now, until: end)
        }
        job.after = task.order.after.map(Int.init).filter { tasks[$0].map { !$0.state.isFinal } ?? false }
        if task.order.needsLoaner { job.loaner = loanerNeed(of: task) }
        let limit = now - parameters.asksAgainAfter
        job.refusedBy = index.engineers.indices.filter { task.wasRefused(by: $0, unansweredSince: limit) }
        switch task.state {
        case .draft:
            job.pinned = task.pin.map { Int($0.engineer) }
            // Whoever passes, or nobody.
            if task.order.isLook { job.pinned = task.assignment.map { Int($0.engineer) } }
        // Whom a person asked has the time of the offer to answer; what the plan asked the plan may take back.
        case .offered:
            job.offered = task.offer.map { Int($0.engineer) }
            job.pinned = task.pin.map { Int($0.engineer) } ?? (task.changedBy == nil ? nil : job.offered)
        case .accepted:
            // A promise is kept: what somebody has accepted no plan takes away, however much it would gain.
            job.pinned = task.engineer.map(Int.init)
        case .blocked: job.pinned = task.engineer.map(Int.init)
        case .travelling, .onSite:
            if let engineer = task.engineer {
                job.frozen = PlanningProblem.Frozen(
                    engineer: Int(engineer), startsAt: task.state == .onSite ? task.changedAt : task.eta ?? now)
            }
        case .done, .failed, .cancelled: break
        }
        // Whom a person named goes, whatever they had declined before.
        if let pinned = job.pinned { job.refusedBy.removeAll { $0 == pinned } }
        return job
    }

    private func loanerNeed(of task: TaskRecord) -> PlanningProblem.LoanerNeed {
        let isPromised = task.state != .draft
        // What a person has given away since is another's, whoever was asked to fetch it.
        let held = isPromised ? task.assignment?.loaner.flatMap { lent($0) == nil ? $0 : nil } : nil
        return PlanningProblem.LoanerNeed(
            system: index.site(Int(task.site)).system, reserved: held.flatMap { index.number(of: $0) })
    }

    /// A place of a task: the site itself, its office, or the depot nearest to it.
    private func place(_ place: TaskPlace, ofSite site: Int) -> PlanningProblem.Place {
        let own = index.sites[site].place
        switch place {
        case .site: return PlanningProblem.Place(own, isInHazardArea: sites[site].hazardLevel >= 3)
        case .office:
            let office = Int(planningOffice(ofSite: site))
            return PlanningProblem.Place(index.offices.indices.contains(office) ? index.offices[office].place : own)
        case .depot:
            let nearest = index.depots.min {
                $0.place.distanceKilometers(to: own) < $1.place.distanceKilometers(to: own)
            }
            return PlanningProblem.Place(nearest?.place ?? own)
        }
    }

    /// Valid findings that a road is closed or slow; one that says it is open has ended those before it.
    private var roadClosures: [RoadClosure] {
        roads.compactMap { number in findings[Int(number)].flatMap(RoadClosure.init) }
    }

    // MARK: Weights

    /// What a minute of waiting costs, in thousandths of an ordinary site's (coordination §3.6): beds, dialysis and oxygen,
    /// the claims' deadline, and the chance that no copy survives; for a look at a site that may be hit by what it may be
    /// and by what the look would tell.
    func weight(of task: TaskRecord) -> Int {
        let number = Int(task.site)
        // Nobody waits for a look in passing: it goes where it delays least.
        if task.order.isLook { return 1 }
        let weight = weight(ofSite: number)
        guard task.kind == .inspect else { return weight }
        let chance = Millinats(Int(sites[number].logOdds)).probability
        switch sites[number].assessment {
        case .confirmedHit: return weight
        case .likelyHit, .suspect: return max(1, Int((Double(weight) * (chance + chance * (1 - chance))).rounded()))
        case .ok, .quiet, .unknown, .confirmedOK: return max(1, weight / 5)
        }
    }

    /// The same of a site, whatever is done there.
    func weight(ofSite number: Int) -> Int {
        let site = index.site(number)
        var weight = 1_000
        if site.beds > 0 { weight += 3_000 }
        if site.dialysis || site.homeOxygen { weight += 3_000 }
        if let recovery = recoveries[Int(sites[number].recovery)] {
            weight += recovery.claimsClock.weight(at: now) - 1_000
            weight += 2 * (1_000 - recovery.anyCopyChance)
        }
        return weight
    }
}

extension TaskRecord {
    /// Whether the plan of its office says who goes: calls are whoever's is at the telephone.
    var isPlanned: Bool { kind != .phone && !isHeld && !state.isFinal }
}

extension PlanningProblem.Job {
    /// A person has promised it, or was asked for it, wherever they belong.
    fileprivate func isBound(to engineer: Int) -> Bool {
        pinned == engineer || frozen?.engineer == engineer
    }
}

extension RoadClosure {
    /// What a finding says of a road; nil where it says that one is open, or not where.
    fileprivate init?(_ finding: FindingRecord) {
        guard finding.draft.kind == .road, let effect = Self.effect(finding.draft.result) else { return nil }
        func points(_ list: [[Double]]) -> [Coordinate] {
            list.map { Coordinate(latitude: $0[1], longitude: $0[0]) }
        }
        let shape: Shape
        if let polygon = finding.draft.polygon {
            shape = .area(points(polygon))
        } else if let line = finding.draft.line {
            shape = .line(points(line), bufferKilometers: Self.bufferKilometers)
        } else if let place = finding.draft.place {
            // A point is a line of no length: whoever comes as near as that is held up.
            shape = .line([place, place], bufferKilometers: finding.draft.radiusKilometers ?? 0.3)
        } else {
            return nil
        }
        self.init(shape: shape, effect: effect, until: finding.expiresAt)
    }

    private static func effect(_ result: String) -> Effect? {
        switch result {
        case "closed": .closed
        case "passableWithCare": .slow
        default: nil
        }
    }
}
