import AnpiModel

@testable import AnpiEngine

/// A site with copies and damage drawn from a seed: anything that fleet files, agents and people can say.
struct RandomSite {
    var random: SplitMix64
    var copies: [StoredCopy] = []
    var harm = Harm(hitChance: 1_000)

    static let morning = Timestamp(CivilDate(year: 2_022, month: 9, day: 24)!, minuteOfDay: 8 * 60)

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        copies.append(copy(.primary))
        for tier in CopyTier.allCases.dropFirst() where chance(0.6) { copies.append(copy(tier)) }
        if chance(0.05) { copies.removeFirst() }
        harm = Harm(
            phenomenon: chance(0.7) ? .flood : pick(Phenomenon.allCases), hitChance: Int(random.fraction() * 1_001),
            mappedDepthMeters: chance(0.7) ? random.fraction() * 3 : nil)
        let report = DamageReport(
            server: component(), mirror: component(), external: component(), peripherals: component(),
            building: chance(0.5) ? pick(DamageReport.Building.allCases) : nil, power: flag(), network: flag(),
            depthMeters: chance(0.4) ? random.fraction() * 2 : nil, roadOpen: flag())
        if chance(0.8) { _ = harm.damage.wasReported(report, by: "eng-1", at: Self.morning) }
        for place in copies.indices where copies[place].tier != .primary && copies[place].tier != .mirror {
            copies[place].isOffline = flag()
        }
    }

    private mutating func copy(_ tier: CopyTier) -> StoredCopy {
        var copy = StoredCopy(tier: tier, state: chance(0.7) ? .good : pick(CopyState.allCases))
        if tier.isInBuilding {
            copy.room = chance(0.8) ? pick(["受付", "診察室", "2階書庫"]) : nil
            copy.heightMeters = chance(0.8) ? random.fraction() * 4 : nil
        }
        if chance(0.8) { copy.goodAt = Self.morning - .seconds(Int64(random.fraction() * 1e6)) }
        if chance(0.6) { copy.verifiedAt = Self.morning - .seconds(Int64(random.fraction() * 2e7)) }
        return copy
    }

    private mutating func component() -> DamageReport.Component? {
        chance(0.5) ? pick(DamageReport.Component.allCases) : nil
    }

    private mutating func flag() -> Bool? { chance(0.6) ? chance(0.5) : nil }

    mutating func chance(_ share: Double) -> Bool { random.fraction() < share }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(random.fraction() * Double(elements.count))]
    }

    var survival: Survival { Survival(of: copies, under: harm) }

    func choice(loaners: Int = 1) -> RungChoice {
        RungChoice(RungSituation(survival: survival, damage: harm.damage, fittingLoaners: loaners))
    }

    /// What is known for the claims of such a site.
    mutating func claims() -> ClaimsFacts {
        let disaster = Self.morning - .seconds(Int64(random.fraction() * 40) * 86_400)
        func some(_ site: inout RandomSite, days: Double) -> Timestamp? {
            site.chance(0.6) ? disaster + .seconds(Int64(site.random.fraction() * days * 86_400)) : nil
        }
        var facts = ClaimsFacts(
            disasterAt: disaster, clock: ClaimsClock(disasterAt: disaster), hasBeds: chance(0.3), damage: harm.damage)
        if chance(0.8) { facts.rung = choice().rung }
        facts.keptUntil = some(&self, days: -40)
        facts.restoredAt = chance(0.3) ? some(&self, days: 5) : nil
        facts.restoredBy = some(&self, days: 40)
        facts.estimate.isNamedByNotice = chance(0.3)
        facts.estimate.hasCertificate = chance(0.3)
        facts.estimate.hasPhotos = chance(0.5)
        if chance(0.5) { (facts.estimate.outpatientYen, facts.estimate.openDays) = (9_000_000, 18) }
        facts.keptIsVerified = chance(0.7)
        return facts
    }
}
