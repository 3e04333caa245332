package import AnpiModel

extension SQLValue {
    /// An instant, kept as milliseconds since the epoch.
    package static func time(_ instant: Timestamp) -> SQLValue { .integer(instant.milliseconds) }

    /// An instant, or null.
    package static func time(_ instant: Timestamp?) -> SQLValue { instant.map { .integer($0.milliseconds) } ?? .null }
}

extension SQLRow {
    /// The instant in `column`.
    package func time(_ column: Int) throws -> Timestamp { Timestamp(milliseconds: try integer(column)) }

    /// The instant in `column`, nil where it is null.
    package func optionalTime(_ column: Int) throws -> Timestamp? { isNull(column) ? nil : try time(column) }
}
