import AnpiModel

/// When to try again after nobody answered (ENGINE §4): first after a random part of an interval, then doubling up to
/// a cap of 2 intervals, there ± 50 %.
///
/// A collector that comes back is met by its whole fleet: the random first delay spreads the agents over an interval,
/// and the jitter at the cap keeps them spread. The engine's rejoin allowance is 1.5 caps, the longest delay made here.
package struct RetryMachine: Sendable {
    private enum State {
        case calm
        /// The delay of last time, before jitter.
        case backingOff(Duration)
    }

    private var state: State = .calm

    package init() {}

    /// The longest delay before jitter: 2 intervals, within 2 s…120 s.
    package static func cap(interval: Duration) -> Duration { min(max(interval * 2, .seconds(2)), .seconds(120)) }

    /// An attempt succeeded.
    package mutating func succeeded() { state = .calm }

    /// Nobody answered, or all asked to be left alone for `retryAfter`. How long to wait.
    package mutating func failed(
        interval: Duration, retryAfter: Duration? = nil, using generator: inout some RandomNumberGenerator
    ) -> Duration {
        let cap = Self.cap(interval: interval)
        let delay: Duration
        let jittered: Duration
        switch state {
        case .calm:
            delay = min(interval, cap) * Double.random(in: 0...1, using: &generator)
            jittered = delay
        case .backingOff(let last):
            // Doubling nothing stays nothing: a lucky first draw must not become a storm.
            delay = min(max(last * 2, .milliseconds(250)), cap)
            jittered = delay < cap ? delay : cap * Double.random(in: 0.5...1.5, using: &generator)
        }
        state = .backingOff(delay)
        guard let retryAfter else { return jittered }
        // A cap of a time that many were given alike: spread as well, upwards only.
        let asked = min(retryAfter, cap) * Double.random(in: 1...1.5, using: &generator)
        return max(jittered, asked)
    }
}
