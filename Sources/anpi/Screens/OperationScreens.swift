import AnpiClient
import AnpiModel

/// `anpi hook list`.
struct HookListScreen {
    var hooks: [HookRow]

    func text(on paper: Paper) -> String {
        let words = paper.words
        guard !hooks.isEmpty else { return words("cli.hook.none") }
        var table = Table([
            .init(title: words("column.name"), least: 8),
            .init(title: words("column.state")),
            .init(title: words("cli.column.waiting"), isNumber: true),
            .init(title: words("cli.column.dead"), isNumber: true),
            .init(title: words("cli.column.host"), rank: 3, least: 12),
            .init(title: words("cli.column.events"), rank: 2, least: 14),
            .init(title: words("column.office"), rank: 1, least: 8),
        ])
        for hook in hooks {
            let dead = hook.dead ?? 0
            table.append([
                .init(hook.name), .init(hook.state), .init(String(hook.waiting ?? 0)),
                .init(String(dead), dead > 0 ? .alarm : .plain), .init(hook.url),
                .init((hook.events ?? []).joined(separator: " ")), .init((hook.offices ?? []).joined(separator: " ")),
            ])
        }
        var lines = table.lines(on: paper)
        if hooks.contains(where: { ($0.dead ?? 0) > 0 }) { lines.append(paper.next("anpi hook dead")) }
        return lines.joined(separator: "\n")
    }
}

/// `anpi hook dead`.
struct DeliveryListScreen {
    var deliveries: [DeliveryRow]
    var hasMore = false

    func text(on paper: Paper) -> String {
        let words = paper.words
        guard let first = deliveries.first else { return words("cli.hook.noneDead") }
        var table = Table([
            .init(title: words("column.id"), least: 10),
            .init(title: words("cli.column.hook"), least: 8),
            .init(title: words("column.time")),
            .init(title: words("cli.column.event"), rank: 3, least: 12),
            .init(title: words("cli.column.subject"), rank: 2, least: 6),
            .init(title: words("cli.column.attempts"), rank: 1, isNumber: true),
            .init(title: words("cli.column.lastStatus"), isNumber: true),
        ])
        for delivery in deliveries {
            table.append([
                .init(delivery.id), .init(delivery.hook), .init(paper.moments.short(delivery.at)),
                .init(delivery.type), .init(delivery.subject), .init(delivery.attempts.map { String($0) }),
                .init(delivery.lastStatus.map { String($0) } ?? "—"),
            ])
        }
        return (table.lines(on: paper) + paper.more(hasMore) + [paper.next("anpi hook retry \(first.id)")])
            .joined(separator: "\n")
    }
}

/// `anpi journal show`.
struct JournalScreen {
    var rows: [JournalRow]
    /// Where to go on; nil at the end.
    var next: String?

    func text(on paper: Paper) -> String {
        guard !rows.isEmpty else { return paper.words("cli.journal.none") }
        let digits = rows.map { String($0.number).utf8.count }.max() ?? 1
        var lines = rows.flatMap { row in
            let subject = [row.item.site, row.item.incident, row.item.task].compactMap(\.self).joined(separator: " ")
            let text =
                TimelineWords.line(row.item, on: paper) + (subject.isEmpty ? "" : "  " + subject)
                + (row.erased ? "  " + paper.words("cli.journal.wasErased") : "")
            return paper.fact(String(row.number).padded(toCells: digits, atStart: true), text, labelCells: digits + 2)
        }
        if let next { lines.append(paper.next(next)) }
        return lines.joined(separator: "\n")
    }
}

/// `anpi journal verify`.
struct JournalVerdictScreen {
    var verdict: JournalVerdictAnswer

    func text(on paper: Paper) -> String {
        let words = paper.words
        var lines: [String] = []
        if verdict.ok {
            lines.append(words("cli.journal.ok", ["n": String(verdict.entries)]))
        } else {
            let place = verdict.firstBad.map { String($0) } ?? "?"
            lines.append(paper.colored(words("cli.journal.bad", ["number": place]), .alarm))
        }
        if let erased = verdict.erased, erased > 0 {
            lines.append(words("cli.journal.erased", ["n": String(erased)]))
        }
        if let head = verdict.head { lines.append(words("cli.journal.head", ["head": head])) }
        if !verdict.ok { lines.append(words("cli.journal.cure")) }
        return lines.joined(separator: "\n")
    }
}
