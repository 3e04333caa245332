package import AnpiStore
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The store on PostgreSQL 14 or newer, through libpq: several writers, each transaction on a snapshot of its own
/// (REPEATABLE READ).
///
/// Where another transaction has changed the same rows meanwhile, the server refuses and the body runs again on a new
/// snapshot; so it does, once, where a connection broke before COMMIT was sent. COMMIT itself is never cancelled and
/// never repeated: where its answer does not come, `.unconfirmed` is thrown.
package final class PostgresDatabase: SQLDatabase {
    /// How often a transaction is tried that others keep getting in the way of: each time, one of them has gone on.
    static let attemptsMax = 12

    private let pool: ConnectionPool
    private let options: PostgresOptions
    private let claimant = Mutex<PostgresConnection?>(nil)

    private init(pool: ConnectionPool, options: PostgresOptions) {
        self.pool = pool
        self.options = options
    }

    /// Opens the database that `address` names in any form that libpq reads, and makes sure that it answers.
    ///
    /// The schema is not touched: `Migrations.migrate` does that. Throws `.misuse` where the address cannot be read,
    /// `.unavailable` where nothing answers there, with the reason.
    package static func open(
        _ address: String, options: PostgresOptions = PostgresOptions()
    ) throws -> PostgresDatabase {
        let pool = ConnectionPool(try ConnectionString(address, options: options), options: options)
        let database = PostgresDatabase(pool: pool, options: options)
        _ = try database.read { try $0.first("SELECT 1") { try $0.integer(0) } }
        return database
    }

    package var dialect: SQLDialect { .postgres }

    /// Closes what is idle, the rest as it is given back; everything after it throws `.misuse`.
    package func close() {
        pool.close()
        claimant.withLock { $0 = nil }
    }

    /// How many calls wait for a connection now.
    package var waitingCalls: Int { pool.waiting }

    package func read<R>(_ body: (any SQLReader) throws -> R) throws -> R {
        try attempting(.normal, isWriting: false, body)
    }

    package func transaction<R>(priority: TransactionPriority, _ body: (any SQLSession) throws -> R) throws -> R {
        try attempting(priority, isWriting: true, body)
    }

    // MARK: Who works on it

    /// The advisory lock by which collectors tell that they serve from a database: "anpi" in ASCII.
    private static let claimKey = 0x616E_7069

    /// Says that this process works on the database, for as long as it is connected: with others that serve from it, or
    /// alone, as what fills it must. Throws `.inUse` where that cannot be, still not after `lockTimeout`.
    ///
    /// It keeps mistakes away and is no more than that: a session that breaks lets go. Who of several may decide says
    /// the lane's lease.
    package func claim(alone: Bool) throws {
        do {
            let connection = try pool.makeConnection()
            do {
                let lock = alone ? "pg_advisory_lock" : "pg_advisory_lock_shared"
                try connection.run("SELECT \(lock)(\(Self.claimKey))")
            } catch let failure as PostgresFailure where failure.state == "55P03" {
                throw StoreError(
                    .inUse,
                    alone
                        ? "a collector serves from this database: stop it first"
                        : "the database is being filled: start when that is done", detail: try holder())
            }
            claimant.withLock { $0 = connection }
        } catch let failure as PostgresFailure {
            throw StoreError(failure)
        }
    }

    /// Who has the lock, as an operator can find it.
    private func holder() throws -> String? {
        try read { reader in
            try reader.first(
                """
                SELECT 'server process ' || a.pid || ', connected since ' || a.backend_start::text || \
                COALESCE(' from ' || host(a.client_addr), ' from the same machine') \
                FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted \
                AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
                AND l.classid = 0 AND l.objid = ?
                """, [.integer(Self.claimKey)]
            ) { try $0.text(0) }
        }
    }

    // MARK: Attempts

    private func attempting<R>(
        _ priority: TransactionPriority, isWriting: Bool, _ body: (PostgresSession) throws -> R
    ) throws -> R {
        var history = AttemptHistory()
        while true {
            do {
                return try pool.withConnection(priority, isFresh: history.needsFreshConnection) { connection in
                    try run(on: connection, isWriting: isWriting, body)
                }
            } catch let attempt as FailedAttempt {
                guard history.mayTryAgain(after: attempt) else { throw attempt.thrown }
                history.pause()
            } catch let failure as PostgresFailure {
                throw StoreError(failure)
            }
        }
    }

    private func run<R>(
        on connection: PostgresConnection, isWriting: Bool, _ body: (PostgresSession) throws -> R
    ) throws -> R {
        let session = PostgresSession(connection, isWriting: isWriting)
        do {
            let value = try body(session)
            try session.commit(limit: isWriting ? options.commitTimeout : options.statementTimeout)
            return value
        } catch {
            session.rollBack()
            guard let failure = session.failure else { throw error }
            throw FailedAttempt(
                failure: failure, isRepeatable: isWriting || !session.hasAnswered,
                thrown: (error as? PostgresFailure).map { StoreError($0) } ?? error)
        }
    }
}

/// An attempt that the server or the way to it has ended, with what the caller would be thrown.
private struct FailedAttempt: Error {
    var failure: PostgresFailure
    /// False where a reader has been given something of the snapshot, which cannot be taken back.
    var isRepeatable: Bool
    var thrown: any Error
}

/// Whether a transaction is tried once more.
private struct AttemptHistory {
    private var attempts = 0
    private var hasSeenKey = false
    private(set) var needsFreshConnection = false

    mutating func mayTryAgain(after attempt: FailedAttempt) -> Bool {
        attempts += 1
        let failure = attempt.failure
        guard attempt.isRepeatable else { return false }
        if failure.isConflictOfTransactions { return attempts < PostgresDatabase.attemptsMax }
        if failure.isExistingKey {
            defer { hasSeenKey = true }
            return !hasSeenKey
        }
        // Before COMMIT was sent, nothing of a transaction is there. Who has waited in vain does not wait again.
        if failure.endsConnection, failure.cause != .timedOut, !failure.wasCommitting, !needsFreshConnection {
            needsFreshConnection = true
            return true
        }
        return false
    }

    /// A little longer after each attempt, differently for each caller.
    func pause() {
        guard attempts > 1 else { return }
        usleep(.random(in: 0..<(500 << UInt32(min(attempts, 7)))))
    }
}
