/// One fleet file with its columns found; rows are read cell by cell, and each mistake is noted with its place.
struct FleetTable {
    let kind: FleetKind
    let rows: [Row]

    /// The table of `bytes`, or nil where the file cannot be read as a table at all; mistakes go to `problems`.
    init?(_ kind: FleetKind, bytes: [UInt8], problems: FleetProblemCollector) {
        let file = kind.file
        let raw: [CSVReader.Row]
        do throws(CSVReader.Failure) {
            raw = try CSVReader.rows(of: bytes)
        } catch {
            problems.add(FleetProblem(file: file, line: error.line, message: error.message))
            return nil
        }
        guard let header = raw.first else {
            problems.add(FleetProblem(file: file, message: "is empty: the first line must name the columns"))
            return nil
        }
        var indexes: [String: Int] = [:]
        for (index, name) in header.cells.enumerated() {
            let place = FleetProblem(file: file, line: header.line, column: name, message: "")
            if name.isEmpty {
                problems.add(place.saying("column \(index + 1) of the header has no name", column: nil))
            } else if indexes[name] != nil {
                problems.add(place.saying("is there twice"))
            } else if !kind.columns.contains(name) {
                let nearest = Spelling.nearest(to: name, in: kind.columns)
                problems.add(place.saying("is not known" + (nearest.map { "; did you mean \($0)?" } ?? "")))
            }
            indexes[name] = indexes[name] ?? index
        }
        for name in kind.columns where indexes[name] == nil && !kind.optionalColumns.contains(name) {
            problems.add(FleetProblem(file: file, line: header.line, column: name, message: "is missing"))
        }
        self.kind = kind
        self.rows = raw.dropFirst().compactMap { row in
            guard row.cells.count == header.cells.count else {
                problems.add(
                    FleetProblem(
                        file: file, line: row.line,
                        message: "has \(row.cells.count) cells, the header has \(header.cells.count)"))
                return nil
            }
            return Row(file: file, line: row.line, cells: row.cells, indexes: indexes, problems: problems)
        }
    }

    /// One row: typed access by column. A cell that is wrong is noted and read as its neutral value; whoever builds the
    /// record need not care, because a set with any mistake is thrown away whole.
    struct Row {
        let file: String
        let line: Int
        fileprivate let cells: [String]
        fileprivate let indexes: [String: Int]
        fileprivate let problems: FleetProblemCollector

        /// Bytes of one cell: a name, an address, a list; beyond it a quote was most likely left open.
        static let cellBytesMax = 4_000

        func problem(_ column: String, _ message: String) {
            problems.add(FleetProblem(file: file, line: line, column: column, message: message))
        }

        /// The cell's text; nil where it is empty (or the column is missing, which has been said).
        func text(_ column: String) -> String? {
            guard let index = indexes[column] else { return nil }
            let cell = cells[index]
            guard !cell.allSatisfy(\.isWhitespace) else { return nil }
            if cell.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\n" && $0 != "\r" && $0 != "\t" }) {
                problem(column, "contains a control character")
            }
            if cell.utf8.count > Self.cellBytesMax { problem(column, "is longer than \(Self.cellBytesMax) bytes") }
            return cell
        }

        /// The text of a cell that must not be empty.
        func required(_ column: String) -> String? {
            let text = text(column)
            if text == nil, indexes[column] != nil { problem(column, "must not be empty") }
            return text
        }

        func id<Kind>(_ column: String, _: Kind.Type) -> Identifier<Kind>? {
            required(column).flatMap { identifier(column, $0) }
        }

        func optionalID<Kind>(_ column: String, _: Kind.Type) -> Identifier<Kind>? {
            text(column).flatMap { identifier(column, $0) }
        }

        private func identifier<Kind>(_ column: String, _ text: String) -> Identifier<Kind>? {
            let identifier = Identifier<Kind>(text)
            if identifier == nil {
                problem(column, "\(quoted(text)) is not an id: letters, digits and '-', 1 to 40 of them")
            }
            return identifier
        }

        func number(_ column: String, in range: ClosedRange<Double>, _ rangeInWords: String) -> Double? {
            guard let text = text(column) else { return nil }
            guard let value = Self.number(text) else {
                problem(column, "\(quoted(text)) is not a number")
                return nil
            }
            guard range.contains(value) else {
                problem(column, "\(quoted(text)) is not \(rangeInWords)")
                return nil
            }
            return value
        }

        func whole(_ column: String, in range: ClosedRange<Int>) -> Int? {
            guard let text = text(column) else { return nil }
            guard text.utf8.count <= 12, let value = Int(text), text.utf8.first != UInt8(ascii: "+") else {
                problem(column, "\(quoted(text)) is not a whole number")
                return nil
            }
            guard range.contains(value) else {
                problem(column, "\(quoted(text)) is not between \(range.lowerBound) and \(range.upperBound)")
                return nil
            }
            return value
        }

        func flag(_ column: String) -> Bool { optionalFlag(column) ?? false }

        /// A flag of which nothing is known where its cell is empty.
        func optionalFlag(_ column: String) -> Bool? {
            switch text(column) {
            case nil: return nil
            case "no": return false
            case "yes": return true
            case .some(let other):
                problem(column, "\(quoted(other)) is neither yes nor no")
                return nil
            }
        }

        func word<Word: RawRepresentable<String> & CaseIterable>(_ column: String, _ text: String?) -> Word? {
            guard let text else { return nil }
            if let word = Word(rawValue: text) { return word }
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            problem(column, "\(quoted(text)) is not one of \(words)")
            return nil
        }

        func place() -> Coordinate? {
            let isThere = required("latitude") != nil && required("longitude") != nil
            let latitude = number("latitude", in: -90...90, "between -90 and 90")
            let longitude = number("longitude", in: -180...180, "between -180 and 180")
            guard isThere, let latitude, let longitude else { return nil }
            return Coordinate(latitude: latitude, longitude: longitude)
        }

        /// The items of a cell, which stand between semicolons.
        func list(_ column: String) -> [String] {
            guard let text = text(column) else { return [] }
            return text.split(separator: ";").map { String($0.trimmingSpaces) }.filter { !$0.isEmpty }
        }

        private static func number(_ text: String) -> Double? {
            // `Double` alone would also read "nan", "infinity" and hexadecimal.
            let allowed = text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x2D || $0 == 0x2B || $0 == 0x65 || $0 == 0x45
            }
            guard allowed, let value = Double(text), value.isFinite else { return nil }
            return value
        }
    }
}

/// A cell's text inside a message, cut where it is long.
func quoted(_ text: String) -> String {
    let shown = text.prefix(60)
    return "\"\(shown)\(shown.endIndex < text.endIndex ? "…" : "")\""
}

extension StringProtocol {
    /// Without white space at either end.
    var trimmingSpaces: SubSequence {
        guard let start = firstIndex(where: { !$0.isWhitespace }), let end = lastIndex(where: { !$0.isWhitespace })
        else { return self[endIndex...] }
        return self[start...end]
    }
}

extension FleetProblem {
    fileprivate func saying(_ message: String) -> FleetProblem { saying(message, column: column) }

    fileprivate func saying(_ message: String, column: String?) -> FleetProblem {
        FleetProblem(file: file, line: line, column: column, message: message)
    }
}
