import AnpiModel

/// How deep the water may stand at a site that was hit, above the ground outside (reference §3.7).
///
/// Measured, it is one depth. Else it is a spread around what the hazard map expects, drawn towards what people say of
/// the devices: a server that is lost at 0.7 m means that the water stood about there.
struct WaterDepths: Hashable, Sendable {
    /// One depth and how likely it is; the weights of all add up to 1.
    struct Depth: Hashable, Sendable {
        var meters: Double
        var weight: Double
    }

    let depths: [Depth]
    /// Somebody measured it.
    let isMeasured: Bool

    /// Spread of the water's effect around a height: splashes, furniture that floats, a guess of the depth.
    static let spreadMeters = 0.3

    /// Taken for the depth of the map where it says nothing or dry: rain floods streets that no river reaches.
    static let depthWithoutMapMeters = 0.5

    /// What a device stands on where the fleet file names no height: a desk on the ground floor.
    static let deskMeters = 0.7

    /// Depths in parts of the map's, with their weights; proposals of ours like all numbers of §3.7.
    private static let parts: [(part: Double, weight: Double)] = [
        (0.25, 0.10), (0.5, 0.20), (0.75, 0.25), (1, 0.25), (1.5, 0.12), (2, 0.06), (3, 0.02),
    ]

    /// How often what people say of a device is not what the water did.
    private static let mistakes = 0.02

    /// Depths under `harm`, given what was said of devices at known heights.
    init(of copies: [StoredCopy], under harm: Harm) {
        if let measured = harm.damage.depthMeters {
            depths = [Depth(meters: max(measured.value, 0), weight: 1)]
            isMeasured = true
            return
        }
        let mapped = max(harm.mappedDepthMeters ?? 0, Self.depthWithoutMapMeters)
        var depths = Self.parts.map { Depth(meters: mapped * $0.part, weight: $0.weight) }
        for copy in copies {
            guard let height = copy.heightMeters, let answer = harm.damage.answer(about: copy.tier) else { continue }
            for index in depths.indices {
                let dry = Self.dryChance(at: height, depth: depths[index].meters)
                let agrees = answer.value == .works ? dry : 1 - dry
                depths[index].weight *= Self.mistakes + (1 - 2 * Self.mistakes) * agrees
            }
        }
        let sum = depths.reduce(0) { $0 + $1.weight }
        self.depths = depths.map { Depth(meters: $0.meters, weight: $0.weight / sum) }
        isMeasured = false
    }

    /// The mean of all.
    var meanMeters: Double { depths.reduce(0) { $0 + $1.meters * $1.weight } }

    /// Φ((h − d) / 0.3 m): that something at height h stays dry in water of depth d.
    static func dryChance(at heightMeters: Double, depth: Double) -> Double {
        ((heightMeters - depth) / spreadMeters).standardNormalCumulative
    }
}
