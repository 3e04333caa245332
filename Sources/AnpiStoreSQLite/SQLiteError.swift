internal import AnpiStore
internal import GRDB
internal import GRDBSQLite

extension StoreError {
    /// An error of SQLite by its result code; neither the statement's arguments nor SQLite's text, which can quote
    /// them, go into it.
    init(sqlite code: Int32, file: String = #fileID, line: Int = #line) {
        let detail = "SQLite result \(code)"
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED:
            self.init(.busy, "the database is locked", detail: detail, file: file, line: line)
        case SQLITE_FULL:
            self.init(.full, "no room is left for the database", detail: detail, file: file, line: line)
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            self.init(
                .corrupt, "the file is damaged or not a database: restore a backup", detail: detail, file: file,
                line: line)
        case SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG:
            self.init(.constraint, "a row breaks a rule of its table", detail: detail, file: file, line: line)
        case SQLITE_ERROR, SQLITE_MISUSE, SQLITE_RANGE:
            self.init(.misuse, "a statement is wrong", detail: detail, file: file, line: line)
        default:
            self.init(
                .unavailable, "the database file cannot be opened, read or written", detail: detail, file: file,
                line: line)
        }
    }

    /// Runs `body` with GRDB's errors made ours; all others pass.
    static func translating<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StoreError(sqlite: error.extendedResultCode.rawValue)
        }
    }
}
