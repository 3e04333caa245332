package import AnpiModel

/// One imported fleet set.
package struct FleetVersion: Hashable, Sendable {
    package var version: Int
    package var at: Timestamp
    /// Opaque to the store.
    package var body: [UInt8]

    package init(version: Int, at: Timestamp, body: [UInt8]) {
        self.version = version
        self.at = at
        self.body = body
    }
}

/// Fleet sets of one lane, written by `Decided.commit`; all are kept, because replays need them.
package struct FleetVersions: Sendable {
    private let database: any SQLDatabase
    private let lane: Int64

    package init(_ database: any SQLDatabase, lane: Int = 0) {
        self.database = database
        self.lane = Int64(lane)
    }

    package func newest() throws -> FleetVersion? {
        try find("SELECT version, at, body FROM fleet WHERE lane = ? ORDER BY version DESC LIMIT 1", [.integer(lane)])
    }

    package func find(_ version: Int) throws -> FleetVersion? {
        try find(
            "SELECT version, at, body FROM fleet WHERE lane = ? AND version = ?", [.integer(lane), .integer(version)])
    }

    /// The one that held at `instant`.
    package func held(at instant: Timestamp) throws -> FleetVersion? {
        try find(
            "SELECT version, at, body FROM fleet WHERE lane = ? AND at <= ? ORDER BY version DESC LIMIT 1",
            [.integer(lane), .time(instant)])
    }

    /// The one that was imported next.
    package func next(after version: Int) throws -> FleetVersion? {
        try find(
            "SELECT version, at, body FROM fleet WHERE lane = ? AND version > ? ORDER BY version LIMIT 1",
            [.integer(lane), .integer(version)])
    }

    private func find(_ sql: String, _ arguments: [SQLValue]) throws -> FleetVersion? {
        try database.read { reader in
            try reader.first(sql, arguments) { row in
                FleetVersion(version: try row.int(0), at: try row.time(1), body: try row.blob(2))
            }
        }
    }

    static func write(_ fleet: FleetVersion, lane: Int64, in session: any SQLSession) throws {
        try session.upsert(
            "fleet", key: ["lane", "version"], columns: ["lane", "version", "at", "body"],
            rows: [[.integer(lane), .integer(fleet.version), .time(fleet.at), .blob(fleet.body)]])
    }
}
