import AnpiStore
import Dispatch
import Synchronization

/// A store whose writers stand still while it is held, as before a disk that does not answer.
final class HeldDatabase: SQLDatabase {
    private let base: any SQLDatabase
    private let isHeld = Atomic(true)
    private let entered = DispatchSemaphore(value: 0)
    private let released = DispatchSemaphore(value: 0)

    init(_ base: any SQLDatabase) { self.base = base }

    var dialect: SQLDialect { base.dialect }

    /// Returns once a writer stands still.
    func waitForWriter() { entered.wait() }

    /// Lets the writer go that stands still, and all that come.
    func release() {
        isHeld.store(false, ordering: .sequentiallyConsistent)
        released.signal()
    }

    func read<R>(_ body: (any SQLReader) throws -> R) throws -> R { try base.read(body) }

    func transaction<R>(priority: TransactionPriority, _ body: (any SQLSession) throws -> R) throws -> R {
        if isHeld.load(ordering: .sequentiallyConsistent) {
            entered.signal()
            released.wait()
        }
        return try base.transaction(priority: priority, body)
    }
}
