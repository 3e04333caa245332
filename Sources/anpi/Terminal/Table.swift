import AnpiModel

/// A table that fits the terminal: columns that can give way are cut first, then the least important are left out.
struct Table {
    struct Column {
        var title: String
        /// Columns of a lower rank are left out first; `keep` never.
        var rank: Int = keep
        /// The width down to which it may be cut; nil is never cut.
        var least: Int?
        var isNumber = false

        static let keep = Int.max
    }

    struct Cell {
        var text: String
        var tone: Tone = .plain

        init(_ text: String?, _ tone: Tone = .plain) {
            self.text = text ?? ""
            self.tone = tone
        }
    }

    var columns: [Column]
    var rows: [[Cell]] = []

    static let gap = 2

    init(_ columns: [Column]) { self.columns = columns }

    mutating func append(_ cells: [Cell]) {
        precondition(cells.count == columns.count, "a row has as many cells as the table has columns")
        rows.append(cells)
    }

    /// The table's lines, title first; a column without any text is not shown.
    func lines(on paper: Paper) -> [String] {
        let shown = fitted(to: paper.width)
        var lines = [line(columns.map { Cell($0.title, .faint) }, shown, paper)]
        lines += rows.map { line($0, shown, paper) }
        return lines
    }

    private func line(_ cells: [Cell], _ shown: [(index: Int, width: Int)], _ paper: Paper) -> String {
        var text = ""
        var pendingSpaces = 0
        for (position, (index, width)) in shown.enumerated() {
            let content = cells[index].text.truncated(toCells: width)
            let rest = width - content.cellWidth
            if position > 0 { pendingSpaces += Self.gap }
            if columns[index].isNumber { pendingSpaces += rest }
            if !content.isEmpty {
                text += String(repeating: " ", count: pendingSpaces) + paper.colored(content, cells[index].tone)
                pendingSpaces = 0
            }
            if !columns[index].isNumber { pendingSpaces += rest }
        }
        return text
    }

    /// Columns to show and their widths.
    private func fitted(to width: Int) -> [(index: Int, width: Int)] {
        var shown: [(index: Int, width: Int)] = columns.indices.compactMap { index in
            guard rows.isEmpty || rows.contains(where: { !$0[index].text.isEmpty }) else { return nil }
            return (index, naturalWidth(index))
        }
        while true {
            let total = shown.map(\.width).reduce(0, +) + Self.gap * max(0, shown.count - 1)
            guard total > width else { return shown }
            let mostOver = shown.indices
                .filter { slot in columns[shown[slot].index].least.map { shown[slot].width > $0 } ?? false }
                .max { shown[$0].width < shown[$1].width }
            if let mostOver {
                let least = columns[shown[mostOver].index].least ?? 0
                shown[mostOver].width = max(least, shown[mostOver].width - (total - width), nextWidest(shown, mostOver))
                continue
            }
            let droppable = shown.indices.filter { columns[shown[$0].index].rank != Column.keep }
            guard let least = droppable.min(by: { columns[shown[$0].index].rank < columns[shown[$1].index].rank })
            else {
                return shown
            }
            shown.remove(at: least)
            // The others may be as wide as they like again.
            shown = shown.map { ($0.index, naturalWidth($0.index)) }
        }
    }

    /// Columns give way together: the widest only down to the next widest that can give way too.
    private func nextWidest(_ shown: [(index: Int, width: Int)], _ widest: Int) -> Int {
        let others = shown.indices.filter { slot in
            slot != widest && columns[shown[slot].index].least != nil && shown[slot].width < shown[widest].width
        }
        return min(others.map { shown[$0].width }.max() ?? 0, shown[widest].width - 1)
    }

    private func naturalWidth(_ index: Int) -> Int {
        max(rows.map { $0[index].text.cellWidth }.max() ?? 0, columns[index].title.cellWidth)
    }
}
