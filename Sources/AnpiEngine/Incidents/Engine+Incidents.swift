import AnpiModel

extension Engine {
    /// A silence that says something: told to its neighbours, and to the areas it lies in.
    mutating func silenceSpeaks(at site: Int, silence: Silence, into step: inout Step) {
        guard !sites[site].silenceIsTold, index.sites[site].kind != .canary else { return }
        silenceWasTold(at: site, true, into: &step)
        cancelCallsBeforeStorm(at: site, because: .siteSilent, into: &step)
        sites[site].explained = Float(explainedShare(of: site, silence: silence))
        newlyTold.append(Int32(site))
        touchAreas(of: site, always: true)
        if sites[site].incident > 0 { memberGotWorse(site, into: &step) }
    }

    /// A lone silence that nothing larger explains is an incident of its own, once for each silence.
    ///
    /// Where somebody said that all is well there is none, nor where a cause that other sites show explains it: a power
    /// failure sends nobody. What an area's incident has left behind belongs to that. It waits a moment for its
    /// neighbours, so that one event is told once; under a hazard it waits until ordinary silences are over
    /// (inference 5). Gives the time at which to look again.
    mutating func updateSingle(of site: Int, silence: Silence, into step: inout Step) -> Timestamp? {
        guard sites[site].silenceIsTold, !sites[site].hadIncident, sites[site].incident == 0,
            sites[site].assessment != .confirmedOK, case .informative(let telling) = silence
        else { return nil }
        if joinRivalIncident(site, silence: silence, into: &step) || areaIncident(of: site) != nil { return nil }
        let past = pastIncident(of: site)
        if isExplained(site, silence, inEvent: past != nil) { return nil }
        if let past {
            takeInLeftOver(site, past, into: &step)
            return nil
        }
        var due = sites[site].spokeAt + min(parameters.groupWait, telling.patience)
        if sites[site].isWarned, let until = judgement(of: site, silence: silence).tooYoungUntil {
            due = max(due, until)
        }
        guard due <= now else { return due }
        openSingle(site, .inspect, into: &step)
        return nil
    }

    /// Whether a cause is named that other sites show, too.
    ///
    /// - Parameter inEvent: whether the silence is left over from an incident of its area, which has told of the power.
    ///   Else others have to show it: who tells of it all alone, with a last gasp, is looked at.
    private func isExplained(_ site: Int, _ silence: Silence, inEvent: Bool) -> Bool {
        switch sites[site].attribution {
        case .power:
            inEvent
                || (isPowerShown(around: site)
                    && (!sites[site].diedOfPower || isPowerOut(around: site, silence)))
        case .carrier, .agentRelease: true
        case .collectorDeaf, .announced, .closed, .area, .siteOnly, .deviceOnly, .neverHeard, nil: false
        }
    }

    mutating func openSingle(_ site: Int, _ task: TaskKind, into step: inout Step) {
        let number = open(.single, .active, [site], into: &step)
        draft(task, at: site, incident: number, into: &step)
    }

    /// Makes an incident of these sites and tells it; its number.
    @discardableResult
    mutating func open(
        _ kind: IncidentKind, _ state: IncidentState, _ members: [Int], areas: [String] = [], cause: String? = nil,
        into step: inout Step
    ) -> Int {
        let number = incidents.next
        incidents.append(
            IncidentRecord(
                number: number, kind: kind, state: state, sites: [], areas: areas, cause: cause, openedAt: now,
                isDrill: isDrill))
        for site in members { enter(site, number, into: &step) }
        var details: [JSON.Member] = [
            JSON.Member("kind", .word(kind)),
            JSON.Member("sites", .array(members.map { .id(index.sites[$0].id) })),
        ]
        if !areas.isEmpty { details.append(JSON.Member("areas", .array(areas.map { .string($0) }))) }
        if let cause { details.append(JSON.Member("cause", .string(cause))) }
        tellIncident(state == .candidate ? .incidentProposed : .incidentOpened, number, details: details, into: &step)
        enqueue(incident: number)
        incidentMayBeBig(number, into: &step)
        return number
    }

    /// A site becomes a member; what it was a member of alone is merged.
    private mutating func enter(_ site: Int, _ number: Int, into step: inout Step) {
        let before = Int(sites[site].incident)
        guard before != number else { return }
        sites[site].hadIncident = true
        sites[site].incident = Int32(number)
        incidents[number]?.joined(Int32(site), at: now)
        recoveryJoinsIncident(ofSite: site)
        // A lone silence that ends by itself is ordinary; a larger event is not.
        if incidents[number]?.kind != .single { markUnusual(site) }
        siteChanged(site, into: &step)
        guard before > 0, let old = incidents[before] else { return }
        if old.kind == .single {
            merge(before, into: number, into: &step)
        } else {
            leave(site, before, into: &step)
        }
    }

    /// A site belongs to an incident no more; its work there goes with it where it goes on elsewhere.
    private mutating func leave(_ site: Int, _ number: Int, into step: inout Step) {
        incidents[number]?.left(Int32(site))
        tellIncident(.incidentLeft, number, details: [JSON.Member("site", .id(index.sites[site].id))], into: &step)
        updateWellness(ofIncident: number)
    }

    /// It was part of something larger: its work goes on there.
    mutating func merge(_ number: Int, into other: Int, by actor: String? = nil, into step: inout Step) {
        guard let old = incidents[number] else { return }
        for task in old.tasks {
            tasks[Int(task)]?.incident = Int32(other)
            incidents[other]?.tasks.append(task)
            step.changed.insert(.task(TaskID(Int(task))))
        }
        incidents[number]?.merged(into: other, at: now)
        incidents.close(number)
        if old.desk != IncidentDesk() { incidents[other]?.deskChanged { $0.takesOver(old.desk) } }
        claimsDueChanged(ofIncident: other, and: number)
        var details = [JSON.Member("into", .id(IncidentID(other)))]
        if let actor { details.append(JSON.Member("by", .string(actor))) }
        tellIncident(.incidentMerged, number, details: details, into: &step)
    }

    /// A site that an open incident covers becomes its member.
    mutating func join(_ site: Int, _ number: Int, into step: inout Step) {
        guard sites[site].incident != Int32(number) else { return }
        enter(site, number, into: &step)
        tellIncident(.incidentJoined, number, details: [JSON.Member("site", .id(index.sites[site].id))], into: &step)
        memberGotWorse(site, into: &step)
        incidentMayBeBig(number, into: &step)
    }

    /// A member is worse than before: an incident that had calmed down is active again.
    mutating func memberGotWorse(_ site: Int, into step: inout Step) {
        let number = Int(sites[site].incident)
        guard number > 0, let answer = incidents[number]?.memberGotWorse(at: now) else { return }
        switch answer {
        case .noted: break
        case .reactivated:
            tellIncident(.incidentChanged, number, details: [JSON.Member("state", "active")], into: &step)
        }
        enqueue(incident: number)
    }

    /// The site is heard, or has left the fleet: what nobody has touched goes as it came.
    mutating func siteIsHeard(_ site: Int, into step: inout Step) {
        guard sites[site].silenceIsTold || sites[site].incident > 0 else { return }
        let wasTold = sites[site].silenceIsTold
        silenceWasTold(at: site, false, into: &step)
        let number = Int(sites[site].incident)
        guard wasTold, number > 0, let incident = incidents[number] else { return }
        let reason: TaskReason = index.sites[site].isRetired ? .retired : .heardAgain
        // Heard, yet a person confirmed a hit: hearing does not undo that, nor the work of a rung.
        let mayGo = needsNobody(site)
        for number in incident.tasks.map(Int.init) where mayGo {
            guard let task = tasks[number], task.site == Int32(site), task.isUntouched, task.order.rung == nil else {
                continue
            }
            cancel(number, because: reason, into: &step)
        }
        if incident.kind == .carrier || incident.kind == .agentRelease {
            // Heard again: the cause is over here, and with the last of its sites altogether.
            sites[site].incident = 0
            siteChanged(site, into: &step)
            leave(site, number, into: &step)
            if incidents[number]?.sites.isEmpty == true { close(number, reason: "heardAgain", by: nil, into: &step) }
            return
        }
        let isUntouched = incident.tasks.allSatisfy { tasks[Int($0)]?.state == .cancelled }
        if incident.kind == .single, isUntouched, incident.sites.allSatisfy({ needsNobody(Int($0)) }) {
            close(number, reason: reason.rawValue, by: nil, into: &step)
        } else {
            // Somebody is on the way or was there: the timeline says it, they decide.
            step.append(
                Step.Note(
                    at: now, kind: "incident.\(reason.rawValue)", site: index.sites[site].id,
                    incident: IncidentID(number),
                    body: ["site": .id(index.sites[site].id), "at": .time(now)]))
        }
    }

    /// True where work that nobody touched may go: the site is well, has left the fleet, or went down with a goodbye
    /// and no person confirmed a hit.
    private func needsNobody(_ site: Int) -> Bool {
        if index.sites[site].isRetired || isWell(site) { return true }
        return sites[site].contact == .signedOff && confirmation(of: site) == nil
    }

    func isWell(_ site: Int) -> Bool {
        switch sites[site].assessment {
        case .ok, .confirmedOK: true
        case .quiet, .unknown, .suspect, .likelyHit, .confirmedHit: false
        }
    }

    /// Since when all members are well and all tasks final.
    mutating func updateIncidentWellness(of site: Int, into step: inout Step) {
        let number = Int(sites[site].incident)
        guard number > 0 else { return }
        updateWellness(ofIncident: number)
        guard let incident = incidents[number], incident.isUnconfirmedCluster, incident.wellSince != nil else { return }
        close(number, reason: TaskReason.heardAgain.rawValue, by: nil, into: &step)
    }

    /// The same, when a task of it changed.
    mutating func updateWellness(ofIncident number: Int) {
        guard let incident = incidents[number], incident.isOpen else { return }
        let isWell =
            incident.sites.allSatisfy { isSettled(Int($0), in: incident) }
            && incident.tasks.allSatisfy { tasks[Int($0)]?.state.isFinal ?? true }
        guard isWell != (incident.wellSince != nil) else { return }
        incidents[number]?.wellSince = isWell ? now : nil
        enqueue(incident: number)
    }

    /// Well, or said for certain to be hit, which its tasks answer; a clinic that was heard since and has closed for the night
    /// is as well as it was by day.
    private func isSettled(_ site: Int, in incident: IncidentRecord) -> Bool {
        if index.sites[site].isRetired { return true }
        switch sites[site].assessment {
        case .ok, .confirmedOK, .confirmedHit: return true
        case .quiet: return sites[site].lastHeard > incident.openedAt
        case .unknown, .suspect, .likelyHit: return false
        }
    }

    /// An incident may have become stable, or was well for long enough.
    mutating func incidentDeadlinePassed(_ number: Int, into step: inout Step) {
        guard let answer = incidents[number]?.timePassed(to: now, parameters: parameters) else { return }
        switch answer {
        case .nothing: clusterMayBeReal(number, into: &step)
        case .stable:
            tellIncident(.incidentStable, number, details: [], into: &step)
            enqueue(incident: number)
        case .closed: wasClosed(number, into: &step)
        }
    }

    /// `POST /v1/incidents/{id}/transitions`.
    mutating func transition(
        _ id: IncidentID, _ transition: IncidentTransition, by command: Command, into step: inout Step
    ) -> Answer {
        guard let incident = incidents[id.number] else { return .notFound("no incident \(id)") }
        guard command.actor.role.mayCoordinate,
            incident.sites.allSatisfy({ command.actor.mayAct(for: index.office(of: Int($0))?.id) })
        else { return .notAllowed("only coordinators of its offices may change \(id)") }
        let last =
            incident.closedAt.map { "\(id) was closed by \(incident.closedBy ?? "the collector") at \($0)" }
            ?? "\(id) is \(incident.state.rawValue)"
        if let conflict = conflict(command, version: incident.version, lastChange: last) { return conflict }
        if transition.to == .active, incident.state == .candidate {
            activate(id.number, by: command.actor.name, into: &step)
            note(
                "command.incident", command, incident: id.number,
                body: ["incident": .id(id), "to": "active", "reason": .optional(transition.reason)], into: &step)
            return .done(incidentJSON(id.number), version: incidents[id.number]?.version)
        }
        guard transition.to == .closed, incident.isOpen else {
            return .conflict("\(last); it does not go to \(transition.to.rawValue)")
        }
        for task in incident.tasks where tasks[Int(task)]?.isUntouched == true {
            cancel(Int(task), because: .incidentClosed, by: command.actor.name, into: &step)
        }
        close(id.number, reason: transition.reason, by: command.actor.name, into: &step)
        note(
            "command.incident", command, site: incident.sites.first.map(Int.init), incident: id.number,
            body: ["incident": .id(id), "to": "closed", "reason": .optional(transition.reason)], into: &step)
        return .done(incidentJSON(id.number), version: incidents[id.number]?.version)
    }

    mutating func close(_ number: Int, reason: String?, by actor: String?, into step: inout Step) {
        incidents[number]?.close(at: now, reason: reason, by: actor)
        wasClosed(number, into: &step)
    }

    private mutating func wasClosed(_ number: Int, into step: inout Step) {
        guard let incident = incidents[number] else { return }
        incidents.close(number)
        for site in incident.sites where sites[Int(site)].incident == Int32(number) {
            sites[Int(site)].incident = 0
            siteChanged(Int(site), into: &step)
        }
        var details = [JSON.Member("reason", .optional(incident.reason))]
        if let actor = incident.closedBy { details.append(JSON.Member("by", .string(actor))) }
        tellIncident(.incidentClosed, number, details: details, into: &step)
    }

    mutating func enqueue(incident number: Int) {
        guard let due = incidents[number]?.due(parameters) else { return }
        schedule(max(due, now), .incident, number)
    }

    func tellIncident(_ name: DecisionName, _ number: Int, details: [JSON.Member], into step: inout Step) {
        guard let incident = incidents[number] else { return }
        var offices: [OfficeID] = []
        for site in incident.sites {
            for office in self.offices(of: Int(site)) where !offices.contains(office) { offices.append(office) }
        }
        if offices.isEmpty { offices = officesCovered(by: incident) }
        step.changed.insert(.incident(incident.id))
        let site = incident.sites.count == 1 ? incident.sites.first.map { index.sites[Int($0)].id } : nil
        step.append(
            Decision(
                at: now, name: name, site: site, incident: incident.id, offices: offices,
                details: [JSON.Member("incident", .id(incident.id))] + details))
    }
}
