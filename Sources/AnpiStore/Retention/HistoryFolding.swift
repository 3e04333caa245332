package import AnpiModel

/// Makes the past smaller as it grows old, one subject after the other (ENGINE §5).
///
/// Intervals of contact become sums of their month, of the changes of a copy each month's last one stays, and runs that
/// arrived late go. A step is one subject, or a part of one, in one short transaction: nobody waits long, and whoever is
/// stopped between two of them has lost nothing.
package struct HistoryFolding: Sendable {
    /// How many rows a step takes at most.
    package static let rowsAtATime = 500

    /// Where a sweep stands: what it looked at last.
    package struct Place: Hashable, Sendable {
        package enum Part: Int, CaseIterable, Hashable, Sendable {
            case agents, sites, copies, lateRuns
        }

        package var part: Part
        /// The subject that was looked at last; all of a part come after "".
        package var subject: String

        /// Before everything.
        package static let start = Place(part: .agents, subject: "")
    }

    private let database: any SQLDatabase
    private let lane: Int64

    package init(_ database: any SQLDatabase, lane: Int = 0) {
        self.database = database
        self.lane = Int64(lane)
    }

    /// Folds what ended before `limit` of the next subject behind `place`; returns where to go on, nil after the last.
    ///
    /// The same place comes back with more to do where a subject had more than a step takes.
    package func step(after place: Place, before limit: Timestamp) throws -> Place? {
        guard let subject = try next(after: place) else {
            return Place.Part(rawValue: place.part.rawValue + 1).map { Place(part: $0, subject: "") }
        }
        let isDone =
            switch place.part {
            case .agents: try foldContacts(of: subject, isSite: false, before: limit)
            case .sites: try foldContacts(of: subject, isSite: true, before: limit)
            case .copies: try thinCopies(of: subject, before: limit)
            case .lateRuns: try dropLateRuns(of: subject, before: limit)
            }
        return isDone ? Place(part: place.part, subject: subject) : place
    }

    /// The sums of an agent or a site, newest month first, behind `last`.
    package func months(
        of subject: String, isSite: Bool, after last: ContactMonth? = nil, limit: Int = History.pageLimit
    ) throws -> [ContactMonth] {
        try database.read { reader in
            try reader.all(
                """
                SELECT month_at, contact, ms, intervals FROM contact_month \
                WHERE lane = ? AND is_site = ? AND subject = ? AND (month_at, contact) < (?, ?) \
                ORDER BY month_at DESC, contact DESC LIMIT ?
                """,
                [
                    .integer(lane), .flag(isSite), .text(subject), .integer(last?.month.milliseconds ?? .max),
                    .text(last?.contact.rawValue ?? ""), .integer(min(max(limit, 1), History.pageLimit)),
                ]
            ) { try Self.month($0, of: subject, isSite: isSite) }
        }
    }

    /// The beginning of the first month of which nothing has been folded; nil where nothing has at all.
    package func wholeSince() throws -> Timestamp? {
        let newest = try database.read { reader in
            try reader.first("SELECT MAX(month_at) FROM contact_month WHERE lane = ?", [.integer(lane)]) {
                try $0.optionalTime(0)
            } ?? nil
        }
        return newest.map(\.nextMonth)
    }

    // MARK: One subject

    /// One look into the key's index, however much stands between two subjects.
    private func next(after place: Place) throws -> String? {
        let (table, column, bound, arguments): (String, String, String, [SQLValue]) =
            switch place.part {
            case .agents: ("contact_history", "subject", "AND is_site = ?", [.flag(false)])
            case .sites: ("contact_history", "subject", "AND is_site = ?", [.flag(true)])
            case .copies: ("copy_history", "site", "", [])
            case .lateRuns: ("late_run", "agent", "", [])
            }
        return try database.read { reader in
            try reader.first(
                "SELECT MIN(\(column)) FROM \(table) WHERE lane = ? \(bound) AND \(column) > ?",
                [.integer(lane)] + arguments + [.text(place.subject)]
            ) { try $0.optionalText(0) } ?? nil
        }
    }

    /// True where nothing old is left of it.
    private func foldContacts(of subject: String, isSite: Bool, before limit: Timestamp) throws -> Bool {
        try database.transaction { session in
            let old = try session.all(
                """
                SELECT contact, from_at, to_at FROM contact_history \
                WHERE lane = ? AND is_site = ? AND subject = ? AND from_at < ? AND to_at <= ? \
                ORDER BY from_at, contact LIMIT ?
                """,
                [
                    .integer(lane), .flag(isSite), .text(subject), .time(limit), .time(limit),
                    .integer(Self.rowsAtATime),
                ]
            ) { row in
                HistoryRecord.ContactInterval(
                    subject: subject, isSite: isSite, contact: try row.word(0), from: try row.time(1),
                    to: try row.time(2))
            }
            guard !old.isEmpty else { return true }
            for interval in old {
                let gone = try session.execute(
                    """
                    DELETE FROM contact_history \
                    WHERE lane = ? AND is_site = ? AND subject = ? AND from_at = ? AND contact = ?
                    """,
                    [
                        .integer(lane), .flag(isSite), .text(subject), .time(interval.from),
                        .text(interval.contact.rawValue),
                    ])
                // What is added must be what this transaction has taken away.
                guard gone == 1 else { throw StoreError(.conflict, "another process folds this history") }
            }
            try add(ContactMonth.sums(of: old), of: subject, isSite: isSite, in: session)
            return old.count < Self.rowsAtATime
        }
    }

    private func add(_ sums: [ContactMonth], of subject: String, isSite: Bool, in session: any SQLSession) throws {
        guard let first = sums.first?.month, let last = sums.last?.month else { return }
        let known = try session.all(
            """
            SELECT month_at, contact, ms, intervals FROM contact_month \
            WHERE lane = ? AND is_site = ? AND subject = ? AND month_at >= ? AND month_at <= ?
            """,
            [.integer(lane), .flag(isSite), .text(subject), .time(first), .time(last)]
        ) { try Self.month($0, of: subject, isSite: isSite) }
        try session.upsert(
            "contact_month", key: ["lane", "is_site", "subject", "month_at", "contact"],
            columns: ["lane", "is_site", "subject", "month_at", "contact", "ms", "intervals"],
            rows: sums.map { sum in
                let before = known.first { $0.month == sum.month && $0.contact == sum.contact }
                return [
                    .integer(lane), .flag(isSite), .text(subject), .time(sum.month), .text(sum.contact.rawValue),
                    .integer(sum.milliseconds + (before?.milliseconds ?? 0)),
                    .integer(sum.intervals + (before?.intervals ?? 0)),
                ]
            })
    }

    private static func month(_ row: any SQLRow, of subject: String, isSite: Bool) throws -> ContactMonth {
        ContactMonth(
            subject: subject, isSite: isSite, month: try row.time(0), contact: try row.word(1),
            milliseconds: try row.integer(2), intervals: try row.int(3))
    }

    /// A change of a copy as its key in the table.
    private struct CopyKey {
        var at: Timestamp
        var tier: String
        var source: String
    }

    private func thinCopies(of site: String, before limit: Timestamp) throws -> Bool {
        try database.transaction { session in
            // From the newest on, so that the first of a month that is met is the one that stays. What stays is looked at
            // again in each sweep: that is one row a copy and month.
            var kept: Set<[String]> = []
            var month = Timestamp.distantFuture
            var superseded: [CopyKey] = []
            try session.query(
                "SELECT at, tier, source FROM copy_history WHERE lane = ? AND site = ? AND at < ? ORDER BY at DESC",
                [.integer(lane), .text(site), .time(limit.monthBegan)]
            ) { row in
                let key = CopyKey(at: try row.time(0), tier: try row.text(1), source: try row.text(2))
                if key.at < month {
                    month = key.at.monthBegan
                    kept = []
                }
                let isLast = kept.insert([key.tier, key.source]).inserted
                if !isLast, superseded.count < Self.rowsAtATime { superseded.append(key) }
            }
            for key in superseded {
                try session.execute(
                    "DELETE FROM copy_history WHERE lane = ? AND site = ? AND at = ? AND tier = ? AND source = ?",
                    [.integer(lane), .text(site), .time(key.at), .text(key.tier), .text(key.source)])
            }
            return superseded.count < Self.rowsAtATime
        }
    }

    private func dropLateRuns(of agent: String, before limit: Timestamp) throws -> Bool {
        try database.transaction { session in
            // Nothing old begins behind the last of a step, or there is more to do.
            let last = try session.first(
                """
                SELECT from_at FROM late_run WHERE lane = ? AND agent = ? AND from_at < ? AND to_at <= ? \
                ORDER BY from_at LIMIT 1 OFFSET ?
                """,
                [
                    .integer(lane), .text(agent), .time(limit), .time(limit), .integer(Int64(Self.rowsAtATime - 1)),
                ]
            ) { try $0.time(0) }
            try session.execute(
                "DELETE FROM late_run WHERE lane = ? AND agent = ? AND from_at <= ? AND to_at <= ?",
                [.integer(lane), .text(agent), .time(last ?? limit), .time(limit)])
            return last == nil
        }
    }
}
