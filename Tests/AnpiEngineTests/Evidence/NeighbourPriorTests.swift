import Testing

@testable import AnpiEngine

/// r = (3π + Σ w·P) / (3 + Σ w), w = e^(−d/1 km), at most 0.7 (inference 6).
@Suite struct NeighbourPriorTests {
    @Test func whoHasNoNeighboursIsWhereTheWarningPutsHim() {
        #expect(NeighbourPrior(prior: 0.03).probability == 0.03)
    }

    @Test(
        arguments: [
            // Three at the door that are hit for certain; the same a kilometre away; three that report.
            (0.0, 1.0, 0.515), (1.0, 1.0, 0.291), (0.0, 0.0, 0.015),
        ])
    func threeNeighboursWeighAsMuchAsTheWarning(kilometers: Double, probability: Double, expected: Double) {
        var prior = NeighbourPrior(prior: 0.03)
        for _ in 0..<3 {
            prior.add(probability: probability, weight: NeighbourPrior.weight(atKilometers: kilometers))
        }
        #expect(abs(prior.probability - expected) < 0.001)
    }

    @Test func aHundredDrownedNeighboursDoNotProveOne() {
        var prior = NeighbourPrior(prior: 0.03)
        for _ in 0..<100 { prior.add(probability: 1, weight: 1) }
        #expect(prior.probability == 0.7)
    }
}
