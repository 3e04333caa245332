/// A JSON value whose objects keep the order they were written in.
///
/// Decisions, outcomes and answers promise their keys in documented order and the same bytes every time; Foundation's
/// encoder promises neither. Reading stays with `Codable`.
package indirect enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number printed with exactly this many digits after the point, so that the same value has the same bytes.
    case decimal(Double, digits: Int)
    case string(String)
    case array([JSON])
    case object([Member])
    /// Text that is JSON already, printed as it stands.
    case raw(String)

    package struct Member: Hashable, Sendable {
        package var key: String
        package var value: JSON

        package init(_ key: String, _ value: JSON) {
            self.key = key
            self.value = value
        }
    }

    /// The value as compact JSON text.
    package var text: String {
        var text = ""
        write(to: &text)
        return text
    }

    package func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .decimal(let value, let digits): text += Self.fixed(value, digits: digits)
        case .string(let value): Self.write(quoted: value, to: &text)
        case .raw(let value): text += value
        case .array(let items):
            text += "["
            for (index, item) in items.enumerated() {
                if index > 0 { text += "," }
                item.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.write(quoted: member.key, to: &text)
                text += ":"
                member.value.write(to: &text)
            }
            text += "}"
        }
    }

    /// The value of `key` where this is an object that has it.
    package subscript(key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// This object with one more member at its end; anything else stays as it is.
    package func adding(_ member: Member) -> JSON {
        guard case .object(let members) = self else { return self }
        return .object(members + [member])
    }

    /// `value` with `digits` digits after the point, rounded half away from zero; NaN and infinities become 0,
    /// because JSON has no word for them.
    package static func fixed(_ value: Double, digits: Int) -> String {
        guard value.isFinite else { return fixed(0, digits: digits) }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded(.toNearestOrAwayFromZero)
        guard scaled < 9e18 else { return String(value) }
        let whole = Int64(scaled)
        let unit = Int64(scale)
        let sign = value < 0 && whole != 0 ? "-" : ""
        guard digits > 0 else { return sign + String(whole) }
        let fraction = String(whole % unit)
        return sign + String(whole / unit) + "." + String(repeating: "0", count: digits - fraction.utf8.count)
            + fraction
    }

    /// True where nothing has to be escaped, which is nearly always: the whole text is then appended at once.
    private static func isPlain(_ value: String) -> Bool {
        var value = value
        return value.withUTF8 { bytes in
            // 0xE2 begins the line and paragraph separators (and harmless signs, which only cost the slow way).
            bytes.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C && $0 != 0x7F && $0 != 0xE2 }
        }
    }

    private static func write(quoted value: String, to text: inout String) {
        if isPlain(value) {
            text += "\""
            text += value
            text += "\""
            return
        }
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..<"\u{20}", "\u{7F}", "\u{2028}", "\u{2029}":
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
    package init(nilLiteral: ()) { self = .null }
}

extension JSON {
    /// An instant in RFC 3339, or null.
    package static func time(_ instant: Timestamp?) -> JSON { instant.map { .string($0.rfc3339()) } ?? .null }
    /// A text, or null.
    package static func optional(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
    /// A whole number, or null.
    package static func optional(_ value: Int?) -> JSON { value.map { .integer(Int64($0)) } ?? .null }
    package static func integer(_ value: Int) -> JSON { .integer(Int64(value)) }
    /// An identifier's text, or null.
    package static func id(_ value: (some CustomStringConvertible)?) -> JSON {
        value.map { .string($0.description) } ?? .null
    }
    /// The raw value of a word of the vocabulary.
    package static func word(_ value: some RawRepresentable<String>) -> JSON { .string(value.rawValue) }
}
