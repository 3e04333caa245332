package import AnpiModel

/// The answer to a command, kept so that the same key gets the same answer (ENGINE §3).
package struct OutcomeRow: Hashable, Sendable {
    /// The command's op-id, which is its `Idempotency-Key`.
    package var operation: String
    /// SHA-256 of the command's body.
    package var bodyDigest: [UInt8]
    /// An HTTP status.
    package var status: Int
    /// JSON text.
    package var body: String
    /// The subject's new version, sent as `ETag`.
    package var version: Int?
    package var at: Timestamp

    package init(
        operation: String, bodyDigest: [UInt8], status: Int, body: String, version: Int? = nil, at: Timestamp
    ) {
        self.operation = operation
        self.bodyDigest = bodyDigest
        self.status = status
        self.body = body
        self.version = version
        self.at = at
    }
}

/// Answers to the commands of one lane.
package struct Outcomes: Sendable {
    /// How long an answer is kept, for engineers who were offline.
    package static let kept = Duration.seconds(30 * 86_400)
    /// How many rows one `purge` removes at most.
    package static let purgeLimit = 1_000

    private let database: any SQLDatabase
    private let lane: Int64

    package init(_ database: any SQLDatabase, lane: Int = 0) {
        self.database = database
        self.lane = Int64(lane)
    }

    /// The answer to `operation`, nil where there is none (yet).
    ///
    /// Whether it answers the same body is the caller's to compare: another `bodyDigest` is a misused key (422).
    package func find(_ operation: String) throws -> OutcomeRow? {
        try database.read { reader in
            try reader.first(
                "SELECT body_digest, status, body, version, at FROM outcome WHERE lane = ? AND operation = ?",
                [.integer(lane), .text(operation)]
            ) { row in
                OutcomeRow(
                    operation: operation, bodyDigest: try row.blob(0), status: try row.int(1), body: try row.text(2),
                    version: try row.optionalInt(3), at: try row.time(4))
            }
        }
    }

    /// Keeps the answer to a change that no engine decides (a drill that was begun), for as long as the others; the first
    /// answer to an operation stands.
    package func keep(_ row: OutcomeRow) throws {
        try database.transaction { session in try Self.insert([row], lane: lane, in: session) }
    }

    /// Removes answers older than `instant`; returns how many went. Call again until it is 0.
    @discardableResult
    package func purge(before instant: Timestamp) throws -> Int {
        try database.transaction { session in
            try session.execute(
                """
                DELETE FROM outcome WHERE lane = ? AND operation IN \
                (SELECT operation FROM outcome WHERE lane = ? AND at < ? ORDER BY at LIMIT ?)
                """,
                [.integer(lane), .integer(lane), .time(instant), .integer(Self.purgeLimit)])
        }
    }

    /// The first answer to an operation stands: a caller may have read it already.
    static func insert(_ rows: [OutcomeRow], lane: Int64, in session: any SQLSession) throws {
        for row in rows {
            try session.execute(
                """
                INSERT INTO outcome (lane, operation, body_digest, status, body, version, at) \
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (lane, operation) DO NOTHING
                """,
                [
                    .integer(lane), .text(row.operation), .blob(row.bodyDigest), .integer(row.status),
                    .text(row.body), .optional(row.version), .time(row.at),
                ])
        }
    }
}
