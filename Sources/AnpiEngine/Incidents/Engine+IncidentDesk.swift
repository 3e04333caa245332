import AnpiModel

/// What people decide about an incident besides its states: who leads it, what is reported, what it is a part of.
extension Engine {
    /// `POST /v1/incidents/{id}`.
    mutating func change(
        _ id: IncidentID, _ change: IncidentChange, by command: Command, into step: inout Step
    ) -> Answer {
        if let refusal = deskRefusal(id, by: command) { return refusal }
        let mistakes = mistakes(in: change)
        guard mistakes.isEmpty else { return .invalid(mistakes) }
        let claimsDue = incidents[id.number]?.desk.claimsDue
        incidents[id.number]?.deskChanged { $0.apply(change) }
        if incidents[id.number]?.desk.claimsDue != claimsDue { claimsDueChanged(ofIncident: id.number) }
        note(
            "command.incident", command, incident: id.number, body: ["incident": .id(id), "set": change.json],
            into: &step)
        step.changed.insert(.incident(id))
        return .done(incidentJSON(id.number), version: incidents[id.number]?.version)
    }

    /// Nil where the caller may change how the incident is led, and has seen it as it is.
    private func deskRefusal(_ id: IncidentID, by command: Command) -> Answer? {
        guard let incident = incidents[id.number] else { return .notFound("no incident \(id)") }
        guard mayLead(incident, command.actor) else {
            return .notAllowed("only coordinators of its offices may change \(id)")
        }
        if incident.state == .merged {
            return .conflict("\(id) was merged into \(IncidentID(Int(incident.mergedInto))); change that one")
        }
        return conflict(
            command, version: incident.version, lastChange: "\(id) is \(incident.state.rawValue)")
    }

    /// Of several offices any may write: they see the whole of it, and one of them leads.
    private func mayLead(_ incident: IncidentRecord, _ actor: Command.Actor) -> Bool {
        actor.role.mayCoordinate && (actor.offices == nil || isVisible(incident, Scope(offices: actor.offices)))
    }

    /// Characters of a title and of a name.
    private static let nameMax = 100

    private func mistakes(in change: IncidentChange) -> [Answer.Mistake] {
        guard change != IncidentChange() else { return [Answer.Mistake(path: "", message: "changes nothing")] }
        var mistakes: [Answer.Mistake] = []
        for (path, text) in [("title", change.title), ("commander", change.commander)] {
            guard let text, !(1...Self.nameMax).contains(text.unicodeScalars.count) else { continue }
            mistakes.append(Answer.Mistake(path: path, message: "must have 1 to \(Self.nameMax) characters"))
        }
        if let due = change.sitrepDue, due <= now {
            mistakes.append(Answer.Mistake(path: "sitrepDue", message: "has passed"))
        }
        return mistakes
    }

    // MARK: Merging

    /// `POST /v1/incidents/{id}/merge`: its members and open work go on in the other one; what was reported stays under
    /// its own number.
    mutating func merge(_ id: IncidentID, _ merge: IncidentMerge, by command: Command, into step: inout Step) -> Answer
    {
        if let refusal = deskRefusal(id, by: command) { return refusal }
        guard let incident = incidents[id.number], let target = incidents[merge.into.number] else {
            return .invalid([Answer.Mistake(path: "into", message: "no incident \(merge.into)")])
        }
        guard mayLead(target, command.actor) else {
            return .notAllowed("only coordinators of its offices may change \(merge.into)")
        }
        guard id != merge.into else {
            return .invalid([Answer.Mistake(path: "into", message: "must be another incident")])
        }
        for side in [incident, target] where !side.isOpen || side.kind == .collector {
            let state = side.kind == .collector ? "about the collector itself" : side.state.rawValue
            return .conflict("\(side.id) is \(state): it cannot be merged")
        }
        incidents[target.number]?.covers(incident.areas)
        for site in incident.sites where sites[Int(site)].incident == Int32(id.number) {
            sites[Int(site)].incident = Int32(target.number)
            incidents[target.number]?.joined(site, at: now)
            siteChanged(Int(site), into: &step)
        }
        self.merge(id.number, into: target.number, by: command.actor.name, into: &step)
        note(
            "command.incident", command, incident: id.number,
            body: ["incident": .id(id), "into": .id(merge.into), "reason": .optional(merge.reason)], into: &step)
        let members: [JSON.Member] = [
            JSON.Member("sites", .array((incidents[target.number]?.sites ?? []).map { .id(index.sites[Int($0)].id) })),
            JSON.Member("areas", .array((incidents[target.number]?.areas ?? []).map { .string($0) })),
        ]
        tellIncident(.incidentChanged, target.number, details: members, into: &step)
        // What is real makes the whole real.
        if incident.state != .candidate { activate(target.number, by: command.actor.name, into: &step) }
        updateWellness(ofIncident: target.number)
        enqueue(incident: target.number)
        incidentMayBeBig(target.number, into: &step)
        return .done(incidentJSON(target.number), version: incidents[target.number]?.version)
    }

    /// The incident that a merged one goes on as; itself where it was not merged.
    func successor(of number: Int) -> Int {
        var number = number
        // Each step leads to another incident, and none leads back to a merged one.
        while let next = incidents[number]?.mergedInto, next > 0 { number = Int(next) }
        return number
    }

    // MARK: Situation reports

    /// `POST /v1/incidents/{id}/sitreps`: the next report, with the figures of this instant.
    mutating func addSitrep(
        _ draft: SitrepDraft, to id: IncidentID, by command: Command, into step: inout Step
    ) -> Answer {
        if let refusal = deskRefusal(id, by: command) { return refusal }
        guard let incident = incidents[id.number] else { return .notFound("no incident \(id)") }
        if let due = draft.nextDue, due <= now {
            return .invalid([Answer.Mistake(path: "nextDue", message: "has passed")])
        }
        guard incident.desk.sitreps.count < IncidentDesk.sitrepsMax else {
            return .conflict("\(id) has \(IncidentDesk.sitrepsMax) situation reports; no more are kept")
        }
        let previous = incident.desk.sitreps.last
        let standings = standings(of: incident)
        let changes = previous == nil ? [] : changes(from: incident.desk.standings, to: standings)
        let sitrep = Sitrep(
            number: incident.desk.sitreps.count + 1, at: now, by: command.actor.name, text: draft.text,
            nextDue: draft.nextDue, figures: figures(of: incident), hazards: hazardsInForce(for: incident),
            claimsDue: recoveriesOf(incident).map(\.claimsClock.due).min(),
            changes: Array(changes.prefix(Sitrep.changesMax)), changeCount: changes.count)
        incidents[id.number]?.deskChanged { $0.wasReported(sitrep, standings: standings) }
        let json = sitrep.json(after: previous)
        note(
            "command.sitrep", command, incident: id.number, body: ["incident": .id(id), "sitrep": json], into: &step)
        step.changed.insert(.incident(id))
        return .created(json, version: incidents[id.number]?.version)
    }

    private func standings(of incident: IncidentRecord) -> [SiteStanding] {
        incident.sites.map { site in
            SiteStanding(
                site: site, assessment: sites[Int(site)].assessment,
                rung: recoveries[Int(sites[Int(site)].recovery)]?.choice?.rung)
        }
    }

    /// In the order of the members now, then those that left.
    private func changes(from before: [SiteStanding], to after: [SiteStanding]) -> [Sitrep.Change] {
        // Looked up, never iterated.
        let known = Dictionary(before.map { ($0.site, $0) }) { first, _ in first }
        let stays = Set(after.map(\.site))
        func change(_ site: Int32, _ before: SiteStanding?, _ after: SiteStanding?) -> Sitrep.Change? {
            guard before?.assessment != after?.assessment || before?.rung != after?.rung else { return nil }
            let row = index.site(Int(site))
            return Sitrep.Change(
                site: row.id, name: row.name, before: before?.assessment, after: after?.assessment,
                rungBefore: before?.rung, rungAfter: after?.rung)
        }
        return after.compactMap { change($0.site, known[$0.site], $0) }
            + before.filter { !stays.contains($0.site) }.compactMap { change($0.site, $0, nil) }
    }

    /// Recoveries of its members, also those that are over.
    func recoveriesOf(_ incident: IncidentRecord) -> [RecoveryRecord] {
        recoveries.numbers.compactMap { recoveries[$0] }.filter {
            $0.incident == Int32(incident.number) && ($0.endedAt == nil || $0.damage.tellsHarm)
        }
    }
}
