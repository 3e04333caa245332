import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct ReadinessTests {
    private static let now = RandomSite.morning

    private static func facts(_ copies: [StoredCopy], depth: Double? = 1, ups: Bool? = true) -> ReadinessFacts {
        ReadinessFacts(
            site: SiteID(trusted: "s-1"), copies: copies, mappedDepthMeters: depth, hasUPS: ups, weight: 1_000)
    }

    private static func copy(_ tier: CopyTier, _ height: Double? = nil, verifiedDaysAgo days: Int64? = 4) -> StoredCopy
    {
        StoredCopy(
            tier: tier, room: tier.isInBuilding ? "\(tier)" : nil, heightMeters: height, state: .good,
            goodAt: now - .seconds(8 * 3_600), verifiedAt: days.map { now - .seconds($0 * 86_400) })
    }

    private func result(_ clause: ReadinessClause, _ facts: ReadinessFacts) -> String {
        let check = Readiness(facts, at: Self.now).checks.first { $0.clause == clause }
        return check.map { "\($0.result) \($0.reason.word)" } ?? ""
    }

    @Test func aWellKeptSiteFailsNothing() {
        let copies = [
            Self.copy(.primary, 0.7), Self.copy(.mirror, 3.8), Self.copy(.external, 4.2), Self.copy(.offsite),
        ]
        let readiness = Readiness(Self.facts(copies), at: Self.now)
        #expect(readiness.checks.map(\.clause) == ReadinessClause.allCases && readiness.failures == 0)
        #expect(readiness.checks.filter { $0.result == .unknown }.map(\.clause) == [.offline])
        #expect(readiness.lossInFlood == 0 && readiness.lossWithBuilding == 30)
    }

    @Test(arguments: [
        (ReadinessClause.copies, [CopyTier.primary, .mirror], "fail copiesCounted"),
        (.copies, [.primary, .mirror, .external], "pass copiesCounted"),
        (.media, [.primary, .mirror], "fail mediaCounted"),
        (.media, [.primary, .external], "pass mediaCounted"), (.offsite, [.primary, .external], "fail noOffsite"),
        (.offsite, [.primary, .cloud], "pass offsiteExists"), (.offline, [.primary, .mirror], "fail noOfflineCopy"),
        (.offline, [.primary, .external], "unknown offlineNotTold"), (.verified, [.primary, .mirror], "fail noBackup"),
        (.verified, [.primary, .external], "pass allVerified"), (.externalHeight, [.primary], "pass noExternal"),
        (.restoreTest, [.primary, .mirror], "fail restoreNeverTested"), (.ups, [], "pass upsTells"),
    ])
    func clausesCountWhatThereIs(_ clause: ReadinessClause, _ tiers: [CopyTier], _ expected: String) {
        #expect(result(clause, Self.facts(tiers.map { Self.copy($0) })) == expected)
    }

    @Test(
        arguments: [
            ([(.external, true)], "pass offlineKept"), ([(.external, false), (.offsite, true)], "pass offlineKept"),
            ([(.external, false), (.offsite, nil)], "unknown offlineNotTold"),
            ([(.external, false), (.offsite, false)], "fail allOnline"), ([(.mirror, nil)], "fail noOfflineCopy"),
        ] as [([(CopyTier, Bool?)], String)])
    func oneCopyThatTheSiteCannotOverwriteIsStatedInTheFleetFile(_ tiers: [(CopyTier, Bool?)], _ expected: String) {
        let copies = tiers.map { tier, isOffline in
            var copy = Self.copy(tier)
            copy.isOffline = isOffline
            return copy
        }
        #expect(result(.offline, Self.facts([Self.copy(.primary)] + copies)) == expected)
        let missing = copies.map { copy in
            var copy = copy
            copy.state = .missing
            return copy
        }
        #expect(result(.offline, Self.facts(missing)) == "fail noOfflineCopy")
    }

    @Test(
        arguments: [
            (0.2, 0.7, "fail externalBelowWater"), (0.2, 0, "pass noFloodExpected"),
            (1.8, 0.7, "pass externalAboveWater"),
            (nil, 0.7, "unknown externalHeightUnknown"), (0.2, nil, "unknown mapUnknown"),
            (0.7, 0.7, "fail externalBelowWater"),
        ] as [(Double?, Double?, String)])
    func anExternalCopyOnTheFloorOfAFloodZoneFails(_ height: Double?, _ depth: Double?, _ expected: String) {
        #expect(result(.externalHeight, Self.facts([Self.copy(.external, height)], depth: depth)) == expected)
    }

    @Test func jobsAndProofsOfEveryBackupCount() {
        func verified(_ change: (inout StoredCopy) -> Void) -> String {
            var offsite = Self.copy(.offsite)
            change(&offsite)
            return result(.verified, Self.facts([Self.copy(.external), offsite]))
        }
        #expect(verified { _ in } == "pass allVerified")
        #expect(verified { $0.state = .failing } == "fail jobFails")
        #expect(verified { $0.state = .missing } == "fail copyMissing")
        #expect(verified { $0.verifiedAt = nil } == "fail neverVerified")
        #expect(verified { $0 = StoredCopy(tier: .offsite) } == "unknown nothingTold")
        #expect(verified { $0.verifiedAt = Self.now - .seconds(91 * 86_400) } == "fail verifiedLongAgo")
        #expect(
            result(.restoreTest, Self.facts([Self.copy(.external, verifiedDaysAgo: 200)]))
                == "fail restoreTestedLongAgo")
        #expect(result(.restoreTest, Self.facts([StoredCopy(tier: .external)])) == "unknown nothingTold")
        #expect(result(.ups, Self.facts([], ups: nil)) == "unknown upsUnknown")
    }

    @Test func whoWouldLoseMostComesFirst() {
        func readiness(_ id: String, _ copies: [StoredCopy], depth: Double?, weight: Int = 1_000) -> Readiness {
            var facts = Self.facts(copies, depth: depth)
            (facts.site, facts.weight) = (SiteID(trusted: id), weight)
            return Readiness(facts, at: Self.now)
        }
        let low = [Self.copy(.primary, 0.1), Self.copy(.external, 0.2)]
        let all = [
            readiness("safe", low + [Self.copy(.offsite)], depth: 2), readiness("floor", low, depth: 2),
            readiness("dry", low, depth: 0), readiness("beds", low, depth: 2, weight: 4_000),
            readiness("high", [Self.copy(.primary, 0.1), Self.copy(.external, 4.2)], depth: 2),
        ]
        #expect(Readiness.ranked(all).map(\.facts.site.text) == ["beds", "floor", "dry", "high", "safe"])
        #expect(Readiness.ranked(all.reversed()) == Readiness.ranked(all))
    }

    @Test func bedsAndMachinesThatKeepPeopleAliveWeighMore() {
        var site = Site(
            id: SiteID(trusted: "s-1"), name: "", office: OfficeID(trusted: "o"),
            place: Coordinate(latitude: 35, longitude: 138), municipality: "22103")
        #expect(site.careWeight == 1_000)
        (site.beds, site.homeOxygen) = (19, true)
        #expect(site.careWeight == 7_000)
    }
}
