import Testing

@testable import AnpiEngine

@Suite struct QuietNightsTests {
    /// 400 sites on a line.
    private static func nearest(_ site: Int) -> [Int32] {
        (1...49).flatMap { [site - $0, site + $0] }.filter { (0..<400).contains($0) }.map(Int32.init)
    }

    @Test func theSameNightIsTheSameOnEveryMachine() {
        var random = SplitMix64(lane: 0, daysSinceEpoch: 19_259, purpose: "scan")
        #expect(random == SplitMix64(lane: 0, daysSinceEpoch: 19_259, purpose: "scan"))
        #expect(random != SplitMix64(lane: 1, daysSinceEpoch: 19_259, purpose: "scan"))
        #expect(random != SplitMix64(lane: 0, daysSinceEpoch: 19_260, purpose: "scan"))
        #expect(random != SplitMix64(lane: 0, daysSinceEpoch: 19_259, purpose: "tail"))
        let fraction = random.fraction()
        #expect((0..<1).contains(fraction))
        // The published first outputs for seed 1234567.
        var published = SplitMix64(seed: 1_234_567)
        #expect(published.next() == 6_457_827_717_110_365_317)
        #expect(published.next() == 3_203_168_211_198_807_973)
    }

    @Test func alarmsOfQuietNightsAreAsRareAsTheFitSays() throws {
        let nights = QuietNights(probabilities: Array(repeating: 0.01, count: 400))
        var random = SplitMix64(seed: 7)
        print("seed 7")
        let null = try #require(Gumbel(maxima: nights.greatestScores(using: &random, nearest: Self.nearest)))
        let others = nights.greatestScores(nights: 500, using: &random, nearest: Self.nearest)
        let alarms = others.count { null.pValue(of: $0) < 0.05 }
        // 25 expected; the fit of 199 nights is itself uncertain.
        #expect((8...75).contains(alarms))
        // Four silent in a row where p is 0.002.
        #expect(null.pValue(of: 24.8) < 1e-5)
    }

    @Test func nightsFollowTheirSeed() {
        let nights = QuietNights(probabilities: Array(repeating: 0.02, count: 400))
        var one = SplitMix64(seed: 3)
        var same = SplitMix64(seed: 3)
        let scores = nights.greatestScores(nights: 5, using: &one, nearest: Self.nearest)
        #expect(scores == nights.greatestScores(nights: 5, using: &same, nearest: Self.nearest))
        #expect(Set(scores).count > 1)
    }
}
