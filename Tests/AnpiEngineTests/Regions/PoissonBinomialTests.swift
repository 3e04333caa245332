import Testing

@testable import AnpiEngine

@Suite struct PoissonBinomialTests {
    /// The least count that alarms at `level`; `count + 1` where none does.
    private static func least(of count: Int, probability: Double, level: Double) -> Int {
        let probabilities = Array(repeating: probability, count: count)
        return (1...count).first { PoissonBinomial.upperTail(of: probabilities, atLeast: $0) <= level } ?? count + 1
    }

    /// Reference §3.4 (a): at n = 3, 5, 10, 20, 50, 100, 300 the least counts that alarm at 1e-4 and at 1e-6.
    private struct Row: Sendable {
        let probability: Double
        let watch: [Int]
        let alarm: [Int]

        static let sites = [3, 5, 10, 20, 50, 100, 300]
        static let all = [
            Row(probability: 0.0005, watch: [2, 2, 2, 2, 3, 3, 4], alarm: [2, 3, 3, 3, 4, 4, 5]),
            Row(probability: 0.001, watch: [2, 2, 2, 3, 3, 4, 5], alarm: [3, 3, 3, 4, 4, 5, 6]),
            Row(probability: 0.005, watch: [2, 3, 3, 4, 5, 6, 9], alarm: [3, 4, 4, 5, 6, 7, 11]),
            Row(probability: 0.02, watch: [3, 3, 4, 5, 7, 10, 18], alarm: [4, 4, 5, 7, 9, 12, 22]),
        ]
    }

    @Test(arguments: Row.all)
    private func soManySilentSitesAlarm(row: Row) {
        let watch = Row.sites.map { Self.least(of: $0, probability: row.probability, level: 1e-4) }
        let alarm = Row.sites.map { Self.least(of: $0, probability: row.probability, level: 1e-6) }
        #expect(watch == row.watch)
        #expect(alarm == row.alarm)
    }

    @Test func unequalProbabilitiesAreCountedExactly() {
        let probabilities = [0.1, 0.5, 0.02, 0.9, 0.3, 0.97, 0.0005]
        for least in 0...8 {
            var expected = 0.0
            for pattern in 0..<(1 << probabilities.count) where pattern.nonzeroBitCount >= least {
                var chance = 1.0
                for (place, probability) in probabilities.enumerated() {
                    chance *= (pattern >> place) & 1 == 1 ? probability : 1 - probability
                }
                expected += chance
            }
            let tail = PoissonBinomial.upperTail(of: probabilities, atLeast: least)
            #expect(abs(tail - expected) <= 1e-12 * max(expected, 1e-6), "at least \(least)")
        }
    }

    @Test func aTinyTailKeepsItsDigits() {
        // C(10, 5) · 1e-5⁵, and less than a part in 10⁴ for the higher counts.
        let tail = PoissonBinomial.upperTail(of: Array(repeating: 1e-5, count: 10), atLeast: 5)
        #expect(abs(tail / 252e-25 - 1) < 1e-4)
        #expect(PoissonBinomial.upperTail(of: Array(repeating: 0.0005, count: 10_000), atLeast: 1_000) < 1e-200)
    }

    @Test func theSumEndsWhereItIsMoreThanEnough() {
        let probabilities = Array(repeating: 0.5, count: 1_000)
        let tail = PoissonBinomial.upperTail(of: probabilities, atLeast: 3, enough: 0.01)
        #expect(tail > 0.01 && tail < 0.5)
        #expect(PoissonBinomial.upperTail(of: probabilities, atLeast: 3) > 0.999)
    }
}
