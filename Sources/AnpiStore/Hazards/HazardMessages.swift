package import AnpiModel

/// Raw official messages, each once under its SHA-256; they belong to no lane.
package struct HazardMessages: Sendable {
    private let database: any SQLDatabase

    /// How long raw messages are kept: longer than the archive of the log that refers to them.
    package static let kept = Duration.seconds(30 * 86_400)
    private static let purgedAtATime = 100

    package init(_ database: any SQLDatabase) {
        self.database = database
    }

    /// What became of a message when it was read.
    package enum Status: String, Hashable, Sendable {
        case parsed, quarantined
    }

    package struct Row: Hashable, Sendable {
        package var digest: [UInt8]
        package var receivedAt: Timestamp
        package var feed: String
        /// The file or address it came from.
        package var name: String?
        package var raw: [UInt8]
        package var status: Status
        /// Why it is in quarantine.
        package var reason: String?
        package var identifier: String?

        package init(
            digest: [UInt8], receivedAt: Timestamp, feed: String, name: String?, raw: [UInt8], status: Status,
            reason: String? = nil, identifier: String? = nil
        ) {
            self.digest = digest
            self.receivedAt = receivedAt
            self.feed = feed
            self.name = name
            self.raw = raw
            self.status = status
            self.reason = reason
            self.identifier = identifier
        }
    }

    /// Keeps the message; one that is there already is the same bytes and is written over.
    package func keep(_ row: Row) throws {
        try database.transaction { session in
            try session.upsert(
                "hazard_message", key: ["digest"],
                columns: ["digest", "received_at", "feed", "name", "raw", "status", "reason", "identifier"],
                rows: [
                    [
                        .blob(row.digest), .time(row.receivedAt), .text(row.feed), .optional(row.name), .blob(row.raw),
                        .text(row.status.rawValue), .optional(row.reason), .optional(row.identifier),
                    ]
                ])
        }
    }

    /// The bytes of a message; nil where there is none with this digest.
    package func raw(_ digest: [UInt8]) throws -> [UInt8]? {
        try database.read { reader in
            try reader.first("SELECT raw FROM hazard_message WHERE digest = ?", [.blob(digest)]) { try $0.blob(0) }
        }
    }

    /// The messages that came in this time and could be read, in their order.
    package func received(_ span: Range<Timestamp>) throws -> [(at: Timestamp, raw: [UInt8])] {
        try database.read { reader in
            try reader.all(
                """
                SELECT received_at, raw FROM hazard_message WHERE received_at >= ? AND received_at < ? AND status = ? \
                ORDER BY received_at, digest
                """,
                [.time(span.lowerBound), .time(span.upperBound), .text(Status.parsed.rawValue)]
            ) { (at: try $0.time(0), raw: try $0.blob(1)) }
        }
    }

    /// Names of what came from a feed since then, so that a restart fetches nothing twice.
    package func names(from feed: String, since: Timestamp) throws -> [String] {
        try database.read { reader in
            try reader.all(
                "SELECT name FROM hazard_message WHERE received_at >= ? AND feed = ? AND name IS NOT NULL ORDER BY name",
                [.time(since), .text(feed)]
            ) { try $0.text(0) }
        }
    }

    /// Lets go of some that came before then; how many.
    package func purge(before limit: Timestamp) throws -> Int {
        try database.transaction { session in
            let digests = try session.all(
                "SELECT digest FROM hazard_message WHERE received_at < ? ORDER BY received_at LIMIT \(Self.purgedAtATime)",
                [.time(limit)]
            ) { try $0.blob(0) }
            for digest in digests {
                try session.execute("DELETE FROM hazard_message WHERE digest = ?", [.blob(digest)])
            }
            return digests.count
        }
    }
}
