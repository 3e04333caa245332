import AnpiModel

/// A situation report as a page of Markdown: what goes to the head office by mail and onto paper.
struct SitrepText {
    let sitrep: Sitrep
    let previous: Sitrep?
    let incident: IncidentRecord
    let language: Language

    /// Families of figures, each a heading `sitrep.family.<name>`, in this order.
    private static let families = [
        "sitrep", "assessment", "contact", "rung", "taskState", "availability", "loanerState", "claims.state",
    ]

    var markdown: String {
        var lines = ["# " + headline, ""]
        if incident.isDrill { lines += [text("sitrep.drill"), ""] }
        lines += [
            "- " + text("sitrep.at", ["time": clock(sitrep.at), "person": sitrep.by]),
            "- "
                + text(
                    "sitrep.commander", ["person": incident.desk.commander ?? text("sitrep.nobody")]),
            "- " + text("sitrep.nextDue", ["time": sitrep.nextDue.map(clock) ?? text("sitrep.none")]),
        ]
        if let due = sitrep.claimsDue, let days = sitrep.claimsDaysLeft {
            lines.append("- " + text("sitrep.claimsDue", ["date": due.text, "n": String(days)]))
        }
        if let written = sitrep.text { lines += ["", escaped(written)] }
        lines += figureLines + changeLines + hazardLines
        return lines.joined(separator: "\n") + "\n"
    }

    private var headline: String {
        let kind = Labels.word("incidentKind", incident.kind, language)
        return text(
            "sitrep.headline",
            [
                "n": String(sitrep.number), "incident": incident.id.description,
                "title": escaped(incident.desk.title ?? kind),
            ])
    }

    private var figureLines: [String] {
        var lines: [String] = []
        for family in Self.families {
            // What was counted as none is left out, unless there were some before.
            let shown = sitrep.figures.filter { figure in
                figure.family == family && (figure.count > 0 || (before(figure) ?? 0) > 0)
            }
            guard !shown.isEmpty else { continue }
            lines += ["", "## " + text("sitrep.family.\(family)"), ""]
            lines.append(
                "| \(text("sitrep.column.what")) | \(text("sitrep.column.count")) | \(text("sitrep.column.change")) |")
            lines.append("| --- | ---: | ---: |")
            for figure in shown {
                let change = before(figure).map { figure.count - $0 } ?? 0
                let sign = change == 0 ? "" : change > 0 ? "+\(change)" : "−\(-change)"
                lines.append("| \(text(figure.labelKey)) | \(figure.count) | \(sign) |")
            }
        }
        return lines
    }

    private func before(_ figure: Sitrep.Figure) -> Int? { previous.map { $0.count(figure.family, figure.word) } }

    private var changeLines: [String] {
        guard previous != nil, sitrep.changeCount > 0 else { return [] }
        var lines = ["", "## " + text("sitrep.changes", ["n": String(sitrep.changeCount)]), ""]
        for change in sitrep.changes {
            var parts: [String] = []
            if change.before != change.after { parts.append(arrow("assessment", change.before, change.after)) }
            if change.rungBefore != change.rungAfter {
                parts.append(arrow("rung", change.rungBefore, change.rungAfter))
            }
            lines.append("- \(escaped(change.name)) (\(change.site)): " + parts.joined(separator: ", "))
        }
        let more = sitrep.changeCount - sitrep.changes.count
        if more > 0 { lines.append("- " + text("sitrep.moreChanges", ["n": String(more)])) }
        return lines
    }

    private func arrow<Word: RawRepresentable<String>>(_ family: String, _ before: Word?, _ after: Word?) -> String {
        func word(_ value: Word?) -> String { value.map { Labels.word(family, $0, language) } ?? "–" }
        return word(before) + " → " + word(after)
    }

    private var hazardLines: [String] {
        guard !sitrep.hazards.isEmpty else { return [] }
        let rows = sitrep.hazards.map { warning in
            "- "
                + text(
                    "sitrep.hazard",
                    ["name": escaped(warning.name), "area": escaped(warning.area), "level": String(warning.level)])
        }
        return ["", "## " + text("sitrep.hazards"), ""] + rows
    }

    private func text(_ key: String, _ arguments: [String: String] = [:]) -> String {
        Labels.text(key, language, arguments)
    }

    private func clock(_ instant: Timestamp) -> String { instant.clockText }

    /// What people wrote must not become a heading or a table.
    private func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            if "\\`*_{}[]<>#|".contains(character) { escaped += "\\" }
            escaped.append(character)
        }
        return escaped
    }
}
