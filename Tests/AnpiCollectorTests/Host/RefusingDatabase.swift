import AnpiStore
import Synchronization

/// A store that answers so many reads more and then refuses all.
final class RefusingDatabase: SQLDatabase {
    let readsLeft: Atomic<Int>
    private let base: any SQLDatabase

    init(_ base: any SQLDatabase, readsLeft: Int = .max) {
        self.base = base
        self.readsLeft = Atomic(readsLeft)
    }

    var dialect: SQLDialect { base.dialect }

    func read<R>(_ body: (any SQLReader) throws -> R) throws -> R {
        let left = readsLeft.load(ordering: .relaxed)
        guard left > 0 else { throw StoreError(.unavailable, "the connection is lost") }
        readsLeft.store(left - 1, ordering: .relaxed)
        return try base.read(body)
    }

    func transaction<R>(priority: TransactionPriority, _ body: (any SQLSession) throws -> R) throws -> R {
        try base.transaction(priority: priority, body)
    }
}
