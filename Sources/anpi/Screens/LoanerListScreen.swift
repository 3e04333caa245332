import AnpiClient
import AnpiModel

/// `anpi loaner list`: what can be lent, and where the others are.
struct LoanerListScreen {
    var loaners: [LoanerRow]
    var hasMore = false

    func text(on paper: Paper) -> String {
        let words = paper.words
        guard !loaners.isEmpty else { return words("cli.loaner.none") }
        var table = Table([
            .init(title: words("column.id"), least: 6),
            .init(title: words("column.state")),
            .init(title: words("cli.column.depot"), least: 8),
            .init(title: words("cli.column.fits"), rank: 3, least: 8),
            .init(title: words("column.site"), least: 8),
            .init(title: words("column.task")),
            .init(title: words("column.since"), rank: 2),
            .init(title: words("cli.column.image"), rank: 1),
            .init(title: words("cli.column.note"), rank: 4, least: 8),
        ])
        for loaner in loaners {
            table.append([
                .init(loaner.id), .init(Self.state(loaner, words), Self.isFree(loaner) ? .good : .plain),
                .init(loaner.depotName), .init((loaner.fits ?? []).joined(separator: " ")), .init(loaner.site),
                .init(loaner.task), .init(loaner.since.map(paper.moments.short)), .init(loaner.imageVersion),
                .init(loaner.note),
            ])
        }
        let free = loaners.count(where: Self.isFree)
        let count = words("cli.loaner.count", ["n": String(loaners.count), "free": String(free)])
        return (table.lines(on: paper) + paper.more(hasMore) + [count]).joined(separator: "\n")
    }

    private static func isFree(_ loaner: LoanerRow) -> Bool { loaner.state == "inStock" && loaner.task == nil }

    /// In stock and held for a task is said apart: it is there, but not to be given away.
    static func state(_ loaner: LoanerRow, _ words: Words) -> String {
        let word = loaner.state == "inStock" && loaner.task != nil ? "held" : loaner.state
        let key = "loanerState.\(word)"
        return Labels.has(key) ? words(key) : word
    }
}
