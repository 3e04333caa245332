import AnpiModel

/// Reads the two frequent lines, `heard` and `heartbeat`, straight from their bytes.
///
/// It knows them with `at` first and with `agent` before `until`, as every writer of ours and most of others put them;
/// whatever else it meets makes it answer nil, and `JSONDecoder` takes over: slower, and with the path of every
/// mistake. The two are tested to agree on mutated lines.
struct FeedScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    static func scan(_ line: UnsafeBufferPointer<UInt8>) -> FeedLine? {
        var scanner = FeedScanner(bytes: line)
        return scanner.line()
    }

    private mutating func line() -> FeedLine? {
        guard take(UInt8(ascii: "{")), key("at"), let at = instant(), take(UInt8(ascii: ",")),
            let event = heard() ?? heartbeat()
        else { return nil }
        return FeedLine(at: at, event)
    }

    private mutating func heard() -> FeedLine.Event? {
        let start = position
        guard key("heard"), take(UInt8(ascii: "{")), key("agent"), let agent = string().flatMap(identifier),
            take(UInt8(ascii: ",")), key("until"), let until = instant(), take(UInt8(ascii: "}")),
            take(UInt8(ascii: "}")), isAtEnd()
        else {
            position = start
            return nil
        }
        return .heard(agent, until: until)
    }

    private mutating func heartbeat() -> FeedLine.Event? {
        guard key("heartbeat") else { return nil }
        // The message is what stands before the line's own closing brace.
        var end = bytes.count
        while end > position, Self.isSpace(bytes[end - 1]) { end -= 1 }
        guard end > position, bytes[end - 1] == UInt8(ascii: "}") else { return nil }
        return HeartbeatScanner.scan(UnsafeBufferPointer(rebasing: bytes[position..<(end - 1)])).map { .heartbeat($0) }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private mutating func skipSpace() {
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    }

    private mutating func isAtEnd() -> Bool {
        skipSpace()
        return position == bytes.count
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func key(_ name: StaticString) -> Bool {
        let start = position
        if let text = string(), text.count == name.utf8CodeUnitCount,
            zip(text, UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)).allSatisfy({ $0 == $1 }
            ),
            take(UInt8(ascii: ":"))
        {
            return true
        }
        position = start
        return false
    }

    /// The bytes of a string without escapes; what they must be is for the caller to check.
    private mutating func string() -> UnsafeBufferPointer<UInt8>? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                defer { position += 1 }
                return UnsafeBufferPointer(rebasing: bytes[start..<position])
            }
            if byte == UInt8(ascii: "\\") || byte < 0x20 { return nil }
            position += 1
        }
        return nil
    }

    private mutating func instant() -> Timestamp? { string().flatMap { Timestamp(rfc3339: $0) } }

    /// Nil where it is not ASCII text that an identifier may be.
    private func identifier(_ text: UnsafeBufferPointer<UInt8>) -> AgentID? {
        String(validating: text, as: UTF8.self).flatMap { AgentID($0) }
    }
}
