internal import AnpiModel

extension Journal {
    /// Walks `chain` from its first line to its head and checks every link over the stored bytes.
    ///
    /// Where lines have left for the archive the walk begins behind the last of them, on the hash that it left.
    ///
    /// Reads a page at a time, so that a long chain neither fills memory nor holds one snapshot; lines appended
    /// meanwhile are left out. A line that is missing at the end is noticed by the chain's own head row.
    package func verify(_ chain: String = main) throws -> JournalVerdict {
        let end = try head(of: chain)
        let archived = try database.read { try JournalArchiving.archived(of: chain, lane: lane, in: $0) }
        var verdict = JournalVerdict(
            archived: archived.seq, entries: 0, erased: 0, head: archived.hash, firstBad: nil)
        while verdict.last < end.seq {
            let before = verdict.entries
            let isIntact = try verifyPage(of: chain, through: end.seq, &verdict)
            guard isIntact, verdict.entries > before else {
                // Lines may have left while we walked: on from the last of them.
                let archived = try database.read { try JournalArchiving.archived(of: chain, lane: lane, in: $0) }
                if archived.seq > verdict.last {
                    verdict = JournalVerdict(
                        archived: archived.seq, entries: 0, erased: 0, head: archived.hash, firstBad: nil)
                    continue
                }
                verdict.firstBad = verdict.last + 1
                return verdict
            }
        }
        if verdict.head != end.hash {
            verdict.firstBad = max(end.seq, 1)
        } else if let beyond = try lineBeyond(end, of: chain) {
            verdict.firstBad = beyond
        }
        return verdict
    }

    /// A line after the head row that the head row, read again, still does not know.
    private func lineBeyond(_ end: ChainHead, of chain: String) throws -> Int64? {
        guard let line = try read(chain, after: end.seq, limit: 1).first else { return nil }
        return try head(of: chain).seq >= line.seq ? nil : line.seq
    }

    /// Checks the next page of lines; false at the first that does not fit, with `last` the number before it.
    private func verifyPage(of chain: String, through end: Int64, _ verdict: inout JournalVerdict) throws -> Bool {
        var running = verdict
        var isIntact = true
        try database.read { reader in
            try reader.query(
                """
                SELECT seq, at, kind, site, incident, task, actor, head, body, salt, body_digest, hash FROM journal \
                WHERE lane = ? AND chain = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?
                """,
                [
                    .integer(lane), .text(chain), .integer(running.last), .integer(end),
                    .integer(Self.readLimit),
                ]
            ) { row in
                guard isIntact else { return }
                isIntact = try Self.check(row, of: chain, &running)
            }
        }
        verdict = running
        return isIntact
    }

    private static func check(_ row: any SQLRow, of chain: String, _ verdict: inout JournalVerdict) throws -> Bool {
        let seq = try row.integer(0)
        let head = try row.text(7)
        let digest = try row.blob(10)
        let hash = try row.blob(11)
        // The columns beside the head serve queries; they must not tell another story than the head.
        let told = JournalHash.head(
            at: try row.time(1), kind: try row.text(2), site: try row.optionalText(3),
            incident: try row.optionalText(4), task: try row.optionalText(5))
        let actor = try row.optionalText(6)
        guard seq == verdict.last + 1, head == told,
            hash
                == JournalHash.line(
                    previous: verdict.head, chain: chain, seq: seq, head: head, bodyDigest: digest)
        else { return false }
        if row.isNull(8), row.isNull(9) {
            guard actor == nil else { return false }
            verdict.erased += 1
        } else {
            guard let body = try row.optionalText(8), let salt = try row.optionalBlob(9),
                JournalHash.bodyDigest(salt: salt, body: body) == digest, JournalHash.names(actor, in: body)
            else { return false }
        }
        verdict.entries += 1
        verdict.head = hash
        return true
    }
}

extension Journal {
    /// Every chain of every lane of a database with what walking it found: what a backup is checked by.
    package static func verifyAll(
        _ database: any SQLDatabase
    ) throws -> [(lane: Int, chain: String, verdict: JournalVerdict)] {
        let chains = try database.read { reader in
            try reader.all("SELECT lane, chain FROM journal_chain ORDER BY lane, chain") { row in
                (lane: try row.int(0), chain: try row.text(1))
            }
        }
        return try chains.map { lane, chain in
            (lane, chain, try Journal(database, lane: lane).verify(chain))
        }
    }
}
