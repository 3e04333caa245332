import Testing

@testable import LoadDriver

@Suite struct LatencyHistogramTests {
    @Test func emptyHistogramSaysZero() {
        #expect(LatencyHistogram().nanoseconds(quantile: 0.99) == 0)
    }

    @Test(arguments: [0, 1, 2_047, 2_048, 2_049, 4_095, 4_096, 1_000_000, 123_456_789, 5_000_000_000])
    func aValueIsFoundAgainWithinAThousandth(_ value: Int64) {
        var histogram = LatencyHistogram()
        histogram.record(nanoseconds: value)
        histogram.record(nanoseconds: value * 3)
        let found = histogram.nanoseconds(quantile: 0.5)
        #expect(found >= value)
        #expect(found - value <= value / 1_024)
    }

    @Test func quantilesAreThoseOfTheSortedValues() {
        var histogram = LatencyHistogram()
        for value in 1...1_000 { histogram.record(nanoseconds: Int64(value)) }
        #expect(histogram.nanoseconds(quantile: 0.5) == 500)
        #expect(histogram.nanoseconds(quantile: 0.99) == 990)
        #expect(histogram.nanoseconds(quantile: 1) == 1_000)
    }

    @Test func whatIsBeyondTheRangeCountsAsItsEnd() {
        var histogram = LatencyHistogram()
        histogram.record(nanoseconds: .max)
        histogram.record(nanoseconds: -5)
        #expect(histogram.nanoseconds(quantile: 1) == LatencyHistogram.nanosecondsMax)
        #expect(histogram.nanoseconds(quantile: 0.1) == 0)
    }

    @Test func addedHistogramsCountTogether() {
        var left = LatencyHistogram()
        var right = LatencyHistogram()
        for value in 1...50 { left.record(nanoseconds: Int64(value)) }
        for value in 51...100 { right.record(nanoseconds: Int64(value)) }
        left.add(right)
        #expect(left.count == 100)
        #expect(left.nanoseconds(quantile: 0.5) == 50)
    }
}
