import AnpiModel

/// P(hit) before any sign of the site itself: π by official warnings and by where the site stands (reference §3.3).
struct HazardPrior: Hashable, Sendable {
    /// Deepest water that the hazard map expects at the site, in metres; nil where the map says nothing.
    var floodDepthMeters: Double?
    /// Of the server above the ground outside, in metres; nil where it is unknown.
    var serverHeightMeters: Double?

    /// π without any hazard.
    static let base = 0.0005

    /// π is never above that of intensity 7, whatever multiplies it.
    static let maximum = 0.4

    /// Above the lowest class of the flood maps ("below half a metre") their depth counts.
    static let deepWaterMeters = 0.5

    /// A second floor begins here.
    static let secondFloorMeters = 3.0

    /// π under everything in force at once: the greatest, for warnings of one event repeat one another.
    func probability(under hazards: some Sequence<HazardArea>) -> Double {
        hazards.reduce(Self.base) { max($0, probability(under: $1) ?? 0) }
    }

    /// π under one hazard; nil where it sets no prior (level 2 and below, inference 2).
    func probability(under hazard: HazardArea) -> Double? {
        guard let prior = Self.prior(of: hazard) else { return nil }
        return min(Self.maximum, prior * exposure(to: hazard.phenomenon))
    }

    /// A quake's prior goes by intensity where it was told; "level ?" is taken for 3.
    private static func prior(of hazard: HazardArea) -> Double? {
        if hazard.phenomenon == .quake, let intensity = hazard.intensity { return prior(of: intensity) }
        // Thunder, fog and dry air are shown and never set a prior.
        guard hazard.phenomenon != .other else { return nil }
        return prior(ofLevel: hazard.level ?? 3)
    }

    private static func prior(ofLevel level: Int) -> Double? {
        switch level {
        case ...2: nil
        case 3: 0.01
        case 4: 0.03
        default: 0.10
        }
    }

    private static func prior(of intensity: HazardArea.Intensity) -> Double? {
        switch intensity {
        case .one, .two, .three, .four: nil
        case .fiveLower: 0.005
        case .fiveUpper: 0.02
        case .sixLower: 0.03
        case .sixUpper: 0.15
        case .seven: 0.4
        }
    }

    /// Water comes three times as often where the map expects it, a third as often where it holds the ground for dry
    /// (rain floods streets that no river reaches), and seldom to a second floor.
    private func exposure(to phenomenon: HazardArea.Phenomenon) -> Double {
        switch phenomenon {
        case .flood, .surge, .tsunami:
            let byMap: Double =
                switch floodDepthMeters {
                case nil: 1
                case let depth? where depth <= 0: 0.3
                case let depth? where depth > Self.deepWaterMeters: 3
                case _?: 1
                }
            let isHigh = serverHeightMeters.map { $0 >= Self.secondFloorMeters } ?? false
            return byMap * (isHigh ? 0.3 : 1)
        case .landslide, .quake, .wind, .snow, .other: return 1
        }
    }
}
