import AnpiClient
import AnpiModel

/// `anpi hazard list`: how far the feeds can be believed, then the messages, then the quarantine.
struct HazardListScreen {
    var answer: HazardListAnswer

    func text(on paper: Paper) -> String {
        let words = paper.words
        var lines = [words("cli.hazard.freshness", ["freshness": words.term(.freshness, answer.freshness)])]
        for feed in answer.feeds {
            lines.append(
                words(
                    "cli.hazard.feed",
                    [
                        "feed": feed.name, "freshness": words.term(.freshness, feed.freshness),
                        "time": feed.newestReportAt.map(paper.moments.short) ?? "—",
                    ]))
        }
        if answer.items.isEmpty {
            lines.append(words("cli.hazard.none"))
        } else {
            lines += table(on: paper) + paper.more(answer.next != nil)
        }
        for message in answer.quarantined {
            lines.append(
                words(
                    "cli.hazard.inQuarantine",
                    [
                        "time": paper.moments.short(message.receivedAt), "name": message.name ?? message.feed,
                        "reason": message.reason,
                    ]))
        }
        return lines.joined(separator: "\n")
    }

    private func table(on paper: Paper) -> [String] {
        let words = paper.words
        var table = Table([
            .init(title: words("column.time")),
            .init(title: words("column.state")),
            .init(title: words("cli.column.level")),
            .init(title: words("column.kind"), rank: 2),
            .init(title: words("cli.column.telegram"), rank: 3),
            .init(title: words("cli.column.areas"), rank: 1, least: 10),
            .init(title: words("column.what"), least: 16),
        ])
        for item in answer.items {
            let state =
                item.status == "actual" ? words.term(.hazardState, item.state) : words.term(.hazardStatus, item.status)
            table.append([
                .init(paper.moments.short(item.reportedAt)), .init(state), .init(Self.level(item.level, words)),
                .init(words.term(.phenomenon, item.phenomenon)), .init(item.telegram),
                .init(words.list(item.areas.prefix(3) + (item.areaCount > 3 ? ["…"] : []))), .init(item.headline),
            ])
        }
        return table.lines(on: paper)
    }

    /// "level ?" is never shown as none.
    static func level(_ level: Int?, _ words: Words) -> String {
        level.map { words("hazard.level", ["level": String($0)]) } ?? words("hazard.level", ["level": "?"])
    }
}
