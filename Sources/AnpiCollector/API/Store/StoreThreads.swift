import AnpiStore
import NIOCore
import NIOPosix
import Synchronization

/// Threads of the people's door for calls that block in the store: bounded in number, and in how many wait.
package final class StoreThreads: Sendable {
    package static let threads = 4
    /// Calls under way or waiting; beyond it the answer is 503.
    package static let pendingMax = 256
    /// How long somebody at the door waits for the store.
    static let answerTime = TimeAmount.seconds(5)

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

    /// The same for somebody who waits at the door: gives up after `answerTime` where the disk stands still. What was
    /// asked goes on, and counts as pending until it is done.
    package func answer<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        let waiting = pending.wrappingAdd(1, ordering: .relaxed).newValue
        guard waiting <= pendingMax else {
            pending.wrappingSubtract(1, ordering: .relaxed)
            throw CollectorError(.overloaded, "too many calls wait for the store")
        }
        return try await withCheckedThrowingContinuation { continuation in
            let caller = Caller(continuation)
            let timer = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: Self.answerTime) {
                caller.answer(.failure(CollectorError(.storeFailed, "the store stands still")))
            }
            pool.submit { [self] state in
                defer { pending.wrappingSubtract(1, ordering: .relaxed) }
                caller.answer(
                    Result {
                        guard state == .active else { throw CancellationError() }
                        return try body()
                    }.mapError(Self.error(about:)))
                timer.cancel()
            }
        }
    }

    /// Somebody who is answered once, by whoever comes first.
    private final class Caller<R: Sendable>: Sendable {
        private let waiting: Mutex<CheckedContinuation<R, any Error>?>

        init(_ continuation: CheckedContinuation<R, any Error>) { waiting = Mutex(continuation) }

        func answer(_ result: Result<R, any Error>) {
            let continuation = waiting.withLock { waiting in
                defer { waiting = nil }
                return waiting
            }
            continuation?.resume(with: result)
        }
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
        } catch {
            throw Self.error(about: error)
        }
    }

    private static func error(about error: any Error) -> any Error {
        guard let error = error as? StoreError else { return error }
        let code: CollectorError.Code = error.code == .busy ? .overloaded : .storeFailed
        return CollectorError(code, "the store could not answer", underlying: error)
    }
}
