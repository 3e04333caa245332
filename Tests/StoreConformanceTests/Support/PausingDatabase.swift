import AnpiStore
import Dispatch
import Synchronization

/// A store that stops once before its `point`-th statement (a transaction's end counts as one) until it is told to go on.
struct PausingDatabase: SQLDatabase {
    var base: any SQLDatabase
    let brake: Brake

    var dialect: SQLDialect { base.dialect }

    func read<R>(_ body: (any SQLReader) throws -> R) throws -> R { try base.read(body) }

    func transaction<R>(priority: TransactionPriority, _ body: (any SQLSession) throws -> R) throws -> R {
        try base.transaction(priority: priority) { session in
            let value = try body(Session(base: session, brake: brake))
            brake.step()
            return value
        }
    }

    final class Brake: Sendable {
        private let left: Atomic<Int>
        private let hasStopped = DispatchSemaphore(value: 0)
        private let mayGoOn = DispatchSemaphore(value: 0)
        private let isReached = Atomic<Bool>(false)

        init(point: Int) { left = Atomic(point) }

        /// True where the point was reached; false where the work ended before it.
        var wasReached: Bool { isReached.load(ordering: .acquiring) }

        func step() {
            guard left.subtract(1, ordering: .relaxed).oldValue == 0 else { return }
            isReached.store(true, ordering: .releasing)
            hasStopped.signal()
            mayGoOn.wait()
        }

        /// The work has ended, whether it came to the point or not.
        func ended() { hasStopped.signal() }

        func waitUntilStoppedOrEnded() { hasStopped.wait() }
        func release() { mayGoOn.signal() }
    }

    private struct Session: SQLSession {
        var base: any SQLSession
        var brake: Brake

        func query(_ sql: String, _ arguments: [SQLValue], _ row: (any SQLRow) throws -> Void) throws {
            brake.step()
            try base.query(sql, arguments, row)
        }

        func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
            brake.step()
            return try base.execute(sql, arguments)
        }

        func upsert(_ table: String, key: [String], columns: [String], rows: [[SQLValue]]) throws {
            brake.step()
            try base.upsert(table, key: key, columns: columns, rows: rows)
        }
    }
}
