import AnpiModel

/// What struck a site, or may have: all that the survival of its copies hangs on besides where they stand.
struct Harm: Hashable, Sendable {
    /// What it is; a flood where nobody knows, which is what reaches devices most often.
    var phenomenon: Phenomenon = .flood
    /// That the site is hit, in thousandths; what people say counts before it.
    var hitChance: Int
    /// Deepest water that the hazard map expects at the site, in metres; nil where the map says nothing.
    var mappedDepthMeters: Double?
    var damage = Damage()

    /// That the site is hit, in thousandths: certain where somebody saw harm.
    var effectiveHitChance: Int { damage.tellsHarm ? 1_000 : min(max(hitChance, 0), 1_000) }
}

extension Harm {
    /// Water decides: it is a flood, or somebody measured water.
    var isWater: Bool { phenomenon == .flood || (damage.depthMeters?.value ?? 0) > 0 }

    /// That what stands in a building that was hit comes through, where it is not water; proposals of ours.
    var chanceInBuilding: Double {
        let building = damage.building?.value ?? .unknown
        return switch phenomenon {
        case .fire:
            switch building {
            case .sound: 0.95
            case .unknown: 0.3
            case .damaged: 0.2
            case .noEntry: 0.05
            }
        case .flood, .quake, .wind, .other:
            switch building {
            case .sound: 0.97
            case .unknown: 0.85
            case .damaged: 0.6
            case .noEntry: 0.3
            }
        }
    }

    var reasonInBuilding: Worded<SurvivalReason> {
        guard let building = damage.building, building.value != .unknown else {
            return Worded(.buildingUnknown, [.word("phenomenon", phenomenon)])
        }
        let word: SurvivalReason =
            switch building.value {
            case .sound: .buildingSound
            case .damaged: .buildingDamaged
            case .noEntry: .buildingNoEntry
            case .unknown: .buildingUnknown
            }
        return Worded(word, [.word("phenomenon", phenomenon), .text("by", building.by), .time("at", building.at)])
    }
}
