package import AnpiModel

/// A line of the journal with everything that its hash rests on: what is taken out of the database and kept elsewhere.
package struct StoredJournalLine: Hashable, Sendable {
    package var seq: Int64
    package var at: Timestamp
    /// The canonical head, as it was hashed.
    package var head: String
    package var actor: String?
    /// Nil, with the salt, where the line has been erased.
    package var body: String?
    package var salt: [UInt8]?
    package var bodyDigest: [UInt8]
    package var hash: [UInt8]

    package init(
        seq: Int64, at: Timestamp, head: String, actor: String?, body: String?, salt: [UInt8]?, bodyDigest: [UInt8],
        hash: [UInt8]
    ) {
        self.seq = seq
        self.at = at
        self.head = head
        self.actor = actor
        self.body = body
        self.salt = salt
        self.bodyDigest = bodyDigest
        self.hash = hash
    }

    /// Whether it follows on `previous` and its body is what was hashed, or has been erased.
    package func follows(_ previous: ChainHead) -> Bool {
        seq == previous.seq + 1
            && hash
                == JournalHash.line(
                    previous: previous.hash, chain: previous.chain, seq: seq, head: head, bodyDigest: bodyDigest)
            && isWhole
    }

    /// Whether its body is what was hashed, or has been erased.
    package var isWhole: Bool {
        guard let body, let salt else { return body == nil && salt == nil && actor == nil }
        return JournalHash.bodyDigest(salt: salt, body: body) == bodyDigest && JournalHash.names(actor, in: body)
    }

    /// The same line without what it tells and who did it.
    package var erased: StoredJournalLine {
        var line = self
        (line.actor, line.body, line.salt) = (nil, nil, nil)
        return line
    }
}

/// Takes old lines out of the journal without breaking its chain: the database keeps the hash of the last line that has
/// left, and the walk begins there (ENGINE §5).
///
/// First `lines(of:before:)`, which whoever calls puts where they are safe, then `drop` of just these.
package struct JournalArchiving: Sendable {
    private let database: any SQLDatabase
    private let lane: Int64

    package init(_ database: any SQLDatabase, lane: Int = 0) {
        self.database = database
        self.lane = Int64(lane)
    }

    /// False while a release may use the database that does not know that lines can leave.
    package func isAllowed() throws -> Bool {
        guard let version = try Migrations().version(of: database) else { return false }
        return version.finalized >= Migration.retention.number
    }

    /// Chains with lines, in byte order.
    package func chains() throws -> [String] {
        try database.read { reader in
            try reader.all("SELECT chain FROM journal_chain WHERE lane = ? ORDER BY chain", [.integer(lane)]) {
                try $0.text(0)
            }
        }
    }

    /// The last line of `chain` that has left; number 0 where none has.
    package func archived(of chain: String) throws -> ChainHead {
        try database.read { try Self.archived(of: chain, lane: lane, in: $0) }
    }

    /// The next lines of `chain` to leave, `limit` at most: each older than `instant` and numbered below `bound`.
    package func lines(
        of chain: String, before instant: Timestamp, below bound: Int64 = .max, limit: Int = Journal.readLimit
    ) throws -> [StoredJournalLine] {
        try database.read { reader in
            let last = try Self.archived(of: chain, lane: lane, in: reader)
            let lines = try reader.all(
                """
                SELECT seq, at, head, actor, body, salt, body_digest, hash FROM journal \
                WHERE lane = ? AND chain = ? AND seq > ? AND seq < ? ORDER BY seq LIMIT ?
                """,
                [
                    .integer(lane), .text(chain), .integer(last.seq), .integer(bound), .integer(limit),
                ]
            ) { row in
                StoredJournalLine(
                    seq: try row.integer(0), at: try row.time(1), head: try row.text(2),
                    actor: try row.optionalText(3), body: try row.optionalText(4), salt: try row.optionalBlob(5),
                    bodyDigest: try row.blob(6), hash: try row.blob(7))
            }
            return Array(lines.prefix { $0.at < instant })
        }
    }

    /// Removes `lines`, which have just been read by `lines(of:before:)` and are safe elsewhere.
    ///
    /// A line erased meanwhile stays, with all behind it, so that what was erased is not kept elsewhere: false then.
    package func drop(_ lines: [StoredJournalLine], of chain: String) throws -> Bool {
        guard let first = lines.first, let last = lines.last else { return true }
        return try database.transaction { session in
            let erased = try session.first(
                "SELECT COUNT(*) FROM journal WHERE lane = ? AND chain = ? AND seq <= ? AND body IS NULL",
                [.integer(lane), .text(chain), .integer(last.seq)]
            ) { try $0.int(0) }
            guard erased == lines.count(where: { $0.body == nil }) else { return false }
            try move(chain, from: first.seq - 1, to: last, in: session)
            try session.execute(
                "DELETE FROM journal WHERE lane = ? AND chain = ? AND seq <= ?",
                [.integer(lane), .text(chain), .integer(last.seq)])
            return true
        }
    }

    /// The mark goes on from where these lines begin, or not at all: another process may have taken the lane meanwhile.
    private func move(
        _ chain: String, from before: Int64, to last: StoredJournalLine, in session: any SQLSession
    ) throws {
        let moved =
            before == 0
            ? try session.execute(
                "INSERT INTO journal_archived (lane, chain, seq, hash) VALUES (?, ?, ?, ?)",
                [.integer(lane), .text(chain), .integer(last.seq), .blob(last.hash)])
            : try session.execute(
                "UPDATE journal_archived SET seq = ?, hash = ? WHERE lane = ? AND chain = ? AND seq = ?",
                [.integer(last.seq), .blob(last.hash), .integer(lane), .text(chain), .integer(before)])
        guard moved == 1 else { throw StoreError(.conflict, "another process archives this journal") }
    }

    /// Whether a file's worth of lines of `chain` is older than `instant`, or the first of fewer has waited until
    /// `waited`. Two looks by number, for it is asked each minute and nearly always in vain.
    package func isDue(_ chain: String, file: Int, before instant: Timestamp, waited: Timestamp) throws -> Bool {
        try database.read { reader in
            let last = try Self.archived(of: chain, lane: lane, in: reader)
            func time(of seq: Int64) throws -> Timestamp? {
                try reader.first(
                    "SELECT at FROM journal WHERE lane = ? AND chain = ? AND seq = ?",
                    [.integer(lane), .text(chain), .integer(seq)]
                ) { try $0.time(0) }
            }
            guard let first = try time(of: last.seq + 1), first < instant else { return false }
            return try first < waited || time(of: last.seq + Int64(file)).map { $0 < instant } ?? false
        }
    }

    /// From a database of an older schema, which doctor and restore read as it is, none has left.
    static func archived(of chain: String, lane: Int64, in reader: any SQLReader) throws -> ChainHead {
        let origin = ChainHead.origin(of: chain)
        let schema = try reader.first("SELECT version FROM schema WHERE id = 1") { try $0.int(0) }
        guard let schema, schema >= Migration.retention.number else { return origin }
        return try reader.first(
            "SELECT seq, hash FROM journal_archived WHERE lane = ? AND chain = ?", [.integer(lane), .text(chain)]
        ) { ChainHead(chain: chain, seq: try $0.integer(0), hash: try $0.blob(1)) }
            ?? origin
    }
}
