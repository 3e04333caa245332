import AnpiModel

extension Engine {
    /// `POST /v1/tasks/{id}/transitions`: one arbiter, one order; a second acceptance is a conflict.
    mutating func transition(
        _ id: TaskID, _ transition: TaskTransition, by command: Command, into step: inout Step
    ) -> Answer {
        guard let task = tasks[id.number] else { return .notFound("no task \(id)") }
        let engineer: Int?
        switch actingEngineer(on: task, transition, by: command.actor) {
        case .engineer(let number): engineer = number
        case .refused(let answer): return answer
        }
        if let conflict = conflict(command, version: task.version, lastChange: history(of: task)) { return conflict }
        if let refusal = refusalOfAnother(task, transition) { return refusal }
        if let refusal = refusal(ofRoadIn: transition, of: task, by: command) { return refusal }
        var road: FindingRecord?
        let answer: Answer?
        switch transition.to {
        case .declined: answer = decline(task, transition, by: command, into: &step)
        case .offered: answer = offer(task, transition, to: engineer, by: command, into: &step)
        case .accepted: answer = accept(task, transition, as: engineer, by: command, into: &step)
        case .draft: answer = handBack(task, transition, by: command, into: &step)
        case .cancelled: answer = cancel(task, transition, by: command, into: &step)
        case .travelling: answer = move(task, to: .travelling, transition, by: command, into: &step)
        case .onSite: answer = move(task, to: .onSite, transition, by: command, into: &step)
        case .blocked:
            road = recordRoad(of: transition, by: command, into: &step)
            answer = move(task, to: .blocked, transition, road: road, by: command, into: &step)
        case .done: answer = move(task, to: .done, transition, by: command, into: &step)
        case .failed: answer = move(task, to: .failed, transition, by: command, into: &step)
        }
        if let answer { return answer }
        stormCallFollows(id.number, into: &step)
        note(
            "command.task", command, site: Int(task.site), incident: Int(task.incident), task: id.number,
            body: told(transition, of: id, by: command), into: &step)
        return .done(taskJSON(id.number, after: road), version: tasks[id.number]?.version)
    }

    private func told(_ transition: TaskTransition, of id: TaskID, by command: Command) -> JSON {
        [
            "task": .id(id), "to": .word(transition.to), "onBehalfOf": .id(transition.onBehalfOf),
            "reason": .optional(transition.reason), "eta": .time(transition.eta),
            "retryAt": .time(transition.retryAt), "note": .optional(transition.note),
            "doneAt": .time(command.doneAt(transition.doneAt)),
        ]
    }

    /// `POST /v1/tasks/{id}/pin`: this engineer and no other, until it is taken back.
    mutating func pin(_ id: TaskID, _ pin: TaskPin, by command: Command, into step: inout Step) -> Answer {
        guard let task = tasks[id.number] else { return .notFound("no task \(id)") }
        guard command.actor.role.mayCoordinate, command.actor.mayAct(for: index.office(of: Int(task.site))?.id) else {
            return .notAllowed("only coordinators of its office may pin \(id)")
        }
        if let conflict = conflict(command, version: task.version, lastChange: history(of: task)) { return conflict }
        guard !task.state.isFinal else { return refusal(of: task, to: "pinned") }
        var engineer: Int?
        if let named = pin.engineer {
            guard let number = index.number(of: named), !index.engineers[number].isRetired else {
                return .invalid([Answer.Mistake(path: "engineer", message: "no engineer \(named)")])
            }
            guard index.engineers[number].engineer.has(task.skills) else {
                let skills = task.skills.map(\.rawValue).joined(separator: ", ")
                return .conflict("\(index.engineers[number].engineer.name) lacks a skill: \(skills)")
            }
            engineer = number
        }
        let pinned = engineer.map {
            TaskRecord.Pin(engineer: Int32($0), reason: pin.reason, by: command.actor.name, at: now)
        }
        if let engineer, let offer = task.offer, offer.engineer != Int32(engineer) {
            endOffer(of: id.number, .withdrawn, reason: pin.reason, by: command.actor.name, into: &step)
        }
        tasks[id.number]?.wasPinned(pinned)
        note(
            "command.pin", command, site: Int(task.site), incident: Int(task.incident), task: id.number,
            body: ["task": .id(id), "engineer": .id(pin.engineer), "reason": .optional(pin.reason)], into: &step)
        taskChanged(id.number, into: &step)
        return .done(taskJSON(id.number), version: tasks[id.number]?.version)
    }

    // MARK: Who may

    private enum Acting {
        /// Whom the change is about, where it is about somebody.
        case engineer(Int?)
        case refused(Answer)
    }

    private func actingEngineer(
        on task: TaskRecord, _ transition: TaskTransition, by actor: Command.Actor
    ) -> Acting {
        let office = index.office(of: Int(task.site))?.id
        var named: Int?
        if let id = transition.onBehalfOf {
            guard let number = index.number(of: id), !index.engineers[number].isRetired else {
                return .refused(.invalid([Answer.Mistake(path: "onBehalfOf", message: "no engineer \(id)")]))
            }
            named = number
        }
        switch actor.role {
        case .admin, .coordinator:
            guard actor.mayAct(for: office) else {
                return .refused(.notAllowed("\(task.id) belongs to another office"))
            }
            return .engineer(named ?? (task.engineer ?? task.offer?.engineer).map(Int.init))
        case .engineer:
            guard let own = actor.engineer.flatMap({ index.number(of: $0) }), named == nil || named == own else {
                return .refused(.notAllowed("an engineer acts for nobody else"))
            }
            switch transition.to {
            case .offered, .cancelled:
                return .refused(.notAllowed("only a coordinator may ask for \(transition.to.rawValue)"))
            case .draft where task.engineer == nil:
                return .refused(.notAllowed("only a coordinator may withdraw an offer"))
            case .draft, .accepted, .travelling, .onSite, .blocked, .done, .failed, .declined: break
            }
            guard task.engineer == Int32(own) || task.offer?.engineer == Int32(own) else {
                // Who was asked before and comes too late learns who has it now.
                let wasAsked = task.ended.contains { $0.offer.engineer == Int32(own) }
                let detail = "\(task.id) is not yours: \(history(of: task))"
                return .refused(wasAsked ? .conflict(detail) : .notAllowed(detail))
            }
            return .engineer(own)
        case .viewer, .agent, .ping:
            return .refused(.notAllowed("\(actor.role.rawValue) may not change tasks"))
        }
    }

    /// A change on behalf of somebody is about the one who has the task, or is asked; an offer alone names the next.
    private func refusalOfAnother(_ task: TaskRecord, _ transition: TaskTransition) -> Answer? {
        guard let named = transition.onBehalfOf else { return nil }
        switch transition.to {
        case .offered: return nil
        case .accepted, .declined, .draft, .cancelled, .travelling, .onSite, .blocked, .done, .failed: break
        }
        guard let holder = task.engineer ?? task.offer?.engineer else {
            return .conflict("\(history(of: task)); nobody has it, \(named) neither")
        }
        let engineer = index.engineers[Int(holder)].engineer
        guard engineer.id != named else { return nil }
        return .conflict("\(history(of: task)); it is with \(engineer.name) (\(engineer.id)), not with \(named)")
    }

    // MARK: Each transition; nil where it was done

    func refusal(of task: TaskRecord, to target: String) -> Answer {
        .conflict("\(history(of: task)); from \(task.state.rawValue) it does not go to \(target)")
    }

    private mutating func decline(
        _ task: TaskRecord, _ transition: TaskTransition, by command: Command, into step: inout Step
    ) -> Answer? {
        guard task.offer != nil else { return refusal(of: task, to: "declined") }
        endOffer(of: task.number, .declined, reason: transition.reason, by: command.actor.name, into: &step)
        return nil
    }

    private mutating func offer(
        _ task: TaskRecord, _ transition: TaskTransition, to engineer: Int?, by command: Command, into step: inout Step
    ) -> Answer? {
        guard task.state == .draft else { return refusal(of: task, to: "offered") }
        guard let engineer = engineer ?? task.assignment.map({ Int($0.engineer) }) else {
            let reason = task.reason.flatMap(TaskReason.init) ?? .nobody
            return .conflict(reason.sentence)
        }
        let state = engineers[engineer]
        let person = index.engineers[engineer].engineer
        guard state.availability != .unavailable else {
            return .conflict(
                "\(person.name) cannot be sent: \(state.changedBy ?? "the collector") said so at \(state.changedAt)")
        }
        guard person.has(task.skills) else {
            return .conflict("\(person.name) lacks a skill: \(task.skills.map(\.rawValue).joined(separator: ", "))")
        }
        offer(task.number, to: engineer, by: command.actor.name, into: &step)
        return nil
    }

    private mutating func accept(
        _ task: TaskRecord, _ transition: TaskTransition, as engineer: Int?, by command: Command, into step: inout Step
    ) -> Answer? {
        guard task.state.successors.contains(.accepted) else { return refusal(of: task, to: "accepted") }
        if let holder = task.offer?.engineer ?? task.engineer, Int32(engineer ?? -1) != holder {
            return .conflict("\(history(of: task)); another engineer cannot accept it")
        }
        if let refusal = move(task, to: .accepted, transition, by: command, into: &step) { return refusal }
        if let holder = tasks[task.number]?.engineer { engineerAccepted(Int(holder), into: &step) }
        return nil
    }

    private mutating func handBack(
        _ task: TaskRecord, _ transition: TaskTransition, by command: Command, into step: inout Step
    ) -> Answer? {
        guard task.state.successors.contains(.draft) else { return refusal(of: task, to: "draft") }
        if task.state == .offered {
            // A coordinator takes the offer back and keeps the task in hand until they ask somebody.
            tasks[task.number]?.isHeld = true
            endOffer(of: task.number, .withdrawn, reason: transition.reason, by: command.actor.name, into: &step)
            return nil
        }
        tasks[task.number]?.wasHandedBack(reason: transition.reason, at: now, by: command.actor.name)
        // The answer says that it is a draft again; the plan looks for the next engineer in the same step.
        taskChanged(task.number, into: &step)
        return nil
    }

    private mutating func move(
        _ task: TaskRecord, to state: TaskState, _ transition: TaskTransition, road: FindingRecord? = nil,
        by command: Command, into step: inout Step
    ) -> Answer? {
        guard task.state.successors.contains(state) || transition.stands(against: task.state) else {
            return refusal(of: task, to: state.rawValue)
        }
        let at = now
        change(task: task.number) { $0.moved(to: state, transition, at: at, by: command.actor.name) }
        if !state.isFinal { holdLoaner(for: task.number) }
        var details = [JSON.Member("by", .string(command.actor.name))]
        if let named = transition.onBehalfOf { details.append(JSON.Member("onBehalfOf", .id(named))) }
        if let road { details.append(JSON.Member("finding", .id(road.id))) }
        if let doneAt = command.doneAt(transition.doneAt) { details.append(JSON.Member("doneAt", .time(doneAt))) }
        taskChanged(task.number, details: details, into: &step)
        return nil
    }

    private mutating func cancel(
        _ task: TaskRecord, _ transition: TaskTransition, by command: Command, into step: inout Step
    ) -> Answer? {
        guard task.state.successors.contains(.cancelled) else { return refusal(of: task, to: "cancelled") }
        cancel(task.number, reason: transition.reason, by: command.actor.name, into: &step)
        return nil
    }

    /// Who did what to the task last, and when, as a sentence of a conflict.
    private func history(of task: TaskRecord) -> String {
        let by = task.changedBy ?? "the collector"
        let holder = (task.engineer ?? task.offer?.engineer).map { index.engineers[Int($0)].engineer }
        let whom = holder.map { task.offer == nil ? " (\($0.name))" : " to \($0.name)" } ?? ""
        return "\(task.id) was \(task.state.pastTense)\(whom) by \(by) at \(task.changedAt)"
    }
}

extension TaskTransition {
    /// Work that is over is a fact: it is not undone by a cancellation that its engineer could not know of.
    fileprivate func stands(against state: TaskState) -> Bool {
        despiteCancellation == true && state == .cancelled && (to == .done || to == .failed)
    }
}

extension TaskState {
    /// What was done to a task that is in this state.
    fileprivate var pastTense: String {
        switch self {
        case .draft: "drafted"
        case .offered: "offered"
        case .accepted: "accepted"
        case .travelling: "set out for"
        case .onSite: "reached"
        case .blocked: "blocked"
        case .done: "done"
        case .failed: "given up"
        case .cancelled: "cancelled"
        }
    }
}
