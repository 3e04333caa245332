import AnpiClient
import AnpiModel

/// `anpi incident list`.
struct IncidentListScreen {
    var incidents: [IncidentRow]
    var hasMore = false

    func text(on paper: Paper) -> String {
        let words = paper.words
        guard !incidents.isEmpty else { return words("cli.incident.none") }
        var table = Table([
            .init(title: words("column.id")),
            .init(title: words("column.state")),
            .init(title: words("column.kind")),
            .init(title: words("cli.column.opened"), rank: 4),
            .init(title: words("cli.column.closed"), rank: 1),
            .init(title: words("cli.column.covers"), rank: 3, least: 12),
            .init(title: words("cli.column.sites"), least: 8),
            .init(title: words("cli.column.commander"), rank: 2, least: 8),
        ])
        for incident in incidents {
            table.append([
                .init(incident.id),
                incident.state == "candidate"
                    ? .init(words.marked(.incidentState, incident.state), .warning)
                    : .init(words.marked(.incidentState, incident.state)),
                .init(
                    (incident.drill == true ? words("word.drill") : "")
                        + words.term(.incidentKind, incident.kind)),
                .init(paper.moments.short(incident.openedAt)),
                .init(incident.closedAt.map(paper.moments.short)),
                .init(words.list([IncidentWords.areas(incident, words), IncidentWords.cause(incident)])),
                .init(IncidentWords.sites(incident, words)), .init(incident.commander),
            ])
        }
        var lines = table.lines(on: paper)
        lines += paper.more(hasMore)
        if let open = incidents.first(where: { $0.state != "closed" && $0.state != "merged" }) {
            lines.append(paper.next("anpi incident show \(open.id)"))
        }
        return lines.joined(separator: "\n")
    }
}

/// `anpi incident show`: what it is, whom it concerns, who is on it, what happened.
struct IncidentScreen {
    var incident: IncidentDetail
    var engineerNames: [String: String] = [:]

    static let timelineLines = 12

    func text(on paper: Paper) -> String {
        let words = paper.words
        let row = incident.row
        let end = row.closedAt ?? paper.now
        var lines = paper.heading([
            (row.drill == true ? words("word.drill") : "") + row.id + "  "
                + words.term(.incidentKind, row.kind),
            words.marked(.incidentState, row.state) + (row.mergedInto.map { words.bracketed(merged($0, words)) } ?? ""),
            row.openedAt.map {
                words("cli.since", ["time": paper.moments.short($0), "span": paper.moments.span(end - $0)])
            },
            row.closedAt.map { words("cli.incident.closedAt", ["time": paper.moments.short($0)]) },
            row.commander.map { words("cli.incident.commander", ["person": $0]) },
        ])
        if let reason = words.sentence(row.reason, paper.moments) {
            lines += paper.fact(words("cli.label.reason"), words.reason(reason))
        }
        if row.state == "candidate" { lines += paper.fact(words("cli.label.why"), words("incident.candidate")) }
        if let areas = IncidentWords.areas(row, words, most: .max) {
            lines += paper.fact(words("cli.label.areas"), areas)
        }
        if let cause = IncidentWords.cause(row) { lines += paper.fact(words("cli.label.cause"), cause) }
        let sites = incident.more.siteRows ?? []
        lines += paper.facts(
            words("cli.label.sites"),
            sites.isEmpty ? (row.sites ?? []) : sites.map { site($0, paper) })
        lines += paper.facts(words("cli.label.tasks"), (incident.more.tasks ?? []).map { task($0, paper) })
        lines += paper.facts(
            words("cli.label.timeline"),
            (incident.more.timeline ?? []).withoutEchoes.newest(Self.timelineLines).map {
                TimelineWords.line($0, names: engineerNames, on: paper)
            })
        lines.append(paper.next(next))
        return lines.joined(separator: "\n")
    }

    private func merged(_ other: String, _ words: Words) -> String {
        words("incident.mergedInto", ["incident": other])
    }

    private func site(_ site: SiteRow, _ paper: Paper) -> String {
        let words = paper.words
        return [
            site.name + words.bracketed(site.id),
            paper.colored(words.marked(.contact, site.contact), Tone(contact: site.contact)),
            site.contactSince.map(paper.moments.short) ?? "",
            paper.colored(words.belief(site.assessment, site.probability), Tone(assessment: site.assessment)),
        ].filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private func task(_ task: TaskRow, _ paper: Paper) -> String {
        let words = paper.words
        return [
            task.id, words.term(.taskKind, task.kind), words.term(.taskState, task.state),
            (task.engineerName ?? task.engineer).map { words.person($0) } ?? "",
            TaskStep.condition(of: task, on: paper) ?? "",
        ].filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private var next: String {
        if incident.row.state == "candidate" { return "anpi hazard list --state acting" }
        if let larger = incident.row.mergedInto { return "anpi incident show \(larger)" }
        if let open = incident.more.tasks?.first(where: { !["done", "failed", "cancelled"].contains($0.state) }) {
            return "anpi task show \(open.id)"
        }
        let isOver = ["closed", "merged"].contains(incident.row.state)
        return isOver ? "anpi incident list" : "anpi incident close \(incident.row.id) --reason …"
    }
}

/// What an incident is about beside its sites.
enum IncidentWords {
    /// The municipalities it covers, `most` of them by name; nil where it is about none.
    static func areas(_ incident: IncidentRow, _ words: Words, most: Int = 3) -> String? {
        guard let areas = incident.areas, !areas.isEmpty else { return nil }
        let names = areas.prefix(most).map { $0.name ?? $0.municipality }
        return words.list(names + (areas.count > most ? ["…"] : []))
    }

    /// The members by id, or how many where that is a crowd.
    static func sites(_ incident: IncidentRow, _ words: Words) -> String {
        let sites = incident.sites ?? []
        guard sites.count > 2 else { return sites.joined(separator: " ") }
        return words("page.incident.sites", ["n": String(sites.count)])
    }

    /// The carrier without the two digits of its prefecture before it, or the release.
    static func cause(_ incident: IncidentRow) -> String? {
        guard incident.kind == "carrier" else { return incident.cause }
        return incident.cause.map { String($0.dropFirst(3)) }
    }
}
