internal import AnpiStore

/// Why the server or the way to it failed, before it becomes a `StoreError`.
struct PostgresFailure: Error, Hashable {
    enum Cause: Hashable {
        /// The server refused, with its SQLSTATE and, where a row broke a rule, the rule's name.
        case server(state: String, constraint: String?)
        /// No connection could be made; the text is libpq's, which names hosts and users but never a password.
        case unreachable(String)
        /// The connection broke under a request.
        case lost
        /// No answer came in our own time, and the connection was closed because of it.
        case timedOut
        /// Connections are not tried again yet, after some that failed.
        case backingOff(milliseconds: Int64)
        /// COMMIT came back with a warning, which says that it is not confirmed (synchronous replication).
        case warned(state: String)
        /// The transaction had been undone when it was to be committed.
        case undone
    }

    var cause: Cause
    /// True where COMMIT had been sent: the transaction may be there or not.
    var wasCommitting = false

    init(_ cause: Cause) { self.cause = cause }

    /// The SQLSTATE, nil where the server said nothing.
    var state: String? {
        switch cause {
        case .server(let state, _), .warned(let state): state
        case .unreachable, .lost, .timedOut, .backingOff, .undone: nil
        }
    }

    /// True where a new snapshot may succeed at once: others changed the same rows at the same time.
    var isConflictOfTransactions: Bool { state == "40001" || state == "40P01" }

    /// True where another transaction's row, which the snapshot cannot show, may be the reason: once more will tell.
    var isExistingKey: Bool { state == "23505" }

    /// True where the connection is of no more use; 25006 is what a primary says that has become a standby.
    var endsConnection: Bool {
        switch cause {
        case .lost, .timedOut, .unreachable, .backingOff: true
        case .server(let state, _):
            state.hasPrefix("57P") || state.hasPrefix("08") || ["25P03", "25006"].contains(state)
        case .warned, .undone: false
        }
    }
}

extension StoreError {
    /// What callers see: a code, a sentence, the SQLSTATE. The server's own text can quote values and stays out.
    init(_ failure: PostgresFailure, file: String = #fileID, line: Int = #line) {
        var detail: String?
        switch failure.cause {
        case .server(let state, let constraint):
            detail = "SQLSTATE \(state)" + (constraint.map { ", \($0)" } ?? "")
        case .warned(let state): detail = "SQLSTATE \(state)"
        case .unreachable(let text): detail = text
        case .backingOff(let milliseconds): detail = "the next try is in \(milliseconds) ms"
        case .lost, .timedOut, .undone: break
        }
        let (code, message) = Self.meaning(of: failure)
        self.init(code, message, detail: detail, file: file, line: line)
    }

    private static func meaning(of failure: PostgresFailure) -> (Code, StaticString) {
        if failure.wasCommitting, failure.endsConnection {
            return (.unconfirmed, "the connection ended before the server said whether the commit counts")
        }
        return switch failure.cause {
        case .warned: (.unconfirmed, "the commit is not confirmed by the servers that have to")
        case .server(let state, _): meaning(ofState: state)
        case .unreachable: (.unavailable, "the database cannot be reached")
        case .backingOff: (.unavailable, "the database could not be reached a moment ago")
        case .lost: (.unavailable, "the connection to the database broke")
        case .timedOut: (.unavailable, "the database did not answer in time")
        case .undone: (.conflict, "the transaction was undone before its commit")
        }
    }

    /// By class and state (PostgreSQL's Appendix A).
    private static func meaning(ofState state: String) -> (Code, StaticString) {
        switch state {
        case "40001", "40P01": (.busy, "others kept changing the same rows")
        case "55P03": (.busy, "a lock did not come free in time: another session holds it")
        case "57014": (.busy, "a statement took longer than it may")
        case "53300": (.busy, "the database server has no connection left: raise max_connections")
        case "53100": (.full, "no room is left for the database")
        case "25006":
            (.unavailable, "the server takes no writes: it is a standby, or was made read-only")
        case "25P03": (.unavailable, "the transaction paused for longer than it may")
        case "28000", "28P01": (.unavailable, "the database server refuses this user or password")
        case "3D000": (.unavailable, "there is no such database on this server")
        case "XX001", "XX002": (.corrupt, "the server finds its data damaged: restore a backup")
        case "42501": (.unavailable, "this database user lacks a right")
        case _ where state.hasPrefix("22") || state.hasPrefix("23"):
            (.constraint, "a row breaks a rule of its table")
        case _ where state.hasPrefix("42") || state.hasPrefix("21") || state.hasPrefix("25"):
            (.misuse, "a statement is wrong")
        case _ where state.hasPrefix("57P"): (.unavailable, "the database server is stopping or starting")
        default: (.unavailable, "the database server could not do it")
        }
    }
}
