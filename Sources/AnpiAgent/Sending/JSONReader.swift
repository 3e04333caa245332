import AnpiModel

/// Reads JSON (RFC 8259) into values. Foundation's decoder would cost the agent more memory than all that it does
/// itself, for answers of a hundred bytes.
///
/// What is not JSON as a whole is nil: pages of guest networks come here too. Of equal keys the first counts.
struct JSONReader {
    /// Deeper nesting is refused; nothing that we ask for nests more than four times.
    static let depthMax = 32

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The value of the whole text, or nil.
    static func read(_ bytes: [UInt8]) -> JSON? {
        var reader = JSONReader(bytes)
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipSpace()
        // Not "? value : nil": `JSON` can be written as nil too, and means null by it.
        guard reader.position == bytes.count else { return nil }
        return value
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func take(_ word: StaticString, _ value: JSON) -> JSON? {
        for byte in word.description.utf8 where !take(byte) { return nil }
        return value
    }

    private mutating func value(depth: Int) -> JSON? {
        skipSpace()
        guard depth <= Self.depthMax, let first = next else { return nil }
        switch first {
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "t"): return take("true", .bool(true))
        case UInt8(ascii: "f"): return take("false", .bool(false))
        case UInt8(ascii: "n"): return take("null", .null)
        default: return number()
        }
    }

    private mutating func object(depth: Int) -> JSON? {
        position += 1
        var members: [JSON.Member] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object([]) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\""), let key = string() else { return nil }
            skipSpace()
            guard take(UInt8(ascii: ":")), let value = value(depth: depth + 1) else { return nil }
            members.append(JSON.Member(key, value))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { return nil }
        }
    }

    private mutating func array(depth: Int) -> JSON? {
        position += 1
        var items: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            guard let item = value(depth: depth + 1) else { return nil }
            items.append(item)
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(items) }
            guard take(UInt8(ascii: ",")) else { return nil }
        }
    }

    private mutating func string() -> String? {
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escaped() else { return nil }
                text.append(contentsOf: String(Character(scalar)).utf8)
            case 0..<0x20: return nil
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func escaped() -> Unicode.Scalar? {
        guard let byte = next else { return nil }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            guard let first = unit() else { return nil }
            guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), let second = unit(),
                (0xDC00..<0xE000).contains(second)
            else { return nil }
            return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        default: return nil
        }
    }

    private mutating func unit() -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        defer { position += 4 }
        let digits = bytes[position..<(position + 4)]
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private mutating func number() -> JSON? {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { guard digits() else { return nil } }
        let isWhole = next != UInt8(ascii: ".") && next != UInt8(ascii: "e") && next != UInt8(ascii: "E")
        var fraction = 0
        if take(UInt8(ascii: ".")) {
            let point = position
            guard digits() else { return nil }
            fraction = position - point
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() else { return nil }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { return nil }
        return .decimal(value, digits: min(fraction, 15))
    }

    private mutating func digits() -> Bool {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        return position > start
    }
}

extension JSON {
    /// The whole number that this is, also one written as `1e3` or `2.0`.
    var wholeNumber: Int64? {
        switch self {
        case .integer(let value): value
        case .decimal(let value, _): Int64(exactly: value)
        default: nil
        }
    }

    var stringValue: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var items: [JSON]? {
        guard case .array(let items) = self else { return nil }
        return items
    }
}

extension HeartbeatResponse {
    /// Reads a collector's answer; nil for anything else. What a later collector adds is ignored.
    init?(json bytes: [UInt8]) {
        guard let json = JSONReader.read(bytes), let acknowledged = json["acknowledged"]?.wholeNumber,
            let interval = json["interval"]?.wholeNumber.flatMap({ Int(exactly: $0) }),
            let items = json["rejected"]?.items
        else { return nil }
        var rejected: [Rejection] = []
        for item in items {
            guard let seq = item["seq"]?.wholeNumber, let reason = item["reason"]?.stringValue else { return nil }
            rejected.append(Rejection(seq: seq, reason: reason))
        }
        let directives = (json["directives"]?.items ?? []).compactMap(\.stringValue)
        self.init(acknowledged: acknowledged, rejected: rejected, interval: interval, directives: directives)
    }
}
