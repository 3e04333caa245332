import AnpiModel

/// One row of a result, valid only inside the closure that was given it.
///
/// Columns are read by index and straight from the driver's buffer: a dictionary a row would cost more than the query.
package protocol SQLRow {
    /// How many columns the row has.
    var columnCount: Int { get }
    /// True where `column` is null.
    func isNull(_ column: Int) -> Bool
    /// Throws `StoreError.invalidValue` where `column` is null or of another type; so do the other readers.
    func integer(_ column: Int) throws -> Int64
    func real(_ column: Int) throws -> Double
    func text(_ column: Int) throws -> String
    func blob(_ column: Int) throws -> [UInt8]
}

extension SQLRow {
    package func int(_ column: Int) throws -> Int {
        let value = try integer(column)
        guard let narrow = Int(exactly: value) else { throw StoreError(.invalidValue, "a number is out of range") }
        return narrow
    }

    package func flag(_ column: Int) throws -> Bool { try integer(column) != 0 }

    package func optionalInteger(_ column: Int) throws -> Int64? { isNull(column) ? nil : try integer(column) }
    package func optionalInt(_ column: Int) throws -> Int? { isNull(column) ? nil : try int(column) }
    package func optionalText(_ column: Int) throws -> String? { isNull(column) ? nil : try text(column) }
    package func optionalBlob(_ column: Int) throws -> [UInt8]? { isNull(column) ? nil : try blob(column) }
}

/// Reads inside one snapshot.
package protocol SQLReader {
    /// Runs one `SELECT` and hands each row to `row`, in order.
    ///
    /// `sql` is portable (docs/decisions/0003): placeholders are `?`, one statement, no trailing semicolon. The text
    /// must be one of few constants, because drivers keep prepared statements by it.
    func query(_ sql: String, _ arguments: [SQLValue], _ row: (any SQLRow) throws -> Void) throws
}

extension SQLReader {
    /// The rows of a `SELECT`, each made into a value.
    package func all<Value>(
        _ sql: String, _ arguments: [SQLValue] = [], _ make: (any SQLRow) throws -> Value
    ) throws -> [Value] {
        var values: [Value] = []
        try query(sql, arguments) { values.append(try make($0)) }
        return values
    }

    /// The first row of a `SELECT`, nil where it has none.
    package func first<Value>(
        _ sql: String, _ arguments: [SQLValue] = [], _ make: (any SQLRow) throws -> Value
    ) throws -> Value? {
        var value: Value?
        try query(sql, arguments) { if value == nil { value = try make($0) } }
        return value
    }
}

/// Writes inside the one transaction that is open.
package protocol SQLSession: SQLReader {
    /// Runs one statement that changes something; returns how many rows it changed.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int

    /// Inserts `rows`, or overwrites the rows that have the same `key`, in the form that the driver does fastest.
    ///
    /// `columns` holds every column of `key`; no two of `rows` may have the same key (PostgreSQL refuses that).
    func upsert(_ table: String, key: [String], columns: [String], rows: [[SQLValue]]) throws
}

/// Who may write first where several wait for the one writer.
package enum TransactionPriority: Sendable {
    /// Answers that agents and people wait for.
    case beats
    /// Everything else: decisions, checkpoints, deliveries.
    case normal
}

/// A database: snapshots to read, one writer.
///
/// Every call blocks its thread until it is done; callers bring their own threads.
package protocol SQLDatabase: Sendable {
    /// How this database spells the few words that SQLite and PostgreSQL do not share.
    var dialect: SQLDialect { get }

    /// Reads in one snapshot: nothing that commits meanwhile is seen.
    ///
    /// `body` may run again where not one row has been handed to it.
    func read<R>(_ body: (any SQLReader) throws -> R) throws -> R

    /// Writes whole or not at all; when it returns, what was written survives a power cut.
    ///
    /// An error of `body` or of the commit undoes everything and is thrown; only after `.unconfirmed` it may be there.
    /// An error of a statement ends the transaction, so `body` lets it through. Not to be called inside itself.
    ///
    /// `body` may run again from its beginning, on a newer snapshot, where several writers meet: it changes nothing but
    /// the database and what it returns.
    @discardableResult
    func transaction<R>(priority: TransactionPriority, _ body: (any SQLSession) throws -> R) throws -> R
}

extension SQLDatabase {
    /// A transaction that lets waiting beats go first.
    @discardableResult
    package func transaction<R>(_ body: (any SQLSession) throws -> R) throws -> R {
        try transaction(priority: .normal, body)
    }
}

/// The few words in which SQLite and PostgreSQL differ.
package struct SQLDialect: Sendable {
    /// 64 bits, signed.
    package var integer: String
    /// Text that compares byte by byte.
    package var text: String
    package var blob: String
    /// 64 bits of IEEE 754.
    package var real: String
    /// What stands after the closing parenthesis of a table.
    package var tableOptions: String
    /// The database's own time of day in milliseconds, as an expression: for leases alone.
    package var clock: String
    /// A `SELECT` that has a row where there is a table with the name that is its argument.
    package var hasTable: String
    /// Keeps all others from writing to a table until the transaction ends, as its first statement; nil where there is
    /// only one writer anyway.
    package var lock: (@Sendable (_ table: String) -> String)?
    /// How a session that sits on a row is found and ended; nil where there is only one writer anyway.
    package var rowHolder: RowHolder?

    package init(
        integer: String, text: String, blob: String, real: String, tableOptions: String, clock: String,
        hasTable: String, lock: (@Sendable (String) -> String)? = nil, rowHolder: RowHolder? = nil
    ) {
        self.integer = integer
        self.text = text
        self.blob = blob
        self.real = real
        self.tableOptions = tableOptions
        self.clock = clock
        self.hasTable = hasTable
        self.lock = lock
        self.rowHolder = rowHolder
    }

    /// The session whose open transaction has changed a row: others that want to change it wait for its end.
    package struct RowHolder: Sendable {
        /// Bounds how long the statements behind it wait for a row, until the transaction ends; the wait then ends with
        /// `.busy`.
        package var waitAtMost: @Sendable (Duration) -> String
        /// Number, user and application of the session that sits on the row of `table` whose `id` is the argument.
        package var find: @Sendable (_ table: String) -> String
        /// Ends the session with that number (the second argument), as long as it sits there.
        package var end: @Sendable (_ table: String) -> String
    }

    /// `STRICT`, so that a value of the wrong type is refused as PostgreSQL would.
    package static let sqlite = SQLDialect(
        integer: "INTEGER", text: "TEXT", blob: "BLOB", real: "REAL", tableOptions: " STRICT",
        clock: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
        hasTable: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?")
    /// `REAL` would have 32 bits there, and its default collation is not that of bytes.
    package static let postgres = SQLDialect(
        integer: "BIGINT", text: "TEXT COLLATE \"C\"", blob: "BYTEA", real: "DOUBLE PRECISION", tableOptions: "",
        clock: "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
        hasTable: "SELECT 1 WHERE to_regclass(?) IS NOT NULL",
        lock: { "LOCK TABLE \($0) IN SHARE ROW EXCLUSIVE MODE" },
        rowHolder: RowHolder(
            waitAtMost: { "SET LOCAL lock_timeout = \($0.wholeMilliseconds)" },
            find: { "SELECT a.pid::bigint, a.usename::text, COALESCE(a.application_name, '') \(holder(of: $0))" },
            end: { "SELECT CASE WHEN pg_terminate_backend(a.pid) THEN 1 ELSE 0 END \(holder(of: $0)) AND a.pid = ?" }))

    /// The row itself says which transaction has changed it last (`xmax`), and whose that is, the server's own table of
    /// locks: so only a session of this server that sits there now is ever hit, whatever was written down elsewhere. One
    /// whose transaction has just begun is no holder, but somebody else who waited too. One that waits for a standby to
    /// confirm its commit has done its work: ended, it would show what no second machine has, and the next one would wait
    /// for the same standby.
    private static func holder(of table: String) -> String {
        """
        FROM \(table) held JOIN pg_locks l ON l.locktype = 'transactionid' AND l.transactionid = held.xmax \
        AND l.mode = 'ExclusiveLock' AND l.granted JOIN pg_stat_activity a ON a.pid = l.pid WHERE held.id = ? \
        AND COALESCE(a.xact_start, '-infinity') < clock_timestamp() - interval '1 second' \
        AND a.wait_event IS DISTINCT FROM 'SyncRep'
        """
    }
}
