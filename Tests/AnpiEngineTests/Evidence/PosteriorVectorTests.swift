import AnpiModel
import Testing

@testable import AnpiEngine

/// The formula of the posterior against the figures of the reference (§3.5) and of the design (§6.5).
@Suite struct PosteriorVectorTests {
    private static func posterior(_ prior: Double, _ weights: Millinats...) -> Double {
        weights.reduce(Millinats(probability: prior), +).probability
    }

    /// A pharmacy 200 m away, by an eyewitness.
    private static let pharmacy = NeighbourFactor.weight(of: [
        NeighbourFactor(distanceKilometers: 0.2, reachKilometers: 0.5, isTrusted: true)
    ])

    @Test(arguments: [
        (prior: 0.03, believed: 0.0, pharmacy: false, expected: 0.938),
        (0.03, 0.5, false, 0.062),
        (0.03, 0.9, false, 0.036),
        (0.03, 0.9, true, 0.431),
        (0.09, 0.9, true, 0.708),
    ])
    func rivalsExplainSilenceAway(prior: Double, believed: Double, pharmacy: Bool, expected: Double) {
        let silence = SilenceWeight(device: .server, whenHealthy: 0.002).explained(byShare: believed * 0.9)
        let probability = Self.posterior(prior, silence.silent, pharmacy ? Self.pharmacy : .zero)
        // Rounded weights may move the third digit of a figure that lies between two.
        #expect(abs(probability - expected) < 0.0008)
    }

    /// The first three again, with the floor of p that holds under a hazard.
    @Test(arguments: [(0.0, "0.375"), (0.5, "0.059"), (0.9, "0.035")])
    func theFloorUnderAHazardKeepsOneSilenceFromProvingEverything(believed: Double, expected: String) {
        let floor = SilenceFloors().floor(underHazard: true)
        let silence = SilenceWeight(device: .server, whenHealthy: floor).explained(byShare: believed * 0.9)
        #expect(JSON.fixed(Self.posterior(0.03, silence.silent), digits: 3) == expected)
    }

    @Test func theSeedClinicIsJudgedAsTheReferenceSays() {
        let closed = SilenceWeight(whenHit: 0.98, whenHealthy: 0.97).silent
        #expect(abs(Self.posterior(0.03, closed) - 0.0303) < 0.00005)
        let closedServer = SilenceWeight(device: .server, whenHealthy: 0.97).silent
        #expect(closedServer == .zero)
        #expect(abs(Self.posterior(0.03, closed, Self.pharmacy) - 0.390) < 0.0015)
        let holiday = SilenceWeight(device: .server, whenHealthy: 0.05)
        #expect(JSON.fixed(Self.posterior(0.03, holiday.silent), digits: 3) == "0.375")
        #expect(JSON.fixed(Self.posterior(0.03, holiday.silent, Self.pharmacy), digits: 3) == "0.925")
        let ordinary = SilenceWeight(device: .server, whenHealthy: 0.002)
        #expect(JSON.fixed(Self.posterior(HazardPrior.base, ordinary.silent), digits: 3) == "0.195")
        #expect(JSON.fixed(Self.posterior(0.03, holiday.heard), digits: 5) == "0.00098")
        #expect(JSON.fixed(Self.posterior(0.03, ordinary.heard), digits: 5) == "0.00093")
    }

    @Test func devicesThatAreNoServerAreSilentALittleMoreOftenWhenHit() {
        #expect(SilenceWeight(device: .server, whenHealthy: 0.5).whenHit == 0.97)
        #expect(SilenceWeight(device: .mirror, whenHealthy: 0.5).whenHit == 0.98)
        #expect(SilenceWeight(device: .gateway, whenHealthy: 0.5).whenHit == 0.98)
    }

    @Test func severalRivalsEachTakeTheirShareOfWhatTheOthersLeaveLit() {
        let both = SilenceWeight(device: .server, whenHealthy: 0.1).explained(byShare: 0.5).explained(byShare: 0.5)
        #expect(abs(both.whenHealthy - 0.775) < 1e-12)
    }

    @Test(arguments: [0.0005, 0.05, 0.5, 0.97, 0.999], [0.0, 0.5, 0.97])
    func silenceNeverSpeaksForHealthNorHearingForHarm(healthy: Double, share: Double) {
        let weight = SilenceWeight(device: .server, whenHealthy: healthy).explained(byShare: share)
        #expect(weight.silent >= .zero)
        #expect(weight.heard <= .zero)
    }
}

@Suite struct MillinatsTests {
    @Test(arguments: [
        (1.0, 0), (2.0, 693), (485.0, 6_184), (0.5, -693), (0.0, -30_000), (Double.infinity, 30_000), (0.01, -4_605),
    ])
    func aFactorIsRoundedOnceToAThousandthOfANat(factor: Double, count: Int) {
        #expect(Millinats(factor: factor).count == count)
    }

    @Test func theSumDoesNotDependOnTheOrderOfTheEvidence() {
        let weights = [0.1, 3, 20.4, 0.7, 1.01, 485, 0.0306].map { Millinats(factor: $0) }
        #expect(weights.reduce(.zero, +) == weights.reversed().reduce(.zero, +))
        var sum = Millinats.zero
        for weight in weights { sum += weight }
        #expect(sum == weights.reduce(.zero, +))
        #expect(sum - weights[5] == weights.filter { $0 != weights[5] }.reduce(.zero, +))
    }

    @Test(arguments: [0.0005, 0.03, 0.2, 0.5, 0.6, 0.97])
    func logOddsAndProbabilityAreEachOthersInverse(probability: Double) {
        // Half a thousandth of a nat is at most an eighth of a thousandth in probability.
        #expect(abs(Millinats(probability: probability).probability - probability) <= 0.000126)
    }
}
