package import AnpiModel

/// A token as it is kept: never its secret, only the SHA-256 of it.
package struct TokenRecord: Hashable, Sendable {
    /// Twelve characters of base 32.
    package var id: String
    package var role: Role
    /// Required for the role `engineer`.
    package var engineer: EngineerID?
    /// Required for the role `agent`.
    package var agent: AgentID?
    /// Offices it is limited to; nil is all.
    package var offices: [OfficeID]?
    /// The copy that a ping URL speaks for; nil on a ping key, which serves every copy in its scope by slug.
    package var ping: PingPlace?
    /// What people called it; the name in the journal.
    package var label: String
    package var createdAt: Timestamp
    package var expiresAt: Timestamp?
    package var revokedAt: Timestamp?
    /// SHA-256 of the secret.
    package var digest: [UInt8]

    package init(
        id: String, role: Role, engineer: EngineerID? = nil, agent: AgentID? = nil, offices: [OfficeID]? = nil,
        ping: PingPlace? = nil, label: String, createdAt: Timestamp, expiresAt: Timestamp? = nil,
        revokedAt: Timestamp? = nil, digest: [UInt8]
    ) {
        self.id = id
        self.role = role
        self.engineer = engineer
        self.agent = agent
        self.offices = offices
        self.ping = ping
        self.label = label
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.digest = digest
    }
}

/// The copy of one site that a ping speaks for.
package struct PingPlace: Hashable, Sendable {
    package var site: SiteID
    package var tier: CopyTier

    package init(site: SiteID, tier: CopyTier) {
        self.site = site
        self.tier = tier
    }

    /// The last part of `/ping/<key>/<slug>`: `<site>-<tier>` in lower case.
    package var slug: String { "\(site.text.lowercased())-\(tier.rawValue.lowercased())" }
}

/// Where tokens are kept; the store's repository behind threads of its own.
package protocol TokenKeeping: Sendable {
    /// Rises with every change; cheap to ask.
    func revision() async throws -> Int64
    /// Every token, revoked and expired ones too: the table in memory is made from them.
    func all() async throws -> TokenSet
    func insert(_ record: TokenRecord) async throws
    /// False where no such token exists or it was revoked before.
    func revoke(id: String, at: Timestamp) async throws -> Bool
}

/// All tokens as of one revision.
package struct TokenSet: Hashable, Sendable {
    package var revision: Int64
    package var records: [TokenRecord]

    package init(revision: Int64, records: [TokenRecord]) {
        self.revision = revision
        self.records = records
    }
}
