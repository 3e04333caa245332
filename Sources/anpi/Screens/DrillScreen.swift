import AnpiClient
import AnpiModel

/// `anpi drill NAME`: what plays, from when to when, when it is over, and where to look.
struct DrillScreen {
    var drill: DrillAnswer
    /// The collector's address, under which its page is.
    var collector: String

    func started(on paper: Paper) -> String {
        let words = paper.words
        let moments = paper.moments
        var lines = [
            words("cli.drill.started", ["name": drill.name, "speed": drill.speed.map { String($0) } ?? "—"])
        ]
        if let from = drill.from, let to = drill.to {
            lines.append(words("cli.drill.span", ["from": moments.full(from), "to": moments.full(to)]))
        }
        if let overAt = drill.overAt {
            let left = moments.span(max(.zero, overAt - paper.now))
            lines.append(words("cli.drill.overAt", ["time": moments.short(overAt), "span": left]))
        }
        let base = collector.last == "/" ? String(collector.dropLast()) : collector
        lines.append(words("cli.drill.page", ["address": "\(base)/?drill=\(drill.name)"]))
        lines.append(paper.next("anpi queue --drill \(drill.name)"))
        return lines.joined(separator: "\n")
    }
}

/// `anpi drill list`.
struct DrillListScreen {
    var drills: [DrillAnswer]

    func text(on paper: Paper) -> String {
        let words = paper.words
        guard !drills.isEmpty else { return words("cli.drill.none") }
        var table = Table([
            .init(title: words("column.name"), least: 8),
            .init(title: words("column.state")),
            .init(title: words("cli.column.drillNow")),
            .init(title: words("cli.column.drillTo"), rank: 3),
            .init(title: words("cli.column.speed"), rank: 2, isNumber: true),
            .init(title: words("cli.column.overAt"), rank: 1),
            .init(title: words("cli.column.startedBy"), rank: 4),
        ])
        for drill in drills {
            table.append([
                .init(drill.name), .init(words.term(.drillState, drill.state)),
                .init(drill.now.map(paper.moments.full) ?? "—"), .init(drill.to.map(paper.moments.full) ?? "—"),
                .init(drill.speed.map { "×\($0)" } ?? "—"), .init(drill.overAt.map(paper.moments.short) ?? "—"),
                .init(drill.startedBy ?? "—"),
            ])
        }
        var lines = table.lines(on: paper)
        lines += drills.compactMap { drill in drill.reason.map { "\(drill.name): \($0)" } }
        if let playing = drills.first(where: { $0.now != nil }) {
            lines.append(paper.next("anpi drill end \(playing.name)"))
        } else if let ready = drills.first(where: { $0.state == "ready" }) {
            lines.append(paper.next("anpi drill \(ready.name)"))
        }
        return lines.joined(separator: "\n")
    }
}
