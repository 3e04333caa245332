/// Reads the subset byte by byte; each byte is looked at a bounded number of times, whatever the text.
struct TOMLParser {
    private let bytes: [UInt8]
    private let file: String
    private var position = 0
    private var line = 1

    /// Bytes of a file; a configuration is written by hand.
    static let bytesMax = 1 << 20
    /// Keys of one table and tables of one name; each is compared with its neighbours.
    static let entriesMax = 1_000

    init(_ text: String, file: String) {
        self.bytes = Array(text.utf8)
        self.file = file
    }

    mutating func document() throws(TOMLError) -> TOMLTable {
        guard bytes.count <= Self.bytesMax else { throw error("is longer than \(Self.bytesMax) bytes") }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        var root = TOMLTable(line: 1)
        try body(into: &root)
        while let byte = peek {
            guard byte == UInt8(ascii: "[") else { throw error("something is here that is not a key or a [table]") }
            try table(into: &root)
        }
        return root
    }

    /// One `[name]` or `[[name]]` with what stands under it.
    private mutating func table(into root: inout TOMLTable) throws(TOMLError) {
        let headerLine = line
        position += 1
        let isArray = take("[")
        skipSpaces()
        let name = try key()
        skipSpaces()
        if peek == UInt8(ascii: ".") {
            throw error("tables inside tables are not read here: write [name] without dots")
        }
        guard take("]"), !isArray || take("]") else {
            throw error("the name of the table must end with \(isArray ? "]]" : "]")")
        }
        try endOfLine()
        var table = TOMLTable(line: headerLine)
        try body(into: &table)

        guard let index = root.entries.firstIndex(where: { $0.key == name }) else {
            guard root.entries.count < Self.entriesMax else { throw error("there are too many tables", at: headerLine) }
            let value: TOMLValue = isArray ? .tables([table]) : .table(table)
            root.entries.append(.init(key: name, line: headerLine, value: value))
            return
        }
        guard isArray, case .tables(var tables) = root.entries[index].value else {
            throw error("\(name) is already on line \(root.entries[index].line)", at: headerLine)
        }
        guard tables.count < Self.entriesMax else { throw error("there are too many [[\(name)]]", at: headerLine) }
        // Emptied first, so that the append does not copy all earlier tables.
        root.entries[index].value = .boolean(false)
        tables.append(table)
        root.entries[index].value = .tables(tables)
    }

    /// Keys up to the next table or the end.
    private mutating func body(into table: inout TOMLTable) throws(TOMLError) {
        while true {
            skipBlank()
            guard let byte = peek, byte != UInt8(ascii: "[") else { return }
            let keyLine = line
            let name = try key()
            skipSpaces()
            if peek == UInt8(ascii: ".") { throw error("dotted keys are not read here: write a [table]") }
            guard take("=") else { throw error("after the key \(name) there must be \"=\"") }
            skipSpaces()
            let value = try self.value()
            try endOfLine()
            if let earlier = table[name] { throw error("\(name) is already on line \(earlier.line)", at: keyLine) }
            guard table.entries.count < Self.entriesMax else { throw error("there are too many keys", at: keyLine) }
            table.entries.append(.init(key: name, line: keyLine, value: value))
        }
    }

    private mutating func key() throws(TOMLError) -> String {
        if peek == UInt8(ascii: "\"") { return try basicString() }
        if peek == UInt8(ascii: "'") { return try literalString() }
        let start = position
        while let byte = peek, Self.isBare(byte) { position += 1 }
        guard position > start else { throw error("a key must be letters, digits, '-' and '_', or stand in quotes") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    // MARK: Values

    private mutating func value() throws(TOMLError) -> TOMLValue {
        switch peek {
        case UInt8(ascii: "\""): return .string(try basicString())
        case UInt8(ascii: "'"): return .string(try literalString())
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "{"): throw error("tables in braces are not read here: write a [table]")
        case nil, UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "#"): throw error("a value is missing")
        default: return try word()
        }
    }

    private mutating func array() throws(TOMLError) -> TOMLValue {
        let opening = line
        position += 1
        var items: [TOMLValue] = []
        while true {
            skipBlank()
            if take("]") { return .array(items) }
            guard let byte = peek else { throw error("a list is opened here and never closed", at: opening) }
            guard byte != UInt8(ascii: "[") else { throw error("lists inside lists are not read here") }
            guard byte != UInt8(ascii: ",") else { throw error("an item is missing before the comma") }
            items.append(try value())
            skipBlank()
            if take(",") { continue }
            guard peek == UInt8(ascii: "]") else {
                guard peek != nil else { throw error("a list is opened here and never closed", at: opening) }
                throw error("between two items there must be a comma")
            }
        }
    }

    /// A number or a truth value.
    private mutating func word() throws(TOMLError) -> TOMLValue {
        let start = position
        while let byte = peek,
            Self.isBare(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: ":")
        {
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard !text.isEmpty else { throw error("a value must be a string in quotes, a number, true, false or a list") }
        switch text {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        default: break
        }
        guard let first = text.utf8.first, Self.isDigit(first) || first == 0x2B || first == 0x2D,
            text.utf8.count <= 64
        else { throw error("\(quoted(text)) is not a value: strings stand in quotes") }
        guard !text.utf8.contains(UInt8(ascii: ":")), text.utf8.allSatisfy(Self.isOfNumber),
            let number = Self.withoutUnderscores(text)
        else { throw error("\(quoted(text)) is not a number; times and dates stand in quotes") }
        if let integer = Int64(number), Self.hasNoLeadingZero(number) { return .integer(integer) }
        let isFloat = number.utf8.contains { $0 == 0x2E || $0 == 0x65 || $0 == 0x45 }
        guard isFloat, number.utf8.last.map(Self.isDigit) == true, !number.contains(".e"), !number.contains(".E"),
            Self.hasNoLeadingZero(number), let float = Double(number), float.isFinite
        else { throw error("\(quoted(text)) is not a number that can be read") }
        return .float(float)
    }

    /// Nil where an underscore does not stand between two digits.
    private static func withoutUnderscores(_ text: String) -> String? {
        guard text.utf8.contains(0x5F) else { return text }
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() where byte == 0x5F {
            guard index > 0, index + 1 < bytes.count, isDigit(bytes[index - 1]), isDigit(bytes[index + 1]) else {
                return nil
            }
        }
        return text.filter { $0 != "_" }
    }

    private static func hasNoLeadingZero(_ number: String) -> Bool {
        let digits = number.utf8.drop { $0 == 0x2B || $0 == 0x2D }
        guard digits.first.map(isDigit) == true else { return false }
        return digits.first != 0x30 || !(digits.dropFirst().first.map(isDigit) ?? false)
    }

    private mutating func literalString() throws(TOMLError) -> String {
        if bytes[position...].starts(with: "'''".utf8) { throw error("strings over several lines are not read here") }
        position += 1
        let start = position
        while let byte = peek, byte != UInt8(ascii: "'") {
            try checkInsideString(byte)
            position += 1
        }
        guard peek != nil else { throw error("a string is never closed") }
        position += 1
        return String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
    }

    private mutating func basicString() throws(TOMLError) -> String {
        if bytes[position...].starts(with: "\"\"\"".utf8) {
            throw error("strings over several lines are not read here")
        }
        position += 1
        var content: [UInt8] = []
        while let byte = peek, byte != UInt8(ascii: "\"") {
            try checkInsideString(byte)
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                content.append(byte)
                continue
            }
            try escape(into: &content)
        }
        guard peek != nil else { throw error("a string is never closed") }
        position += 1
        return String(decoding: content, as: UTF8.self)
    }

    private mutating func escape(into content: inout [UInt8]) throws(TOMLError) {
        guard let byte = peek else { throw error("a string is never closed") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): content.append(byte)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let count = byte == UInt8(ascii: "u") ? 4 : 8
            guard position + count <= bytes.count else { throw error("a string is never closed") }
            let digits = bytes[position..<(position + count)]
            guard digits.allSatisfy({ Self.isHexadecimal($0) }),
                let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16), let scalar = Unicode.Scalar(code)
            else { throw error("\\u must be followed by the number of a character") }
            position += count
            content.append(contentsOf: String(scalar).utf8)
        default:
            throw error("a backslash has a meaning in \"…\": write \\\\ for one, or put the string in '…'")
        }
    }

    private func checkInsideString(_ byte: UInt8) throws(TOMLError) {
        if byte == 0x0A || byte == 0x0D { throw error("a string is not closed on its line") }
        if byte < 0x20 && byte != 0x09 || byte == 0x7F { throw error("a string contains a control character") }
    }

    // MARK: Bytes

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpaces() {
        while let byte = peek, byte == 0x20 || byte == 0x09 { position += 1 }
    }

    /// White space, line breaks and comments.
    private mutating func skipBlank() {
        while let byte = peek {
            switch byte {
            case 0x20, 0x09, 0x0D: position += 1
            case 0x0A:
                position += 1
                line += 1
            case UInt8(ascii: "#"):
                while let byte = peek, byte != 0x0A { position += 1 }
            default: return
            }
        }
    }

    private mutating func endOfLine() throws(TOMLError) {
        skipSpaces()
        guard let byte = peek, byte != 0x0A, byte != 0x0D, byte != UInt8(ascii: "#") else { return }
        throw error("there is something after the value; one line holds one key")
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x5F
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == 0x2B || byte == 0x2D || byte == 0x2E || byte == 0x65 || byte == 0x45 || byte == 0x5F
    }

    private func error(_ message: String, at line: Int? = nil) -> TOMLError {
        TOMLError(file: file, line: line ?? self.line, message: message)
    }
}
