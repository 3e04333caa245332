import AnpiModel
import Synchronization

/// A `RateTable` that any number of event loops ask at the same time: a caller is always found in the same part of it,
/// each part behind a lock of its own, so that two loops seldom meet.
final class SharedRates<Key: Hashable & Sendable>: Sendable {
    private static var partCount: Int { 16 }

    private final class Part: Sendable {
        let table: Mutex<RateTable<Key>>

        init(_ limit: RateTable<Key>.Limit, places: Int) { table = Mutex(RateTable(limit, places: places)) }
    }

    private let parts: [Part]

    /// - Parameter places: callers that can be remembered, in all parts together; 16 bytes each.
    init(_ limit: RateTable<Key>.Limit, places: Int) {
        parts = (0..<Self.partCount).map { _ in Part(limit, places: places / Self.partCount) }
    }

    /// Takes one turn of `key`; nil where it may, else how long until it may again.
    func take(_ key: Key, at now: Timestamp) -> Duration? {
        // Bits that the table takes neither for the place nor to tell two callers apart.
        let part = Int(UInt(bitPattern: key.hashValue) >> 24) & (Self.partCount - 1)
        return parts[part].table.withLock { $0.take(key, at: now) }
    }
}
