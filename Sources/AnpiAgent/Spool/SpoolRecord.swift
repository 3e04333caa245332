import AnpiModel

/// What a line of the spool's file says; replayed in order they give the backlog.
enum SpoolRecord: Hashable, Sendable {
    /// The counters from here on; the first record of every file.
    case counters(boot: String, lastSequence: Int64, dropped: Int64)
    /// A run as it stood when the file was made.
    case run(WaitingRun)
    /// A beat that began a run of its own.
    case beat(Beat)
    /// A beat that went into the newest run.
    case extended
    case removed(boot: String, sequences: ClosedRange<Int64>)
    /// The oldest beats were dropped until this many were left.
    case dropped(downTo: Int64)

    /// Length, checksum, payload: a record that was not written whole is recognised.
    var frame: [UInt8] {
        var writer = ByteWriter()
        write(to: &writer)
        let payload = writer.bytes
        let checksum = CRC32.checksum(payload)
        var frame: [UInt8] = []
        frame.reserveCapacity(8 + payload.count)
        for value in [UInt32(payload.count), checksum] {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                frame.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        return frame + payload
    }

    /// The record at `position`, which moves behind it; nil where no whole record lies.
    static func read(_ bytes: [UInt8], at position: inout Int) -> SpoolRecord? {
        func number(_ start: Int) -> UInt32 {
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
        }
        guard position + 8 <= bytes.count else { return nil }
        let count = Int(number(position))
        guard count <= bytes.count - position - 8 else { return nil }
        let payload = bytes[(position + 8)..<(position + 8 + count)]
        guard CRC32.checksum(payload) == number(position + 4) else { return nil }
        var reader = ByteReader(payload)
        guard let record = try? SpoolRecord(from: &reader), reader.isAtEnd else { return nil }
        position += 8 + count
        return record
    }

    private func write(to writer: inout ByteWriter) {
        switch self {
        case .counters(let boot, let lastSequence, let dropped):
            writer.put(byte: 1)
            writer.put(boot)
            writer.put(lastSequence)
            writer.put(dropped)
        case .run(let waiting):
            writer.put(byte: 2)
            writer.put(waiting.boot)
            writer.put(beat: waiting.run)
        case .beat(let beat):
            writer.put(byte: 3)
            writer.put(beat: beat)
        case .extended:
            writer.put(byte: 4)
        case .removed(let boot, let sequences):
            writer.put(byte: 5)
            writer.put(boot)
            writer.put(sequences.lowerBound)
            writer.put(sequences.upperBound)
        case .dropped(let limit):
            writer.put(byte: 6)
            writer.put(limit)
        }
    }

    private init(from reader: inout ByteReader) throws(ByteCodingError) {
        switch try reader.byte() {
        case 1:
            self = .counters(
                boot: try reader.string(), lastSequence: try reader.integer64(), dropped: try reader.integer64())
        case 2: self = .run(WaitingRun(boot: try reader.string(), run: try reader.beat()))
        case 3: self = .beat(try reader.beat())
        case 4: self = .extended
        case 5:
            let boot = try reader.string()
            let (first, last) = (try reader.integer64(), try reader.integer64())
            guard first <= last else { throw .malformed }
            self = .removed(boot: boot, sequences: first...last)
        case 6: self = .dropped(downTo: try reader.integer64())
        default: throw .malformed
        }
    }
}

extension ByteWriter {
    fileprivate mutating func put(beat: Beat) {
        put(beat.seq)
        put(beat.count ?? 1)
        put(beat.at)
        put(beat.interval)
        put(beat.uptimeSeconds) { $0.put($1) }
        put(beat.power) { writer, power in
            writer.put(power.source, in: PowerSource.allCases)
            writer.put(power.charge) { $0.put($1) }
            writer.put(power.runtimeSeconds) { $0.put($1) }
        }
        put(beat.link) { $0.put($1, in: Link.allCases) }
        put(beat.disk) { writer, disk in
            writer.put(disk.freeBytes)
            writer.put(disk.totalBytes)
        }
        put(beat.copies) { writer, copies in
            writer.put(list: copies) { writer, copy in
                writer.put(copy.tier, in: CopyTier.allCases)
                writer.put(copy.state, in: CopyState.allCases)
                writer.put(copy.goodAt) { $0.put($1) }
                writer.put(copy.verifiedAt) { $0.put($1) }
                writer.put(copy.bytes) { $0.put($1) }
                writer.put(copy.message) { $0.put($1) }
            }
        }
        put(beat.notice) { $0.put($1, in: Beat.Notice.allCases) }
        put(beat.reason) { $0.put($1, in: GoodbyeReason.allCases) }
        put(beat.backAt) { $0.put($1) }
    }
}

extension ByteReader {
    fileprivate mutating func beat() throws(ByteCodingError) -> Beat {
        let seq = try integer64()
        let count = try integer()
        guard seq >= 1, count >= 1, count <= 1 << 32 else { throw .malformed }
        var beat = Beat(seq: seq, count: count == 1 ? nil : count, at: try timestamp(), interval: try integer())
        beat.uptimeSeconds = try optional { (reader) throws(ByteCodingError) in try reader.integer64() }
        beat.power = try optional { (reader) throws(ByteCodingError) in
            Beat.Power(
                source: try reader.word(in: PowerSource.allCases),
                charge: try reader.optional { (reader) throws(ByteCodingError) in try reader.double() },
                runtimeSeconds: try reader.optional { (reader) throws(ByteCodingError) in try reader.integer64() })
        }
        beat.link = try optional { (reader) throws(ByteCodingError) in try reader.word(in: Link.allCases) }
        beat.disk = try optional { (reader) throws(ByteCodingError) in
            Beat.Disk(freeBytes: try reader.integer64(), totalBytes: try reader.integer64())
        }
        beat.copies = try optional { (reader) throws(ByteCodingError) in
            try reader.list { (reader) throws(ByteCodingError) in try reader.copyReport() }
        }
        beat.notice = try optional { (reader) throws(ByteCodingError) in try reader.word(in: Beat.Notice.allCases) }
        beat.reason = try optional { (reader) throws(ByteCodingError) in try reader.word(in: GoodbyeReason.allCases) }
        beat.backAt = try optional { (reader) throws(ByteCodingError) in try reader.timestamp() }
        return beat
    }

    private mutating func copyReport() throws(ByteCodingError) -> CopyReport {
        CopyReport(
            tier: try word(in: CopyTier.allCases), state: try word(in: CopyState.allCases),
            goodAt: try optional { (reader) throws(ByteCodingError) in try reader.timestamp() },
            verifiedAt: try optional { (reader) throws(ByteCodingError) in try reader.timestamp() },
            bytes: try optional { (reader) throws(ByteCodingError) in try reader.integer64() },
            message: try optional { (reader) throws(ByteCodingError) in try reader.string() })
    }
}
