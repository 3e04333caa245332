import Dispatch
import Synchronization

/// Wakes one thread that waits for work; any number of rings before it looks count as one.
final class Doorbell: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let hasRung = Atomic(false)

    func ring() {
        if !hasRung.exchange(true, ordering: .acquiringAndReleasing) { semaphore.signal() }
    }

    /// Returns after a ring or after `limit`; the caller looks at its queue either way.
    func wait(atMost limit: Duration) {
        _ = semaphore.wait(timeout: .now() + .nanoseconds(Int(limit / .nanoseconds(1))))
        hasRung.store(false, ordering: .releasing)
    }
}
