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
        let counts = [answer.added, answer.changed, answer.retired].map { $0 ?? [:] }
        func total(_ index: Int) -> String { String(counts[index].values.reduce(0, +)) }
        let arguments = ["added": total(0), "changed": total(1), "retired": total(2)]
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
