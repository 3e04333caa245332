import AnpiStore
import Synchronization

/// A store whose `n`-th statement in a transaction fails, to see that nothing of the others remains.
struct FailingDatabase: SQLDatabase {
    struct Injected: Error {}

    var base: any SQLDatabase
    /// How many statements succeed before one fails.
    var succeeding: Int

    var dialect: SQLDialect { base.dialect }

    func read<R>(_ body: (any SQLReader) throws -> R) throws -> R { try base.read(body) }

    func transaction<R>(priority: TransactionPriority, _ body: (any SQLSession) throws -> R) throws -> R {
        try base.transaction(priority: priority) { session in
            try body(Session(base: session, left: Counter(succeeding)))
        }
    }

    private final class Counter: Sendable {
        let left: Atomic<Int>

        init(_ count: Int) { left = Atomic(count) }
    }

    private struct Session: SQLSession {
        var base: any SQLSession
        var left: Counter

        func query(_ sql: String, _ arguments: [SQLValue], _ row: (any SQLRow) throws -> Void) throws {
            try base.query(sql, arguments, row)
        }

        func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
            try spend()
            return try base.execute(sql, arguments)
        }

        func upsert(_ table: String, key: [String], columns: [String], rows: [[SQLValue]]) throws {
            try spend()
            try base.upsert(table, key: key, columns: columns, rows: rows)
        }

        private func spend() throws {
            guard left.left.subtract(1, ordering: .relaxed).newValue >= 0 else { throw Injected() }
        }
    }
}
