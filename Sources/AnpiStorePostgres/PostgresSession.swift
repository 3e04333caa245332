internal import AnpiStore

/// Statements of one snapshot or transaction on one connection.
///
/// BEGIN goes out with the first statement: an empty transaction costs nothing, any other one round trip less.
final class PostgresSession: SQLSession {
    /// Rows that one upsert carries; more go in several.
    static let upsertRowsMax = 4_096

    private let connection: PostgresConnection
    private let isWriting: Bool
    private var hasBegun = false
    /// True once a statement has been answered: the body has seen something of this snapshot.
    private(set) var hasAnswered = false
    /// The first failure of the server or of the way to it. After it the transaction is undone, whatever the body does.
    private(set) var failure: PostgresFailure?

    init(_ connection: PostgresConnection, isWriting: Bool) {
        self.connection = connection
        self.isWriting = isWriting
    }

    func query(_ sql: String, _ arguments: [SQLValue], _ row: (any SQLRow) throws -> Void) throws {
        let result = try noting { try connection.execute(sql, arguments, after: $0) }
        for index in 0..<result.rowCount { try row(PostgresRow(result: result, row: index)) }
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try noting { try connection.execute(sql, arguments, after: $0) }.changedCount
    }

    func upsert(_ table: String, key: [String], columns: [String], rows: [[SQLValue]]) throws {
        var rest = rows[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.upsertRowsMax)
            rest = rest.dropFirst(part.count)
            try noting { try connection.upsert(table, key: key, columns: columns, rows: part, after: $0) }
        }
    }

    /// Makes durable what was written.
    ///
    /// The limit of a statement's time is lifted first, since it would cancel a COMMIT that waits for a standby: such a
    /// commit is there and yet not confirmed. A warning that comes with COMMIT says the same and is an error.
    func commit(limit: Duration) throws {
        if let failure { throw failure }
        guard hasBegun else { return }
        do {
            let results = try connection.run(
                isWriting ? [.liftLimit, .commit] : [.commit], limit: limit)
            guard results.last?.tag == "COMMIT" else { throw PostgresFailure(.undone) }
            guard isWriting else { return }
            if let state = connection.warnings().first { throw PostgresFailure(.warned(state: state)) }
        } catch var failure as PostgresFailure {
            failure.wasCommitting = isWriting
            self.failure = failure
            throw failure
        }
    }

    /// Undoes what was written; where that fails, the connection's end does it.
    func rollBack() {
        guard hasBegun, failure?.endsConnection != true else { return }
        do {
            try connection.run("ROLLBACK")
        } catch {
            connection.giveUp()
        }
    }

    private func noting<R>(_ body: (_ first: [PostgresConnection.Frame]) throws -> R) throws -> R {
        if let failure { throw StoreError(failure) }
        let first: [PostgresConnection.Frame] = hasBegun ? [] : [isWriting ? .begin : .beginReading]
        hasBegun = true
        do {
            let answer = try body(first)
            hasAnswered = true
            return answer
        } catch let failure as PostgresFailure {
            self.failure = failure
            throw StoreError(failure)
        }
    }
}
