package import AnpiModel
import FoundationEssentials

/// The bytes of a log row: the inputs that one commit made durable, in the order they are applied.
///
/// A row begins with a version byte; each input follows as kind, length, payload. Beats are hot and binary; what
/// people change is rare and stays readable as JSON. A reader of a newer kind or version stops with an error rather
/// than guess.
package enum InputCodec {
    /// The first byte of every row.
    package static let version: UInt8 = 1

    private enum Kind: UInt8 {
        case heartbeats = 1
        case ping = 2
        case command = 3
        case deaf = 4
        case quarantined = 5
        case anchored = 6
        case hazard = 7
        case hazardQuarantined = 8
        case feedSeen = 9
        case heard = 10
        case restored = 11
        case calibrated = 12
    }

    /// An empty row to append inputs to.
    package static func begin(reserving capacity: Int = 0) -> ByteWriter {
        var row = ByteWriter(reserving: capacity)
        row.put(byte: version)
        return row
    }

    package static func append(_ input: Input, to row: inout ByteWriter) {
        switch input {
        case .heartbeats(let heartbeats):
            row.put(byte: Kind.heartbeats.rawValue)
            // Written in place: a buffer of its own would be one allocation a beat.
            row.put(counted: { write(heartbeats, to: &$0) })
        case .ping(let ping): append(.ping, json(ping), to: &row)
        case .command(let command): append(.command, json(command), to: &row)
        case .deaf(let span): append(.deaf, json(span), to: &row)
        case .quarantined(let quarantined): append(.quarantined, json(quarantined), to: &row)
        case .anchored(let anchored): append(.anchored, json(anchored), to: &row)
        case .hazard(let hazard):
            // Shapes have thousands of points: binary.
            row.put(byte: Kind.hazard.rawValue)
            row.put(counted: { write(hazard, to: &$0) })
        case .hazardQuarantined(let hazard): append(.hazardQuarantined, json(hazard), to: &row)
        case .feedSeen(let seen): append(.feedSeen, json(seen), to: &row)
        case .heard(let heard): append(.heard, json(heard), to: &row)
        case .restored(let restored): append(.restored, json(restored), to: &row)
        case .calibrated(let calibration): append(.calibrated, json(calibration), to: &row)
        }
    }

    private static func append(_ kind: Kind, _ payload: [UInt8], to row: inout ByteWriter) {
        row.put(byte: kind.rawValue)
        row.put(raw: payload)
    }

    package static func encode(_ inputs: [Input]) -> [UInt8] {
        var row = begin()
        for input in inputs { append(input, to: &row) }
        return row.bytes
    }

    package static func decode(_ row: [UInt8]) throws -> [Input] {
        var reader = ByteReader(row)
        guard try reader.byte() == version else { throw ByteCodingError.malformed }
        var inputs: [Input] = []
        while !reader.isAtEnd {
            guard let kind = Kind(rawValue: try reader.byte()) else { throw ByteCodingError.malformed }
            let payload = try reader.slice()
            switch kind {
            case .heartbeats:
                var body = ByteReader(payload)
                inputs.append(.heartbeats(try readHeartbeats(&body)))
            case .ping: inputs.append(.ping(try value(payload)))
            case .command: inputs.append(.command(try value(payload)))
            case .deaf: inputs.append(.deaf(try value(payload)))
            case .quarantined: inputs.append(.quarantined(try value(payload)))
            case .anchored: inputs.append(.anchored(try value(payload)))
            case .hazard:
                var body = ByteReader(payload)
                inputs.append(.hazard(try readHazard(&body)))
            case .hazardQuarantined: inputs.append(.hazardQuarantined(try value(payload)))
            case .feedSeen: inputs.append(.feedSeen(try value(payload)))
            case .heard: inputs.append(.heard(try value(payload)))
            case .restored: inputs.append(.restored(try value(payload)))
            case .calibrated: inputs.append(.calibrated(try value(payload)))
            }
        }
        return inputs
    }

    private static func json(_ value: some Encodable) -> [UInt8] {
        // Values of ours hold no floating-point number that JSON lacks: positions are checked at the doors.
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            preconditionFailure("an input that the doors let in cannot be written: \(error)")
        }
    }

    private static func value<Value: Decodable>(_ payload: ArraySlice<UInt8>) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(payload))
    }
}

// MARK: Official messages

extension InputCodec {
    private static func write(_ hazard: HazardInput, to writer: inout ByteWriter) {
        writer.put(hazard.receivedAt)
        writer.put(hazard.feed)
        writer.put(raw: hazard.digest)
        writer.put(hazard.message)
    }

    private static func readHazard(_ reader: inout ByteReader) throws(ByteCodingError) -> HazardInput {
        HazardInput(
            receivedAt: try reader.timestamp(), feed: try reader.string(), digest: try reader.raw(),
            message: try reader.hazardMessage())
    }
}

// MARK: Heartbeats

// Like those of writer and reader, but of this module: the compiler specialises generic functions inside one only, and
// a beat would pay for looking its types up.

private func place<Word: Equatable>(of word: Word, in words: [Word]) -> UInt8 { UInt8(words.firstIndex(of: word)!) }

private func list<Element>(
    _ reader: inout ByteReader, _ read: (inout ByteReader) throws(ByteCodingError) -> Element
) throws(ByteCodingError) -> [Element] {
    var elements: [Element] = []
    for _ in 0..<(try reader.count()) { elements.append(try read(&reader)) }
    return elements
}

private func word<Word>(in words: [Word], _ reader: inout ByteReader) throws(ByteCodingError) -> Word {
    let place = Int(try reader.byte())
    guard place < words.count else { throw .malformed }
    return words[place]
}

// The place of a word in these lists is what the log holds: append, never reorder.
private let powerSources: [PowerSource] = [.mains, .battery, .unknown]
private let links: [Link] = [.fixed, .lte, .satellite, .unknown]
private let tiers: [CopyTier] = [.primary, .mirror, .external, .offsite, .cloud]
private let copyStates: [CopyState] = [.good, .old, .failing, .missing, .unknown]
private let notices: [Beat.Notice] = [.lastGasp, .goodbye]
private let reasons: [GoodbyeReason] = [.shutdown, .restart, .update, .service, .unknown]

/// Which optional parts of a beat follow, a bit each.
private struct BeatParts: OptionSet {
    var rawValue: UInt64

    static let count = BeatParts(rawValue: 1 << 0)
    static let uptime = BeatParts(rawValue: 1 << 1)
    static let power = BeatParts(rawValue: 1 << 2)
    static let link = BeatParts(rawValue: 1 << 3)
    static let disk = BeatParts(rawValue: 1 << 4)
    static let copies = BeatParts(rawValue: 1 << 5)
    static let notice = BeatParts(rawValue: 1 << 6)
    static let reason = BeatParts(rawValue: 1 << 7)
    static let backAt = BeatParts(rawValue: 1 << 8)
}

extension InputCodec {
    fileprivate static func write(_ heartbeats: Heartbeats, to writer: inout ByteWriter) {
        let request = heartbeats.request
        writer.put(heartbeats.receivedAt)
        writer.put(request.agent.text)
        writer.put(request.boot)
        writer.put(request.sentAt)
        writer.put(request.version)
        writer.put(request.dropped.map { Int64($0) })
        writer.put(unsigned: UInt64(request.beats.count))
        for beat in request.beats { write(beat, to: &writer) }
    }

    fileprivate static func readHeartbeats(_ reader: inout ByteReader) throws(ByteCodingError) -> Heartbeats {
        let receivedAt = try reader.timestamp()
        let agent = AgentID(trusted: try reader.string())
        let boot = try reader.string()
        let sentAt = try reader.optionalTimestamp()
        let version = try reader.optionalString()
        let dropped = try reader.optionalInteger()
        let beats = try list(&reader, readBeat)
        return Heartbeats(
            receivedAt: receivedAt,
            request: HeartbeatRequest(
                agent: agent, boot: boot, sentAt: sentAt, version: version, dropped: dropped, beats: beats))
    }

    private static func write(_ beat: Beat, to writer: inout ByteWriter) {
        var parts = BeatParts()
        if beat.count != nil { parts.insert(.count) }
        if beat.uptimeSeconds != nil { parts.insert(.uptime) }
        if beat.power != nil { parts.insert(.power) }
        if beat.link != nil { parts.insert(.link) }
        if beat.disk != nil { parts.insert(.disk) }
        if beat.copies != nil { parts.insert(.copies) }
        if beat.notice != nil { parts.insert(.notice) }
        if beat.reason != nil { parts.insert(.reason) }
        if beat.backAt != nil { parts.insert(.backAt) }
        writer.put(unsigned: parts.rawValue)
        writer.put(beat.seq)
        writer.put(beat.at)
        writer.put(beat.interval)
        if let count = beat.count { writer.put(count) }
        if let uptime = beat.uptimeSeconds { writer.put(uptime) }
        if let power = beat.power {
            writer.put(byte: place(of: power.source, in: powerSources))
            writer.put(power.charge)
            writer.put(power.runtimeSeconds)
        }
        if let link = beat.link { writer.put(byte: place(of: link, in: links)) }
        if let disk = beat.disk {
            writer.put(disk.freeBytes)
            writer.put(disk.totalBytes)
        }
        if let copies = beat.copies {
            writer.put(unsigned: UInt64(copies.count))
            for copy in copies { write(copy, to: &writer) }
        }
        if let notice = beat.notice { writer.put(byte: place(of: notice, in: notices)) }
        if let reason = beat.reason { writer.put(byte: place(of: reason, in: reasons)) }
        if let backAt = beat.backAt { writer.put(backAt) }
    }

    private static func readBeat(_ reader: inout ByteReader) throws(ByteCodingError) -> Beat {
        let parts = BeatParts(rawValue: try reader.unsigned())
        var beat = Beat(seq: try reader.integer64(), at: try reader.timestamp(), interval: try reader.integer())
        if parts.contains(.count) { beat.count = try reader.integer() }
        if parts.contains(.uptime) { beat.uptimeSeconds = try reader.integer64() }
        if parts.contains(.power) {
            beat.power = Beat.Power(
                source: try word(in: powerSources, &reader),
                charge: try reader.optionalDouble(),
                runtimeSeconds: try reader.optionalInteger64())
        }
        if parts.contains(.link) { beat.link = try word(in: links, &reader) }
        if parts.contains(.disk) {
            beat.disk = Beat.Disk(freeBytes: try reader.integer64(), totalBytes: try reader.integer64())
        }
        if parts.contains(.copies) { beat.copies = try list(&reader, readCopy) }
        if parts.contains(.notice) { beat.notice = try word(in: notices, &reader) }
        if parts.contains(.reason) { beat.reason = try word(in: reasons, &reader) }
        if parts.contains(.backAt) { beat.backAt = try reader.timestamp() }
        return beat
    }

    private static func write(_ copy: CopyReport, to writer: inout ByteWriter) {
        writer.put(byte: place(of: copy.tier, in: tiers))
        writer.put(byte: place(of: copy.state, in: copyStates))
        writer.put(copy.goodAt)
        writer.put(copy.verifiedAt)
        writer.put(copy.bytes)
        writer.put(copy.message)
    }

    private static func readCopy(_ reader: inout ByteReader) throws(ByteCodingError) -> CopyReport {
        CopyReport(
            tier: try word(in: tiers, &reader), state: try word(in: copyStates, &reader),
            goodAt: try reader.optionalTimestamp(),
            verifiedAt: try reader.optionalTimestamp(),
            bytes: try reader.optionalInteger64(),
            message: try reader.optionalString())
    }
}
