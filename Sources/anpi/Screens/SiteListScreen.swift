import AnpiClient
import AnpiModel

/// `anpi site list`.
struct SiteListScreen {
    var sites: [SiteRow]
    /// Whether the collector has more than was asked for.
    var hasMore = false

    func text(on paper: Paper) -> String {
        let words = paper.words
        guard !sites.isEmpty else { return words("cli.site.none") }
        var table = Table([
            .init(title: words("column.id"), least: 8),
            .init(title: words("column.site"), least: 16),
            .init(title: words("column.assessment")),
            .init(title: words("column.contact"), rank: 6),
            .init(title: words("column.since"), rank: 5),
            .init(title: words("column.reason"), rank: 4, least: 20),
            .init(title: words("column.task"), rank: 3),
            .init(title: words("column.copy"), rank: 2, least: 12),
            .init(title: words("column.phone"), rank: 1),
        ])
        for site in sites {
            table.append([
                .init(site.id), .init(site.name),
                site.retired == true
                    ? .init(words("cli.site.retired"), .faint)
                    : .init(words.belief(site.assessment, site.probability), Tone(assessment: site.assessment)),
                .init(words.marked(.contact, site.contact), Tone(contact: site.contact)),
                .init(site.contactSince.map(paper.moments.short)),
                .init(words.sentence(site.reason, paper.moments)),
                .init(site.task.map { $0.id + " " + words.term(.taskState, $0.state) }),
                .init(CopyWords.short(site.newestCopy, on: paper)),
                .init(site.phone ?? site.contactPhone),
            ])
        }
        var lines = table.lines(on: paper)
        lines.append(summary(paper))
        if let first = sites.first(where: { $0.contact == "silent" }) ?? sites.first {
            lines.append(paper.next("anpi site show \(first.id)"))
        }
        return lines.joined(separator: "\n")
    }

    private func summary(_ paper: Paper) -> String {
        let words = paper.words
        let order = ["silent", "late", "unseen", "signedOff", "reporting"]
        let counts = order.compactMap { contact -> String? in
            let count = sites.count { $0.contact == contact && $0.retired != true }
            return count > 0 ? words.term(.contact, contact) + " \(count)" : nil
        }
        let text = words("cli.site.count", ["n": String(sites.count), "counts": counts.joined(separator: "  ")])
        return hasMore ? text + "  " + words("cli.list.more") : text
    }
}
