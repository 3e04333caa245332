import AnpiModel

/// P(hit) among neighbours: r = (3π + Σ w·P) / (3 + Σ w), w = e^(−d/1 km) (inference 6).
///
/// Water comes to some streets and not to others: a silent site among silent ones is likelier hit than the warning of
/// its whole town says, one among sites that report is less so.
struct NeighbourPrior: Hashable, Sendable {
    /// π, by the warning alone.
    let prior: Double
    private var weights = 0.0
    private var weighted = 0.0

    /// As many neighbours at the same place as the warning weighs.
    private static let weightOfPrior = 3.0
    private static let fadesKilometers = 1.0
    /// Where a twentieth of a neighbour's weight is left.
    static let reachKilometers = 3.0
    /// However many agree, they share one water.
    private static let most = 0.7
    /// How often neighbours hear of each other.
    static let passes = 3

    init(prior: Double) { self.prior = prior }

    static func weight(atKilometers distance: Double) -> Double { (-distance / fadesKilometers).exponential }

    mutating func add(probability: Double, weight: Double) {
        weights += weight
        weighted += weight * probability
    }

    /// r.
    var probability: Double {
        min(Self.most, (Self.weightOfPrior * prior + weighted) / (Self.weightOfPrior + weights))
    }
}
