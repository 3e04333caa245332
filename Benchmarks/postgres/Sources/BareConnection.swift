import AnpiStore
import CLibpq

/// libpq and nothing else: one prepared statement a time, its arguments ready in memory, each its own transaction. The
/// floor that the store is measured against.
struct BareConnection: ~Copyable {
    struct Failure: Error {
        var message: String
    }

    private let connection: OpaquePointer

    init(_ address: String) throws {
        guard let connection = PQconnectdb(address), PQstatus(connection) == CONNECTION_OK else {
            throw Failure(message: "no connection to \(address)")
        }
        self.connection = connection
    }

    deinit { PQfinish(connection) }

    borrowing func prepare(_ sql: String) throws {
        try check(PQprepare(connection, "bare", sql, 0, nil), PGRES_COMMAND_OK)
    }

    borrowing func run(_ sql: String) throws { try check(PQexec(connection, sql), PGRES_COMMAND_OK) }

    /// Runs the prepared statement; arguments are in the binary format.
    borrowing func execute(_ arguments: [[UInt8]]) throws {
        let lengths = arguments.map { Int32($0.count) }
        let formats = [Int32](repeating: 1, count: arguments.count)
        let bytes = arguments.flatMap { $0 }
        let result = bytes.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                var offset = 0
                let values = arguments.map { argument -> UnsafePointer<CChar>? in
                    defer { offset += argument.count }
                    return characters.baseAddress.map { $0 + offset }
                }
                return PQexecPrepared(connection, "bare", Int32(arguments.count), values, lengths, formats, 1)
            }
        }
        try check(result, PGRES_COMMAND_OK)
    }

    private borrowing func check(_ result: OpaquePointer?, _ expected: ExecStatusType) throws {
        defer { PQclear(result) }
        guard PQresultStatus(result) == expected else {
            throw Failure(message: String(cString: PQerrorMessage(connection)))
        }
    }
}

/// Values in PostgreSQL's binary format.
enum Binary {
    static func integer(_ number: some FixedWidthInteger) -> [UInt8] {
        stride(from: number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    /// A column of `rows` as an array.
    static func array(_ column: Int, of rows: [[SQLValue]]) -> [UInt8] {
        let type: Int32 =
            switch rows[0][column] {
            case .integer: 20
            case .text: 25
            case .blob: 17
            case .real: 701
            case .null: 25
            }
        var bytes = integer(Int32(1)) + integer(Int32(0)) + integer(type)
        bytes += integer(Int32(rows.count)) + integer(Int32(1))
        for row in rows {
            let value: [UInt8] =
                switch row[column] {
                case .integer(let number): integer(number)
                case .text(let text): Array(text.utf8)
                case .blob(let blob): blob
                case .real(let number): integer(Int64(bitPattern: number.bitPattern))
                case .null: []
                }
            bytes += integer(Int32(value.count)) + value
        }
        return bytes
    }
}
