import AnpiModel

/// How far the water came in one room, by what people said of the devices in it.
///
/// One room is one draw: what stands lower than something that got wet got wet too, and what stands higher than something
/// dry is dry; in between the chance is what remains of it.
struct WaterMark {
    private var wet: (tier: CopyTier, meters: Double)?
    private var dry: (tier: CopyTier, meters: Double)?

    mutating func wasSeen(isDry: Bool, _ tier: CopyTier, at meters: Double) {
        if isDry {
            if dry.map({ meters < $0.meters }) ?? true { dry = (tier, meters) }
        } else {
            if wet.map({ meters > $0.meters }) ?? true { wet = (tier, meters) }
        }
    }

    /// People contradict one another where something dry stands no higher than something wet: then both count for
    /// nothing here.
    private var isContradictory: Bool {
        guard let wet, let dry else { return false }
        return dry.meters <= wet.meters
    }

    /// That something at a height stayed dry in water of a depth, given what was seen.
    func chance(at meters: Double, depth: Double) -> Double {
        let chance = WaterDepths.dryChance(at: meters, depth: depth)
        guard !isContradictory else { return chance }
        if let wet, meters <= wet.meters { return 0 }
        if let dry, meters >= dry.meters { return 1 }
        let least = wet.map { WaterDepths.dryChance(at: $0.meters, depth: depth) } ?? 0
        let most = dry.map { WaterDepths.dryChance(at: $0.meters, depth: depth) } ?? 1
        return most > least ? (chance - least) / (most - least) : 0.5
    }

    /// What was seen, where it settles the matter at a height.
    func reason(at meters: Double) -> Worded<SurvivalReason>? {
        guard !isContradictory else { return nil }
        if let wet, meters <= wet.meters { return Worded(.sameRoomWet, [.word("tier", wet.tier)]) }
        if let dry, meters >= dry.meters { return Worded(.sameRoomDry, [.word("tier", dry.tier)]) }
        return nil
    }
}
