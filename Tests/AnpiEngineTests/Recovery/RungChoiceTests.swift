import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct RungChoiceTests {
    private static let copies = [
        StoredCopy(tier: .primary, room: "受付", heightMeters: 0.1),
        StoredCopy(tier: .mirror, room: "診察室", heightMeters: 0.2),
        StoredCopy(tier: .external, room: "受付の棚", heightMeters: 1.8),
        StoredCopy(
            tier: .offsite, state: .good, goodAt: RandomSite.morning - .seconds(3_600),
            verifiedAt: RandomSite.morning - .seconds(3_600)),
    ]

    private func choose(
        _ report: DamageReport, _ tiers: [CopyTier] = [.primary, .mirror, .external, .offsite], loaners: Int = 1,
        cloud: Bool = false
    ) -> RungChoice {
        var harm = Harm(hitChance: 1_000)
        _ = harm.damage.wasReported(report, by: "eng-1", at: RandomSite.morning)
        let copies =
            Self.copies.filter { tiers.contains($0.tier) } + (cloud ? [StoredCopy(tier: .cloud, state: .good)] : [])
        return RungChoice(
            RungSituation(
                survival: Survival(of: copies, under: harm), damage: harm.damage, fittingLoaners: loaners))
    }

    private static let allLost = DamageReport(server: .lost, mirror: .lost, external: .lost)

    @Test(arguments: [
        (DamageReport(server: .works, peripherals: .lost), Rung.peripherals, CopyTier.primary),
        (DamageReport(server: .wet), .restart, .primary),
        (DamageReport(server: .lost, mirror: .works), .promoteMirror, .mirror),
        (DamageReport(server: .lost, mirror: .lost, external: .works), .external, .external),
        (allLost, .dataCentre, .offsite),
    ])
    func theRungFollowsFromWhatIsLeft(_ report: DamageReport, _ rung: Rung, _ source: CopyTier) {
        let choice = choose(report)
        #expect(choice.rung == rung && choice.source == source && !choice.isDataLost)
        #expect(choice.chances.reduce(0, +) == 1_000 && choice.chances.max() == choice.chances[rung.number])
    }

    @Test func whereEveryCopyIsLostItSaysSo() {
        let choice = choose(Self.allLost, [.primary, .mirror, .external])
        #expect(choice.rung == .rebuild && choice.isDataLost && choice.source == nil && choice.runnerUp == nil)
        #expect(choice.reasons.map(\.word).prefix(2) == [.allCopiesLost, .noOffsite])
        #expect(choice.reasons[0].text(.ja, asOf: RandomSite.morning) == "すべてのコピーが失われました。データは戻りません")
    }

    @Test func dataIsNotGivenUpOnADoubt() {
        let choice = choose(DamageReport(server: .lost, mirror: .lost, external: .wet), [.primary, .mirror, .external])
        #expect(choice.rung == .external && choice.runnerUp == .rebuild && choice.chances == [0, 0, 0, 300, 0, 0, 700])
    }

    @Test func withoutPowerAndNetworkTheDataCentresCopyIsRestoredAtTheOffice() {
        let choice = choose(DamageReport(server: .lost, power: false, network: false), [.primary, .offsite])
        #expect(choice.rung == .dataCentre && choice.workPlace == .office)
        #expect(choice.reasons.map(\.word).contains(.atOfficeWithoutPowerAndNetwork))
        let lit = choose(DamageReport(server: .lost, power: true, network: true), [.primary, .offsite])
        #expect(lit.rung == .dataCentre && lit.workPlace == .office)
        #expect(lit.reasons.map(\.word).contains(.siteHasPowerAndNetwork))
    }

    @Test(arguments: [(0, RungReason.noLoanerInStock), (1, .loanerInStock)])
    func whatIsRestoredAtTheOfficeIsDeliveredOnAMachineFromStock(loaners: Int, reason: RungReason) {
        let choice = choose(Self.allLost, loaners: loaners)
        #expect(choice.rung == .dataCentre && choice.needsLoaner)
        #expect(choice.reasons.last?.word == reason)
    }

    @Test func aLoanerIsSetUpWhereThereIsPower() {
        var report = DamageReport(server: .lost, mirror: .lost, external: .works, power: true)
        #expect(choose(report).workPlace == .site)
        report.power = false
        let dark = choose(report, loaners: 0)
        #expect(dark.workPlace == .office && dark.rung == .external && dark.needsLoaner)
        #expect(dark.reasons.map(\.word).suffix(2) == [.atOfficeWithoutPower, .noLoanerInStock])
    }

    @Test func theCloudCarriesOnMeanwhileAtTheSiteOrElsewhere() {
        let lost = DamageReport(server: .lost, mirror: .works)
        #expect(choose(lost).meanwhile == nil && choose(lost, cloud: true).meanwhile == .elsewhere)
        var lit = lost
        (lit.power, lit.network) = (true, true)
        #expect(choose(lit, cloud: true).meanwhile == .here && choose(lit, cloud: true).rung == .promoteMirror)
    }

    @Test func aCloudCopyAloneIsRestoredLikeTheDataCentres() {
        let choice = choose(Self.allLost, [.primary, .mirror, .external], cloud: true)
        #expect(choice.rung == .dataCentre && choice.source == .cloud)
    }

    @Test func whereNobodyMayGoInWhatIsAwayComesFirst() {
        let choice = choose(DamageReport(external: .works, building: .noEntry))
        #expect(choice.rung == .dataCentre && choice.reasons.map(\.word).contains(.buildingNoEntry))
        let inside = choose(DamageReport(server: .lost, external: .works, building: .noEntry), [.primary, .external])
        #expect(inside.rung == .external && inside.workPlace == .office)
    }

    @Test func reasonsTellWhatBecameOfEachCopyDownToTheOneItRestsOn() {
        let report = DamageReport(server: .lost, mirror: .lost, external: .works, power: true, depthMeters: 0.4)
        #expect(
            choose(report).reasons.map { $0.text(.en, asOf: RandomSite.morning) } == [
                "The server is lost (eng-1 at 08:00)", "The mirror is probably lost: 0% that it survives",
                "The external storage survives: 99%", "1 fitting loaner can be had",
            ])
    }

    @Test func whatIsJournaledTellsTheDay() {
        let lost = choose(DamageReport(server: .lost), [.primary, .offsite])
        #expect(lost.reasons.map(\.text).first == "本体は喪失（eng-1 9/24 08:00）")
        #expect(lost.reasons.map(\.text).contains("建物の外に遠隔のコピー（残存 99%）"))
        #expect(
            lost.json.text.hasPrefix(
                #"{"rung":"R4","runnerUp":null,"chances":[0.000,0.000,0.000,0.000,0.990,0.000,0.010],"source":"offsite","#
            ))
    }

    @Test func aRungNeverNeedsACopyThatIsSaidToBeLost() {
        for seed in UInt64(1)...2_000 {
            let site = RandomSite(seed: seed)
            let choice = site.choice()
            #expect(choice.chances.reduce(0, +) == 1_000, "seed \(seed)")
            #expect(choice.chances.allSatisfy { $0 >= 0 } && choice.chances[Rung.cloud.number] == 0, "seed \(seed)")
            #expect(choice.rung != .cloud && choice.runnerUp != choice.rung, "seed \(seed)")
            #expect(choice.isDataLost == (choice.source == nil), "seed \(seed)")
            if let source = choice.source {
                #expect(site.survival.has(source), "seed \(seed)")
                #expect(site.harm.damage.answer(about: source)?.value != .lost, "seed \(seed)")
            }
        }
    }

    @Test func itComesBackFromACheckpointAsItWas() throws {
        for seed in UInt64(1)...100 {
            let choice = RandomSite(seed: seed).choice()
            var writer = ByteWriter()
            choice.write(to: &writer)
            var reader = ByteReader(writer.bytes)
            #expect(try RungChoice(&reader) == choice && reader.isAtEnd, "seed \(seed)")
        }
    }
}
