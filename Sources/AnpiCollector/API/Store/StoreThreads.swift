import AnpiStore
import NIOPosix
import Synchronization

/// Threads of the people's door for calls that block in the store: bounded in number, and in how many wait.
package final class StoreThreads: Sendable {
    package static let threads = 4
    /// Calls under way or waiting; beyond it the answer is 503.
    package static let pendingMax = 256

    private let pool: NIOThreadPool
    /// One thread for the calls that may take minutes, so that they never stand before the short ones.
    private let longPool = NIOThreadPool(numberOfThreads: 1)
    private let isLongTaken = Atomic<Bool>(false)
    private let pending = Atomic<Int>(0)
    private let pendingMax: Int

    /// Starts its threads; `stop` ends them.
    package init(threads: Int = StoreThreads.threads, pendingMax: Int = StoreThreads.pendingMax) {
        pool = NIOThreadPool(numberOfThreads: threads)
        self.pendingMax = pendingMax
        pool.start()
        longPool.start()
    }

    package func stop() async {
        try? await pool.shutdownGracefully()
        try? await longPool.shutdownGracefully()
    }

    /// Runs `body` on one of the threads; what the store throws comes out as a `CollectorError`.
    package func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        let waiting = pending.wrappingAdd(1, ordering: .relaxed).newValue
        defer { pending.wrappingSubtract(1, ordering: .relaxed) }
        guard waiting <= pendingMax else { throw CollectorError(.overloaded, "too many calls wait for the store") }
        return try await Self.run(body, on: pool)
    }

    /// Runs the one long call that may be under way; nil where another one is.
    package func runAlone<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R? {
        guard isLongTaken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
            return nil
        }
        defer { isLongTaken.store(false, ordering: .releasing) }
        return try await Self.run(body, on: longPool)
    }

    private static func run<R: Sendable>(
        _ body: @escaping @Sendable () throws -> R, on pool: NIOThreadPool
    ) async throws -> R {
        do {
            return try await pool.runIfActive(body)
        } catch let error as StoreError {
            let code: CollectorError.Code = error.code == .busy ? .overloaded : .storeFailed
            throw CollectorError(code, "the store could not answer", underlying: error)
        }
    }
}
