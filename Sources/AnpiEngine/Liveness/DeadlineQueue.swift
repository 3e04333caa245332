import AnpiModel
import HeapModule

/// What an entry of the queue waits for; the order is the order of work within one instant.
enum DeadlineKind: UInt8, Comparable, CaseIterable, Sendable {
    /// Blind time ends.
    case blindEnd
    /// An engineer is back.
    case engineer
    /// A finding expires.
    case finding
    /// A warning begins or ends.
    case hazard
    /// A feed of warnings has been quiet for too long.
    case feed
    /// An agent's contact may change.
    case agent
    /// A site is to be looked at again: opening, start-up allowance, office hours, end of a ping's worth.
    case site
    /// An offer waits for its answer, or a draft for somebody.
    case task
    /// An incident may become stable or closed.
    case incident
    /// Areas whose sites changed are judged together.
    case judgement
    /// Rungs and plans are made anew, after everything that they rest on.
    case plan
    /// A block of sites has a day that is old enough to learn from.
    case learning
    /// What is finished long ago leaves the memory.
    case housekeeping

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Deadlines in order of time, then kind, then number: the same on every machine.
///
/// Entries are never moved or taken out. Whoever waits knows the time of its one valid entry; any other is stale and
/// ignored when it fires.
struct DeadlineQueue: Sendable {
    struct Entry: Comparable, Sendable {
        var at: Timestamp
        var kind: DeadlineKind
        var number: Int32

        static func < (left: Self, right: Self) -> Bool {
            if left.at != right.at { return left.at < right.at }
            if left.kind != right.kind { return left.kind < right.kind }
            return left.number < right.number
        }
    }

    private var heap = Heap<Entry>()

    init() {}

    init(_ entries: [Entry]) { heap = Heap(entries) }

    var count: Int { heap.count }

    /// Makes room for so many entries at once, so that growing does not leave half of it empty.
    mutating func reserve(_ count: Int) { heap.reserveCapacity(count) }

    mutating func push(_ at: Timestamp, _ kind: DeadlineKind, _ number: Int) {
        heap.insert(Entry(at: at, kind: kind, number: Int32(number)))
    }

    /// The first entry at or before `limit`, taken out.
    mutating func pop(through limit: Timestamp) -> Entry? {
        guard let first = heap.min, first.at <= limit else { return nil }
        return heap.removeMin()
    }
}
