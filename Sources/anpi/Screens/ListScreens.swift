import AnpiClient
import AnpiModel

/// `anpi engineer list`: who can move, first.
struct EngineerListScreen {
    var engineers: [EngineerRow]
    var hasMore = false

    func text(on paper: Paper) -> String {
        let words = paper.words
        guard !engineers.isEmpty else { return words("cli.engineer.none") }
        var table = Table([
            .init(title: words("column.id"), least: 6),
            .init(title: words("column.name"), least: 8),
            .init(title: words("column.availability")),
            .init(title: words("cli.column.duty"), rank: 4),
            .init(title: words("column.task"), rank: 5),
            .init(title: words("cli.column.base"), rank: 2, least: 8),
            .init(title: words("cli.column.skills"), rank: 1, least: 10),
            .init(title: words("column.phone"), rank: 3),
        ])
        let order = ["available": 0, "unconfirmed": 1, "unavailable": 2]
        let sorted = engineers.enumerated().sorted { left, right in
            let (first, second) = (order[left.element.availability] ?? 3, order[right.element.availability] ?? 3)
            return first != second ? first < second : left.offset < right.offset
        }.map(\.element)
        for engineer in sorted {
            let tone: Tone = engineer.availability == "available" ? .good : .plain
            table.append([
                .init(engineer.id), .init(engineer.name), .init(availability(engineer, paper), tone),
                .init(duty(engineer, paper)), .init(engineer.task?.id), .init(engineer.base),
                .init((engineer.skills ?? []).map { words.term(.skill, $0) }.joined(separator: " ")),
                .init(engineer.phone),
            ])
        }
        let counts = ["available", "unconfirmed", "unavailable"].map { word in
            words.term(.availability, word) + " \(engineers.count { $0.availability == word })"
        }
        return (table.lines(on: paper) + paper.more(hasMore) + [counts.joined(separator: " / ")])
            .joined(separator: "\n")
    }

    private func availability(_ engineer: EngineerRow, _ paper: Paper) -> String {
        let words = paper.words
        let details = words.list([
            words.sentence(engineer.reason, paper.moments),
            engineer.until.map { words("cli.until", ["time": paper.moments.short($0)]) },
        ])
        return words.term(.availability, engineer.availability) + (details.isEmpty ? "" : words.bracketed(details))
    }

    private func duty(_ engineer: EngineerRow, _ paper: Paper) -> String? {
        guard let onDuty = engineer.onDuty else { return nil }
        if onDuty { return paper.words("cli.engineer.onDuty") }
        return engineer.nextOnDuty.map { paper.words("cli.engineer.next", ["time": paper.moments.short($0)]) } ?? "—"
    }
}

/// `anpi finding list`.
struct FindingListScreen {
    var findings: [FindingAnswer]
    var hasMore = false

    func text(on paper: Paper) -> String {
        let words = paper.words
        guard !findings.isEmpty else { return words("cli.finding.none") }
        var table = Table([
            .init(title: words("column.id")),
            .init(title: words("column.time")),
            .init(title: words("column.site"), least: 8),
            .init(title: words("column.kind")),
            .init(title: words("cli.column.result")),
            .init(title: words("cli.column.until"), rank: 1),
            .init(title: words("column.who"), rank: 2, least: 6),
            .init(title: words("cli.column.text"), rank: 3, least: 12),
        ])
        for finding in findings {
            table.append([
                .init(finding.id), .init(paper.moments.short(finding.observedAt ?? finding.at)),
                .init(finding.site ?? (finding.placed == false ? words("cli.finding.notPlaced") : "—")),
                .init(words.term(.findingKind, finding.kind)),
                .init(words.term(finding.kind == "override" ? .assessment : .result, finding.result)),
                .init(finding.expiresAt.map(paper.moments.short)), .init(finding.author), .init(finding.text),
            ])
        }
        return (table.lines(on: paper) + paper.more(hasMore)).joined(separator: "\n")
    }
}

/// `anpi token list`.
struct TokenListScreen {
    var tokens: [TokenRow]
    var hasMore = false

    func text(on paper: Paper) -> String {
        let words = paper.words
        guard !tokens.isEmpty else { return words("cli.token.none") }
        var table = Table([
            .init(title: words("column.id"), least: 8),
            .init(title: words("cli.column.role")),
            .init(title: words("cli.column.subject"), least: 8),
            .init(title: words("column.office"), rank: 2, least: 8),
            .init(title: words("cli.column.label"), rank: 1, least: 8),
            .init(title: words("cli.column.created"), rank: 3),
            .init(title: words("cli.column.until"), rank: 4),
            .init(title: words("column.state")),
        ])
        for token in tokens {
            let subject = token.ping.map { $0.site + " " + $0.tier } ?? token.engineer ?? token.agent ?? token.subject
            let isOver = token.expiresAt.map { $0 <= paper.now } ?? false
            let state = token.revokedAt != nil ? "cli.token.revoked" : isOver ? "cli.token.expired" : "cli.token.valid"
            table.append([
                .init(token.id), .init(words.term(.role, token.role ?? token.kind)), .init(subject),
                .init(token.offices?.joined(separator: " ") ?? token.office), .init(token.label),
                .init(token.createdAt.map(paper.moments.short)), .init(token.expiresAt.map(paper.moments.short)),
                .init(words(state), state == "cli.token.valid" ? .plain : .faint),
            ])
        }
        return (table.lines(on: paper) + paper.more(hasMore)).joined(separator: "\n")
    }
}
