/// Counts of durations in HDR form: a bucket's width is at most 1/1,024 of its value, from 1 ns to 17 minutes.
///
/// The layout is that of HdrHistogram (linear buckets inside powers of two), small enough to be ours: recording is two
/// shifts and an addition, and adding two histograms is adding their counts.
package struct LatencyHistogram: Sendable {
    /// Values below are counted exactly; above, each power of two is cut into half as many buckets.
    private static let linearBits = 11
    private static let linear = 1 << linearBits
    private static let half = linear / 2
    /// Longest duration that is told apart; longer ones count as this.
    package static let nanosecondsMax: Int64 = 1 << 40

    private var counts: [Int64]
    package private(set) var count: Int64 = 0
    package private(set) var nanosecondsMax: Int64 = 0

    package init() {
        counts = [Int64](repeating: 0, count: Self.bucket(of: Self.nanosecondsMax) + 1)
    }

    package mutating func record(nanoseconds: Int64) {
        let value = min(max(nanoseconds, 0), Self.nanosecondsMax)
        counts[Self.bucket(of: value)] += 1
        count += 1
        nanosecondsMax = max(nanosecondsMax, value)
    }

    package mutating func add(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
        nanosecondsMax = max(nanosecondsMax, other.nanosecondsMax)
    }

    /// The least recorded duration that at least `quantile` (0…1) of all do not exceed, rounded up to its bucket's end;
    /// 0 where nothing was recorded.
    package func nanoseconds(quantile: Double) -> Int64 {
        guard count > 0 else { return 0 }
        let wanted = max(1, Int64((quantile * Double(count)).rounded(.up)))
        var seen: Int64 = 0
        for (index, count) in counts.enumerated() {
            seen += count
            if seen >= wanted { return min(Self.end(of: index), nanosecondsMax) }
        }
        return nanosecondsMax
    }

    private static func bucket(of value: Int64) -> Int {
        guard value >= linear else { return Int(value) }
        let shift = (Int64.bitWidth - 1 - value.leadingZeroBitCount) - (linearBits - 1)
        return linear + (shift - 1) * half + Int(value >> Int64(shift)) - half
    }

    /// The largest value that falls into the bucket.
    private static func end(of bucket: Int) -> Int64 {
        guard bucket >= linear else { return Int64(bucket) }
        let shift = (bucket - linear) / half + 1
        let inner = (bucket - linear) % half + half
        return Int64(inner + 1) << Int64(shift) - 1
    }
}
