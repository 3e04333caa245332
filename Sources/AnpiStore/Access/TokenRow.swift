package import AnpiModel

/// A token without its secret (ENGINE §8).
package struct TokenRow: Hashable, Sendable {
    /// The part of the token that is no secret.
    package var id: String
    /// The word in the token's text, `anpi_<kind>_<id>_<secret>`.
    package var kind: String
    package var role: Role
    /// The agent or engineer it speaks for, where the role needs one.
    package var subject: String?
    /// `*`, or office ids separated by spaces.
    package var scope: String
    package var label: String?
    package var createdAt: Timestamp
    package var expiresAt: Timestamp?
    package var revokedAt: Timestamp?
    /// SHA-256 of the secret.
    package var digest: [UInt8]

    package init(
        id: String, kind: String, role: Role, subject: String? = nil, scope: String = "*", label: String? = nil,
        createdAt: Timestamp, expiresAt: Timestamp? = nil, revokedAt: Timestamp? = nil, digest: [UInt8]
    ) {
        self.id = id
        self.kind = kind
        self.role = role
        self.subject = subject
        self.scope = scope
        self.label = label
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.digest = digest
    }
}

/// A ping URL without its secret.
package struct PingRow: Hashable, Sendable {
    package var id: String
    package var site: String
    package var tier: CopyTier
    package var label: String?
    package var createdAt: Timestamp
    package var revokedAt: Timestamp?
    /// SHA-256 of the URL's secret.
    package var digest: [UInt8]

    package init(
        id: String, site: String, tier: CopyTier, label: String? = nil, createdAt: Timestamp,
        revokedAt: Timestamp? = nil, digest: [UInt8]
    ) {
        self.id = id
        self.site = site
        self.tier = tier
        self.label = label
        self.createdAt = createdAt
        self.revokedAt = revokedAt
        self.digest = digest
    }
}

/// Everything that the doors keep in memory to check a caller.
package struct AccessSet: Hashable, Sendable {
    /// Rises with every change: reload when `Tokens.revision()` gives another.
    package var revision: Int64
    package var tokens: [TokenRow]
    package var pings: [PingRow]

    package init(revision: Int64, tokens: [TokenRow], pings: [PingRow]) {
        self.revision = revision
        self.tokens = tokens
        self.pings = pings
    }
}
