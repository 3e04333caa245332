import AnpiClient
import AnpiModel

/// `anpi sheet`: one A4 page of text to take along where there is neither power nor network.
///
/// 76 cells by at most 60 lines: what a printer puts on A4 with its own 10-point type.
struct SheetScreen {
    var task: TaskDetail
    /// What is known of the site; nil where the person may not read it.
    var site: SiteDetail?

    static let width = 76
    static let linesMax = 60
    private static let noteLines = 6

    func text(on screen: Paper) -> String {
        let paper = Paper(words: screen.words, width: Self.width, hasColor: false, now: screen.now)
        let words = paper.words
        var lines = head(paper)
        lines += section("cli.sheet.where", whereabouts(paper), paper)
        lines += section("cli.sheet.people", people(words), paper)
        lines += section("cli.sheet.situation", situation(paper), paper)
        lines += section(
            "cli.sheet.data",
            (site?.more.copies ?? task.more.copies ?? []).map { CopyWords.line($0, on: paper) }, paper)
        lines += section("cli.sheet.steps", RecoveryWords.steps(task, words).map { "□ " + $0 }, paper)
        let foot = foot(paper)
        let room = Self.linesMax - foot.count
        if lines.count > room {
            lines = Array(lines.prefix(room - 1)) + [words("cli.sheet.cut", ["task": task.row.id])]
        }
        return (lines + foot).joined(separator: "\n")
    }

    private func head(_ paper: Paper) -> [String] {
        let words = paper.words
        let row = task.row
        let rule = String(repeating: "=", count: Self.width)
        let printed = words("cli.sheet.printed", ["time": paper.moments.full(paper.now)])
        return [
            ("Anpi  " + words("cli.sheet.title")).padded(toCells: Self.width - printed.cellWidth) + printed, rule,
        ]
            + paper.heading([
                row.id, RecoveryWords.work(row, words), row.siteName ?? row.site, words.term(.taskState, row.state),
                row.engineerName ?? row.engineer,
                row.eta.map { words("cli.task.eta", ["time": paper.moments.short($0)]) },
                row.plan?.startsAt.map { words("cli.label.plan") + " " + paper.moments.short($0) },
                RecoveryWords.loaner(row.plan, words),
            ]) + [rule]
    }

    private func section(_ title: String, _ texts: [String], _ paper: Paper) -> [String] {
        guard !texts.isEmpty else { return [] }
        return ["", "[" + paper.words(title) + "]"]
            + texts.flatMap { text in Cells.wrapped(text, to: Self.width - 2).map { "  " + $0 } }
    }

    private func whereabouts(_ paper: Paper) -> [String] {
        let words = paper.words
        var lines: [String] = []
        if let address = task.more.address ?? site?.more.address { lines.append(address) }
        if let latitude = task.more.latitude ?? site?.row.latitude,
            let longitude = task.more.longitude ?? site?.row.longitude
        {
            lines.append(words.place(latitude, longitude))
        }
        if let hours = site?.more.hours { lines.append(words("cli.sheet.hours", ["hours": hours])) }
        if let depth = site?.more.floodDepthMeters, depth > 0 {
            lines.append(words("cli.site.flood", ["meters": JSON.fixed(depth, digits: 1)]))
        }
        return lines
    }

    private func people(_ words: Words) -> [String] {
        var people = TaskScreen.people(task.more, words)
        if let key = task.more.keyHolder ?? site?.more.keyHolder {
            people.append(words("cli.phone.key", ["who": key]))
        }
        return people
    }

    private func situation(_ paper: Paper) -> [String] {
        let words = paper.words
        var lines: [String] = []
        if let why = words.sentence(task.more.why ?? task.row.reason, paper.moments) { lines.append(words.reason(why)) }
        guard let site else { return lines }
        lines.append(
            words.marked(.assessment, site.row.assessment) + "   " + words.marked(.contact, site.row.contact)
                + (site.row.contactSince.map { " " + paper.moments.short($0) } ?? ""))
        if let reason = words.sentence(site.row.reason, paper.moments), !lines.contains(reason) { lines.append(reason) }
        lines += (site.more.findings ?? []).prefix(4).map { FindingWords.line($0, on: paper) }
        return lines
    }

    /// Room to write, and whose sheet it is when it comes back.
    private func foot(_ paper: Paper) -> [String] {
        let words = paper.words
        let line = String(repeating: "_", count: Self.width)
        return ["", "[" + words("cli.sheet.notes") + "]"] + Array(repeating: line, count: Self.noteLines)
            + ["", words("cli.sheet.times"), words("cli.sheet.back", ["task": task.row.id])]
    }
}
