package import AnpiEngine
package import AnpiModel
import Logging
import ServiceLifecycle
import Synchronization

/// How much of their expected time the sites of each office were heard, summed up every hour.
///
/// Whoever opens the overview must not wait for the history of ten thousand sites: this reads it a few sites at a time and
/// rests in between, and the overview shows the last sum with its time.
package final class OfficeAvailability: Service {
    /// What one round has summed up, and when it began.
    private struct Sums {
        var asOf: Timestamp
        /// By office; looked up, and added, whose order is no matter.
        var offices: [OfficeID: [HeardTime]] = [:]
    }

    static let every = Duration.seconds(3_600)
    /// The engine may still be loading: asked again after this.
    static let againAfter = Duration.seconds(15)
    /// Sites that are read between two rests, and how long those are: 10,000 sites take about ten seconds.
    static let sitesAtOnce = 64
    static let rest = Duration.milliseconds(50)

    private let engine: any EngineReading
    private let journal: any JournalReading
    private let logger: Logger
    private let ticks: any Clock<Duration>
    private let sums = Mutex<Sums?>(nil)

    init(
        engine: any EngineReading, journal: any JournalReading, logger: Logger,
        ticks: any Clock<Duration> = ContinuousClock()
    ) {
        self.engine = engine
        self.journal = journal
        self.logger = logger
        self.ticks = ticks
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var pause = Self.every
                do { try await self.once() } catch is CancellationError { return } catch {
                    self.logger.debug("Availability is summed up later", metadata: ["error": "\(error)"])
                    pause = Self.againAfter
                }
                do { try await self.ticks.sleep(for: pause) } catch { return }
            }
        }
    }

    /// One round over the fleet.
    func once() async throws {
        var new = Sums(asOf: try await engine.read { $0.now })
        var next = 0
        while true {
            let numbers = next..<next + Self.sitesAtOnce
            guard let times = try await engine.read({ $0.times(ofSites: numbers) }) else { break }
            // Read with each batch: our blind time may go on meanwhile.
            var blind: [Input.Span] = []
            if let first = times.first { blind = try await journal.blindTimes(since: first.since) }
            for time in times {
                guard let office = time.office else { continue }
                let closed = try await journal.contacts(of: time.site, since: time.since)
                let figures = time.heard(closed: closed, blind: blind)
                var sum = new.offices[office] ?? Array(repeating: HeardTime(), count: figures.count)
                for place in sum.indices { sum[place] += figures[place] }
                new.offices[office] = sum
            }
            next = numbers.upperBound
            try await ticks.sleep(for: Self.rest)
        }
        sums.withLock { $0 = new }
    }

    /// The sums of the offices in a scope; null before the first round.
    package func json(scope: Scope) -> JSON {
        guard let sums = sums.withLock({ $0 }) else { return .null }
        var sum = Array(repeating: HeardTime(), count: SiteTime.days.count)
        for (office, figures) in sums.offices where scope.contains(office) {
            for place in sum.indices { sum[place] += figures[place] }
        }
        return ["asOf": .time(sums.asOf), "figures": SiteAvailability.json(sum)]
    }
}
