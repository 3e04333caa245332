package import AnpiModel
import Synchronization

/// All tokens in memory: what both doors ask before they read a byte of a body.
///
/// One SHA-256 and one look-up by integer. Synchronous and free of allocation for tokens, so that event loops ask it
/// directly. `AccessRefresher` brings it up to date from the store; changes made here count at once.
package final class TokenTable: Sendable {
    private struct Entry: Sendable {
        let record: TokenRecord
        let digest: SecretDigest
        let principal: Principal
        let kind: [UInt8]

        func isValid(at now: Timestamp) -> Bool {
            guard record.revokedAt == nil else { return false }
            guard let expiresAt = record.expiresAt else { return true }
            return now < expiresAt
        }
    }

    private struct State: Sendable {
        var entries: [UInt64: Entry] = [:]
        /// Ping URLs and ping keys by the digest of their secret: the URL carries no id to look up by.
        var pings: [SecretDigest: UInt64] = [:]
    }

    private let state = Mutex(State())

    package init(_ records: [TokenRecord] = []) {
        replace(with: records)
    }

    /// Takes over what the store holds; a record that cannot be a token of ours is left out.
    package func replace(with records: [TokenRecord]) {
        var next = State()
        for record in records { Self.insert(record, into: &next) }
        state.withLock { $0 = next }
    }

    /// Adds a token made here, before the next refresh.
    package func insert(_ record: TokenRecord) {
        state.withLock { Self.insert(record, into: &$0) }
    }

    /// Ends a token here, before the next refresh.
    package func revoke(id: String, at now: Timestamp) {
        guard let number = TokenText.number(of: id.utf8) else { return }
        state.withLock { state in
            guard let old = state.entries[number], old.record.revokedAt == nil else { return }
            var record = old.record
            record.revokedAt = now
            Self.insert(record, into: &state)
        }
    }

    /// The tokens by id, for the list; digests stay inside.
    package func records() -> [TokenRecord] {
        state.withLock { $0.entries.values.map(\.record) }
            .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    /// Who `token` speaks for at `now`; nil where it is unknown, wrong, expired or revoked.
    package func authenticate(_ token: UnsafeBufferPointer<UInt8>, at now: Timestamp) -> Principal? {
        guard let parts = TokenText.parse(token) else { return nil }
        guard let entry = state.withLock({ $0.entries[parts.number] }) else { return nil }
        let given = SecretDigest(of: UnsafeBufferPointer(rebasing: parts.secret))
        guard entry.digest.matches(given), entry.kind.elementsEqual(parts.kind), entry.record.role != .ping,
            entry.isValid(at: now)
        else { return nil }
        return entry.principal
    }

    /// The same for bytes that lie in some collection.
    package func authenticate(_ token: some Sequence<UInt8>, at now: Timestamp) -> Principal? {
        let direct = token.withContiguousStorageIfAvailable { authenticate($0, at: now) }
        if let direct { return direct }
        return Array(token).withUnsafeBufferPointer { authenticate($0, at: now) }
    }

    /// Who the token with this id speaks for, while it is valid: what a session stands on.
    package func principal(id: String, at now: Timestamp) -> Principal? {
        guard let number = TokenText.number(of: id.utf8),
            let entry = state.withLock({ $0.entries[number] }), entry.isValid(at: now)
        else { return nil }
        return entry.principal
    }

    /// The valid ping token whose secret this is.
    package func ping(secret: some StringProtocol, at now: Timestamp) -> TokenRecord? {
        let digest = SecretDigest(of: secret)
        let entry = state.withLock { state in state.pings[digest].flatMap { state.entries[$0] } }
        guard let entry, entry.digest.matches(digest), entry.isValid(at: now) else { return nil }
        return entry.record
    }

    private static func insert(_ record: TokenRecord, into state: inout State) {
        guard let number = TokenText.number(of: record.id.utf8), let digest = SecretDigest(bytes: record.digest)
        else { return }
        let principal = Principal(
            tokenID: record.id, role: record.role,
            name: record.label.isEmpty ? (record.engineer?.text ?? record.agent?.text ?? record.id) : record.label,
            engineer: record.engineer, agent: record.agent, offices: record.offices)
        state.entries[number] = Entry(
            record: record, digest: digest, principal: principal, kind: Array(record.role.rawValue.utf8))
        if record.role == .ping { state.pings[digest] = number }
    }
}
