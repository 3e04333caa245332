/// Takes the known keys out of a configuration and then names every mistake at once: wrong types, missing keys, and
/// keys that nobody asked for.
///
/// ```swift
/// let reader = TOMLReader(document)
/// let agent = reader.required("agent", String.self)
/// let interval = reader.value("interval", default: 60)
/// for probe in reader.tables("probe") { … }
/// try reader.finish()      // throws TOMLMistakes
/// ```
/// A reader belongs to the one function that reads the file; it is not sent anywhere.
package final class TOMLReader {
    package let file: String
    /// The line of the table's header.
    package let line: Int
    /// How the table is called in messages; empty for the root.
    private let name: String
    private let table: TOMLTable
    private let notes: Notes
    private var taken: Set<String> = []
    /// In the order in which they were asked for: candidates for a misspelt one.
    private var known: [String] = []
    private var children: [TOMLReader] = []

    /// Mistakes of a document and all its tables.
    private final class Notes {
        var mistakes: [TOMLError] = []
    }

    package convenience init(_ document: TOMLDocument) {
        self.init(file: document.file, name: "", table: document.root, notes: Notes())
    }

    private init(file: String, name: String, table: TOMLTable, notes: Notes) {
        self.file = file
        self.line = table.line
        self.name = name
        self.table = table
        self.notes = notes
    }

    /// The value of `key`; nil where it is missing or of another type, which is a mistake.
    package func required<Value: TOMLReadable>(_ key: String, _ type: Value.Type = Value.self) -> Value? {
        guard let entry = take(key) else {
            note(line, "\(key) is missing" + (name.isEmpty ? "" : " in [\(name)]") + "; it is \(type.inWords)")
            return nil
        }
        return read(entry)
    }

    /// The value of `key`; nil where it is missing, or of another type, which is a mistake.
    package func optional<Value: TOMLReadable>(_ key: String, _: Value.Type = Value.self) -> Value? {
        take(key).flatMap { read($0) }
    }

    /// The value of `key`, or `default` where it is missing.
    package func value<Value: TOMLReadable>(_ key: String, default: Value) -> Value { optional(key) ?? `default` }

    /// The table `[key]`, where there is one.
    package func table(_ key: String) -> TOMLReader? {
        guard let entry = take(key) else { return nil }
        guard case .table(let table) = entry.value else {
            note(entry.line, "\(key) must be a table: write [\(key)] on a line of its own")
            return nil
        }
        return child(key, table)
    }

    /// The tables `[[key]]`, in their order; none where there are none.
    package func tables(_ key: String) -> [TOMLReader] {
        guard let entry = take(key) else { return [] }
        guard case .tables(let tables) = entry.value else {
            note(entry.line, "\(key) may be there more than once: write [[\(key)]] on a line of its own")
            return []
        }
        return tables.map { child(key, $0) }
    }

    /// Notes that the value of `key` has the right type and is still wrong; `message` continues "key ".
    package func mistake(_ key: String, _ message: String) {
        note(table[key]?.line ?? line, "\(key) \(message)")
    }

    /// The line of `key`, or of the table where it is missing.
    package func line(of key: String) -> Int { table[key]?.line ?? line }

    /// Throws every mistake of the document so far, with the keys that nobody has asked for.
    package func finish() throws(TOMLMistakes) {
        noteUnknownKeys()
        let mistakes = notes.mistakes.enumerated().sorted {
            ($0.element.line, $0.offset) < ($1.element.line, $1.offset)
        }
        notes.mistakes = []
        if !mistakes.isEmpty { throw TOMLMistakes(mistakes.map(\.element)) }
    }

    private func noteUnknownKeys() {
        for entry in table.entries where !taken.contains(entry.key) {
            let nearest = Spelling.nearest(to: entry.key, in: known.filter { table[$0] == nil })
            note(
                entry.line,
                "\(quoted(entry.key)) is not known" + (name.isEmpty ? "" : " in [\(name)]")
                    + (nearest.map { "; did you mean \($0)?" } ?? ""))
        }
        for child in children { child.noteUnknownKeys() }
    }

    private func take(_ key: String) -> TOMLTable.Entry? {
        if taken.insert(key).inserted { known.append(key) }
        return table[key]
    }

    private func read<Value: TOMLReadable>(_ entry: TOMLTable.Entry) -> Value? {
        let value = Value(toml: entry.value)
        if value == nil { note(entry.line, "\(entry.key) must be \(Value.inWords), not \(entry.value.inWords)") }
        return value
    }

    private func child(_ key: String, _ table: TOMLTable) -> TOMLReader {
        let child = TOMLReader(file: file, name: key, table: table, notes: notes)
        children.append(child)
        return child
    }

    private func note(_ line: Int, _ message: String) {
        notes.mistakes.append(TOMLError(file: file, line: line, message: message))
    }
}

/// A type that a value of a configuration can be read as.
package protocol TOMLReadable {
    /// What must be written, for a sentence: "a string".
    static var inWords: String { get }
    init?(toml value: TOMLValue)
}

extension String: TOMLReadable {
    package static var inWords: String { "a string in quotes" }
    package init?(toml value: TOMLValue) {
        guard case .string(let text) = value else { return nil }
        self = text
    }
}

extension Int: TOMLReadable {
    package static var inWords: String { "a whole number" }
    package init?(toml value: TOMLValue) {
        guard case .integer(let number) = value, let integer = Int(exactly: number) else { return nil }
        self = integer
    }
}

extension Double: TOMLReadable {
    package static var inWords: String { "a number" }
    /// Also from a whole number.
    package init?(toml value: TOMLValue) {
        switch value {
        case .float(let number): self = number
        case .integer(let number): self = Double(number)
        case .string, .boolean, .array, .table, .tables: return nil
        }
    }
}

extension Bool: TOMLReadable {
    package static var inWords: String { "true or false" }
    package init?(toml value: TOMLValue) {
        guard case .boolean(let flag) = value else { return nil }
        self = flag
    }
}

extension Array: TOMLReadable where Element: TOMLReadable {
    package static var inWords: String { "a list like [ … ], each item \(Element.inWords)" }
    package init?(toml value: TOMLValue) {
        guard case .array(let items) = value else { return nil }
        var elements: [Element] = []
        for item in items {
            guard let element = Element(toml: item) else { return nil }
            elements.append(element)
        }
        self = elements
    }
}
