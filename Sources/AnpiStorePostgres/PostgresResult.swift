internal import AnpiStore
internal import CLibpq

/// What the server answered to one request; it stays with the thread that asked.
@safe final class PostgresResult {
    private let pointer: OpaquePointer

    /// Takes the result over from libpq.
    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    deinit { unsafe PQclear(pointer) }

    var status: ExecStatusType { unsafe PQresultStatus(pointer) }
    var rowCount: Int { Int(unsafe PQntuples(pointer)) }
    var columnCount: Int { Int(unsafe PQnfields(pointer)) }

    /// The word that names what was done: `COMMIT`, `INSERT 0 3`.
    var tag: String {
        guard let tag = unsafe PQcmdStatus(pointer) else { return "" }
        return unsafe String(cString: tag)
    }

    /// How many rows the statement changed.
    var changedCount: Int {
        guard let count = unsafe PQcmdTuples(pointer) else { return 0 }
        return unsafe Int(String(cString: count)) ?? 0
    }

    /// Why the request failed; nil where it did not.
    var failure: PostgresFailure? {
        switch status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_PIPELINE_SYNC: nil
        case PGRES_PIPELINE_ABORTED: PostgresFailure(.server(state: "25P02", constraint: nil))
        // PG_DIAG_SQLSTATE is 'C' and PG_DIAG_CONSTRAINT_NAME 'n'; the importer does not take character macros.
        // What libpq itself says has no SQLSTATE: it says that the connection broke.
        default: PostgresFailure(field("C").map { .server(state: $0, constraint: field("n")) } ?? .lost)
        }
    }

    private func field(_ code: Unicode.Scalar) -> String? {
        guard let text = unsafe PQresultErrorField(pointer, Int32(code.value)) else { return nil }
        return unsafe String(cString: text)
    }

    // MARK: Descriptions

    /// The types of a described statement's parameters; 0 is never among them.
    var parameterTypes: [UInt32] {
        unsafe (0..<PQnparams(pointer)).map { unsafe PQparamtype(pointer, $0) }
    }

    /// The types of the columns.
    var columnTypes: [UInt32] { unsafe (0..<PQnfields(pointer)).map { unsafe PQftype(pointer, $0) } }

    // MARK: Values

    func isNull(_ row: Int, _ column: Int) -> Bool { unsafe PQgetisnull(pointer, Int32(row), Int32(column)) == 1 }

    /// Nil where the column's type is not among ours.
    func type(_ column: Int) -> PostgresType? { PostgresType(rawValue: unsafe PQftype(pointer, Int32(column))) }

    /// Reads the bytes of a value in the binary format.
    func withBytes<R>(_ row: Int, _ column: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        let count = Int(unsafe PQgetlength(pointer, Int32(row), Int32(column)))
        let value = unsafe PQgetvalue(pointer, Int32(row), Int32(column))
        return try unsafe body(UnsafeRawBufferPointer(start: value, count: count))
    }
}

/// One row of a result, read straight from libpq's memory.
struct PostgresRow: SQLRow {
    let result: PostgresResult
    let row: Int

    var columnCount: Int { result.columnCount }

    func isNull(_ column: Int) -> Bool { result.isNull(row, column) }

    func integer(_ column: Int) throws -> Int64 {
        guard !isNull(column), let type = result.type(column) else { throw Self.mismatch(column) }
        return try unsafe result.withBytes(row, column) { bytes in
            switch type {
            case .bigint: unsafe Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
            case .integer: unsafe Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
            case .smallint: unsafe Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
            case .bytea, .text, .double: throw Self.mismatch(column)
            }
        }
    }

    func real(_ column: Int) throws -> Double {
        try require(.double, column)
        return unsafe result.withBytes(row, column) { bytes in
            unsafe Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)))
        }
    }

    func text(_ column: Int) throws -> String {
        try require(.text, column)
        return unsafe result.withBytes(row, column) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    func blob(_ column: Int) throws -> [UInt8] {
        try require(.bytea, column)
        return unsafe result.withBytes(row, column) { unsafe [UInt8]($0) }
    }

    private func require(_ type: PostgresType, _ column: Int) throws {
        guard !isNull(column), result.type(column) == type else { throw Self.mismatch(column) }
    }

    private static func mismatch(_ column: Int) -> StoreError {
        StoreError(.invalidValue, "a column holds another type than expected", detail: "column \(column)")
    }
}
