/// `new`, unless the key was told before: which of two values counts is the slow way's to say.
private func once<Value>(_ old: Value?, _ new: Value) throws(HeartbeatScanner.Unusual) -> Value {
    guard old == nil else { throw HeartbeatScanner.Unusual() }
    return new
}

/// Reads the usual heartbeat straight from its bytes, without a tree and without `Codable`.
///
/// It knows the keys of CONTRACTS §1 and plain JSON. Whatever is out of the ordinary (escapes in strings, numbers with
/// exponents, wrong types, damage) makes it answer nil, and `JSONDecoder` takes over: slower, and with the path of
/// every mistake. The two are tested to agree on random messages, so that it is only ever a faster way to the same
/// value.
package struct HeartbeatScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The request in `body`, or nil where it is not the usual form.
    package static func scan(_ body: UnsafeBufferPointer<UInt8>) -> HeartbeatRequest? {
        var scanner = HeartbeatScanner(body)
        do {
            let request = try scanner.request()
            scanner.skipSpace()
            return scanner.position == body.count ? request : nil
        } catch {
            return nil
        }
    }

    /// The message is not in the form this reader knows.
    fileprivate struct Unusual: Error {}

    /// Deepest nesting that unknown keys may have before the slow way takes over.
    private static let skippedDepthMax = 16

    // MARK: The message

    private mutating func request() throws(Unusual) -> HeartbeatRequest {
        var agent: AgentID?
        var boot: String?
        var sentAt: Timestamp?
        var version: String?
        var dropped: Int?
        var beats: [Beat]?
        try object { scanner, key throws(Unusual) in
            switch key {
            case "agent": agent = try once(agent, scanner.identifier())
            case "boot": boot = try once(boot, scanner.string())
            case "sentAt": sentAt = try once(sentAt, scanner.timestamp())
            case "version": version = try once(version, scanner.string())
            case "dropped": dropped = try once(dropped, Int(scanner.integer()))
            case "beats": beats = try once(beats, scanner.list { scanner throws(Unusual) in try scanner.beat() })
            default: try scanner.skipValue(depth: 0)
            }
        }
        guard let agent, let boot, let beats else { throw Unusual() }
        return HeartbeatRequest(
            agent: agent, boot: boot, sentAt: sentAt, version: version, dropped: dropped, beats: beats)
    }

    private mutating func beat() throws(Unusual) -> Beat {
        var seq: Int64?
        var at: Timestamp?
        var interval: Int?
        var beat = Beat(seq: 0, at: Timestamp(milliseconds: 0), interval: 1)
        try object { scanner, key throws(Unusual) in
            switch key {
            case "seq": seq = try once(seq, scanner.integer())
            case "count": beat.count = try once(beat.count, Int(scanner.integer()))
            case "at": at = try once(at, scanner.timestamp())
            case "interval": interval = try once(interval, Int(scanner.integer()))
            case "uptimeSeconds": beat.uptimeSeconds = try once(beat.uptimeSeconds, scanner.integer())
            case "power": beat.power = try once(beat.power, scanner.power())
            case "link": beat.link = try once(beat.link, scanner.word())
            case "disk": beat.disk = try once(beat.disk, scanner.disk())
            case "copies":
                beat.copies = try once(beat.copies, scanner.list { scanner throws(Unusual) in try scanner.copy() })
            case "notice": beat.notice = try once(beat.notice, scanner.word())
            case "reason": beat.reason = try once(beat.reason, scanner.word())
            case "backAt": beat.backAt = try once(beat.backAt, scanner.timestamp())
            default: try scanner.skipValue(depth: 0)
            }
        }
        guard let seq, let at, let interval else { throw Unusual() }
        beat.seq = seq
        beat.at = at
        beat.interval = interval
        return beat
    }

    private mutating func power() throws(Unusual) -> Beat.Power {
        var source: PowerSource?
        var power = Beat.Power(source: .unknown)
        try object { scanner, key throws(Unusual) in
            switch key {
            case "source": source = try once(source, scanner.word())
            case "charge": power.charge = try once(power.charge, scanner.decimal())
            case "runtimeSeconds": power.runtimeSeconds = try once(power.runtimeSeconds, scanner.integer())
            default: try scanner.skipValue(depth: 0)
            }
        }
        guard let source else { throw Unusual() }
        power.source = source
        return power
    }

    private mutating func disk() throws(Unusual) -> Beat.Disk {
        var free: Int64?
        var total: Int64?
        try object { scanner, key throws(Unusual) in
            switch key {
            case "freeBytes": free = try once(free, scanner.integer())
            case "totalBytes": total = try once(total, scanner.integer())
            default: try scanner.skipValue(depth: 0)
            }
        }
        guard let free, let total else { throw Unusual() }
        return Beat.Disk(freeBytes: free, totalBytes: total)
    }

    private mutating func copy() throws(Unusual) -> CopyReport {
        var tier: CopyTier?
        var state: CopyState?
        var copy = CopyReport(tier: .primary, state: .unknown)
        try object { scanner, key throws(Unusual) in
            switch key {
            case "tier": tier = try once(tier, scanner.word())
            case "state": state = try once(state, scanner.word())
            case "goodAt": copy.goodAt = try once(copy.goodAt, scanner.timestamp())
            case "verifiedAt": copy.verifiedAt = try once(copy.verifiedAt, scanner.timestamp())
            case "bytes": copy.bytes = try once(copy.bytes, scanner.integer())
            case "message": copy.message = try once(copy.message, scanner.string())
            default: try scanner.skipValue(depth: 0)
            }
        }
        guard let tier, let state else { throw Unusual() }
        copy.tier = tier
        copy.state = state
        return copy
    }

    // MARK: JSON

    /// The name of a member, compared where it lies: a string of each would take longer than reading what it names.
    fileprivate struct Key {
        let bytes: UnsafeBufferPointer<UInt8>

        static func ~= (name: StaticString, key: Key) -> Bool {
            let count = name.utf8CodeUnitCount
            guard key.bytes.count == count else { return false }
            for index in 0..<count where key.bytes[index] != name.utf8Start[index] { return false }
            return true
        }
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position] == 0x20 || (0x09...0x0D).contains(bytes[position]) {
            // Vertical tab and form feed are not JSON's: let the slow way say so.
            if bytes[position] == 0x0B || bytes[position] == 0x0C { return }
            position += 1
        }
    }

    private mutating func expect(_ byte: UInt8) throws(Unusual) {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { throw Unusual() }
        position += 1
    }

    private mutating func skips(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func object(
        _ member: (inout HeartbeatScanner, Key) throws(Unusual) -> Void
    ) throws(Unusual) {
        try expect(UInt8(ascii: "{"))
        if skips(UInt8(ascii: "}")) { return }
        repeat {
            let (name, isASCII) = try stringBytes()
            guard isASCII else { throw Unusual() }
            let key = Key(bytes: name)
            try expect(UInt8(ascii: ":"))
            try member(&self, key)
        } while skips(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    private mutating func list<Element>(
        _ element: (inout HeartbeatScanner) throws(Unusual) -> Element
    ) throws(Unusual) -> [Element] {
        try expect(UInt8(ascii: "["))
        var elements: [Element] = []
        if skips(UInt8(ascii: "]")) { return elements }
        repeat { elements.append(try element(&self)) } while skips(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
        return elements
    }

    /// The bytes of a string without escapes, and whether all of them are ASCII.
    private mutating func stringBytes() throws(Unusual) -> (bytes: UnsafeBufferPointer<UInt8>, isASCII: Bool) {
        try expect(UInt8(ascii: "\""))
        let start = position
        var seen: UInt8 = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                defer { position += 1 }
                return (UnsafeBufferPointer(rebasing: bytes[start..<position]), seen < 0x80)
            }
            if byte == UInt8(ascii: "\\") || byte < 0x20 { throw Unusual() }
            seen |= byte
            position += 1
        }
        throw Unusual()
    }

    private mutating func string() throws(Unusual) -> String {
        let (bytes, isASCII) = try stringBytes()
        // ASCII cannot be wrong, and the validating initializer costs more than all the rest of a short string.
        if isASCII { return String(decoding: bytes, as: UTF8.self) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Unusual() }
        return text
    }

    private mutating func identifier() throws(Unusual) -> AgentID {
        guard let identifier = AgentID(try string()) else { throw Unusual() }
        return identifier
    }

    private mutating func timestamp() throws(Unusual) -> Timestamp {
        if try isNull() { throw Unusual() }
        guard let instant = Timestamp(rfc3339: try stringBytes().bytes) else { throw Unusual() }
        return instant
    }

    private mutating func word<Word: RawRepresentable<String>>() throws(Unusual) -> Word {
        guard let word = Word(rawValue: try string()) else { throw Unusual() }
        return word
    }

    private mutating func isNull() throws(Unusual) -> Bool {
        skipSpace()
        return position < bytes.count && bytes[position] == UInt8(ascii: "n")
    }

    /// An integer of at most 18 digits.
    private mutating func integer() throws(Unusual) -> Int64 {
        skipSpace()
        let isNegative = position < bytes.count && bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let start = position
        var value: Int64 = 0
        while position < bytes.count, bytes[position] &- 0x30 <= 9 {
            value = value * 10 + Int64(bytes[position] &- 0x30)
            position += 1
            if position - start > 18 { throw Unusual() }
        }
        guard position > start, bytes[start] != 0x30 || position == start + 1, endsNumber() else { throw Unusual() }
        return isNegative ? -value : value
    }

    /// A number with up to 15 digits in all, which a `Double` holds exactly before the one division.
    private mutating func decimal() throws(Unusual) -> Double {
        skipSpace()
        let start = position
        var digits: Int64 = 0
        var count = 0
        var scale = 1.0
        var inFraction = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte &- 0x30 <= 9 {
                digits = digits * 10 + Int64(byte &- 0x30)
                count += 1
                if inFraction { scale *= 10 }
            } else if byte == UInt8(ascii: "."), !inFraction, position > start {
                inFraction = true
            } else {
                break
            }
            position += 1
        }
        guard count > 0, count <= 15, bytes[position - 1] != UInt8(ascii: "."), endsNumber(),
            bytes[start] != 0x30 || position == start + 1 || bytes[start + 1] == UInt8(ascii: ".")
        else { throw Unusual() }
        return Double(digits) / scale
    }

    private func endsNumber() -> Bool {
        guard position < bytes.count else { return true }
        switch bytes[position] {
        case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0x20, 0x09, 0x0A, 0x0D: return true
        default: return false
        }
    }

    private mutating func skipValue(depth: Int) throws(Unusual) {
        guard depth < Self.skippedDepthMax else { throw Unusual() }
        skipSpace()
        guard position < bytes.count else { throw Unusual() }
        switch bytes[position] {
        case UInt8(ascii: "\""):
            _ = try string()
        case UInt8(ascii: "{"):
            try object { scanner, _ throws(Unusual) in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "["):
            position += 1
            if skips(UInt8(ascii: "]")) { return }
            repeat { try skipValue(depth: depth + 1) } while skips(UInt8(ascii: ","))
            try expect(UInt8(ascii: "]"))
        case UInt8(ascii: "t"): try skip(literal: "true")
        case UInt8(ascii: "f"): try skip(literal: "false")
        case UInt8(ascii: "n"): try skip(literal: "null")
        default: _ = try decimalOrInteger()
        }
    }

    private mutating func decimalOrInteger() throws(Unusual) -> Double {
        skipSpace()
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") {
            position += 1
            guard position < bytes.count, bytes[position] &- 0x30 <= 9 else { throw Unusual() }
        }
        return try decimal()
    }

    private mutating func skip(literal: StaticString) throws(Unusual) {
        let count = literal.utf8CodeUnitCount
        guard position + count <= bytes.count else { throw Unusual() }
        for index in 0..<count where bytes[position + index] != literal.utf8Start[index] { throw Unusual() }
        position += count
        guard endsNumber() else { throw Unusual() }
    }
}
