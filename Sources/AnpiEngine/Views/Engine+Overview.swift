package import AnpiModel

extension Engine {
    /// Since when we cannot hear ourselves; nil while we can.
    package var deafSince: Timestamp? {
        let told = blindEnds.filter { $0.from <= now }.map(\.from).min()
        return [told, blind.openSince].compactMap { $0 }.min()
    }

    /// Sizes, for metrics.
    package struct Statistics: Hashable, Sendable {
        package var sites = 0
        package var agents = 0
        package var openIncidents = 0
        package var openTasks = 0
        /// Findings that have not expired.
        package var validFindings = 0
        /// Entries of the deadline queue, stale ones too.
        package var deadlines = 0
        /// In the order of `Contact.allCases`; canary sites do not count.
        package var sitesByContact = [0, 0, 0, 0, 0]
        /// The same of agents.
        package var agentsByContact = [0, 0, 0, 0, 0]
    }

    package var statistics: Statistics {
        Statistics(
            sites: sitesByContact.reduce(0, +), agents: agentsByContact.reduce(0, +),
            openIncidents: incidents.open.count, openTasks: tasks.open.count, validFindings: findings.open.count,
            deadlines: deadlines.count, sitesByContact: sitesByContact, agentsByContact: agentsByContact)
    }

    /// The first screen of an office; `lastHour` comes from the journal, which the engine does not keep.
    package func overview(office: OfficeID? = nil, scope: Scope = .all, lastHour: JSON = []) -> JSON {
        let chosen = office.flatMap { id in index.offices.first { $0.id == id } }
        let narrowed = office.map { Scope(offices: [$0]) }
        func isShown(_ id: OfficeID?) -> Bool { scope.contains(id) && (narrowed?.contains(id) ?? true) }

        var contact = [Int](repeating: 0, count: Contact.allCases.count)
        var assessment = [Int](repeating: 0, count: Assessment.allCases.count)
        var areas = [Area](repeating: Area(), count: index.municipalities.count)
        var unknownBy: [Attribution: Int] = [:]
        var unknown: [Int] = []
        var shown: [Int] = []
        var attention: [(rank: AttentionRank, site: Int)] = []
        var needs = Needs()
        for number in index.siteOrder.map(Int.init) {
            let entry = index.sites[number]
            guard !entry.isRetired, entry.kind != .canary, isShown(index.office(of: number)?.id) else { continue }
            let state = sites[number]
            shown.append(number)
            contact[state.contact.place] += 1
            assessment[state.assessment.place] += 1
            areas[Int(entry.municipality)].count(number, as: state.contact)
            if state.assessment == .unknown {
                unknown.append(number)
                if let cause = state.attribution { unknownBy[cause, default: 0] += 1 }
            }
            guard let rank = rank(of: number) else { continue }
            attention.append((rank, number))
            needs.count(state, task: state.tasks.last.flatMap { tasks[Int($0)] })
        }
        attention.sort { ($0.rank, $0.site) < ($1.rank, $1.site) }
        let rows = attention.prefix(200).map { JSON.object(row(of: $0.site, index.site($0.site))) }
        let open = incidents.open.filter { number in
            incidents[number].map { isVisible($0, scope) && isVisible($0, narrowed ?? .all) } ?? false
        }
        let people = engineerOrder(scope).filter { isShown(index.engineers[$0].engineer.office) }
        return [
            "asOf": .time(now),
            "office": chosen.map { ["id": .id($0.id), "name": .string($0.name), "phone": .optional($0.phone)] }
                ?? .null,
            "hearing": hearing,
            "counts": [
                "sites": .integer(contact.reduce(0, +)),
                "contact": .object(Contact.allCases.map { .init($0.rawValue, .integer(contact[$0.place])) }),
                "assessment": .object(Assessment.allCases.map { .init($0.rawValue, .integer(assessment[$0.place])) }),
                "unknownBy": .object(Attribution.allCases.map { .init($0.rawValue, .integer(unknownBy[$0] ?? 0)) }),
                "unknownUntilOpening": knownByOpening(unknown),
            ],
            "hazards": hazardStrip(of: shown), "rollCall": rollCall(of: shown),
            "attention": .array(rows), "attentionTotal": .integer(attention.count), "attentionCounts": needs.json,
            "engineers": .object(
                Availability.allCases.map { word in
                    .init(word.rawValue, .integer(people.filter { engineers[$0].availability == word }.count))
                }),
            "engineersList": .array(people.map(brief(ofEngineer:))), "areas": .array(areaRows(areas)),
            "incidents": .array(open.reversed().map(incidentJSON)), "lastHour": lastHour,
        ]
    }

    private func brief(ofEngineer number: Int) -> JSON {
        let engineer = index.engineers[number].engineer
        return [
            "id": .id(engineer.id), "name": .string(engineer.name),
            "availability": .word(engineers[number].availability), "phone": .optional(engineer.phone),
            "task": .id(currentTask(of: number)),
        ]
    }

    /// What the sites that need somebody add up to, also those that are not sent as rows.
    private struct Needs {
        /// In the order of `Contact.allCases`.
        var contact = [0, 0, 0, 0, 0]
        /// Nobody has phoned yet.
        var uncalled = 0
        /// No engineer has taken it.
        var unowned = 0

        mutating func count(_ state: SiteState, task: TaskRecord?) {
            contact[state.contact.place] += 1
            if state.lastCall == 0 { uncalled += 1 }
            if task?.isUntouched ?? true { unowned += 1 }
        }

        var json: JSON {
            [
                "contact": .object(Contact.allCases.map { .init($0.rawValue, .integer(contact[$0.place])) }),
                "uncalled": .integer(uncalled), "unowned": .integer(unowned),
            ]
        }
    }

    /// What one municipality adds up to.
    private struct Area {
        /// Members whose addresses are read for the name: reading a row costs, and a name is the same in all of them.
        static let namedMax = 3

        /// In the order of `Contact.allCases`.
        var contact = [0, 0, 0, 0, 0]
        /// The first members by id.
        var members: [Int] = []

        mutating func count(_ site: Int, as contact: Contact) {
            self.contact[contact.place] += 1
            if members.count < Self.namedMax { members.append(site) }
        }
    }

    private func areaRows(_ areas: [Area]) -> [JSON] {
        let order = areas.indices.filter { !areas[$0].members.isEmpty }
            .sorted { index.municipalities[$0] < index.municipalities[$1] }
        return order.map { number in
            let area = areas[number]
            func count(_ contact: Contact) -> JSON { .integer(area.contact[contact.place]) }
            return [
                "municipality": .string(index.municipalities[number]), "name": .optional(name(of: area)),
                "sites": .integer(area.contact.reduce(0, +)),
                "reporting": count(.reporting), "late": count(.late), "silent": count(.silent),
                "signedOff": count(.signedOff), "unseen": count(.unseen),
            ]
        }
    }

    /// The name that most of the first members give, of equals the first.
    private func name(of area: Area) -> String? {
        let names = area.members.compactMap { index.site($0).address.flatMap(MunicipalityName.cut) }
        var best: (name: String, count: Int)?
        for name in names {
            let count = names.count { $0 == name }
            if count > best?.count ?? 0 { best = (name, count) }
        }
        return best?.name
    }

    /// When we could not hear, today by Japan's calendar.
    private var hearing: JSON {
        let midnight = Timestamp(now.civil().date)
        let spans = blind.spans(upTo: now).filter { $0.to > midnight }
        var milliseconds: Int64 = 0
        for span in spans {
            milliseconds += min(span.to, now).milliseconds - max(span.from, midnight).milliseconds
        }
        return [
            "deafSince": .time(deafSince), "secondsToday": .integer(milliseconds / 1_000),
            "periods": .array(spans.map { ["from": .time($0.from), "to": .time($0.to)] }),
        ]
    }

    // MARK: Attention

    /// How much a site needs somebody; the least first.
    private struct AttentionRank: Comparable {
        /// The worst belief first.
        var belief: Int
        /// P(hit) in whole percent, negative: what it weighs decides between those that are as likely hit.
        var percent: Int
        /// What depends on it, negative (reference §3.6).
        var weight: Int
        /// Nobody has taken its task yet.
        var isTaken: Bool
        var since: Timestamp

        static func < (left: Self, right: Self) -> Bool {
            if left.belief != right.belief { return left.belief < right.belief }
            if left.percent != right.percent { return left.percent < right.percent }
            if left.weight != right.weight { return left.weight < right.weight }
            if left.isTaken != right.isTaken { return !left.isTaken }
            return left.since < right.since
        }
    }

    /// Nil for a site that needs nobody: it is heard and well, or its silence was expected.
    private func rank(of number: Int) -> AttentionRank? {
        let state = sites[number]
        guard state.incident > 0 || !state.tasks.isEmpty || state.assessment.severity >= 3 || state.silenceIsTold else {
            return nil
        }
        let isTaken = state.tasks.contains { tasks[Int($0)]?.engineer != nil }
        let site = index.site(number)
        let weight = 1 + (site.beds > 0 ? 3 : 0) + (site.dialysis || site.homeOxygen ? 3 : 0)
        let isCounted = state.logOdds != SiteState.noLogOdds
        let probability = isCounted ? Millinats(Int(state.logOdds)).probability : 0
        return AttentionRank(
            belief: -state.assessment.severity, percent: -Int((probability * 100).rounded()), weight: -weight,
            isTaken: isTaken, since: state.contactSince)
    }

    // MARK: Rows

    /// The current-state row of a subject that changed; nil where it has left the memory.
    package func row(for key: ChangedRows.Key) -> SubjectRow? {
        switch key {
        case .site(let id):
            guard let number = index.number(of: id) else { return nil }
            let state = sites[number]
            return SubjectRow(
                kind: "site", id: id.text, parent: index.office(of: number)?.id.text, state: state.contact.rawValue,
                version: Int(state.version), body: .object(row(of: number, index.site(number))))
        case .incident(let id):
            guard let incident = incidents[id.number] else { return nil }
            return SubjectRow(
                kind: "incident", id: id.description, parent: nil, state: incident.state.rawValue,
                version: incident.version, body: incidentJSON(id.number))
        case .task(let id):
            guard let task = tasks[id.number] else { return nil }
            return SubjectRow(
                kind: "task", id: id.description, parent: index.sites[Int(task.site)].id.text,
                state: task.state.rawValue, version: task.version, body: taskJSON(id.number))
        case .finding(let id):
            guard let finding = findings[id.number] else { return nil }
            return SubjectRow(
                kind: "finding", id: id.description, parent: finding.draft.site?.text,
                state: finding.isExpired ? "expired" : "valid", version: finding.isExpired ? 2 : 1,
                body: json(of: finding))
        case .engineer(let id):
            guard let number = index.number(of: id) else { return nil }
            return SubjectRow(
                kind: "engineer", id: id.text, parent: index.engineers[number].engineer.office?.text,
                state: engineers[number].availability.rawValue, version: engineers[number].version,
                body: json(ofEngineer: number))
        case .fleet:
            return SubjectRow(
                kind: "fleet", id: "fleet", parent: nil, state: "imported", version: index.version,
                body: ["version": .integer(index.version)])
        }
    }
}

extension Assessment {
    /// Its place in `allCases`.
    var place: Int {
        switch self {
        case .ok: 0
        case .quiet: 1
        case .unknown: 2
        case .suspect: 3
        case .likelyHit: 4
        case .confirmedHit: 5
        case .confirmedOK: 6
        }
    }
}
