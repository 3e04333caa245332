internal import AnpiModel

/// The lanes that are drills: given out, kept, and emptied again.
package struct DrillLanes: Sendable {
    /// Rows that one `removeSome` takes from each table at most, so that the writer is not held for long.
    static let removeLimit = 500

    private let database: any SQLDatabase

    package init(_ database: any SQLDatabase) {
        self.database = database
    }

    /// In the order they were begun.
    package func all() throws -> [DrillRow] {
        try database.read { reader in
            try reader.all(
                "SELECT lane, name, speed, from_at, to_at, started_at, started_by, ending FROM drill ORDER BY lane"
            ) { row in
                DrillRow(
                    lane: try row.int(0), name: try row.text(1), speed: try row.int(2), from: try row.time(3),
                    to: try row.time(4), startedAt: try row.time(5), startedBy: try row.text(6),
                    isEnding: try row.flag(7))
            }
        }
    }

    /// Gives `drill` the next lane; a second one of the same name is refused with `.constraint`.
    package func begin(_ drill: DrillRow) throws -> DrillRow {
        try database.transaction { session in
            try session.execute("UPDATE schema SET last_lane = last_lane + 1 WHERE id = 1", [])
            var drill = drill
            drill.lane = try session.first("SELECT last_lane FROM schema WHERE id = 1") { try $0.int(0) } ?? 0
            try session.execute(
                """
                INSERT INTO drill (lane, name, speed, from_at, to_at, started_at, started_by, ending) \
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(drill.lane), .text(drill.name), .integer(drill.speed), .time(drill.from),
                    .time(drill.to), .time(drill.startedAt), .text(drill.startedBy), .flag(drill.isEnding),
                ])
            return drill
        }
    }

    /// Notes that it is to go, so that a process that dies on the way leaves nothing behind.
    package func markEnding(_ lane: Int) throws {
        try database.transaction { session in
            try session.execute("UPDATE drill SET ending = 1 WHERE lane = ?", [.integer(lane)])
        }
    }

    /// Removes some of the rows of a lane that is a drill; true where more are left. Its row as a drill goes last.
    ///
    /// The real lane is no drill and cannot be removed: `.misuse`.
    package func removeSome(of lane: Int) throws -> Bool {
        guard lane > 0 else { throw StoreError(.misuse, "only a drill's lane can be removed") }
        return try database.transaction { session in
            var removed = 0
            for table in Self.tables {
                removed += try session.execute(table.removal, [.integer(lane), .integer(lane), .integer(table.limit)])
                // One full step is enough: who waits for the writer comes in between.
                if removed >= Self.removeLimit { return true }
            }
            if removed > 0 { return true }
            try session.execute("DELETE FROM drill WHERE lane = ?", [.integer(lane)])
            return false
        }
    }
}

extension DrillLanes {
    /// A table that is kept by lane.
    struct Table: Hashable, Sendable {
        var name: String
        /// What tells the rows of one lane apart.
        var key: String
        /// Rows a step.
        var limit = DrillLanes.removeLimit

        var removal: String {
            "DELETE FROM \(name) WHERE lane = ? AND (\(key)) IN (SELECT \(key) FROM \(name) WHERE lane = ? LIMIT ?)"
        }
    }

    /// All of them but `drill` itself; a test compares the list with the schema.
    static let tables = [
        // A row of the log may have 4 MiB, a block 100 KiB.
        Table(name: "input_log", key: "writer, seq", limit: 32),
        Table(name: "checkpoint_block", key: "generation, block", limit: 100),
        Table(name: "outbox", key: "id"),
        Table(name: "outbox_missed", key: "hook, subject"),
        // Chains before their lines: whoever verifies goes by the chains, and none may seem to have lost lines.
        Table(name: "journal_chain", key: "chain"),
        Table(name: "journal_archived", key: "chain"),
        Table(name: "journal", key: "chain, seq"),
        Table(name: "outcome", key: "operation"),
        Table(name: "state", key: "kind, id"),
        Table(name: "task_photo", key: "task, digest, part", limit: 8),
        Table(name: "contact_history", key: "is_site, subject, from_at, contact"),
        Table(name: "contact_month", key: "is_site, subject, month_at, contact"),
        Table(name: "copy_history", key: "site, at, tier, source"),
        Table(name: "late_run", key: "agent, from_at, boot, seq"),
        Table(name: "blind", key: "from_at"),
        Table(name: "fleet", key: "version", limit: 8),
        Table(name: "checkpoint", key: "generation"),
        Table(name: "quarantine", key: "writer, seq, input"),
        Table(name: "attempt", key: "lane"),
        Table(name: "decided", key: "lane"),
        Table(name: "writer", key: "id"),
    ]
}
