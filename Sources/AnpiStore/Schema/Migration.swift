/// One numbered change of the schema, in two halves: what old programs can live with, and what they cannot.
package struct Migration: Sendable {
    /// From 1, without gaps.
    package var number: Int
    /// Adds tables, columns and indexes; programs that do not know them go on working.
    package var expand: @Sendable (SQLDialect) -> [String]
    /// Removes what only older programs need; run by `migrate --finalize` once none of them is left.
    package var contract: @Sendable (SQLDialect) -> [String]
    /// The oldest program that may use the database after `contract`, by the newest migration it knows.
    package var minReader: Int

    package init(
        number: Int, minReader: Int, expand: @escaping @Sendable (SQLDialect) -> [String],
        contract: @escaping @Sendable (SQLDialect) -> [String] = { _ in [] }
    ) {
        self.number = number
        self.minReader = minReader
        self.expand = expand
        self.contract = contract
    }
}
