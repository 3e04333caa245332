package import AnpiModel

/// The past of one lane, newest first.
///
/// A page goes on after the last record of the one before; nil starts with the newest.
package struct History: Sendable {
    /// How many records one page holds at most.
    package static let pageLimit = 1_000
    /// How many records a question about a span of time is answered with: more than a contact that changes every five
    /// minutes leaves in a month.
    package static let spansMax: Int64 = 10_000

    let database: any SQLDatabase
    let lane: Int64

    package init(_ database: any SQLDatabase, lane: Int = 0) {
        self.database = database
        self.lane = Int64(lane)
    }

    /// Closed intervals of contact of an agent or a site.
    package func contacts(
        of subject: String, isSite: Bool, after last: HistoryRecord.ContactInterval? = nil, limit: Int = pageLimit
    ) throws -> [HistoryRecord.ContactInterval] {
        try page(
            """
            SELECT contact, from_at, to_at FROM contact_history \
            WHERE lane = ? AND is_site = ? AND subject = ? AND (from_at, contact) < (?, ?) \
            ORDER BY from_at DESC, contact DESC LIMIT ?
            """,
            [
                .flag(isSite), .text(subject), .integer(last?.from.milliseconds ?? .max),
                .text(last?.contact.rawValue ?? ""),
            ], limit
        ) { row in
            HistoryRecord.ContactInterval(
                subject: subject, isSite: isSite, contact: try row.word(0), from: try row.time(1),
                to: try row.time(2))
        }
    }

    /// The newest closed intervals of contact of an agent or a site that end after `since`, `spansMax` at most.
    package func contacts(
        of subject: String, isSite: Bool, since: Timestamp
    ) throws -> [HistoryRecord.ContactInterval] {
        try database.read { reader in
            try reader.all(
                """
                SELECT contact, from_at, to_at FROM contact_history \
                WHERE lane = ? AND is_site = ? AND subject = ? AND to_at > ? \
                ORDER BY from_at DESC, contact DESC LIMIT ?
                """,
                [.integer(lane), .flag(isSite), .text(subject), .time(since), .integer(Self.spansMax)]
            ) { row in
                HistoryRecord.ContactInterval(
                    subject: subject, isSite: isSite, contact: try row.word(0), from: try row.time(1),
                    to: try row.time(2))
            }
        }
    }

    /// Changes of the copies of a site.
    package func copies(
        of site: String, after last: HistoryRecord.CopyChange? = nil, limit: Int = pageLimit
    ) throws -> [HistoryRecord.CopyChange] {
        try page(
            """
            SELECT tier, source, at, state, good_at, verified_at, bytes, message FROM copy_history \
            WHERE lane = ? AND site = ? AND (at, tier, source) < (?, ?, ?) \
            ORDER BY at DESC, tier DESC, source DESC LIMIT ?
            """,
            [
                .text(site), .integer(last?.at.milliseconds ?? .max), .text(last?.report.tier.rawValue ?? ""),
                .text(last?.source ?? ""),
            ], limit
        ) { try Self.change($0, of: site) }
    }

    /// A row of `copy_history` as it is asked for: tier, source, time, then what was reported.
    static func change(_ row: any SQLRow, of site: String) throws -> HistoryRecord.CopyChange {
        let report = CopyReport(
            tier: try row.word(0), state: try row.word(3), goodAt: try row.optionalTime(4),
            verifiedAt: try row.optionalTime(5), bytes: try row.optionalInteger(6), message: try row.optionalText(7))
        return HistoryRecord.CopyChange(site: site, report: report, source: try row.text(1), at: try row.time(2))
    }

    /// Runs of an agent that arrived after their time.
    package func lateRuns(
        of agent: String, after last: HistoryRecord.LateRun? = nil, limit: Int = pageLimit
    ) throws -> [HistoryRecord.LateRun] {
        try page(
            """
            SELECT boot, seq, count, from_at, to_at FROM late_run \
            WHERE lane = ? AND agent = ? AND (from_at, boot, seq) < (?, ?, ?) \
            ORDER BY from_at DESC, boot DESC, seq DESC LIMIT ?
            """,
            [
                .text(agent), .integer(last?.from.milliseconds ?? .max), .text(last?.boot ?? ""),
                .integer(last?.seq ?? 0),
            ], limit
        ) { row in
            HistoryRecord.LateRun(
                agent: agent, boot: try row.text(0), seq: try row.integer(1), count: try row.int(2),
                from: try row.time(3), to: try row.time(4))
        }
    }

    /// Times in which the collector could not hear.
    package func blindTimes(
        after last: HistoryRecord.BlindTime? = nil, limit: Int = pageLimit
    ) throws -> [HistoryRecord.BlindTime] {
        try page(
            "SELECT from_at, to_at FROM blind WHERE lane = ? AND from_at < ? ORDER BY from_at DESC LIMIT ?",
            [.integer(last?.from.milliseconds ?? .max)], limit
        ) { HistoryRecord.BlindTime(from: try $0.time(0), to: try $0.time(1)) }
    }

    /// The newest of them that ended after `since`, `spansMax` at most.
    package func blindTimes(since: Timestamp) throws -> [HistoryRecord.BlindTime] {
        try database.read { reader in
            try reader.all(
                "SELECT from_at, to_at FROM blind WHERE lane = ? AND to_at > ? ORDER BY from_at DESC LIMIT ?",
                [.integer(lane), .time(since), .integer(Self.spansMax)]
            ) { HistoryRecord.BlindTime(from: try $0.time(0), to: try $0.time(1)) }
        }
    }

    private func page<Record>(
        _ sql: String, _ arguments: [SQLValue], _ limit: Int, _ make: (any SQLRow) throws -> Record
    ) throws -> [Record] {
        let arguments = [.integer(lane)] + arguments + [.integer(min(max(limit, 1), Self.pageLimit))]
        return try database.read { try $0.all(sql, arguments, make) }
    }
}

extension History {
    static func write(_ records: [HistoryRecord], lane: Int64, in session: any SQLSession) throws {
        guard !records.isEmpty else { return }
        var contacts: [[SQLValue]] = []
        var copies: [[SQLValue]] = []
        var runs: [[SQLValue]] = []
        var blinds: [[SQLValue]] = []
        for record in records {
            switch record {
            case .contact(let interval):
                contacts.append([
                    .integer(lane), .flag(interval.isSite), .text(interval.subject), .time(interval.from),
                    .text(interval.contact.rawValue), .time(interval.to),
                ])
            case .copy(let change):
                copies.append([
                    .integer(lane), .text(change.site), .time(change.at), .text(change.report.tier.rawValue),
                    .text(change.source), .text(change.report.state.rawValue), .time(change.report.goodAt),
                    .time(change.report.verifiedAt), .optional(change.report.bytes), .optional(change.report.message),
                ])
            case .lateRun(let run):
                runs.append([
                    .integer(lane), .text(run.agent), .time(run.from), .text(run.boot), .integer(run.seq),
                    .integer(run.count), .time(run.to),
                ])
            case .blind(let time):
                blinds.append([.integer(lane), .time(time.from), .time(time.to)])
            }
        }
        try write(
            contacts, to: "contact_history", key: ["lane", "is_site", "subject", "from_at", "contact"],
            others: ["to_at"], in: session)
        try write(
            copies, to: "copy_history", key: ["lane", "site", "at", "tier", "source"],
            others: ["state", "good_at", "verified_at", "bytes", "message"], in: session)
        try write(
            runs, to: "late_run", key: ["lane", "agent", "from_at", "boot", "seq"], others: ["count", "to_at"],
            in: session)
        try write(blinds, to: "blind", key: ["lane", "from_at"], others: ["to_at"], in: session)
    }

    /// Keys are natural, so a step that is written twice leaves one record; of equal keys in one step the last stands.
    private static func write(
        _ rows: [[SQLValue]], to table: String, key: [String], others: [String], in session: any SQLSession
    ) throws {
        guard !rows.isEmpty else { return }
        var places: [ArraySlice<SQLValue>: Int] = [:]
        var unique: [[SQLValue]] = []
        for row in rows {
            if let place = places[row.prefix(key.count)] {
                unique[place] = row
            } else {
                places[row.prefix(key.count)] = unique.count
                unique.append(row)
            }
        }
        try session.upsert(table, key: key, columns: key + others, rows: unique)
    }
}

extension SQLRow {
    /// A word of the vocabulary; one that is unknown throws `.invalidValue`.
    func word<Word: RawRepresentable<String>>(_ column: Int) throws -> Word {
        guard let word = Word(rawValue: try text(column)) else {
            throw StoreError(.invalidValue, "a stored word is not in the vocabulary")
        }
        return word
    }
}
