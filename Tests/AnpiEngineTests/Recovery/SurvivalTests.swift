import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct SurvivalTests {
    private static let morning = RandomSite.morning

    private func harm(_ report: DamageReport, hit: Int = 1_000, mapped: Double? = nil) -> Harm {
        var harm = Harm(hitChance: hit, mappedDepthMeters: mapped)
        _ = harm.damage.wasReported(report, by: "eng-1", at: Self.morning)
        return harm
    }

    /// Φ((h − d) / 0.3 m) by the tables of the normal distribution; never above 0.99.
    @Test(arguments: [
        (0.7, 0.7, 500), (1.0, 0.7, 841), (0.7, 1.0, 159), (1.3, 0.7, 977), (0.2, 0.7, 48), (1.8, 0.4, 990),
        (0.7, 0.4, 841), (0.4, 0.7, 159), (0.1, 0.7, 23),
    ])
    func aCopySurvivesByItsHeightAboveTheWater(_ height: Double, _ depth: Double, _ chance: Int) {
        let copies = [StoredCopy(tier: .primary, room: "受付", heightMeters: height)]
        let survival = Survival(of: copies, under: harm(DamageReport(depthMeters: depth)))
        #expect(survival.copies[0].chance == chance && survival.anyChance == chance)
    }

    @Test func copiesOfOneRoomAreOneDrawAndRoomsAreIndependent() {
        let primary = StoredCopy(tier: .primary, room: "受付", heightMeters: 0.7)
        let water = harm(DamageReport(depthMeters: 0.7))
        let together = StoredCopy(tier: .mirror, room: "受付", heightMeters: 0.7)
        let apart = StoredCopy(tier: .mirror, room: "診察室", heightMeters: 0.7)
        let higher = StoredCopy(tier: .mirror, room: "受付", heightMeters: 1.0)
        #expect(Survival(of: [primary, together], under: water).anyChance == 500)
        #expect(Survival(of: [primary, apart], under: water).anyChance == 750)
        #expect(Survival(of: [primary, higher], under: water).anyChance == 841)
    }

    @Test func whatStandsAwayFromTheBuildingHangsOnTheProofThatItCanBeRead() {
        let made = Self.morning - .seconds(8 * 3_600)
        func chance(verifiedDaysBefore days: Int64?, _ state: CopyState = .good) -> Int {
            var copy = StoredCopy(tier: .offsite, state: state, goodAt: made)
            copy.verifiedAt = days.map { made - .seconds($0 * 86_400) }
            return Survival(of: [copy], under: harm(DamageReport(building: .noEntry))).chance(of: .offsite)
        }
        #expect(chance(verifiedDaysBefore: 0) == 990 && chance(verifiedDaysBefore: 4) == 970)
        #expect(chance(verifiedDaysBefore: 20) == 941 && chance(verifiedDaysBefore: 200) == 792)
        #expect(chance(verifiedDaysBefore: nil) == 594 && chance(verifiedDaysBefore: 4, .missing) == 0)
        #expect(chance(verifiedDaysBefore: 0, .failing) == 891)
    }

    @Test(arguments: [(DamageReport.Component.works, 990), (.wet, 600), (.lost, 0)])
    func aPersonsWordWins(_ word: DamageReport.Component, _ chance: Int) {
        let copies = [StoredCopy(tier: .primary, heightMeters: 0.7)]
        for depth in [0.0, 0.7, 3.0] {
            let survival = Survival(of: copies, under: harm(DamageReport(server: word, depthMeters: depth)))
            #expect(survival.copies[0].chance == chance)
            #expect(survival.copies[0].reasons.first?.word.rawValue.hasPrefix("said") == true)
        }
    }

    @Test func anUnknownHeightIsADeskOnTheGroundFloorAndIsTold() {
        let water = harm(DamageReport(depthMeters: 0.4))
        let unknown = Survival(of: [StoredCopy(tier: .external, room: "受付")], under: water)
        let desk = Survival(of: [StoredCopy(tier: .external, room: "受付", heightMeters: 0.7)], under: water)
        #expect(unknown.chance(of: .external) == desk.chance(of: .external))
        #expect(unknown.copies.last?.reasons.map(\.word) == [.heightUnknown, .aboveWater])
        #expect(desk.copies.last?.reasons.map(\.word) == [.aboveWater])
    }

    @Test func aSiteThatMayNotBeHitKeepsItsCopiesAccordingly() {
        let copies = [StoredCopy(tier: .primary, room: "受付", heightMeters: 0.1)]
        func chance(_ hit: Int) -> Int {
            Survival(of: copies, under: Harm(hitChance: hit, mappedDepthMeters: 2)).copies[0].chance
        }
        #expect(chance(0) == 990 && chance(1_000) < 100)
        #expect(chance(500) > chance(940) && chance(940) > chance(1_000))
    }

    @Test func whatPeopleSayOfOneDeviceTellsOfTheWaterAtAnother() {
        let copies = [
            StoredCopy(tier: .primary, room: "受付", heightMeters: 0.7),
            StoredCopy(tier: .mirror, room: "診察室", heightMeters: 0.7),
        ]
        func mirror(_ word: DamageReport.Component?) -> Int {
            Survival(of: copies, under: harm(DamageReport(server: word, building: .damaged), mapped: 1))
                .chance(of: .mirror)
        }
        #expect(mirror(.lost) < mirror(nil) && mirror(nil) < mirror(.works))
    }

    @Test func inOneRoomWhatStandsLowerThanSomethingWetIsWetAndWhatStandsHigherThanSomethingDryIsDry() {
        func chance(_ height: Double, room: String? = "受付", server: DamageReport.Component, depth: Double) -> Int {
            let copies = [
                StoredCopy(tier: .primary, room: "受付", heightMeters: 0.7),
                StoredCopy(tier: .external, room: room, heightMeters: height),
            ]
            return Survival(of: copies, under: harm(DamageReport(server: server, depthMeters: depth)))
                .chance(of: .external)
        }
        #expect(chance(0.7, server: .lost, depth: 0.4) == 0 && chance(0.2, server: .wet, depth: 0.4) == 0)
        #expect(chance(0.7, server: .works, depth: 0.9) == 990 && chance(1.5, server: .works, depth: 0.9) == 990)
        // (0.841 − 0.5) / (1 − 0.5), and 0.159 / 0.5.
        #expect(chance(1.0, server: .lost, depth: 0.7) == 683 && chance(0.4, server: .works, depth: 0.7) == 317)
        // Elsewhere in the building, or nobody knows where, only the depth counts.
        #expect(chance(0.7, room: "診察室", server: .lost, depth: 0.4) == 841)
        #expect(chance(0.7, room: nil, server: .lost, depth: 0.4) == 841)
    }

    @Test func peopleWhoContradictOneAnotherLeaveItToTheDepth() {
        let copies = [
            StoredCopy(tier: .primary, room: "受付", heightMeters: 0.7),
            StoredCopy(tier: .external, room: "受付", heightMeters: 0.2),
            StoredCopy(tier: .mirror, room: "受付", heightMeters: 0.7),
        ]
        let survival = Survival(
            of: copies, under: harm(DamageReport(server: .lost, external: .works, depthMeters: 0.4)))
        #expect(survival.chance(of: .mirror) == 841)
    }

    @Test func whatShakesOrBurnsTakesTheBuildingAsAWhole() {
        let copies = [
            StoredCopy(tier: .primary, room: "受付", heightMeters: 0.7),
            StoredCopy(tier: .external, room: "2階書庫", heightMeters: 4.2),
        ]
        func any(_ phenomenon: Phenomenon, _ building: DamageReport.Building) -> Int {
            var harm = harm(DamageReport(building: building))
            harm.phenomenon = phenomenon
            return Survival(of: copies, under: harm).anyChance
        }
        #expect(any(.quake, .sound) == 970 && any(.quake, .damaged) == 600 && any(.quake, .noEntry) == 300)
        #expect(any(.fire, .damaged) == 200 && any(.fire, .noEntry) == 50)
    }

    @Test func aCopyStandingHigherNeverSurvivesLess() {
        for seed in UInt64(1)...400 {
            let site = RandomSite(seed: seed)
            for index in site.copies.indices where site.copies[index].tier.isInBuilding {
                guard let height = site.copies[index].heightMeters else { continue }
                var higher = site
                higher.copies[index].heightMeters = height + 0.3
                // What was said of it would be said of other water: only what nobody spoke of is compared.
                guard site.harm.damage.answer(about: site.copies[index].tier) == nil else { continue }
                let tier = site.copies[index].tier
                #expect(higher.survival.chance(of: tier) >= site.survival.chance(of: tier), "seed \(seed)")
                #expect(higher.survival.anyChance >= site.survival.anyChance, "seed \(seed)")
            }
        }
    }

    @Test func someCopySurvivesAtLeastAsLikelyAsTheBestAndNeverSurely() {
        for seed in UInt64(1)...1_000 {
            let survival = RandomSite(seed: seed).survival
            let best = survival.copies.map(\.chance).max() ?? 0
            #expect(best <= survival.anyChance && survival.anyChance <= 1_000, "seed \(seed)")
            #expect(survival.copies.allSatisfy { (0...Survival.certain).contains($0.chance) }, "seed \(seed)")
            for (left, right) in zip(survival.noneUpTo, survival.noneUpTo.dropFirst()) {
                #expect(left >= right, "seed \(seed)")
            }
        }
    }

    @Test func theCardTellsHowFarBackTheDataGoes() throws {
        let yesterday = Timestamp(rfc3339: "2022-09-23T23:40:00.000+09:00")!
        let offsite = StoredCopy(
            tier: .offsite, state: .good, goodAt: yesterday,
            verifiedAt: Timestamp(rfc3339: "2022-09-20T02:30:00.000+09:00"))
        let external = StoredCopy(
            tier: .external, room: "受付の床", heightMeters: 0.2, state: .good, goodAt: yesterday,
            verifiedAt: Timestamp(rfc3339: "2022-09-21T02:30:00.000+09:00"))
        let mirror = StoredCopy(tier: .mirror, room: "2階", heightMeters: 4, state: .good, goodAt: yesterday)
        let deep = SurvivalCard(
            Survival(of: [mirror, external, offsite], under: harm(DamageReport(depthMeters: 0.7))), recoveryMinutes: 90)
        // The external storage was read back later, but is under water; the mirror was never.
        #expect(deep.kept?.tier == .offsite && deep.kept == deep.keptIfBuildingIsLost && deep.kept?.until == yesterday)
        #expect(deep.kept?.chance == 970)
        #expect(deep.recoveryPoint(at: Self.morning) == Self.morning - offsite.verifiedAt!)
        #expect(
            deep.json["keptIfBuildingIsLost"]?.text
                == #"{"tier":"offsite","until":"2022-09-23T23:40:00.000+09:00","verifiedAt":"2022-09-20T02:30:00.000+09:00","#
                + #""chance":0.970}"#)
        let dry = SurvivalCard(Survival(of: [mirror, external, offsite], under: Harm(hitChance: 0)))
        #expect(dry.kept?.tier == .external && dry.keptIfBuildingIsLost?.tier == .offsite)
        let none = SurvivalCard(Survival(of: [mirror], under: Harm(hitChance: 0)))
        #expect(none.kept == nil && none.keptIfBuildingIsLost == nil && none.recoveryPoint(at: Self.morning) == nil)
    }
}
