package import AnpiEngine
import ServiceLifecycle
import Synchronization

/// Where commits meet the pages that listen.
///
/// The owner of the lane calls `publish` after each commit and `advanced` after each turn; `run` tells the time once a
/// second and keeps idle lines open. None of these blocks.
package final class LiveHub: Service, Sendable {
    package static let clientsMax = 1_000
    /// Entries a client may lag behind before it has to resume from the journal.
    package static let bufferedEntriesMax = 1_024
    package static let clockInterval: Duration = .seconds(1)
    package static let keepAliveEvery = 15

    private struct State {
        var next = 0
        var clients: [Int: LiveSubscription] = [:]
        var latest: LiveClock?
        var isStopping = false
    }

    private let state = Mutex(State())
    private let clock: any Clock<Duration>
    private let capacity: Int

    package init(capacity: Int = LiveHub.bufferedEntriesMax, clock: any Clock<Duration> = ContinuousClock()) {
        self.capacity = capacity
        self.clock = clock
    }

    package var clientCount: Int { state.withLock { $0.clients.count } }

    /// Begins to listen; throws `.overloaded` when as many listen as may, `.stopping` at the end.
    package func subscribe() throws(CollectorError) -> LiveSubscription {
        let (key, refusal) = state.withLock { state -> (Int, CollectorError.Code?) in
            if state.isStopping { return (0, .stopping) }
            if state.clients.count >= Self.clientsMax { return (0, .overloaded) }
            state.next += 1
            return (state.next, nil)
        }
        if let refusal { throw CollectorError(refusal, "no further live stream can be opened") }
        let subscription = LiveSubscription(capacity: capacity) { [weak self] _ in self?.forget(key) }
        state.withLock { $0.clients[key] = subscription }
        return subscription
    }

    /// Tells everybody what has just been committed, in the order of its numbers.
    package func publish(_ entries: [LiveEntry]) {
        guard !entries.isEmpty else { return }
        for client in clients() { client.offer(entries) }
    }

    /// The same from the engine's step: its journal numbers and entries, of which the decisions are told.
    package func publish(_ numbers: Range<Int64>, _ entries: [Step.Entry]) {
        let told = zip(numbers, entries).compactMap { number, entry -> LiveEntry? in
            guard case .decision(let decision) = entry else { return nil }
            return LiveEntry(number: number, decision)
        }
        publish(told)
    }

    /// How far the engine is; told with the next tick of `run`.
    package func advanced(to clock: LiveClock) {
        state.withLock { $0.latest = clock }
    }

    /// One tick: tells everybody the time that was last heard of.
    package func tellTime() {
        let (latest, clients) = state.withLock { ($0.latest, Array($0.clients.values)) }
        guard let latest else { return }
        for client in clients { client.offer(latest) }
    }

    package func publishKeepAlive() {
        for client in clients() { client.offerKeepAlive() }
    }

    /// Ends all streams; none can be opened afterwards.
    package func stop() {
        let clients = state.withLock { state in
            state.isStopping = true
            return Array(state.clients.values)
        }
        for client in clients { client.end(.shutdown) }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var ticks = 0
            while !Task.isCancelled {
                do { try await self.clock.sleep(for: Self.clockInterval) } catch { break }
                self.tellTime()
                ticks += 1
                if ticks % Self.keepAliveEvery == 0 { self.publishKeepAlive() }
            }
        }
        stop()
    }

    private func clients() -> [LiveSubscription] { state.withLock { Array($0.clients.values) } }

    private func forget(_ key: Int) { state.withLock { $0.clients[key] = nil } }
}
