package import AnpiModel

/// The journal of one lane: chains of lines, each linked to the one before (ENGINE §5).
///
/// The chain `main` is written only by `Decided.commit`. What never reaches the engine (sign-in, tokens, reads of
/// personal data) has a chain for each process, `door-<writer>`, whose head the owner puts into `main`.
package struct Journal: Sendable {
    package static let main = "main"
    /// How many lines one `read` returns at most.
    package static let readLimit = 1_000
    /// How many kinds one `read` may ask for.
    package static let kindsLimit = 32

    let database: any SQLDatabase
    let lane: Int64
    private let random: RandomSource

    package init(_ database: any SQLDatabase, lane: Int = 0, random: RandomSource = .system) {
        self.database = database
        self.lane = Int64(lane)
        self.random = random
    }

    /// Appends lines to a chain of the doors; returns their numbers.
    @discardableResult
    package func append(door writer: String, _ drafts: [JournalDraft]) throws -> Range<Int64> {
        try database.transaction { session in
            try Self.append(drafts, to: "door-" + writer, lane: lane, random: random, in: session)
        }
    }

    /// The last line of every chain, in byte order of their names.
    package func heads() throws -> [ChainHead] {
        try database.read { reader in
            try reader.all(
                "SELECT chain, seq, hash FROM journal_chain WHERE lane = ? ORDER BY chain", [.integer(lane)]
            ) { ChainHead(chain: try $0.text(0), seq: try $0.integer(1), hash: try $0.blob(2)) }
        }
    }

    /// The last line of `chain`, number 0 where it has none.
    package func head(of chain: String = main) throws -> ChainHead {
        try database.read { try Self.head(of: chain, lane: lane, in: $0) }
    }

    /// Which lines `read` returns.
    package struct Filter: Hashable, Sendable {
        package var site: String?
        package var incident: String?
        package var task: String?
        /// Empty means all; at most `kindsLimit`.
        package var kinds: [String]

        package init(site: String? = nil, incident: String? = nil, task: String? = nil, kinds: [String] = []) {
            self.site = site
            self.incident = incident
            self.task = task
            self.kinds = kinds
        }
    }

    /// Lines after number `seq`, oldest first.
    package func read(
        _ chain: String = main, after seq: Int64 = 0, limit: Int = readLimit, filter: Filter = Filter()
    ) throws -> [JournalEntry] {
        try read(chain, bound: "AND seq > ?", seq, order: "ASC", limit: limit, filter: filter)
    }

    /// Lines before number `seq`, newest first: what a timeline shows.
    package func readBackwards(
        _ chain: String = main, before seq: Int64 = .max, limit: Int = readLimit, filter: Filter = Filter()
    ) throws -> [JournalEntry] {
        try read(chain, bound: "AND seq < ?", seq, order: "DESC", limit: limit, filter: filter)
    }

    /// The number of the last line of `main` before `instant`, by halving: times never go back. Where lines have left
    /// the database and none that is left is earlier, the last one that has left.
    package func last(before instant: Timestamp) throws -> Int64 {
        try database.read { reader in
            func number(_ bound: String, _ seq: Int64) throws -> (seq: Int64, at: Timestamp)? {
                try reader.first(
                    "SELECT seq, at FROM journal WHERE lane = ? AND chain = ? AND \(bound) LIMIT 1",
                    [.integer(lane), .text(Self.main), .integer(seq)]
                ) { (try $0.integer(0), try $0.time(1)) }
            }
            guard let first = try number("seq > ? ORDER BY seq", 0),
                let last = try number("seq > ? ORDER BY seq DESC", 0)
            else { return 0 }
            var before = first.seq - 1
            var behind = last.seq + 1
            while before + 1 < behind {
                let middle = before + (behind - before) / 2
                guard let line = try number("seq = ?", middle) else { break }
                if line.at < instant { before = middle } else { behind = middle }
            }
            return before
        }
    }

    /// Blanks the body of one line and who did it for good, with the salt that would let its text be guessed.
    ///
    /// The chain still verifies, since it rests on the digest; false where there is no such line. Copies in backups
    /// are not reached.
    @discardableResult
    package func erase(_ seq: Int64, in chain: String = main) throws -> Bool {
        try database.transaction { session in
            try session.execute(
                "UPDATE journal SET actor = NULL, body = NULL, salt = NULL WHERE lane = ? AND chain = ? AND seq = ?",
                [.integer(lane), .text(chain), .integer(seq)]) == 1
        }
    }
}

extension Journal {
    private func read(
        _ chain: String, bound: String, _ seq: Int64, order: String, limit: Int, filter: Filter
    ) throws -> [JournalEntry] {
        guard filter.kinds.count <= Self.kindsLimit else { throw StoreError(.misuse, "too many kinds asked for") }
        var sql = """
            SELECT seq, at, kind, site, incident, task, actor, body, hash FROM journal \
            WHERE lane = ? AND chain = ? \(bound)
            """
        var arguments: [SQLValue] = [.integer(lane), .text(chain), .integer(seq)]
        for (column, value) in [("site", filter.site), ("incident", filter.incident), ("task", filter.task)] {
            guard let value else { continue }
            sql += " AND \(column) = ?"
            arguments.append(.text(value))
        }
        if !filter.kinds.isEmpty {
            sql += " AND kind IN (" + filter.kinds.map { _ in "?" }.joined(separator: ", ") + ")"
            arguments += filter.kinds.map { .text($0) }
        }
        sql += " ORDER BY seq \(order) LIMIT ?"
        arguments.append(.integer(min(max(limit, 1), Self.readLimit)))
        return try database.read { reader in
            try reader.all(sql, arguments) { row in
                JournalEntry(
                    seq: try row.integer(0), at: try row.time(1), kind: try row.text(2), site: try row.optionalText(3),
                    incident: try row.optionalText(4), task: try row.optionalText(5), actor: try row.optionalText(6),
                    body: try row.optionalText(7), hash: try row.blob(8))
            }
        }
    }

    static func head(of chain: String, lane: Int64, in reader: any SQLReader) throws -> ChainHead {
        try reader.first(
            "SELECT seq, hash FROM journal_chain WHERE lane = ? AND chain = ?", [.integer(lane), .text(chain)]
        ) { ChainHead(chain: chain, seq: try $0.integer(0), hash: try $0.blob(1)) }
            ?? .origin(of: chain)
    }

    /// Links `drafts` to the end of `chain` inside the transaction of `session`; returns their numbers.
    static func append(
        _ drafts: [JournalDraft], to chain: String, lane: Int64, random: RandomSource, in session: any SQLSession
    ) throws -> Range<Int64> {
        let head = try head(of: chain, lane: lane, in: session)
        guard !drafts.isEmpty else { return head.seq + 1..<head.seq + 1 }
        var previous = head.hash
        var seq = head.seq
        for draft in drafts {
            seq += 1
            let text = JournalHash.head(
                at: draft.at, kind: draft.kind, site: draft.site, incident: draft.incident, task: draft.task)
            let salt = random.bytes(JournalHash.saltByteCount)
            let body = draft.storedBody
            let digest = JournalHash.bodyDigest(salt: salt, body: body)
            previous = JournalHash.line(previous: previous, chain: chain, seq: seq, head: text, bodyDigest: digest)
            try session.execute(
                """
                INSERT INTO journal (lane, chain, seq, at, kind, site, incident, task, actor, head, body, salt, \
                body_digest, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(lane), .text(chain), .integer(seq), .time(draft.at), .text(draft.kind),
                    .optional(draft.site), .optional(draft.incident), .optional(draft.task), .optional(draft.actor),
                    .text(text), .text(body), .blob(salt), .blob(digest), .blob(previous),
                ])
        }
        if head.seq == 0 {
            try session.execute(
                "INSERT INTO journal_chain (lane, chain, seq, hash) VALUES (?, ?, ?, ?)",
                [.integer(lane), .text(chain), .integer(seq), .blob(previous)])
        } else {
            let changed = try session.execute(
                "UPDATE journal_chain SET seq = ?, hash = ? WHERE lane = ? AND chain = ? AND seq = ?",
                [.integer(seq), .blob(previous), .integer(lane), .text(chain), .integer(head.seq)])
            guard changed == 1 else { throw StoreError(.conflict, "another process wrote to this chain") }
        }
        return head.seq + 1..<seq + 1
    }
}
