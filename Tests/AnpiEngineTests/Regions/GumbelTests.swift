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
