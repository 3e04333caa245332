package import AnpiModel

/// The current state of one subject, for whoever reads the database beside the engine.
package struct StateRow: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case site, incident, task, finding, engineer
    }

    package var kind: Kind
    package var id: String
    /// What it belongs to: a site's office, a task's site.
    package var parent: String?
    /// The word of the vocabulary that says how it stands.
    package var state: String
    package var version: Int
    /// When it changed last.
    package var at: Timestamp
    /// JSON text.
    package var body: String

    package init(
        kind: Kind, id: String, parent: String? = nil, state: String, version: Int, at: Timestamp, body: String
    ) {
        self.kind = kind
        self.id = id
        self.parent = parent
        self.state = state
        self.version = version
        self.at = at
        self.body = body
    }
}

/// Current states of one lane, written by `Decided.commit`.
package struct StateRows: Sendable {
    /// How many rows one `list` returns at most.
    package static let listLimit = 1_000

    private let database: any SQLDatabase
    private let lane: Int64

    package init(_ database: any SQLDatabase, lane: Int = 0) {
        self.database = database
        self.lane = Int64(lane)
    }

    package func find(_ kind: StateRow.Kind, _ id: String) throws -> StateRow? {
        try database.read { reader in
            try reader.first(
                Self.select + " AND id = ?", [.integer(lane), .text(kind.rawValue), .text(id)]
            ) { try Self.row($0, kind) }
        }
    }

    /// Subjects of one kind in byte order of their ids, those after `id`.
    package func list(
        _ kind: StateRow.Kind, parent: String? = nil, state: String? = nil, after id: String = "",
        limit: Int = listLimit
    ) throws -> [StateRow] {
        var sql = Self.select + " AND id > ?"
        var arguments: [SQLValue] = [.integer(lane), .text(kind.rawValue), .text(id)]
        if let parent {
            sql += " AND parent = ?"
            arguments.append(.text(parent))
        }
        if let state {
            sql += " AND state = ?"
            arguments.append(.text(state))
        }
        sql += " ORDER BY id LIMIT ?"
        arguments.append(.integer(min(max(limit, 1), Self.listLimit)))
        return try database.read { try $0.all(sql, arguments) { try Self.row($0, kind) } }
    }

    private static let select = "SELECT id, parent, state, version, at, body FROM state WHERE lane = ? AND kind = ?"

    private static func row(_ row: any SQLRow, _ kind: StateRow.Kind) throws -> StateRow {
        StateRow(
            kind: kind, id: try row.text(0), parent: try row.optionalText(1), state: try row.text(2),
            version: try row.int(3), at: try row.time(4), body: try row.text(5))
    }

    static func write(_ rows: [StateRow], lane: Int64, in session: any SQLSession) throws {
        guard !rows.isEmpty else { return }
        try session.upsert(
            "state", key: ["lane", "kind", "id"],
            columns: ["lane", "kind", "id", "parent", "state", "version", "at", "body"],
            rows: rows.map { row in
                [
                    .integer(lane), .text(row.kind.rawValue), .text(row.id), .optional(row.parent), .text(row.state),
                    .integer(row.version), .time(row.at), .text(row.body),
                ]
            })
    }
}
