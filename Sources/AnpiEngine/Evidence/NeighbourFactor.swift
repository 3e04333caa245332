import AnpiModel

/// What a damage report nearby says of a site: BF(d) = 1 + (B0 − 1)·e^(−d/λ) (reference §3.3).
struct NeighbourFactor: Hashable, Sendable {
    /// Great-circle distance from the report's place to the site.
    var distanceKilometers: Double
    /// How far what was seen reaches, λ.
    var reachKilometers: Double
    /// An eyewitness or a person known to the office.
    var isTrusted: Bool

    /// B0: the factor at the very place.
    private var factorAtPlace: Double { isTrusted ? 30 : 10 }

    /// The Bayes factor, 1…B0.
    var factor: Double { 1 + (factorAtPlace - 1) * (-distanceKilometers / reachKilometers).exponential }

    /// Reports of one pool of water are signs of one thing: together they weigh no more than an eyewitness at the place
    /// itself would.
    static let factorMax = 30.0
    /// The same where a quake's intensity at the site is known (calibrated: docs/detection.md).
    static let factorMaxAfterShaking = 3.0

    /// What all reports together weigh.
    static func weight(of reports: [NeighbourFactor]) -> Millinats {
        Millinats(factor: min(factorMax, reports.reduce(1) { $0 * $1.factor }))
    }
}

extension NeighbourFactor {
    /// λ of a power failure: feeders span a few streets to a few villages.
    static let reachOfPowerKilometers = 2.0

    /// λ: flood and quake from the reference; a storm's damage spreads as a feeder's does, a fire stays on its block,
    /// and where nobody said what it was, the shortest of the measured ones is taken.
    static func reachKilometers(of phenomenon: Phenomenon) -> Double {
        switch phenomenon {
        case .flood, .other: 0.5
        case .quake: 5
        case .wind: 2
        case .fire: 0.1
        }
    }
}
