package import AnpiModel
package import AnpiStore

/// Tokens in the store.
///
/// A ping URL is a row of its own; a ping key, which serves many copies, is a token of role `ping`.
package struct StoreTokenKeeper: TokenKeeping {
    private let tokens: Tokens
    private let threads: StoreThreads

    package init(_ database: any SQLDatabase, threads: StoreThreads) {
        self.tokens = Tokens(database)
        self.threads = threads
    }

    package func revision() async throws -> Int64 {
        try await threads.run { [tokens] in try tokens.revision() }
    }

    package func all() async throws -> TokenSet {
        try await threads.run { [tokens] in
            let set = try tokens.all()
            let records = set.tokens.map(Self.record(of:)) + set.pings.map(Self.record(of:))
            return TokenSet(revision: set.revision, records: records)
        }
    }

    package func insert(_ record: TokenRecord) async throws {
        try await threads.run { [tokens] in
            if let place = record.ping {
                let row = PingRow(
                    id: record.id, site: place.site.text, tier: place.tier, label: record.label,
                    createdAt: record.createdAt, digest: record.digest)
                try tokens.add([], pings: [row])
            } else {
                try tokens.add([Self.row(of: record)])
            }
        }
    }

    package func revoke(id: String, at: Timestamp) async throws -> Bool {
        try await threads.run { [tokens] in try tokens.revoke(id, at: at) }
    }

    private static func row(of record: TokenRecord) -> TokenRow {
        TokenRow(
            id: record.id, kind: record.role.rawValue, role: record.role,
            subject: record.engineer?.text ?? record.agent?.text,
            scope: record.offices.map { $0.map(\.text).joined(separator: " ") } ?? "*", label: record.label,
            createdAt: record.createdAt, expiresAt: record.expiresAt, revokedAt: record.revokedAt,
            digest: record.digest)
    }

    private static func record(of row: TokenRow) -> TokenRecord {
        let offices = row.scope == "*" ? nil : row.scope.split(separator: " ").map { OfficeID(trusted: String($0)) }
        return TokenRecord(
            id: row.id, role: row.role,
            engineer: row.role == .engineer ? row.subject.map { EngineerID(trusted: $0) } : nil,
            agent: row.role == .agent ? row.subject.map { AgentID(trusted: $0) } : nil, offices: offices,
            label: row.label ?? "", createdAt: row.createdAt, expiresAt: row.expiresAt, revokedAt: row.revokedAt,
            digest: row.digest)
    }

    private static func record(of row: PingRow) -> TokenRecord {
        TokenRecord(
            id: row.id, role: .ping, ping: PingPlace(site: SiteID(trusted: row.site), tier: row.tier),
            label: row.label ?? "", createdAt: row.createdAt, revokedAt: row.revokedAt, digest: row.digest)
    }
}
