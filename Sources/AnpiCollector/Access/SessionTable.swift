package import AnpiModel
import Synchronization

/// Signed-in browsers: the digest of a cookie and the token it was given for.
///
/// In memory only: a restart asks people to sign in again, and nobody who reads the database can make a session.
package final class SessionTable: Sendable {
    package static let lifetime: Duration = .seconds(12 * 3_600)
    package static let cookieName = "anpi_session"
    /// More than any office needs; at the bound the oldest session ends.
    package static let sessionsMax = 10_000

    private struct Session: Sendable {
        let tokenID: String
        let expiresAt: Timestamp
    }

    private let sessions = Mutex<[SecretDigest: Session]>([:])

    package init() {}

    /// Starts a session for the token and returns the cookie's value.
    package func begin(tokenID: String, at now: Timestamp) -> String {
        let value = TokenText.random(length: 52)
        let session = Session(tokenID: tokenID, expiresAt: now + Self.lifetime)
        sessions.withLock { sessions in
            if sessions.count >= Self.sessionsMax {
                sessions = sessions.filter { $0.value.expiresAt > now }
            }
            if sessions.count >= Self.sessionsMax,
                let oldest = sessions.min(by: { $0.value.expiresAt < $1.value.expiresAt })
            {
                sessions[oldest.key] = nil
            }
            sessions[SecretDigest(of: value)] = session
        }
        return value
    }

    /// The token behind a cookie's value; nil where there is no such session or it has expired.
    package func tokenID(cookie value: String, at now: Timestamp) -> String? {
        tokenID(digest: SecretDigest(of: value), at: now)
    }

    /// The same by the digest of the value, for those who ask often.
    func tokenID(digest: SecretDigest, at now: Timestamp) -> String? {
        guard let session = sessions.withLock({ $0[digest] }), now < session.expiresAt else { return nil }
        return session.tokenID
    }

    package func end(cookie value: String) {
        let digest = SecretDigest(of: value)
        sessions.withLock { $0[digest] = nil }
    }
}
