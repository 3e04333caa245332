/// A list as an office passes it on: one line a subject, all of it text in one language.
///
/// Page, paper, CSV and command line show the same sheet, so that two people who compare them see the same words.
package struct Sheet: Hashable, Sendable {
    /// Which sheet it is, the same in every language: `claims`, `damage`, …
    package var name: String
    package var title: String
    package var columns: [String]
    /// Each as long as `columns`.
    package var rows: [[String]]

    package init(name: String, title: String, columns: [String], rows: [[String]]) {
        self.name = name
        self.title = title
        self.columns = columns
        self.rows = rows
    }

    /// RFC 4180 with a header; begins with a byte order mark, without which spreadsheets take UTF-8 for something else.
    package var csv: String {
        var text = "\u{FEFF}" + CSVReader.line(columns, end: "\r\n")
        for row in rows { text += CSVReader.line(row.map(Self.harmless), end: "\r\n") }
        return text
    }

    /// A text that a spreadsheet would run as a formula gets an apostrophe before it; numbers and telephone numbers
    /// stay as they are.
    private static func harmless(_ cell: String) -> String {
        guard let first = cell.utf8.first, "=+-@\t\r".utf8.contains(first) else { return cell }
        let isNumber = cell.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) || " -.".utf8.contains($0) }
        return isNumber && (first == UInt8(ascii: "+") || first == UInt8(ascii: "-")) ? cell : "'" + cell
    }

    /// `{"name","title","columns":[…],"rows":[[…]]}`.
    package var json: JSON {
        .object([
            .init("name", .string(name)), .init("title", .string(title)),
            .init("columns", .array(columns.map { .string($0) })),
            .init("rows", .array(rows.map { .array($0.map { .string($0) }) })),
        ])
    }
}
