package import AnpiModel

/// Tokens and ping URLs of the whole cluster: they belong to no lane.
package struct Tokens: Sendable {
    private let database: any SQLDatabase

    package init(_ database: any SQLDatabase) {
        self.database = database
    }

    /// Adds tokens and ping URLs; an id that exists is refused with `.constraint`, and nothing is added.
    package func add(_ tokens: [TokenRow], pings: [PingRow] = []) throws {
        try database.transaction { session in
            for row in tokens {
                try session.execute(
                    """
                    INSERT INTO token (id, kind, role, subject, scope, label, created_at, expires_at, revoked_at, \
                    digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    [
                        .text(row.id), .text(row.kind), .text(row.role.rawValue), .optional(row.subject),
                        .text(row.scope), .optional(row.label), .time(row.createdAt), .time(row.expiresAt),
                        .time(row.revokedAt), .blob(row.digest),
                    ])
            }
            for row in pings {
                try session.execute(
                    """
                    INSERT INTO ping (id, site, tier, label, created_at, revoked_at, digest) \
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                    [
                        .text(row.id), .text(row.site), .text(row.tier.rawValue), .optional(row.label),
                        .time(row.createdAt), .time(row.revokedAt), .blob(row.digest),
                    ])
            }
            try Self.touch(in: session)
        }
    }

    /// Revokes a token or a ping URL; false where there is none with this id, or it is revoked already.
    @discardableResult
    package func revoke(_ id: String, at: Timestamp) throws -> Bool {
        try database.transaction { session in
            var changed = try session.execute(
                "UPDATE token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", [.time(at), .text(id)])
            if changed == 0 {
                changed = try session.execute(
                    "UPDATE ping SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", [.time(at), .text(id)])
            }
            if changed > 0 { try Self.touch(in: session) }
            return changed > 0
        }
    }

    /// Cheap to ask every few seconds, so that a revocation holds everywhere within 5 s.
    package func revision() throws -> Int64 {
        try database.read { try Self.revision(in: $0) }
    }

    /// Everything, revoked and expired rows included, in one snapshot and in byte order of the ids.
    package func all() throws -> AccessSet {
        try database.read { reader in
            let tokens = try reader.all(
                """
                SELECT id, kind, role, subject, scope, label, created_at, expires_at, revoked_at, digest \
                FROM token ORDER BY id
                """
            ) { row in
                TokenRow(
                    id: try row.text(0), kind: try row.text(1), role: try row.word(2),
                    subject: try row.optionalText(3), scope: try row.text(4), label: try row.optionalText(5),
                    createdAt: try row.time(6), expiresAt: try row.optionalTime(7),
                    revokedAt: try row.optionalTime(8), digest: try row.blob(9))
            }
            let pings = try reader.all(
                "SELECT id, site, tier, label, created_at, revoked_at, digest FROM ping ORDER BY id"
            ) { row in
                PingRow(
                    id: try row.text(0), site: try row.text(1), tier: try row.word(2),
                    label: try row.optionalText(3), createdAt: try row.time(4), revokedAt: try row.optionalTime(5),
                    digest: try row.blob(6))
            }
            return AccessSet(revision: try Self.revision(in: reader), tokens: tokens, pings: pings)
        }
    }

    private static func revision(in reader: any SQLReader) throws -> Int64 {
        try reader.first("SELECT revision FROM access_revision WHERE id = 1") { try $0.integer(0) } ?? 0
    }

    private static func touch(in session: any SQLSession) throws {
        let changed = try session.execute("UPDATE access_revision SET revision = revision + 1 WHERE id = 1", [])
        if changed == 0 {
            try session.execute("INSERT INTO access_revision (id, revision) VALUES (1, 1)", [])
        }
    }
}
