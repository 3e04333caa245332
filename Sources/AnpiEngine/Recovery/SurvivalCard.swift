import AnpiModel

/// What a site has left of its data, for the page: copies with age, place and chance, and how far back one falls.
struct SurvivalCard: Hashable, Sendable {
    /// Data that is still there when all in the building is lost.
    struct Kept: Hashable, Sendable {
        var tier: CopyTier
        /// The newest usable copy was made then: data is kept up to here if that job did what it said.
        var until: Timestamp
        /// Data of it was read back then: what is proven.
        var verifiedAt: Timestamp
        /// That it survives, in thousandths.
        var chance: Int
    }

    let survival: Survival
    /// The newest verified copy that plausibly survives as things are.
    let kept: Kept?
    /// The same if the building is lost.
    let keptIfBuildingIsLost: Kept?
    /// Minutes until the site works again, by the rung as chosen; nil where none is.
    let recoveryMinutes: Int?

    init(_ survival: Survival, recoveryMinutes: Int? = nil) {
        self.survival = survival
        self.recoveryMinutes = recoveryMinutes
        kept = Self.kept(of: survival.copies)
        keptIfBuildingIsLost = Self.kept(of: survival.copies.filter { !$0.stored.isInBuilding })
    }

    /// The one that was read back last: that a job ended well proves nothing (reference §9, Kumamoto 2016).
    static func kept(of copies: [Survival.Copy]) -> Kept? {
        copies.compactMap { copy in
            guard copy.chance >= Survival.plausible, let verifiedAt = copy.stored.verifiedAt else { return nil }
            let until = max(copy.stored.goodAt ?? verifiedAt, verifiedAt)
            return Kept(tier: copy.stored.tier, until: until, verifiedAt: verifiedAt, chance: copy.chance)
        }.max { ($0.verifiedAt, $0.until) < ($1.verifiedAt, $1.until) }
    }

    /// What would be lost if the disaster came at `instant`: the time since the newest proof of a copy that plausibly
    /// survives (RPO); nil where there is none.
    func recoveryPoint(at instant: Timestamp) -> Duration? { kept.map { max(instant - $0.verifiedAt, .zero) } }
}

extension SurvivalCard {
    /// As the site's page has it, keys in this order.
    var json: JSON {
        .object([
            .init("copies", .array(survival.copies.map(\.json))), .init("anyChance", .thousandths(survival.anyChance)),
            .init("kept", kept.map(\.json) ?? .null),
            .init("keptIfBuildingIsLost", keptIfBuildingIsLost.map(\.json) ?? .null),
            .init("recoveryMinutes", .optional(recoveryMinutes)),
        ])
    }
}

extension SurvivalCard.Kept {
    fileprivate var json: JSON {
        .object([
            .init("tier", .word(tier)), .init("until", .time(until)), .init("verifiedAt", .time(verifiedAt)),
            .init("chance", .thousandths(chance)),
        ])
    }
}

extension Survival.Copy {
    fileprivate var json: JSON {
        .object([
            .init("tier", .word(stored.tier)), .init("room", .optional(stored.room)),
            .init("heightMeters", stored.heightMeters.map { .decimal($0, digits: 1) } ?? .null),
            .init("state", .word(stored.state)), .init("goodAt", .time(stored.goodAt)),
            .init("verifiedAt", .time(stored.verifiedAt)), .init("chance", .thousandths(chance)),
            .init("reasons", .array(reasons.map(\.json))),
        ])
    }
}

extension JSON {
    /// A chance in thousandths as the number that it stands for.
    static func thousandths(_ count: Int) -> JSON { .decimal(Double(count) / 1_000, digits: 3) }
}
