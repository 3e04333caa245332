import AnpiStore
import Synchronization

/// A store whose next transactions are committed without anybody being told so, as when a connection breaks then.
final class UnconfirmingDatabase: SQLDatabase {
    let commitsUnconfirmed = Atomic<Int>(0)
    private let base: any SQLDatabase

    init(base: any SQLDatabase) { self.base = base }

    var dialect: SQLDialect { base.dialect }

    func read<R>(_ body: (any SQLReader) throws -> R) throws -> R { try base.read(body) }

    func transaction<R>(priority: TransactionPriority, _ body: (any SQLSession) throws -> R) throws -> R {
        let value = try base.transaction(priority: priority, body)
        guard commitsUnconfirmed.load(ordering: .relaxed) > 0 else { return value }
        commitsUnconfirmed.subtract(1, ordering: .relaxed)
        throw StoreError(.unconfirmed, "the commit is not confirmed")
    }
}
