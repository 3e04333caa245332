package import Logging
import ServiceLifecycle

/// Brings the tokens in memory up to date with the store, so that a revocation holds everywhere within 5 s.
package struct AccessRefresher: Service {
    package static let interval: Duration = .seconds(2)
    /// Reads of one look that may be crossed by changes made here.
    static let triesMax = 3

    private let keeper: any TokenKeeping
    private let table: TokenTable
    private let clock: any Clock<Duration>
    private let logger: Logger

    package init(
        keeper: any TokenKeeping, table: TokenTable, clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        self.keeper = keeper
        self.table = table
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var seen: Int64?
            while !Task.isCancelled {
                seen = await refresh(seen: seen)
                do { try await clock.sleep(for: Self.interval) } catch { return }
            }
        }
    }

    /// One look: reloads where the revision is not `seen`, and returns the one that is loaded now. A store that fails
    /// leaves the table as it is, which only delays a revocation.
    ///
    /// What was read while this process itself changed a token is read again, at once and then with the next look: it
    /// may be older than the change.
    package func refresh(seen: Int64?) async -> Int64? {
        do {
            guard try await keeper.revision() != seen else { return seen }
            for _ in 0..<Self.triesMax {
                let mark = table.mark
                let set = try await keeper.all()
                if table.replace(with: set.records, ifUnchangedSince: mark) { return set.revision }
            }
            return seen
        } catch {
            logger.warning("tokens could not be refreshed", metadata: ["error": "\(error)"])
            return seen
        }
    }
}
