import AnpiStore
import NIOPosix
import Synchronization

/// Threads of the people's door for calls that block in the store: bounded in number, and in how many wait.
package final class StoreThreads: Sendable {
    package static let threads = 4
    /// Calls under way or waiting; beyond it the answer is 503.
    package static let pendingMax = 256

    private let pool: NIOThreadPool
    private let pending = Atomic<Int>(0)
    private let pendingMax: Int

    /// Starts its threads; `stop` ends them.
    package init(threads: Int = StoreThreads.threads, pendingMax: Int = StoreThreads.pendingMax) {
        pool = NIOThreadPool(numberOfThreads: threads)
        self.pendingMax = pendingMax
        pool.start()
    }

    package func stop() async {
        try? await pool.shutdownGracefully()
    }

    /// Runs `body` on one of the threads; what the store throws comes out as a `CollectorError`.
    package func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        let waiting = pending.wrappingAdd(1, ordering: .relaxed).newValue
        defer { pending.wrappingSubtract(1, ordering: .relaxed) }
        guard waiting <= pendingMax else { throw CollectorError(.overloaded, "too many calls wait for the store") }
        do {
            return try await pool.runIfActive(body)
        } catch let error as StoreError {
            let code: CollectorError.Code = error.code == .busy ? .overloaded : .storeFailed
            throw CollectorError(code, "the store could not answer", underlying: error)
        }
    }
}
