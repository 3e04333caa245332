import AnpiClient
import AnpiModel

/// What an import did, or would do, file by file.
struct FleetImportScreen {
    var answer: FleetImportAnswer
    var isDryRun: Bool
    /// The folder, as it was typed.
    var directory: String

    func text(on paper: Paper) -> String {
        let words = paper.words
        var counts = [answer.added, answer.changed, answer.retired].map { $0 ?? [:] }
        // One file without rows, counted as one.
        if answer.recoveryChanged == true { counts[1]["recovery"] = 1 }
        let totals = counts.map { String($0.values.reduce(0, +)) }
        let arguments = ["added": totals[0], "changed": totals[1], "retired": totals[2]]
        var lines = [words(isDryRun ? "cli.fleet.dryRun" : "cli.fleet.imported", arguments)]
        let names = Set(counts.flatMap(\.keys))
        var table = Table([
            .init(title: words("cli.column.file")),
            .init(title: words("cli.column.added"), isNumber: true),
            .init(title: words("cli.column.changed"), isNumber: true),
            .init(title: words("cli.column.retired"), isNumber: true),
        ])
        for name in names.sorted() where counts.contains(where: { ($0[name] ?? 0) > 0 }) {
            table.append([.init(name)] + counts.map { .init(String($0[name] ?? 0)) })
        }
        if !table.rows.isEmpty { lines += table.lines(on: paper) }
        lines.append(paper.next(isDryRun ? "anpi fleet import \(directory)" : "anpi site list"))
        return lines.joined(separator: "\n")
    }
}
