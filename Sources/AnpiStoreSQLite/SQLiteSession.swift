internal import AnpiStore
internal import GRDB
internal import GRDBSQLite

/// Statements on one connection of the pool, inside the snapshot or transaction that GRDB has opened.
///
/// Prepared statements come from GRDB's cache and are stepped through SQLite's own interface: GRDB's rows would copy
/// each blob once more and end the process on a value of another type.
struct SQLiteSession: SQLSession {
    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    func query(_ sql: String, _ arguments: [SQLValue], _ row: (any SQLRow) throws -> Void) throws {
        try withStatement(sql, arguments) { statement in
            let current = SQLiteRow(statement: statement)
            while true {
                switch sqlite3_step(statement) {
                case SQLITE_ROW: try row(current)
                case SQLITE_DONE: return
                case let code: throw StoreError(sqlite: code)
                }
            }
        }
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try withStatement(sql, arguments) { statement in
            var code = sqlite3_step(statement)
            while code == SQLITE_ROW { code = sqlite3_step(statement) }
            guard code == SQLITE_DONE else { throw StoreError(sqlite: code) }
            return database.changesCount
        }
    }

    func upsert(_ table: String, key: [String], columns: [String], rows: [[SQLValue]]) throws {
        let others = columns.filter { !key.contains($0) }
        let action =
            others.isEmpty
            ? "NOTHING" : "UPDATE SET " + others.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        // One row a statement: inside the process there is no round trip to save, and the text stays one of few.
        let sql = """
            INSERT INTO \(table) (\(columns.joined(separator: ", "))) \
            VALUES (\(columns.map { _ in "?" }.joined(separator: ", "))) \
            ON CONFLICT (\(key.joined(separator: ", "))) DO \(action)
            """
        for row in rows { _ = try execute(sql, row) }
    }

    private func withStatement<R>(
        _ sql: String, _ arguments: [SQLValue], _ body: (OpaquePointer) throws -> R
    ) throws -> R {
        var statement = try database.cachedStatement(sql: sql)
        // A query inside the rows of the same query needs a statement of its own.
        if sqlite3_stmt_busy(statement.sqliteStatement) != 0 { statement = try database.makeStatement(sql: sql) }
        let handle = statement.sqliteStatement
        guard sqlite3_bind_parameter_count(handle) == Int32(arguments.count) else {
            throw StoreError(.misuse, "a statement has another number of placeholders than of arguments")
        }
        return try withExtendedLifetime(statement) {
            defer {
                sqlite3_reset(handle)
                sqlite3_clear_bindings(handle)
            }
            for (index, value) in arguments.enumerated() { try bind(value, to: handle, at: Int32(index + 1)) }
            return try body(handle)
        }
    }

    private func bind(_ value: SQLValue, to statement: OpaquePointer, at index: Int32) throws {
        // SQLite copies the bytes before the call returns.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        let code =
            switch value {
            case .null: sqlite3_bind_null(statement, index)
            case .integer(let number): sqlite3_bind_int64(statement, index, number)
            case .real(let number): sqlite3_bind_double(statement, index, number)
            case .text(let text):
                sqlite3_bind_text64(
                    statement, index, text, UInt64(text.utf8.count), transient, UInt8(SQLITE_UTF8))
            case .blob(let bytes) where bytes.isEmpty: sqlite3_bind_zeroblob(statement, index, 0)
            case .blob(let bytes): sqlite3_bind_blob64(statement, index, bytes, UInt64(bytes.count), transient)
            }
        guard code == SQLITE_OK else { throw StoreError(sqlite: code) }
    }
}

/// The row that a statement stands on, read straight from SQLite's memory.
struct SQLiteRow: SQLRow {
    let statement: OpaquePointer

    var columnCount: Int { Int(sqlite3_column_count(statement)) }

    func isNull(_ column: Int) -> Bool { sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL }

    func integer(_ column: Int) throws -> Int64 {
        try require(SQLITE_INTEGER, column)
        return sqlite3_column_int64(statement, Int32(column))
    }

    func real(_ column: Int) throws -> Double {
        try require(SQLITE_FLOAT, column)
        return sqlite3_column_double(statement, Int32(column))
    }

    func text(_ column: Int) throws -> String {
        try require(SQLITE_TEXT, column)
        guard let characters = sqlite3_column_text(statement, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: characters, count: count), as: UTF8.self)
    }

    func blob(_ column: Int) throws -> [UInt8] {
        try require(SQLITE_BLOB, column)
        guard let bytes = sqlite3_column_blob(statement, Int32(column)) else { return [] }
        return [UInt8](
            UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, Int32(column)))))
    }

    private func require(_ type: Int32, _ column: Int) throws {
        guard sqlite3_column_type(statement, Int32(column)) == type else {
            throw StoreError(.invalidValue, "a column holds another type than expected", detail: "column \(column)")
        }
    }
}
