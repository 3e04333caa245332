internal import AnpiStore

/// The arguments of one execution in PostgreSQL's binary format, one after the other in one buffer.
struct PostgresParameters {
    /// Where an argument lies; a negative offset is null.
    struct Place {
        var offset: Int
        var count: Int
    }

    // One byte that belongs to nothing: the address of an empty argument must not be null.
    private(set) var bytes: [UInt8] = [0]
    private(set) var places: [Place] = []

    init() {}

    init(_ values: [SQLValue]) {
        places.reserveCapacity(values.count)
        for value in values {
            let start = bytes.count
            if Self.append(value, to: &bytes) {
                places.append(Place(offset: start, count: bytes.count - start))
            } else {
                places.append(Place(offset: -1, count: 0))
            }
        }
    }

    /// Adds column `column` of `rows` as an array whose elements are of `type`.
    ///
    /// Format: number of dimensions, whether it has nulls, type of the elements, length, first index, then each element
    /// behind its length (`array_send` in PostgreSQL's `arrayfuncs.c`).
    mutating func append(column: Int, of rows: some Collection<[SQLValue]>, type: PostgresType) throws {
        let start = bytes.count
        Self.append(Int32(1), to: &bytes)
        Self.append(Int32(1), to: &bytes)
        Self.append(Int32(bitPattern: type.rawValue), to: &bytes)
        Self.append(Int32(rows.count), to: &bytes)
        Self.append(Int32(1), to: &bytes)
        for row in rows {
            let value = row[column]
            guard let given = PostgresType(of: value) else {
                Self.append(Int32(-1), to: &bytes)
                continue
            }
            guard given == type else { throw StoreError(.constraint, "a row breaks a rule of its table") }
            let lengthAt = bytes.count
            Self.append(Int32(0), to: &bytes)
            _ = Self.append(value, to: &bytes)
            let length = UInt32(bytes.count - lengthAt - 4)
            for index in 0..<4 { bytes[lengthAt + index] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * index)) }
        }
        places.append(Place(offset: start, count: bytes.count - start))
    }

    /// False where `value` is null and nothing was appended.
    private static func append(_ value: SQLValue, to bytes: inout [UInt8]) -> Bool {
        switch value {
        case .null: return false
        case .integer(let number): append(number, to: &bytes)
        case .real(let number): append(Int64(bitPattern: number.bitPattern), to: &bytes)
        case .text(let text): append(text, to: &bytes)
        case .blob(let blob): bytes += blob
        }
        return true
    }

    /// Text of PostgreSQL has no U+0000, the one character that SQLite's has and that anybody can send in JSON. A beat
    /// that can never be stored would stop the log for good, so U+FFFD stands in its place.
    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes += text.utf8
        guard bytes[start...].contains(0) else { return }
        bytes.replaceSubrange(start..., with: text.utf8.flatMap { $0 == 0 ? [0xEF, 0xBF, 0xBD] : [$0] })
    }

    private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
