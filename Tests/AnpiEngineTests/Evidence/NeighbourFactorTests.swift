import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct NeighbourFactorTests {
    private static func flood(_ distance: Double, trusted: Bool = true) -> NeighbourFactor {
        NeighbourFactor(
            distanceKilometers: distance, reachKilometers: NeighbourFactor.reachKilometers(of: .flood),
            isTrusted: trusted)
    }

    /// Reference §3.5.
    @Test(arguments: [
        (0.0, 30.0, 0.0), (0.1, 24.7, 0.05), (0.2, 20.4, 0.05), (0.5, 11.7, 0.05), (1, 4.92, 0.005), (2, 1.53, 0.005),
        (5, 1.0, 0.05),
    ])
    func aTrustedReportOfAFloodFadesWithDistance(distance: Double, expected: Double, tolerance: Double) {
        #expect(abs(Self.flood(distance).factor - expected) <= tolerance)
    }

    @Test func whoIsNotTrustedWeighsAThird() {
        #expect(Self.flood(0, trusted: false).factor == 10)
        #expect(abs(Self.flood(0.5, trusted: false).factor - (1 + 9 / 2.718_281_828)) < 1e-6)
    }

    @Test func aQuakeReachesFartherThanAFloodAndPowerLiesBetween() {
        #expect(NeighbourFactor.reachKilometers(of: .quake) == 5)
        #expect(NeighbourFactor.reachOfPowerKilometers == 2)
        #expect(NeighbourFactor.reachKilometers(of: .flood) == 0.5)
    }

    @Test func reportsTogetherNeverWeighMoreThanAnEyewitnessAtThePlace() {
        #expect(NeighbourFactor.weight(of: []) == .zero)
        #expect(NeighbourFactor.weight(of: [Self.flood(1)]) == Millinats(factor: Self.flood(1).factor))
        let two = [Self.flood(1), Self.flood(1)]
        #expect(NeighbourFactor.weight(of: two) == Millinats(factor: two[0].factor * two[1].factor))
        #expect(NeighbourFactor.weight(of: [Self.flood(0), Self.flood(0)]) == Millinats(factor: 30))
    }
}
