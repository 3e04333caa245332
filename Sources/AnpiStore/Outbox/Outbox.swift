package import AnpiModel

/// Deliveries to hooks of one lane: what the delivery loop of the owner needs (ENGINE §9).
package struct Outbox: Sendable {
    /// How many may wait for one hook; beyond it one digest event counts what is left out.
    package static let waitingLimit = 100_000
    /// The type of that digest event; its body is an empty object, its number is `superseded`.
    package static let digestType = "outbox.digest"
    /// How many entries one call returns or removes at most.
    package static let pageLimit = 1_000
    /// How many deliveries one journal line may ask for.
    static let ordinalLimit: Int64 = 1 << 20

    private let database: any SQLDatabase
    private let lane: Int64

    package init(_ database: any SQLDatabase, lane: Int = 0) {
        self.database = database
        self.lane = Int64(lane)
    }

    /// The entries that may go out now: of each (hook, subject) only the oldest waiting one, and that once its time
    /// has come, so that a subject's events never overtake one another.
    ///
    /// Oldest first, or newest first for a hook that has recovered and should hear of what is open now.
    package func due(
        now: Timestamp, hook: String? = nil, newestFirst: Bool = false, limit: Int = pageLimit
    ) throws -> [OutboxEntry] {
        var sql =
            Self.select + """
                 WHERE o.lane = ? AND o.state = 'waiting' AND o.next_at <= ? AND NOT EXISTS \
                (SELECT 1 FROM outbox e WHERE e.lane = o.lane AND e.hook = o.hook AND e.subject = o.subject \
                AND e.state = 'waiting' AND e.place < o.place)
                """
        var arguments: [SQLValue] = [.integer(lane), .time(now)]
        if let hook {
            sql += " AND o.hook = ?"
            arguments.append(.text(hook))
        }
        sql += newestFirst ? " ORDER BY o.place DESC LIMIT ?" : " ORDER BY o.place LIMIT ?"
        arguments.append(.integer(min(max(limit, 1), Self.pageLimit)))
        return try database.read { try $0.all(sql, arguments, Self.entry) }
    }

    /// When the next waiting entry becomes due, nil where nothing waits.
    package func nextDue() throws -> Timestamp? {
        let next = try database.read { reader in
            try reader.first(
                "SELECT MIN(next_at) FROM outbox WHERE lane = ? AND state = 'waiting'", [.integer(lane)]
            ) { try $0.optionalTime(0) }
        }
        return next ?? nil
    }

    /// Notes how an attempt ended; false where the entry is no longer waiting and the attempt changes nothing.
    ///
    /// One that was superseded while it was on its way and did arrive becomes delivered.
    @discardableResult
    package func record(_ id: String, _ attempt: DeliveryAttempt) throws -> Bool {
        try database.transaction { session in
            guard let (hook, subject) = try subject(of: id, in: session) else { return false }
            let key: [SQLValue] = [.integer(lane), .text(id)]
            switch attempt {
            case .delivered(let status, let at):
                let changed = try session.execute(
                    """
                    UPDATE outbox SET state = 'delivered', attempts = attempts + 1, last_status = ?, ended_at = ? \
                    WHERE lane = ? AND id = ? AND state IN ('waiting', 'superseded')
                    """,
                    [.integer(status), .time(at)] + key)
                if changed == 1 {
                    try session.execute(
                        "DELETE FROM outbox_missed WHERE lane = ? AND hook = ? AND subject = ?",
                        [.integer(lane), .text(hook), .text(subject)])
                }
                return changed == 1
            case .failed(let status, let nextAt):
                return try session.execute(
                    """
                    UPDATE outbox SET attempts = attempts + 1, last_status = ?, next_at = ? \
                    WHERE lane = ? AND id = ? AND state = 'waiting'
                    """,
                    [.optional(status), .time(nextAt)] + key) == 1
            case .dead(let status, let at):
                let changed = try session.execute(
                    """
                    UPDATE outbox SET state = 'dead', attempts = attempts + 1, last_status = ?, ended_at = ? \
                    WHERE lane = ? AND id = ? AND state = 'waiting'
                    """,
                    [.optional(status), .time(at)] + key)
                if changed == 1 { try addMissed(1, hook: hook, subject: subject, in: session) }
                return changed == 1
            }
        }
    }

    /// Puts a dead entry back at its old place, due at `now`; false where it is not dead.
    @discardableResult
    package func retry(_ id: String, now: Timestamp) throws -> Bool {
        try database.transaction { session in
            guard let (hook, subject) = try subject(of: id, in: session) else { return false }
            let changed = try session.execute(
                """
                UPDATE outbox SET state = 'waiting', attempts = 0, next_at = ?, ended_at = NULL \
                WHERE lane = ? AND id = ? AND state = 'dead'
                """,
                [.time(now), .integer(lane), .text(id)])
            if changed == 1 { try addMissed(-1, hook: hook, subject: subject, in: session) }
            return changed == 1
        }
    }

    /// Marks the waiting replaceable entries of a subject as superseded; returns how many events they stood for.
    ///
    /// `Decided.commit` does this for drafts with `replacesWaiting`; by hand it is for a hook that was removed.
    @discardableResult
    package func replaceWaiting(hook: String, subject: String, at: Timestamp) throws -> Int {
        try database.transaction { session in
            try Self.supersede(hook: hook, subject: subject, at: at, lane: lane, in: session)
        }
    }

    package func find(_ id: String) throws -> OutboxEntry? {
        try database.read { reader in
            try reader.first(Self.select + " WHERE o.lane = ? AND o.id = ?", [.integer(lane), .text(id)], Self.entry)
        }
    }

    /// Entries in one state, newest first, those before the entry `last`.
    package func list(
        _ state: OutboxEntry.State, hook: String? = nil, after last: String? = nil, limit: Int = pageLimit
    ) throws -> [OutboxEntry] {
        var sql = Self.select + " WHERE o.lane = ? AND o.state = ?"
        var arguments: [SQLValue] = [.integer(lane), .text(state.rawValue)]
        if let hook {
            sql += " AND o.hook = ?"
            arguments.append(.text(hook))
        }
        if let last {
            sql += " AND o.place < (SELECT l.place FROM outbox l WHERE l.lane = o.lane AND l.id = ?)"
            arguments.append(.text(last))
        }
        sql += " ORDER BY o.place DESC LIMIT ?"
        arguments.append(.integer(min(max(limit, 1), Self.pageLimit)))
        return try database.read { try $0.all(sql, arguments, Self.entry) }
    }

    /// What waits and what was given up, by hook.
    package func counts() throws -> [OutboxCount] {
        try database.read { reader in
            try reader.all(
                """
                SELECT hook, SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), \
                SUM(CASE WHEN state = 'dead' THEN 1 ELSE 0 END) FROM outbox \
                WHERE lane = ? AND state IN ('waiting', 'dead') GROUP BY hook ORDER BY hook
                """, [.integer(lane)]
            ) { OutboxCount(hook: try $0.text(0), waiting: try $0.int(1), dead: try $0.int(2)) }
        }
    }

    /// Removes entries that ended before `instant`; returns how many went. Call again until it is 0.
    @discardableResult
    package func purge(endedBefore instant: Timestamp) throws -> Int {
        try database.transaction { session in
            try session.execute(
                """
                DELETE FROM outbox WHERE lane = ? AND id IN \
                (SELECT id FROM outbox WHERE lane = ? AND ended_at < ? LIMIT ?)
                """,
                [.integer(lane), .integer(lane), .time(instant), .integer(Self.pageLimit)])
        }
    }
}

extension Outbox {
    private static let select = """
        SELECT o.id, o.hook, o.subject, o.type, o.at, o.body, o.state, o.attempts, o.next_at, o.last_status, \
        o.superseded, COALESCE(m.missed, 0) FROM outbox o LEFT JOIN outbox_missed m \
        ON m.lane = o.lane AND m.hook = o.hook AND m.subject = o.subject
        """

    private static func entry(_ row: any SQLRow) throws -> OutboxEntry {
        OutboxEntry(
            id: try row.text(0), hook: try row.text(1), subject: try row.text(2), type: try row.text(3),
            at: try row.time(4), body: try row.text(5), state: try row.word(6), attempts: try row.int(7),
            nextAt: try row.time(8), lastStatus: try row.optionalInt(9), superseded: try row.int(10),
            missed: try row.int(11))
    }

    private func subject(of id: String, in session: any SQLSession) throws -> (hook: String, subject: String)? {
        try session.first(
            "SELECT hook, subject FROM outbox WHERE lane = ? AND id = ?", [.integer(lane), .text(id)]
        ) { (try $0.text(0), try $0.text(1)) }
    }

    private func addMissed(_ change: Int, hook: String, subject: String, in session: any SQLSession) throws {
        let key: [SQLValue] = [.integer(lane), .text(hook), .text(subject)]
        let changed = try session.execute(
            """
            UPDATE outbox_missed SET missed = CASE WHEN missed + ? < 0 THEN 0 ELSE missed + ? END \
            WHERE lane = ? AND hook = ? AND subject = ?
            """,
            [.integer(change), .integer(change)] + key)
        if changed == 0, change > 0 {
            try session.execute(
                "INSERT INTO outbox_missed (lane, hook, subject, missed) VALUES (?, ?, ?, ?)",
                key + [.integer(change)])
        }
    }
}
