package import AnpiModel

/// What an incident's page shows beside its sites and tasks: its offices, whom to ring, its situation reports.
extension Engine {
    // MARK: Situation reports

    /// The reports of an incident, oldest first, without their figures; nil where there is no such incident.
    package func sitreps(of id: IncidentID, scope: Scope = .all) -> JSON? {
        guard let incident = incidents[id.number], isVisible(incident, scope) else { return nil }
        return ["items": .array(incident.desk.sitreps.map { .object($0.brief) }), "next": .null]
    }

    /// One report as it was written; nil where there is none.
    package func sitrep(_ number: Int, of id: IncidentID, scope: Scope = .all) -> JSON? {
        guard let (incident, sitrep, previous) = found(number, of: id, scope: scope),
            case .object(let members) = sitrep.json(after: previous)
        else { return nil }
        let head: [JSON.Member] = [
            JSON.Member("incident", .id(incident.id)), JSON.Member("kind", .word(incident.kind)),
            JSON.Member("title", .optional(incident.desk.title)), JSON.Member("drill", .bool(incident.isDrill)),
            JSON.Member("commander", .optional(incident.desk.commander)),
        ]
        return .object(head + members)
    }

    /// The same as a page of Markdown.
    package func sitrepMarkdown(
        _ number: Int, of id: IncidentID, _ language: Language, scope: Scope = .all
    ) -> String? {
        guard let (incident, sitrep, previous) = found(number, of: id, scope: scope) else { return nil }
        return SitrepText(sitrep: sitrep, previous: previous, incident: incident, language: language).markdown
    }

    private func found(
        _ number: Int, of id: IncidentID, scope: Scope
    ) -> (incident: IncidentRecord, sitrep: Sitrep, previous: Sitrep?)? {
        guard let incident = incidents[id.number], isVisible(incident, scope),
            let place = incident.desk.sitreps.firstIndex(where: { $0.number == number })
        else { return nil }
        let sitreps = incident.desk.sitreps
        return (incident, sitreps[place], place > 0 ? sitreps[place - 1] : nil)
    }

    // MARK: Parts of its page

    /// Its offices with their own buildings: an office that is hit itself cannot lead.
    func officeRows(of incident: IncidentRecord) -> [JSON] {
        let ids = officeIDs(of: incident)
        let buildings = index.siteOrder.map(Int.init).filter { number in
            let entry = index.sites[number]
            guard entry.kind == .office, !entry.isRetired, let office = index.office(of: number) else { return false }
            return ids.contains(office.id)
        }
        return index.offices.filter { ids.contains($0.id) }.map { office in
            let own = buildings.filter { index.office(of: $0)?.id == office.id }
            return [
                "id": .id(office.id), "name": .string(office.name), "phone": .optional(office.phone),
                "sites": .array(own.map { .object(row(of: $0, index.site($0))) }),
            ]
        }
    }

    /// Engineers of its offices whom nobody has asked yet.
    func toRing(for incident: IncidentRecord) -> [JSON] {
        guard incident.isOpen else { return [] }
        return engineerNumbers(of: incident).filter { engineers[$0].availability == .unconfirmed }
            .map(json(ofEngineer:))
    }
}
