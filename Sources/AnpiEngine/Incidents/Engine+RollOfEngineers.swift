import AnpiModel

/// "All unconfirmed: ring": when a big event opens nobody knows who can come, for their own homes may be hit too.
extension Engine {
    /// An incident opened or grew: the engineers of its offices who have said nothing since are not asked yet.
    ///
    /// They can be offered work all the same; whoever says so, or takes a task, is available again.
    mutating func incidentMayBeBig(_ number: Int, into step: inout Step) {
        guard let incident = incidents[number], incident.state == .active,
            incident.kind == .hazard || incident.kind == .cluster, incident.sites.count >= parameters.bigIncidentSites
        else { return }
        let since = incident.declaredAt ?? incident.openedAt
        var asked: [EngineerID] = []
        for office in officeIDs(of: incident) where !incident.desk.askedOffices.contains(office) {
            incidents[number]?.deskChanged { $0.wasAsked(office) }
            for engineer in engineerOrder(Scope(offices: [office])) {
                guard engineers[engineer].becameUnconfirmed(since: since, at: now) else { continue }
                asked.append(index.engineers[engineer].engineer.id)
                step.changed.insert(.engineer(index.engineers[engineer].engineer.id))
            }
        }
        guard !asked.isEmpty else { return }
        step.append(
            Step.Note(
                at: now, kind: "engineers.unconfirmed", incident: incident.id,
                body: ["incident": .id(incident.id), "engineers": .array(asked.map { .id($0) })]))
    }

    /// Who takes a task can come.
    mutating func engineerAccepted(_ number: Int, into step: inout Step) {
        guard engineers[number].confirmed(at: now, by: index.engineers[number].engineer.name) else { return }
        step.changed.insert(.engineer(index.engineers[number].engineer.id))
    }
}
