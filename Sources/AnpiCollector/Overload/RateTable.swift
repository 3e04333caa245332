package import AnpiModel

/// How often each of many callers may come, in memory of a fixed size.
///
/// One instant a caller says all (the generic cell rate algorithm, ITU-T I.371): when what it has taken will have been
/// refilled. A caller whose instant is past needs no memory, so that a table much smaller than the fleet serves it.
/// Two callers that fall on the same place push each other out there, always the one that owes less: forgetting is
/// generous, never unjust.
package struct RateTable<Key: Hashable & Sendable>: Sendable {
    /// What a caller may do at once after a rest, and how fast that comes back.
    package struct Limit: Hashable, Sendable {
        package var burst: Int64
        package var refillMilliseconds: Int64

        /// `burst` at once, then one every `refillMilliseconds`.
        package init(burst: Int64, refillMilliseconds: Int64) {
            self.burst = burst
            self.refillMilliseconds = refillMilliseconds
        }
    }

    private struct Slot: Sendable {
        /// Another part of the hash than the place: two callers of one place are told apart.
        var tag: UInt32 = 0
        /// When nothing is owed any more, in milliseconds.
        var paidAt = Int64.min
    }

    /// Slots that a caller may be in.
    private static var ways: Int { 2 }

    private let limit: Limit
    private let mask: Int
    private var slots: [Slot]

    /// - Parameter places: callers that can be remembered, rounded up to a power of two; 16 bytes each.
    package init(_ limit: Limit, places: Int) {
        self.limit = limit
        var count = Self.ways
        while count < places { count *= 2 }
        slots = Array(repeating: Slot(), count: count)
        mask = count / Self.ways - 1
    }

    /// Takes one turn of `key`; nil where it may, else how long until it may again.
    package mutating func take(_ key: Key, at now: Timestamp) -> Duration? {
        let index = place(of: key)
        let paidAt = max(slots[index].paidAt, now.milliseconds) + limit.refillMilliseconds
        let over = paidAt - limit.burst * limit.refillMilliseconds - now.milliseconds
        guard over <= 0 else { return .milliseconds(over) }
        slots[index].paidAt = paidAt
        return nil
    }

    /// Where `key` is, or is from now on.
    private mutating func place(of key: Key) -> Int {
        var hasher = Hasher()
        hasher.combine(key)
        let hash = UInt(bitPattern: hasher.finalize())
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        let first = Int(hash & UInt(mask)) * Self.ways
        var least = first
        for index in first..<first + Self.ways {
            if slots[index].tag == tag { return index }
            if slots[index].paidAt < slots[least].paidAt { least = index }
        }
        slots[least] = Slot(tag: tag)
        return least
    }
}
