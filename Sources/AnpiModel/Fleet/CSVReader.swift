/// A CSV file (RFC 4180) taken apart, each row with the line it begins on.
///
/// Our own reader, because an error must name file, line and column, and no package keeps them. A byte-order mark is
/// skipped; LF, CRLF and CR end a line; rows without any content are skipped, since spreadsheets append them.
struct CSVReader {
    /// One row of cells.
    struct Row: Hashable {
        /// Counted from 1; of a row with line breaks in quotes, its first.
        var line: Int
        var cells: [String]
    }

    /// Something that is not CSV.
    struct Failure: Error, Hashable {
        /// Nil where it is about the whole file.
        var line: Int?
        var message: String
    }

    private let bytes: [UInt8]
    private var position: Int
    private var line = 1

    /// Rows of a file; every one is held in memory, so a file beyond this is refused.
    static let rowsMax = 4_000_000

    /// All rows of `bytes`, or why it cannot be read as CSV.
    static func rows(of bytes: [UInt8]) throws(Failure) -> [Row] {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Failure(line: nil, message: "is not UTF-8: save as CSV UTF-8")
        }
        var reader = CSVReader(bytes: bytes)
        var rows: [Row] = []
        while let row = try reader.next() {
            guard rows.count < rowsMax else {
                throw Failure(line: row.line, message: "is too long: at most \(rowsMax) rows are read")
            }
            if row.cells.contains(where: { !$0.allSatisfy(\.isWhitespace) }) { rows.append(row) }
        }
        return rows
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        self.position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    private mutating func next() throws(Failure) -> Row? {
        guard position < bytes.count else { return nil }
        var row = Row(line: line, cells: [])
        while true {
            row.cells.append(try cell())
            guard position < bytes.count else { return row }
            if bytes[position] == UInt8(ascii: ",") {
                position += 1
                continue
            }
            takeLineBreak()
            return row
        }
    }

    /// Takes one cell up to the comma, the line break or the end after it.
    private mutating func cell() throws(Failure) -> String {
        guard position < bytes.count, bytes[position] == Self.quote else { return try bareCell() }
        let opening = line
        position += 1
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            if byte == Self.quote {
                position += 1
                guard position < bytes.count, bytes[position] == Self.quote else {
                    guard isAtCellEnd else {
                        throw Failure(line: line, message: "has text after a closing quote; write \"\" for a quote")
                    }
                    return String(decoding: content, as: UTF8.self)
                }
            } else if byte == Self.lineFeed || byte == Self.carriageReturn && !isFollowedByLineFeed {
                line += 1
            }
            content.append(byte)
            position += 1
        }
        throw Failure(line: opening, message: "opens a quote that is never closed")
    }

    private mutating func bareCell() throws(Failure) -> String {
        let start = position
        while !isAtCellEnd {
            guard bytes[position] != Self.quote else {
                throw Failure(line: line, message: "has a quote inside a cell; put the whole cell in quotes")
            }
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private var isAtCellEnd: Bool {
        guard position < bytes.count else { return true }
        let byte = bytes[position]
        return byte == UInt8(ascii: ",") || byte == Self.lineFeed || byte == Self.carriageReturn
    }

    private var isFollowedByLineFeed: Bool { position + 1 < bytes.count && bytes[position + 1] == Self.lineFeed }

    private mutating func takeLineBreak() {
        position += bytes[position] == Self.carriageReturn && isFollowedByLineFeed ? 2 : 1
        line += 1
    }

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// `cells` as one line with its end, quoted where they must be.
    static func line(_ cells: [String], end: String = "\n") -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            if index > 0 { line += "," }
            let mustQuote = cell.utf8.contains { $0 == quote || $0 == 0x2C || $0 == lineFeed || $0 == carriageReturn }
            guard mustQuote else {
                line += cell
                continue
            }
            line += "\""
            for scalar in cell.unicodeScalars {
                if scalar == "\"" { line += "\"" }
                line.unicodeScalars.append(scalar)
            }
            line += "\""
        }
        return line + end
    }
}
