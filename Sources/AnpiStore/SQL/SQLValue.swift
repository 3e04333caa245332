/// One value on its way into a statement: the types that SQLite and PostgreSQL share (docs/decisions/0003).
package enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

extension SQLValue {
    /// An integer column's value; every `Int` of ours fits.
    package static func integer(_ value: Int) -> SQLValue { .integer(Int64(value)) }

    /// A flag, kept as 0 or 1 because the two databases share no Boolean.
    package static func flag(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }

    package static func optional(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
    package static func optional(_ value: Int64?) -> SQLValue { value.map { .integer($0) } ?? .null }
    package static func optional(_ value: Int?) -> SQLValue { value.map { .integer(Int64($0)) } ?? .null }
    package static func optional(_ value: [UInt8]?) -> SQLValue { value.map { .blob($0) } ?? .null }
}
