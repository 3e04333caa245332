/// Which sequence numbers of one boot were seen, as ranges: exact for what the protocol sends (the newest first and
/// alone, then the backlog ascending), bounded for everything else.
struct SequenceRanges: Hashable, Sendable {
    /// The newest range; `high` is the high mark.
    private(set) var low: Int64
    private(set) var high: Int64
    /// The ranges below it: ascending, apart from each other, at most `olderMax`.
    private(set) var older: [ClosedRange<Int64>] = []

    /// With more gaps than this the oldest one is forgotten: what lay in it then counts as seen.
    static let olderMax = 7

    init(_ numbers: ClosedRange<Int64>) {
        low = numbers.lowerBound
        high = numbers.upperBound
    }

    init(low: Int64, high: Int64, older: [ClosedRange<Int64>]) {
        self.low = low
        self.high = high
        self.older = older
    }

    enum OnInsert: Hashable {
        /// All of it had been seen.
        case known
        /// None of it had been seen.
        case new
        /// These parts, ascending, had not been seen.
        case partlyNew([ClosedRange<Int64>])
    }

    /// A run of beats arrived.
    mutating func insert(_ run: ClosedRange<Int64>) -> OnInsert {
        if run.lowerBound > high {
            if run.lowerBound == high + 1 {
                high = run.upperBound
            } else {
                older.append(low...high)
                (low, high) = (run.lowerBound, run.upperBound)
                forgetOldestGap()
            }
            return .new
        }
        if run.lowerBound >= low, run.upperBound <= high { return .known }
        return insertBelow(run)
    }

    private mutating func insertBelow(_ run: ClosedRange<Int64>) -> OnInsert {
        var all = older
        all.append(low...high)
        var parts: [ClosedRange<Int64>] = []
        var merged: [ClosedRange<Int64>] = []
        var union = run
        var cursor = run.lowerBound
        for range in all {
            if range.upperBound < cursor || range.lowerBound > run.upperBound {
                // Apart from the run, though perhaps its neighbour.
            } else {
                if range.lowerBound > cursor { parts.append(cursor...(range.lowerBound - 1)) }
                cursor = range.upperBound + 1
            }
            if range.upperBound + 1 >= union.lowerBound, range.lowerBound <= union.upperBound + 1 {
                union = min(union.lowerBound, range.lowerBound)...max(union.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        if cursor <= run.upperBound { parts.append(cursor...run.upperBound) }
        guard !parts.isEmpty else { return .known }
        let place = merged.firstIndex { $0.lowerBound > union.upperBound } ?? merged.count
        merged.insert(union, at: place)
        let newest = merged.removeLast()
        (low, high) = (newest.lowerBound, newest.upperBound)
        older = merged
        forgetOldestGap()
        return parts == [run] ? .new : .partlyNew(parts)
    }

    private mutating func forgetOldestGap() {
        while older.count > Self.olderMax {
            older[1] = older[0].lowerBound...older[1].upperBound
            older.remove(at: 0)
        }
    }
}
