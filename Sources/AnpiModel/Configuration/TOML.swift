/// A configuration file in the subset of TOML that Anpi's programs need, with the line of every key.
///
/// Read: comments, `[table]`, `[[array of tables]]`, bare and quoted keys, basic and literal strings, integers, floats,
/// booleans, arrays of these (also over several lines). Refused with a sentence: dotted keys, inline tables, multi-line
/// strings, nested arrays, dates. Our own reader, because the agent must stay small and an error must name the line.
package struct TOMLDocument: Hashable, Sendable {
    /// The name that errors carry.
    package var file: String
    package var root: TOMLTable

    /// Reads `text`, or says what is wrong in its first line that cannot be read.
    package static func parse(_ text: String, file: String) throws(TOMLError) -> TOMLDocument {
        var parser = TOMLParser(text, file: file)
        return TOMLDocument(file: file, root: try parser.document())
    }
}

/// A table of a configuration file; keys stand in the order of the file.
package struct TOMLTable: Hashable, Sendable {
    /// The line of its header; 1 for the root.
    package var line: Int
    package var entries: [Entry]

    package init(line: Int, entries: [Entry] = []) {
        self.line = line
        self.entries = entries
    }

    /// A key with its value.
    package struct Entry: Hashable, Sendable {
        package var key: String
        package var line: Int
        package var value: TOMLValue
    }

    /// The entry of `key`.
    package subscript(key: String) -> Entry? { entries.first { $0.key == key } }
}

/// A value of a configuration file.
package enum TOMLValue: Hashable, Sendable {
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    case array([TOMLValue])
    case table(TOMLTable)
    case tables([TOMLTable])

    /// What it is, for a sentence: "a string".
    package var inWords: String {
        switch self {
        case .string: "a string"
        case .integer: "a whole number"
        case .float: "a number"
        case .boolean: "true or false"
        case .array: "a list"
        case .table: "a table [ ]"
        case .tables: "tables [[ ]]"
        }
    }
}

/// A mistake in a configuration file, with its place.
package struct TOMLError: Error, Hashable, Sendable, CustomStringConvertible {
    package var file: String
    package var line: Int
    package var message: String

    package init(file: String, line: Int, message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    /// `agent.toml:7: …`.
    package var description: String { "\(file):\(line): \(message)" }
}

/// Every mistake of a configuration file that could be read, in the order of its lines.
package struct TOMLMistakes: Error, Hashable, Sendable, CustomStringConvertible {
    package var mistakes: [TOMLError]

    package init(_ mistakes: [TOMLError]) { self.mistakes = mistakes }

    package var description: String { mistakes.map(\.description).joined(separator: "\n") }
}
