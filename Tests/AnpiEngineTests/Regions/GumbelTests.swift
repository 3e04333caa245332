import Testing

@testable import AnpiEngine

@Suite struct GumbelTests {
    /// Reference §3.4 (b).
    @Test func theFitAndItsTailAreThoseOfTheReference() {
        let gumbel = Gumbel(mean: 4.2, deviation: 1.3)
        #expect(abs(gumbel.scale - 1.0136) < 0.00005)
        #expect(abs(gumbel.location - 3.6149) < 0.00005)
        #expect(abs(gumbel.pValue(of: 12) / 2.554e-4 - 1) < 0.0005)
    }

    @Test func aTinyTailKeepsItsDigits() {
        let gumbel = Gumbel(mean: 4.2, deviation: 1.3)
        let ratio = gumbel.pValue(of: 60) / gumbel.pValue(of: 61)
        #expect(abs(ratio - (1 / gumbel.scale).exponential) < 1e-9)
    }

    /// One test a minute: an alarm in 1.9 years, a watch in 7 days.
    @Test(arguments: [(1e-6, 694.4), (1e-4, 6.944)])
    func theRecurrenceIntervalIsTheStepOverP(level: Double, days: Double) {
        #expect(abs(Gumbel.recurrenceDays(pValue: level, step: .seconds(60)) - days) < 0.05)
        let gumbel = Gumbel(mean: 4.2, deviation: 1.3)
        let expected = 1 / 1_440.0 / gumbel.pValue(of: 9)
        #expect(abs(gumbel.recurrenceDays(of: 9, step: .seconds(60)) - expected) < 1e-9)
    }

    @Test func maximaAreFittedByTheirMoments() throws {
        let maxima = [2.0, 4, 6, 9]
        let fitted = try #require(Gumbel(maxima: maxima))
        let direct = Gumbel(mean: 5.25, deviation: (26.75 / 3).squareRoot())
        #expect(abs(fitted.scale - direct.scale) < 1e-12 && abs(fitted.location - direct.location) < 1e-12)
        #expect(Gumbel(maxima: [3]) == nil)
    }

    @Test func aFleetThatIsNeverSilentStillNeedsAScoreToAlarm() throws {
        let fitted = try #require(Gumbel(maxima: Array(repeating: 0, count: 99)))
        #expect(fitted.scale == 1)
        #expect(fitted.pValue(of: 2) > 0.05)
    }
}

@Suite struct QuietNightsTests {
    /// 400 sites on a line.
    private static func nearest(_ site: Int) -> [Int] {
        (1...49).flatMap { [site - $0, site + $0] }.filter { (0..<400).contains($0) }
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
