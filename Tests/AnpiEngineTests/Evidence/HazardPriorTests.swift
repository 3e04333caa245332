import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct HazardPriorTests {
    private static func hazard(
        _ phenomenon: HazardArea.Phenomenon, level: Int?, intensity: HazardArea.Intensity? = nil
    ) -> HazardArea {
        HazardArea(
            phenomenon: phenomenon, code: "", name: "", level: level, intensity: intensity, areaName: "", places: [],
            from: Timestamp(milliseconds: 0))
    }

    private static let anywhere = HazardPrior()

    @Test(
        arguments: [
            (0, nil), (1, nil), (2, nil), (3, 0.01), (4, 0.03), (5, 0.10), (nil, 0.01),
        ] as [(Int?, Double?)])
    func advisoriesSetNoPriorAndAnUnknownLevelCountsAsThree(level: Int?, expected: Double?) {
        #expect(Self.anywhere.probability(under: Self.hazard(.flood, level: level)) == expected)
        #expect(Self.anywhere.probability(under: [Self.hazard(.flood, level: level)]) == expected ?? 0.0005)
    }

    @Test(
        arguments: [
            (.four, nil), (.fiveLower, 0.005), (.fiveUpper, 0.02), (.sixLower, 0.03), (.sixUpper, 0.15), (.seven, 0.4),
        ] as [(HazardArea.Intensity, Double?)])
    func aQuakeGoesByItsIntensityAndNotByItsLevel(intensity: HazardArea.Intensity, expected: Double?) {
        #expect(Self.anywhere.probability(under: Self.hazard(.quake, level: 5, intensity: intensity)) == expected)
    }

    @Test func aQuakeWithoutAnIntensityGoesByItsLevel() {
        #expect(Self.anywhere.probability(under: Self.hazard(.quake, level: 4)) == 0.03)
    }

    @Test(arguments: HazardArea.Phenomenon.allCases)
    func deepWaterTriplesWhatWaterDoesAndNothingElse(phenomenon: HazardArea.Phenomenon) {
        let isWater = [.flood, .surge, .tsunami].contains(phenomenon)
        let hazard = Self.hazard(phenomenon, level: 4)
        let ratio = { (prior: HazardPrior) in
            (prior.probability(under: hazard) ?? 1) / (Self.anywhere.probability(under: hazard) ?? 1)
        }
        #expect(abs(ratio(HazardPrior(floodDepthMeters: 0.51)) - (isWater ? 3 : 1)) < 1e-9)
        // The map's lowest class, "below half a metre"; and ground that it holds for dry.
        #expect(ratio(HazardPrior(floodDepthMeters: 0.5)) == 1)
        #expect(abs(ratio(HazardPrior(floodDepthMeters: 0)) - (isWater ? 0.3 : 1)) < 1e-9)
        #expect(abs(ratio(HazardPrior(serverHeightMeters: 3)) - (isWater ? 0.3 : 1)) < 1e-9)
        #expect(ratio(HazardPrior(serverHeightMeters: 2.9)) == 1)
        #expect(abs(ratio(HazardPrior(floodDepthMeters: 3, serverHeightMeters: 4)) - (isWater ? 0.9 : 1)) < 1e-9)
    }

    @Test func thunderAndFogNeverSetAPrior() {
        #expect(Self.anywhere.probability(under: Self.hazard(.other, level: 3)) == nil)
    }

    @Test func ofSeveralHazardsTheGreatestCountsAndNoneIsBeyondTheWorstShaking() {
        let several = [
            Self.hazard(.wind, level: 3), Self.hazard(.flood, level: 5),
            Self.hazard(.quake, level: 2, intensity: .fiveLower),
        ]
        #expect(Self.anywhere.probability(under: several) == 0.10)
        #expect(abs(HazardPrior(floodDepthMeters: 2).probability(under: several) - 0.3) < 1e-9)
        #expect(Self.anywhere.probability(under: []) == HazardPrior.base)
        let worst = Self.hazard(.quake, level: 5, intensity: .seven)
        #expect(HazardPrior(floodDepthMeters: 9).probability(under: [worst]) == 0.4)
    }
}
