internal import AnpiStore

/// The types of PostgreSQL that portable SQL uses, by their fixed object ids (`pg_type.dat`).
enum PostgresType: UInt32 {
    case bytea = 17
    case bigint = 20
    case smallint = 21
    case integer = 23
    case text = 25
    case double = 701

    /// The type of a value on its way into a statement; nil for null, which takes the type of its place.
    init?(of value: SQLValue) {
        switch value {
        case .null: return nil
        case .integer: self = .bigint
        case .real: self = .double
        case .text: self = .text
        case .blob: self = .bytea
        }
    }

    /// The name that a cast of an array parameter takes.
    var arrayName: String {
        switch self {
        case .bytea: "bytea[]"
        case .bigint: "bigint[]"
        case .smallint: "smallint[]"
        case .integer: "integer[]"
        case .text: "text[]"
        case .double: "double precision[]"
        }
    }

    /// The object id of the array of this type.
    var arrayIdentifier: UInt32 {
        switch self {
        case .bytea: 1_001
        case .bigint: 1_016
        case .smallint: 1_005
        case .integer: 1_007
        case .text: 1_009
        case .double: 1_022
        }
    }
}
