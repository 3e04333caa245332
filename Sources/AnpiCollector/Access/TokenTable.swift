package import AnpiModel
import Synchronization

/// All tokens in memory: what both doors ask before they read a byte of a body.
///
/// One SHA-256 and one look-up by integer. Synchronous and free of allocation for tokens, so that event loops ask it
/// directly: what a look-up copies holds a single reference, the whole records lie apart. `AccessRefresher` brings it up
/// to date from the store; changes made here count at once.
package final class TokenTable: Sendable {
    /// What a look-up needs of a token.
    private struct Entry: Sendable {
        let digest: SecretDigest
        let kind: TokenText.Kind
        let principal: Principal
        /// The first instant at which it is valid no more; the beginning of time where it was revoked.
        let endsAt: Timestamp

        var role: Role { principal.role }

        func isValid(at now: Timestamp) -> Bool { now < endsAt }
    }

    private struct State: Sendable {
        var entries: [UInt64: Entry] = [:]
        var records: [UInt64: TokenRecord] = [:]
        /// Ping URLs and ping keys by the digest of their secret: the URL carries no id to look up by.
        var pings: [SecretDigest: UInt64] = [:]
        /// Rises with every change made here.
        var localChanges: UInt64 = 0
    }

    /// How many changes this process has made itself: what was read from the store before one of them may lack it.
    package struct Mark: Hashable, Sendable {
        fileprivate let localChanges: UInt64
    }

    private let state = Mutex(State())

    package init(_ records: [TokenRecord] = []) {
        replace(with: records)
    }

    /// To be asked for before the store is read.
    package var mark: Mark { state.withLock { Mark(localChanges: $0.localChanges) } }

    /// Takes over what the store held; a record that cannot be a token of ours is left out.
    package func replace(with records: [TokenRecord]) {
        _ = replace(with: records, ifUnchangedSince: nil)
    }

    /// The same, unless something was changed here since `mark`: then what was read may be older than that change, and
    /// a token that was just revoked must not come back. False where nothing was taken over.
    package func replace(with records: [TokenRecord], ifUnchangedSince mark: Mark?) -> Bool {
        var next = State()
        for record in records { Self.insert(record, into: &next) }
        return state.withLock { state in
            if let mark, mark.localChanges != state.localChanges { return false }
            next.localChanges = state.localChanges
            // The old tables are freed by the caller, not under the lock.
            swap(&state, &next)
            return true
        }
    }

    /// Adds a token made here, before the next refresh.
    package func insert(_ record: TokenRecord) {
        state.withLock { state in
            Self.insert(record, into: &state)
            state.localChanges += 1
        }
    }

    /// Ends a token here, before the next refresh.
    package func revoke(id: String, at now: Timestamp) {
        guard let number = TokenText.number(of: id.utf8) else { return }
        state.withLock { state in
            // Counts even for a token that is not known yet: a refresh under way may be about to bring it.
            state.localChanges += 1
            guard var record = state.records[number], record.revokedAt == nil else { return }
            record.revokedAt = now
            Self.insert(record, into: &state)
        }
    }

    /// The tokens by id, for the list; digests stay inside.
    package func records() -> [TokenRecord] {
        state.withLock { Array($0.records.values) }
            .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    /// True where a token has this id, valid or not.
    package func isKnown(id: String) -> Bool {
        guard let number = TokenText.number(of: id.utf8) else { return false }
        return state.withLock { $0.records[number] != nil }
    }

    /// Who `token` speaks for at `now`; nil where it is unknown, wrong, expired or revoked.
    package func authenticate(_ token: UnsafeBufferPointer<UInt8>, at now: Timestamp) -> Principal? {
        guard let parts = TokenText.parse(token) else { return nil }
        guard let entry = state.withLock({ $0.entries[parts.number] }) else { return nil }
        let given = SecretDigest(of: UnsafeBufferPointer(rebasing: parts.secret))
        guard entry.digest.matches(given), entry.kind == parts.kind, entry.role != .ping, entry.isValid(at: now)
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
        let known = state.withLock { state -> (Entry, TokenRecord)? in
            guard let number = state.pings[digest], let entry = state.entries[number],
                let record = state.records[number]
            else { return nil }
            return (entry, record)
        }
        guard let (entry, record) = known, entry.digest.matches(digest), entry.isValid(at: now) else { return nil }
        return record
    }

    private static func insert(_ record: TokenRecord, into state: inout State) {
        guard let number = TokenText.number(of: record.id.utf8), let digest = SecretDigest(bytes: record.digest)
        else { return }
        let principal = Principal(
            tokenID: record.id, role: record.role,
            name: record.label.isEmpty ? (record.engineer?.text ?? record.agent?.text ?? record.id) : record.label,
            engineer: record.engineer, agent: record.agent, offices: record.offices)
        state.entries[number] = Entry(
            digest: digest, kind: TokenText.Kind(record.role), principal: principal,
            endsAt: record.revokedAt == nil ? record.expiresAt ?? .distantFuture : .distantPast)
        state.records[number] = record
        if record.role == .ping { state.pings[digest] = number }
    }
}
