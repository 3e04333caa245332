import AnpiModel
import Synchronization

/// Where one event loop stamps what it receives, and says since when it holds receipts that are not in the queue yet.
///
/// Stamped on that loop alone, looked at by the committing thread: a loop's turn may stamp thousands of beats, and none
/// of them takes a lock.
final class StampSlot: Sendable {
    private static let none = Int64.max

    private let milliseconds = Atomic(StampSlot.none)
    private let clock: SteadyClock

    init(clock: SteadyClock) { self.clock = clock }

    /// The time of a receipt. Until the slot is free again no watermark passes the first one.
    func stamp() -> Timestamp {
        if milliseconds.load(ordering: .relaxed) == Self.none {
            milliseconds.store(clock.now().milliseconds, ordering: .sequentiallyConsistent)
        }
        // Read after the slot is taken: a committing thread that has not seen it taken has read its clock before.
        return clock.now()
    }

    /// What was stamped is in the queue, or was refused.
    func clear() { milliseconds.store(Self.none, ordering: .sequentiallyConsistent) }

    /// No later than the first stamp; `distantFuture` where it holds none.
    var oldest: Timestamp {
        let value = milliseconds.load(ordering: .sequentiallyConsistent)
        return value == Self.none ? .distantFuture : Timestamp(milliseconds: value)
    }
}
