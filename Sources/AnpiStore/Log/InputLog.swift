package import AnpiModel

/// The input log of one lane: doors append, the engine reads (ENGINE §1).
///
/// Two rules make the order (at, writer, seq) final as soon as a row can be read: the rows of an append are later than
/// the watermark that their writer stated before (`at > watermark`), and an append states a watermark that covers its
/// rows (`at <= watermark`). A clock that stands still or steps back must therefore be moved on by the door:
/// `at = max(clock, watermark + 1 ms)`.
package struct InputLog: Sendable {
    /// How many rows one `read` returns at most.
    package static let readLimit = 1_024
    /// How many rows one `deleteBelow` removes of each writer at most, so that the writer is not held for long.
    package static let deleteLimit: Int64 = 128

    private let database: any SQLDatabase
    private let lane: Int64
    private let priority: TransactionPriority

    /// - Parameter priority: of what is appended and stated: nobody's answer waits for a drill's.
    package init(_ database: any SQLDatabase, lane: Int = 0, priority: TransactionPriority = .beats) {
        self.database = database
        self.lane = Int64(lane)
        self.priority = priority
    }

    /// Enters a new writer and returns the watermark it starts with.
    ///
    /// `id` is `[A-Za-z0-9-]{1,64}`, drawn by the caller and never used before; one that was is refused with
    /// `.constraint`. The watermark is `at`, or that of the furthest writer where it is later, since engine time may
    /// have got there already.
    @discardableResult
    package func openWriter(id: String, at: Timestamp, release: Int = Migrations().newest) throws -> Timestamp {
        guard Self.isValid(id) else {
            throw StoreError(.misuse, "a writer's id has 1 to 64 letters, digits and hyphens")
        }
        return try database.transaction { session in
            // What an open writer stated meanwhile could be later than the watermark that is found here, and engine
            // time would have to go back.
            try holdWriters(in: session)
            let furthest = try session.first(
                "SELECT MAX(watermark) FROM writer WHERE lane = ?", [.integer(lane)]
            ) { try $0.optionalTime(0) }
            let watermark = max(at, (furthest ?? nil) ?? at)
            try session.execute(
                "INSERT INTO writer (lane, id, seq, watermark, closed, release) VALUES (?, ?, 0, ?, 0, ?)",
                [.integer(lane), .text(id), .time(watermark), .integer(release)])
            return watermark
        }
    }

    /// Commits `rows`, consecutive and all of `writer`, and states that everything up to `watermark` is committed.
    ///
    /// Throws `.shutOut` where the writer has been closed (it must stop), `.misuse` where the sequence has a gap or a
    /// time breaks the two rules above.
    package func append(writer: String, rows: [LogRow], watermark: Timestamp) throws {
        try Self.check(rows, of: writer, watermark: watermark)
        try database.transaction(priority: priority) { session in
            try append(writer: writer, rows: rows, watermark: watermark, in: session)
        }
    }

    /// States that everything received up to `watermark` is committed, without a row; an earlier one changes nothing.
    package func state(writer: String, watermark: Timestamp) throws {
        try database.transaction(priority: priority) { session in
            let changed = try session.execute(
                """
                UPDATE writer SET watermark = CASE WHEN watermark < ? THEN ? ELSE watermark END \
                WHERE lane = ? AND id = ? AND closed = 0
                """,
                [.time(watermark), .time(watermark), .integer(lane), .text(writer)])
            guard changed == 1 else { throw Self.shutOut }
        }
    }

    /// Closes `id` and returns its last watermark: what it had not stated until then was not heard.
    ///
    /// `rows` makes the rows that `writer` appends in the same transaction, so that whoever reads the log learns of the
    /// closing at its place in the order. A writer that is closed already is reported by `.conflict`.
    @discardableResult
    package func closeWriter(
        _ id: String, by writer: String, watermark: Timestamp, rows: (WriterRow) throws -> [LogRow]
    ) throws -> Timestamp {
        let closed = try close(by: writer, watermark: watermark, which: { $0.id == id }, rows: { try rows($0[0]) })
        guard let first = closed.first else { throw StoreError(.conflict, "that writer is not open") }
        return first.watermark
    }

    /// Shuts out a writer whose watermark has stood still at `watermark`, and says in the log what that means.
    ///
    /// The row that `batch` is goes right behind that watermark, where engine time stands, under a writer of its own that is
    /// closed at once: the others' rows are later already. False where the writer has stated more meanwhile, or is closed.
    package func shutOut(
        _ id: String, standingAt watermark: Timestamp, as closing: String, batch: [UInt8]
    ) throws -> Bool {
        try database.transaction(priority: priority) { session in
            let closed = try session.execute(
                "UPDATE writer SET closed = 1 WHERE lane = ? AND id = ? AND closed = 0 AND watermark = ?",
                [.integer(lane), .text(id), .time(watermark)])
            guard closed == 1 else { return false }
            try interject(batch, behind: watermark, as: closing, in: session)
            return true
        }
    }

    /// Puts a row right behind `time`, under a writer of its own that is closed at once.
    ///
    /// For the lane's owner alone, and no earlier than where engine time stands: beyond that nobody else has read.
    package func interject(_ batch: [UInt8], behind time: Timestamp, as writer: String) throws {
        try database.transaction(priority: priority) { session in
            try interject(batch, behind: time, as: writer, in: session)
        }
    }

    /// Ends a writer in order: all that it received is committed, and engine time waits for it no more.
    package func leave(writer: String) throws {
        try database.transaction(priority: priority) { session in
            try session.execute(
                "UPDATE writer SET closed = 1 WHERE lane = ? AND id = ?", [.integer(lane), .text(writer)])
        }
    }

    /// Closes every other open writer: what the embedded store does at each start, as it serves one process.
    ///
    /// Works as `closeWriter`; where no other is open nothing is appended and the list is empty.
    @discardableResult
    package func closeOthers(
        than writer: String, watermark: Timestamp, rows: ([WriterRow]) throws -> [LogRow]
    ) throws -> [WriterRow] {
        try close(by: writer, watermark: watermark, which: { $0.id != writer }, rows: rows)
    }

    /// All writers whose rows may still be in the log, in byte order of their ids.
    package func writers() throws -> [WriterRow] {
        try database.read { try writers(in: $0) }
    }

    /// How `id` stands; nil where there is no such writer.
    package func writer(_ id: String) throws -> WriterRow? { try writers().first { $0.id == id } }

    /// How many rows are in the log, and when the oldest of them was received.
    package func waiting() throws -> (rows: Int64, oldest: Timestamp?) {
        try database.read { reader in
            try reader.first("SELECT COUNT(*), MIN(at) FROM input_log WHERE lane = ?", [.integer(lane)]) {
                (try $0.integer(0), try $0.optionalTime(1))
            } ?? (0, nil)
        }
    }

    /// The number of the first row of `writer` that is still in the log; nil where none is.
    package func firstRow(of writer: String) throws -> Int64? {
        try database.read { reader in
            try reader.first(
                "SELECT MIN(seq) FROM input_log WHERE lane = ? AND writer = ?", [.integer(lane), .text(writer)]
            ) { try $0.optionalInteger(0) } ?? nil
        }
    }

    /// The rows after `cursors` that are not later than the least watermark of the open writers.
    ///
    /// One snapshot, in the order (at, writer, seq), `limit` rows at most (never more than `readLimit`).
    package func read(after cursors: Cursors, limit: Int = readLimit) throws -> LogPage {
        let limit = min(max(limit, 1), Self.readLimit)
        return try database.read { reader in
            let writers = try writers(in: reader)
            let openWatermark = writers.filter { !$0.closed }.map(\.watermark).min()
            var streams: [[LogRow]] = []
            var leavesOut = false
            for writer in writers where writer.seq > cursors[writer.id] {
                let rows = try reader.all(
                    """
                    SELECT seq, at, batch FROM input_log \
                    WHERE lane = ? AND writer = ? AND seq > ? AND at <= ? ORDER BY seq LIMIT ?
                    """,
                    [
                        .integer(lane), .text(writer.id), .integer(cursors[writer.id]),
                        .time(openWatermark ?? .distantFuture), .integer(limit + 1),
                    ]
                ) { row in
                    LogRow(writer: writer.id, seq: try row.integer(0), at: try row.time(1), batch: try row.blob(2))
                }
                if !rows.isEmpty { streams.append(rows) }
                let last = rows.last?.seq ?? cursors[writer.id]
                if !leavesOut, writer.seq > last {
                    leavesOut = try hasRow(of: writer.id, after: last, in: reader)
                }
            }
            return Self.merge(streams, openWatermark: openWatermark, limit: limit, leavesOut: leavesOut)
        }
    }

    /// Cursors behind all rows that stand up to (`at`, `writer`) in the log's order; rows that have left it do not count.
    package func cursors(through at: Timestamp, _ writer: String) throws -> Cursors {
        try database.read { reader in
            var cursors = Cursors()
            for entry in try writers(in: reader) {
                // Of the same instant, only the rows of writers up to this one stand before it.
                let isBefore = !writer.utf8.lexicographicallyPrecedes(entry.id.utf8)
                let seq = try reader.first(
                    "SELECT MAX(seq) FROM input_log WHERE lane = ? AND writer = ? AND at <= ?",
                    [.integer(lane), .text(entry.id), .time(isBefore ? at : at - .milliseconds(1))]
                ) { try $0.optionalInteger(0) }
                if let seq = seq ?? nil { cursors[entry.id] = seq }
            }
            return cursors
        }
    }

    /// Removes rows up to `cursors`, each writer by its own; returns how many went. Call again until it is 0.
    ///
    /// A closed writer all of whose rows have gone goes too.
    @discardableResult
    package func deleteBelow(_ cursors: Cursors) throws -> Int {
        try database.transaction { session in
            var deleted = 0
            for entry in cursors.entries {
                let oldest = try session.first(
                    "SELECT MIN(seq) FROM input_log WHERE lane = ? AND writer = ?",
                    [.integer(lane), .text(entry.writer)]
                ) { try $0.optionalInteger(0) }
                if let oldest = oldest ?? nil, oldest <= entry.seq {
                    deleted += try session.execute(
                        "DELETE FROM input_log WHERE lane = ? AND writer = ? AND seq <= ?",
                        [
                            .integer(lane), .text(entry.writer),
                            .integer(min(entry.seq, oldest + Self.deleteLimit - 1)),
                        ])
                }
                try session.execute(
                    """
                    DELETE FROM writer WHERE lane = ? AND id = ? AND closed = 1 AND seq <= ? AND NOT EXISTS \
                    (SELECT 1 FROM input_log WHERE input_log.lane = writer.lane AND input_log.writer = writer.id)
                    """,
                    [.integer(lane), .text(entry.writer), .integer(entry.seq)])
            }
            return deleted
        }
    }
}

extension InputLog {
    private static let shutOut = StoreError(.shutOut, "this writer has been closed by another process")

    private static func isValid(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x2D
            }
    }

    private func interject(
        _ batch: [UInt8], behind time: Timestamp, as writer: String, in session: any SQLSession
    ) throws {
        guard Self.isValid(writer) else {
            throw StoreError(.misuse, "a writer's id has 1 to 64 letters, digits and hyphens")
        }
        let at = time + .milliseconds(1)
        try session.execute(
            "INSERT INTO writer (lane, id, seq, watermark, closed) VALUES (?, ?, 1, ?, 1)",
            [.integer(lane), .text(writer), .time(at)])
        try session.execute(
            "INSERT INTO input_log (lane, writer, seq, at, batch) VALUES (?, ?, 1, ?, ?)",
            [.integer(lane), .text(writer), .time(at), .blob(batch)])
    }

    private static func check(_ rows: [LogRow], of writer: String, watermark: Timestamp) throws {
        guard let first = rows.first else { throw StoreError(.misuse, "an append has at least one row") }
        var previous = first
        for (index, row) in rows.enumerated() {
            guard row.writer == writer, row.seq == first.seq + Int64(index) else {
                throw StoreError(.misuse, "an append holds consecutive rows of its own writer")
            }
            guard row.at >= previous.at, row.at <= watermark else {
                throw StoreError(.misuse, "the rows of an append ascend in time up to its watermark")
            }
            previous = row
        }
    }

    private func append(writer: String, rows: [LogRow], watermark: Timestamp, in session: any SQLSession) throws {
        guard let first = rows.first, let last = rows.last else { return }
        let changed = try session.execute(
            """
            UPDATE writer SET seq = ?, watermark = ? \
            WHERE lane = ? AND id = ? AND closed = 0 AND seq = ? AND watermark < ?
            """,
            [
                .integer(last.seq), .time(watermark), .integer(lane), .text(writer), .integer(first.seq - 1),
                .time(first.at),
            ])
        guard changed == 1 else {
            let isOpen = try session.first(
                "SELECT 1 FROM writer WHERE lane = ? AND id = ? AND closed = 0", [.integer(lane), .text(writer)]
            ) { _ in true }
            guard isOpen == true else { throw Self.shutOut }
            throw StoreError(.misuse, "the row does not follow the writer's last sequence and watermark")
        }
        for row in rows {
            try session.execute(
                "INSERT INTO input_log (lane, writer, seq, at, batch) VALUES (?, ?, ?, ?, ?)",
                [.integer(lane), .text(writer), .integer(row.seq), .time(row.at), .blob(row.batch)])
        }
    }

    private func close(
        by writer: String, watermark: Timestamp, which: (WriterRow) -> Bool, rows: ([WriterRow]) throws -> [LogRow]
    ) throws -> [WriterRow] {
        try database.transaction { session in
            // One that never pauses between its appends could not be caught in a snapshot.
            try holdWriters(in: session)
            let closing = try writers(in: session).filter { !$0.closed && $0.id != writer && which($0) }
            guard !closing.isEmpty else { return [] }
            for row in closing {
                try session.execute(
                    "UPDATE writer SET closed = 1 WHERE lane = ? AND id = ? AND closed = 0",
                    [.integer(lane), .text(row.id)])
            }
            let told = try rows(closing)
            try Self.check(told, of: writer, watermark: watermark)
            try append(writer: writer, rows: told, watermark: watermark, in: session)
            return closing
        }
    }

    /// Lets no writer append or state anything until the transaction ends, which what it reads rests on.
    private func holdWriters(in session: any SQLSession) throws {
        if let statement = database.dialect.lock?("writer") { try session.execute(statement, []) }
    }

    private func writers(in reader: any SQLReader) throws -> [WriterRow] {
        try reader.all(
            "SELECT id, seq, watermark, closed, release FROM writer WHERE lane = ? ORDER BY id", [.integer(lane)]
        ) { row in
            WriterRow(
                id: try row.text(0), seq: try row.integer(1), watermark: try row.time(2), closed: try row.flag(3),
                release: try row.int(4))
        }
    }

    /// Whether a writer has more rows than those up to `seq`.
    private func hasRow(of writer: String, after seq: Int64, in reader: any SQLReader) throws -> Bool {
        try reader.first(
            "SELECT 1 FROM input_log WHERE lane = ? AND writer = ? AND seq > ? LIMIT 1",
            [.integer(lane), .text(writer), .integer(seq)]
        ) { _ in true } ?? false
    }

    /// Joins streams that each ascend; writers come in byte order, so the first of equals is the right one.
    private static func merge(
        _ streams: [[LogRow]], openWatermark: Timestamp?, limit: Int, leavesOut: Bool
    ) -> LogPage {
        if streams.count == 1 {
            let rows = streams[0]
            return LogPage(
                rows: rows.count > limit ? Array(rows[..<limit]) : rows, openWatermark: openWatermark,
                isComplete: rows.count <= limit, leavesOut: leavesOut)
        }
        var next = Array(repeating: 0, count: streams.count)
        var rows: [LogRow] = []
        while rows.count <= limit {
            var best: Int?
            for index in streams.indices where next[index] < streams[index].count {
                if let current = best, streams[current][next[current]].at <= streams[index][next[index]].at { continue }
                best = index
            }
            guard let best else {
                return LogPage(rows: rows, openWatermark: openWatermark, isComplete: true, leavesOut: leavesOut)
            }
            if rows.count == limit { break }
            rows.append(streams[best][next[best]])
            next[best] += 1
        }
        return LogPage(rows: rows, openWatermark: openWatermark, isComplete: false, leavesOut: leavesOut)
    }
}
