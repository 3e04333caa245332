import AnpiModel

/// Why a copy is thought to survive, or not.
enum SurvivalReason: String, SentenceWord {
    static let family = "survival.reason"

    /// A person said so; their word wins.
    case saidToWork, saidWet, saidLost
    /// By what a person said of another copy in the same room, which stands no lower, or no higher.
    case sameRoomWet, sameRoomDry
    /// By its height and the water that was measured.
    case aboveWater, reachedByWater
    /// By its height and the water that the map lets expect.
    case aboveExpectedWater, reachedByExpectedWater
    /// Its height is not known: it is taken for one on a desk on the ground floor.
    case heightUnknown
    /// By the state of the building, where it is not water that threatens.
    case buildingSound, buildingDamaged, buildingNoEntry, buildingUnknown
    /// Away from the building; read back at a time, or never.
    case offsiteVerified, offsiteNeverVerified
    /// Its job fails: what there is may be older, or nothing.
    case jobFails
    /// The agent said that there is none.
    case missing
}

/// Which copies of a site's data survive what struck it (reference §3.7).
///
/// Copies of one room share one fate: one draw, and the one that stands highest survives if any does. Rooms are
/// independent given the depth of the water. Chances are in thousandths, rounded once, so that every machine decides
/// alike; none is above `certain`, for nothing is.
struct Survival: Hashable, Sendable {
    struct Copy: Hashable, Sendable {
        let stored: StoredCopy
        /// That it survives, in thousandths.
        let chance: Int
        let reasons: [Worded<SurvivalReason>]
    }

    /// The server's first, which is added where the fleet file has none; the others in their order.
    let copies: [Copy]
    /// That any copy survives, in thousandths: 1 − Π over groups.
    let anyChance: Int
    /// That no copy up to a step of the ladder survives, in thousandths: the server as it is, its disk, the mirror, the
    /// external storage, what is away from the building. Never rises from step to step.
    let noneUpTo: [Int]

    /// The most that any chance is taken for, in thousandths.
    static let certain = 990

    /// From here on, in thousandths, a copy survives plausibly.
    static let plausible = 500

    init(of copies: [StoredCopy], under harm: Harm) {
        let model = SurvivalModel(of: copies, under: harm)
        self.copies = model.copies.indices.map { index in
            Copy(stored: model.copies[index], chance: model.chance(of: index), reasons: model.reasons(for: index))
        }
        anyChance = model.anyChance
        noneUpTo = model.noneUpTo
    }

    /// That a copy of `tier` survives, in thousandths; 0 where there is none.
    func chance(of tier: CopyTier) -> Int {
        copies.reduce(0) { $1.stored.tier == tier ? max($0, $1.chance) : $0 }
    }

    func has(_ tier: CopyTier) -> Bool { copies.contains { $0.stored.tier == tier } }
}
