import AnpiModel

extension Engine {
    /// A person's change: exactly one outcome, whatever comes of it.
    mutating func commandArrived(_ command: Command, into step: inout Step) {
        if let outcome = answered.outcome(of: command) {
            step.outcomes.append(outcome)
            return
        }
        let answer =
            switch command.change {
            case .importFleet(let fleet): importFleet(fleet, by: command, into: &step)
            case .addFinding(let draft): addFinding(draft, by: command, into: &step)
            case .transitionTask(let id, let change): transition(id, change, by: command, into: &step)
            case .noteTask(let id, let taskNote): addNote(taskNote, to: id, by: command, into: &step)
            case .addPhoto(let id, let photo): addPhoto(photo, to: id, by: command, into: &step)
            case .setAvailability(let id, let change): setAvailability(id, change, by: command, into: &step)
            case .transitionIncident(let id, let change): transition(id, change, by: command, into: &step)
            case .pinTask(let id, let pin): self.pin(id, pin, by: command, into: &step)
            case .changeIncident(let id, let change): self.change(id, change, by: command, into: &step)
            case .mergeIncident(let id, let merge): self.merge(id, merge, by: command, into: &step)
            case .addSitrep(let id, let draft): addSitrep(draft, to: id, by: command, into: &step)
            case .enterClaims(let id, let change): enterClaims(change, at: id, by: command, into: &step)
            case .setLoaner(let id, let change): setLoaner(id, change, by: command, into: &step)
            case .reportDamage(let id, let report): reportDamage(report, at: id, by: command, into: &step)
            }
        let outcome = Outcome(
            operation: command.operation, bodyDigest: command.bodyDigest, status: answer.status, body: answer.body,
            version: answer.version)
        answered.append(outcome)
        step.outcomes.append(outcome)
    }

    /// Writes down that a person changed something.
    func note(
        _ kind: String, _ command: Command, site: Int? = nil, incident: Int? = nil, task: Int? = nil, body: JSON,
        into step: inout Step
    ) {
        step.append(
            Step.Note(
                at: now, kind: kind, site: site.map { index.sites[$0].id },
                incident: incident.flatMap { $0 > 0 ? IncidentID($0) : nil }, task: task.map { TaskID($0) },
                actor: command.actor.name, body: body))
    }

    /// The conflict of a caller who saw another version than there is; nil where they saw this one or none.
    func conflict(_ command: Command, version: Int, lastChange: @autoclosure () -> String) -> Answer? {
        guard let expected = command.expectedVersion, expected != version else { return nil }
        return .conflict("version \(expected) was seen, it is \(version) now: \(lastChange())")
    }

    // MARK: Engineers

    /// An engineer says, or a coordinator for them, whether they can be sent.
    mutating func setAvailability(
        _ id: EngineerID, _ change: AvailabilityChange, by command: Command, into step: inout Step
    ) -> Answer {
        guard let number = index.number(of: id), !index.engineers[number].isRetired else {
            return .notFound("no engineer \(id)")
        }
        let engineer = index.engineers[number].engineer
        let isOwn = command.actor.role == .engineer && command.actor.engineer == id
        guard isOwn || command.actor.role.mayCoordinate && command.actor.mayAct(for: engineer.office) else {
            return .notAllowed("only \(id) and coordinators of the office may change this")
        }
        let state = engineers[number]
        if let conflict = conflict(
            command, version: state.version,
            lastChange:
                "\(state.changedBy ?? "the collector") said \(state.availability.rawValue) at \(state.changedAt)")
        {
            return conflict
        }
        if let until = change.until, until <= now {
            return .invalid([Answer.Mistake(path: "until", message: "has passed")])
        }
        engineers[number].availability = change.availability
        engineers[number].reason = change.reason
        engineers[number].until = change.availability == .available ? nil : change.until
        engineerChanged(number, by: command.actor.name, into: &step)
        if let until = engineers[number].until { schedule(until, .engineer, number) }
        let body = json(ofEngineer: number)
        note(
            "command.availability", command,
            body: [
                "engineer": .id(id), "availability": .word(change.availability), "reason": .optional(change.reason),
                "until": .time(change.until),
            ], into: &step)
        availabilityChanged(of: number, into: &step)
        return .done(body, version: engineers[number].version)
    }

    /// The time until which an engineer could not be sent is over.
    mutating func engineerDeadlinePassed(_ number: Int, into step: inout Step) {
        guard let until = engineers[number].until, until <= now else { return }
        engineers[number].availability = .available
        engineers[number].until = nil
        engineers[number].reason = nil
        engineerChanged(number, by: nil, into: &step)
        availabilityChanged(of: number, into: &step)
    }

    private mutating func engineerChanged(_ number: Int, by actor: String?, into step: inout Step) {
        engineers[number].changedAt = now
        engineers[number].changedBy = actor
        engineers[number].version += 1
        step.changed.insert(.engineer(index.engineers[number].engineer.id))
    }

    /// Offers to who cannot be sent end, what they had promised and not begun goes back, and plans are made anew: with
    /// them, or without. Who is on their way or there already goes on, unless somebody says otherwise.
    private mutating func availabilityChanged(of number: Int, into step: inout Step) {
        switch engineers[number].availability {
        case .unavailable:
            for task in tasks.open where tasks[task]?.offer?.engineer == Int32(number) {
                endOffer(of: task, .withdrawn, because: .engineerUnavailable, into: &step)
            }
            let back = engineers[number].until ?? .distantFuture
            for task in tasks.open {
                guard let promised = tasks[task], promised.state == .accepted, promised.engineer == Int32(number),
                    promised.assignment.map({ $0.startsAt < back }) ?? true
                else { continue }
                let at = now
                change(task: task) {
                    $0.wasHandedBack(.withdrawn, reason: TaskReason.engineerUnavailable.rawValue, at: at, by: nil)
                }
                taskChanged(task, into: &step)
            }
        case .available, .unconfirmed:
            for task in tasks.open { tasks[task]?.engineerIsBack(number) }
        }
        allPlansMayHaveChanged()
    }
}

extension Role {
    /// Who may act for others.
    var mayCoordinate: Bool {
        switch self {
        case .admin, .coordinator: true
        case .engineer, .viewer, .agent, .ping: false
        }
    }

    var mayAddFindings: Bool {
        switch self {
        case .admin, .coordinator, .engineer: true
        case .viewer, .agent, .ping: false
        }
    }
}

extension Command.Actor {
    /// Whether the offices they are limited to let them change what belongs to `office`.
    func mayAct(for office: OfficeID?) -> Bool { Scope(offices: offices).contains(office) }
}
