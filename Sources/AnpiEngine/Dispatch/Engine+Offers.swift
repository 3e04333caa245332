import AnpiModel

extension Engine {
    /// Makes a task; the plan looks for somebody within this instant.
    @discardableResult
    mutating func draft(
        _ kind: TaskKind, at site: Int, incident: Int, agent: Int? = nil, into step: inout Step
    ) -> Int {
        draft(
            TaskRecord(
                number: tasks.next, kind: kind, site: site, incident: incident, agent: agent, skills: [.inspect],
                durationMinutes: kind == .phone ? 10 : 60, createdAt: now), into: &step)
    }

    /// The same for a task that is laid out already.
    @discardableResult
    mutating func draft(_ task: TaskRecord, into step: inout Step) -> Int {
        let (number, site, incident) = (task.number, Int(task.site), Int(task.incident))
        tasks.append(task)
        sites[site].tasks.append(Int32(number))
        if incident > 0 { incidents[incident]?.tasks.append(Int32(number)) }
        siteChanged(site, into: &step)
        var details: [JSON.Member] = []
        if task.agent >= 0 { details.append(JSON.Member("agent", .id(index.id(ofAgent: Int(task.agent))))) }
        if let rung = task.order.rung { details.append(JSON.Member("rung", .word(rung))) }
        tell(.taskDrafted, number, details: details, into: &step)
        if incident > 0 { updateWellness(ofIncident: incident) }
        planMayHaveChanged(at: site)
        return number
    }

    /// Changes a task and keeps count of the offers that wait for each engineer.
    mutating func change(task number: Int, _ change: (inout TaskRecord) -> Void) {
        guard var task = tasks[number] else { return }
        if let before = task.offer { offersWaiting[Int(before.engineer)] -= 1 }
        change(&task)
        if let after = task.offer { offersWaiting[Int(after.engineer)] += 1 }
        tasks[number] = task
    }

    /// Counts anew, after a restart.
    mutating func recountOffers() {
        offersWaiting = Array(repeating: 0, count: engineers.count)
        for number in tasks.open {
            if let offer = tasks[number]?.offer { offersWaiting[Int(offer.engineer)] += 1 }
        }
    }

    /// From when an engineer can be sent; nil where nobody knows.
    func freeFrom(engineer number: Int) -> Timestamp? {
        let engineer = index.engineers[number].engineer
        switch engineers[number].availability {
        case .available, .unconfirmed: return engineer.nextOnDuty(from: now)
        case .unavailable: return engineers[number].until.flatMap { engineer.nextOnDuty(from: max($0, now)) }
        }
    }

    /// Asks one engineer; the offer waits for its answer.
    mutating func offer(_ number: Int, to engineer: Int, by actor: String?, into step: inout Step) {
        let until = now + parameters.offerLasts
        let offer = TaskRecord.Offer(engineer: Int32(engineer), at: now, until: until)
        change(task: number) { $0.wasOffered(offer, by: actor) }
        schedule(until, .task, number)
        tell(
            .taskOffered, number,
            details: [
                JSON.Member("engineer", .id(index.engineers[engineer].engineer.id)), JSON.Member("until", .time(until)),
            ], into: &step)
    }

    /// The offer that waits ends without being accepted.
    mutating func endOffer(
        of number: Int, _ end: OfferEnd, reason: String?, by actor: String?, into step: inout Step
    ) {
        guard let offer = tasks[number]?.offer else { return }
        let at = now
        change(task: number) { $0.offerEnded(end, reason: reason, at: at, by: actor) }
        let engineer = index.engineers[Int(offer.engineer)].engineer.id
        defer { if tasks[number]?.order.isLook == true { cancel(number, because: .nobodyPasses, into: &step) } }
        taskChanged(
            number,
            details: [JSON.Member("offer", .object([.init("engineer", .id(engineer)), .init("ended", .word(end))]))],
            into: &step)
    }

    /// The same, for a reason of the engine's own.
    mutating func endOffer(of number: Int, _ end: OfferEnd, because reason: TaskReason, into step: inout Step) {
        endOffer(of: number, end, reason: reason.rawValue, by: nil, into: &step)
    }

    /// An offer's answer is overdue.
    mutating func taskDeadlinePassed(_ number: Int, into step: inout Step) {
        guard let offer = tasks[number]?.offer, offer.until <= now else { return }
        endOffer(of: number, .expired, because: .expired, into: &step)
    }

    /// Nobody needs the task any more.
    mutating func cancel(_ number: Int, reason: String?, by actor: String?, into step: inout Step) {
        let at = now
        change(task: number) { $0.wasCancelled(reason: reason, at: at, by: actor) }
        taskChanged(number, into: &step)
    }

    /// The same, for a reason of the engine's own, though a person may have brought it about.
    mutating func cancel(_ number: Int, because reason: TaskReason, by actor: String? = nil, into step: inout Step) {
        cancel(number, reason: reason.rawValue, by: actor, into: &step)
    }

    // MARK: Phone tasks

    /// A server that is silent at a site that is heard: somebody rings, in office hours; no incident.
    ///
    /// Gives the time at which to look again because the office is closed now.
    mutating func updatePhoneTasks(of site: Int, into step: inout Step) -> Timestamp? {
        var next: Timestamp?
        for number in index.agents(of: site) where index.agents[number].device == .server {
            let open = Int(agents[number].phoneTask)
            let isSilent = silence(ofAgent: number).isInformative
            let wholeSiteIsSilent = silence(of: site).isInformative
            if open > 0 {
                let task = tasks[open]
                if task?.isUntouched == true, !isSilent || wholeSiteIsSilent {
                    cancel(open, because: isSilent ? .siteSilent : .heardAgain, into: &step)
                }
                if tasks[open]?.state.isFinal ?? true, !isSilent { agents[number].phoneTask = 0 }
                continue
            }
            guard isSilent, sites[site].contact == .reporting, !index.sites[site].isRetired else {
                if case .saysNothing(let until?) = silence(ofAgent: number), sites[site].contact == .reporting {
                    next = min(next ?? until, until)
                }
                continue
            }
            if let office = parameters.officeHours, !office.isOpen(at: now) {
                if let opening = office.nextOpening(after: now) { next = min(next ?? opening, opening) }
            } else {
                agents[number].phoneTask = Int32(draft(.phone, at: site, incident: 0, agent: number, into: &step))
            }
        }
        return next
    }

    /// How the site is, somebody has said or its devices show: whom nobody has rung yet need not be rung, and nobody
    /// drives to look at what is well. What a rung asks for stays, and what was begun is its engineer's.
    mutating func cancelAnswered(at site: Int, into step: inout Step) {
        let isWell = isWell(site)
        guard isWell || sites[site].assessment == .confirmedHit else { return }
        let reason: TaskReason = confirmation(of: site) == nil ? .heardAgain : .answered
        for number in sites[site].tasks.map(Int.init) {
            guard let task = tasks[number], task.isUntouched, task.order.rung == nil, task.agent < 0,
                task.readiness == nil
            else { continue }
            // A lone silence is a machine that somebody has to look at, though nobody is hurt.
            let isOfArea = incidents[Int(task.incident)]?.isOfArea == true
            if task.kind == .phone || (task.kind == .inspect && isWell && isOfArea) {
                cancel(number, because: reason, into: &step)
            }
        }
    }

    // MARK: Telling

    /// A task is not as it was: told with its state, and what it was of.
    mutating func taskChanged(_ number: Int, details: [JSON.Member] = [], into step: inout Step) {
        guard let task = tasks[number] else { return }
        var all: [JSON.Member] = [JSON.Member("state", .word(task.state))]
        if let engineer = task.engineer {
            all.append(JSON.Member("engineer", .id(index.engineers[Int(engineer)].engineer.id)))
        }
        if let reason = task.reason { all.append(JSON.Member("reason", .string(reason))) }
        if let next = task.next { all.append(JSON.Member("next", json(of: next))) }
        if let eta = task.eta { all.append(JSON.Member("eta", .time(eta))) }
        if let retryAt = task.retryAt { all.append(JSON.Member("retryAt", .time(retryAt))) }
        tell(.taskChanged, number, details: all + details, into: &step)
        planMayHaveChanged(at: Int(task.site))
        guard task.state.isFinal else {
            if task.incident > 0 { updateWellness(ofIncident: Int(task.incident)) }
            return
        }
        tasks.close(number)
        recoveryFollows(task)
        let site = Int(task.site)
        sites[site].tasks.removeAll { $0 == Int32(number) }
        siteChanged(site, into: &step)
        if task.incident > 0 { updateWellness(ofIncident: Int(task.incident)) }
    }

    func json(of next: TaskRecord.Next) -> JSON {
        let engineer = index.engineers[Int(next.engineer)].engineer
        return ["engineer": .id(engineer.id), "name": .string(engineer.name), "at": .time(next.at)]
    }

    private func tell(_ name: DecisionName, _ number: Int, details: [JSON.Member], into step: inout Step) {
        guard let task = tasks[number] else { return }
        let site = index.sites[Int(task.site)].id
        let incident = task.incident > 0 ? IncidentID(Int(task.incident)) : nil
        step.changed.insert(.task(task.id))
        step.changed.insert(.site(site))
        let head: [JSON.Member] = [
            JSON.Member("task", .id(task.id)), JSON.Member("site", .id(site)), JSON.Member("kind", .word(task.kind)),
        ]
        let tail = incident.map { [JSON.Member("incident", .id($0))] } ?? []
        step.append(
            Decision(
                at: now, name: name, site: site, incident: incident, task: task.id,
                offices: offices(of: Int(task.site)), details: head + details + tail))
    }
}
