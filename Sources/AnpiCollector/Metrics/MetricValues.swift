import Synchronization

/// A count that only grows. Lock-free, because event loops and the engine's thread add to it.
package final class MetricCounter: Sendable {
    private let value = Atomic<Int64>(0)

    package init() {}

    package func add(_ amount: Int64 = 1) { value.wrappingAdd(amount, ordering: .relaxed) }

    package var total: Int64 { value.load(ordering: .relaxed) }
}

/// A value that goes up and down.
package final class MetricGauge: Sendable {
    private let value = Atomic<Int64>(0)

    package init() {}

    package func set(_ new: Int64) { value.store(new, ordering: .relaxed) }

    package var current: Int64 { value.load(ordering: .relaxed) }
}

/// How long something took, in fixed bounds that fit a commit (0.5 ms to 5 s).
package final class MetricDurations: Sendable {
    package static let boundsMilliseconds: [Double] = [0.5, 1, 2, 5, 10, 20, 50, 100, 250, 500, 1_000, 2_000, 5_000]

    private struct State {
        var counts = [Int64](repeating: 0, count: MetricDurations.boundsMilliseconds.count)
        var count: Int64 = 0
        var sumNanoseconds: Int64 = 0
    }

    private let state = Mutex(State())

    package init() {}

    package func add(_ duration: Duration) {
        let nanoseconds = duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
        state.withLock { state in
            state.count += 1
            state.sumNanoseconds += nanoseconds
            if let slot = Self.boundsMilliseconds.firstIndex(where: { Double(nanoseconds) <= $0 * 1e6 }) {
                state.counts[slot] += 1
            }
        }
    }

    /// Counts up to each bound (cumulative), of all, and the sum in nanoseconds.
    package var snapshot: (cumulative: [Int64], count: Int64, sumNanoseconds: Int64) {
        let state = state.withLock { $0 }
        var running: Int64 = 0
        let cumulative = state.counts.map { count -> Int64 in
            running += count
            return running
        }
        return (cumulative, state.count, state.sumNanoseconds)
    }
}
