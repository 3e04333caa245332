/// One answer of `GET /v1/replay`: a piece of what a collector's decisions rest on, and of what it decided
/// (docs/replay.md). The first piece has a base, the last one has no `next`.
///
/// Of a span that the kept log does not reach it is another thing: a feed made from history, piece by piece, without
/// base, rows and lines.
package struct ReplayPage: Hashable, Sendable {
    package static let version: UInt8 = 1

    /// Where to begin.
    package struct Base: Hashable, Sendable {
        /// Everything up to here has been judged; the beginning of time where the log is whole from its first row.
        package var engineTime: Timestamp
        /// The number of the last journal line that was decided there.
        package var journalSeq: Int64
        /// Inputs that everyone skips.
        package var quarantined: [LogPlace]
        /// The engine's state; nil where it knew nothing yet.
        package var state: State?

        package init(
            engineTime: Timestamp, journalSeq: Int64, quarantined: [LogPlace] = [], state: State? = nil
        ) {
            self.engineTime = engineTime
            self.journalSeq = journalSeq
            self.quarantined = quarantined
            self.state = state
        }
    }

    /// A checkpoint's bytes, which only the engine understands.
    package struct State: Hashable, Sendable {
        package var head: [UInt8]
        /// By their number.
        package var blocks: [Int: [UInt8]]

        package init(head: [UInt8], blocks: [Int: [UInt8]]) {
            self.head = head
            self.blocks = blocks
        }
    }

    /// A line of the journal, to compare with.
    package struct Line: Hashable, Sendable {
        package var number: Int64
        package var at: Timestamp
        package var kind: String
        /// Of a decision, the bytes that were hashed; nil where they were erased.
        package var body: String?

        package init(number: Int64, at: Timestamp, kind: String, body: String?) {
            self.number = number
            self.at = at
            self.kind = kind
            self.body = body
        }
    }

    /// What is played where there are no rows, in order.
    package enum Retold: Hashable, Sendable {
        /// The fleet as it was imported then: JSON.
        case fleet(at: Timestamp, [UInt8])
        /// Lines of a feed, JSON Lines.
        case feed([UInt8])
    }

    package var base: Base?
    package var retold: [Retold] = []
    /// In what a replay of `retold` is not exact; empty where rows are played.
    package var approximated: [ReplayApproximation] = []
    /// In the order of the log.
    package var rows: [LogRow] = []
    /// Ascending and without a gap.
    package var lines: [Line] = []
    /// How far time has passed after the last row of the last piece.
    package var until: Timestamp
    /// What to ask for the next piece with.
    package var next: String?

    package init(base: Base? = nil, until: Timestamp) {
        self.base = base
        self.until = until
    }
}

extension ReplayPage {
    private enum Kind: UInt8 {
        case base = 1
        case head = 2
        case block = 3
        case row = 4
        case line = 5
        case end = 6
        case fleet = 7
        case feed = 8
        case approximated = 9
    }

    /// A version byte, then records, each as kind, length, payload; the end is the last one.
    package var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.put(byte: Self.version)
        func record(_ kind: Kind, _ write: (inout ByteWriter) -> Void) {
            writer.put(byte: kind.rawValue)
            writer.put(counted: write)
        }
        if let base {
            record(.base) {
                $0.put(base.engineTime)
                $0.put(base.journalSeq)
                $0.put(list: base.quarantined) { $0.put($1) }
            }
            if let state = base.state {
                record(.head) { $0.put(raw: state.head) }
                for (number, block) in state.blocks.sorted(by: { $0.key < $1.key }) {
                    record(.block) {
                        $0.put(number)
                        $0.put(raw: block)
                    }
                }
            }
        }
        for row in rows { record(.row) { $0.put(row) } }
        for line in lines {
            record(.line) {
                $0.put(line.number)
                $0.put(line.at)
                $0.put(line.kind)
                $0.put(line.body)
            }
        }
        for part in retold {
            switch part {
            case .fleet(let at, let json):
                record(.fleet) {
                    $0.put(at)
                    $0.put(raw: json)
                }
            case .feed(let lines): record(.feed) { $0.put(raw: lines) }
            }
        }
        for word in approximated { record(.approximated) { $0.put(word.rawValue) } }
        record(.end) {
            $0.put(until)
            $0.put(next)
        }
        return writer.bytes
    }

    package init(_ bytes: [UInt8]) throws(ByteCodingError) {
        var reader = ByteReader(bytes)
        guard try reader.byte() == Self.version else { throw .malformed }
        self.init(until: .distantPast)
        var isWhole = false
        while !reader.isAtEnd {
            guard !isWhole, let kind = Kind(rawValue: try reader.byte()) else { throw .malformed }
            var record = ByteReader(try reader.slice())
            switch kind {
            case .base:
                base = Base(
                    engineTime: try record.timestamp(), journalSeq: try record.integer64(),
                    quarantined: try record.list { reader throws(ByteCodingError) in try reader.logPlace() })
            case .head: base?.state = State(head: try record.raw(), blocks: [:])
            case .block:
                let number = try record.integer()
                base?.state?.blocks[number] = try record.raw()
            case .row: rows.append(try record.logRow())
            case .line:
                lines.append(
                    Line(
                        number: try record.integer64(), at: try record.timestamp(), kind: try record.string(),
                        body: try record.optionalString()))
            case .fleet: retold.append(.fleet(at: try record.timestamp(), try record.raw()))
            case .feed: retold.append(.feed(try record.raw()))
            case .approximated:
                guard let word = ReplayApproximation(rawValue: try record.string()) else { throw .malformed }
                approximated.append(word)
            case .end:
                until = try record.timestamp()
                next = try record.optionalString()
                isWhole = true
            }
        }
        guard isWhole else { throw .truncated }
    }
}

extension ByteWriter {
    package mutating func put(_ row: LogRow) {
        put(row.writer)
        put(row.seq)
        put(row.at)
        put(raw: row.batch)
    }

    package mutating func put(_ place: LogPlace) {
        put(place.writer)
        put(place.seq)
        put(place.index)
    }
}

extension ByteReader {
    package mutating func logRow() throws(ByteCodingError) -> LogRow {
        LogRow(writer: try string(), seq: try integer64(), at: try timestamp(), batch: try raw())
    }

    package mutating func logPlace() throws(ByteCodingError) -> LogPlace {
        LogPlace(writer: try string(), seq: try integer64(), index: try integer())
    }
}
