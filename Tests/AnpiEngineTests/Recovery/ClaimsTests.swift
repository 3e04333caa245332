import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct ClaimsTests {
    private static func at(_ text: String) -> Timestamp { Timestamp(rfc3339: text + "+09:00")! }
    private static let disaster = at("2022-09-24T02:35:00.000")

    @Test func typhoonFifteensClaimsAreDueOnMondayTheTenthOfOctober() {
        let clock = ClaimsClock(disasterAt: Self.disaster)
        #expect(clock.due.text == "2022-10-10" && clock.due.weekday == .monday)
        #expect(JapaneseHolidays.holiday(on: clock.due) == .sports)
        #expect(clock.daysLeft(at: Self.disaster) == 16 && clock.claimMonth.text == "2022-09-01")
    }

    @Test(arguments: [
        ("2022-09-24T23:59:59.999", 16, 1_000), ("2022-09-25T00:00:00.000", 15, 1_250),
        ("2022-10-02T12:00:00.000", 8, 3_000),
        ("2022-10-09T09:00:00.000", 1, 4_750), ("2022-10-10T23:59:00.000", 0, 5_000),
        ("2022-10-12T00:00:00.000", -2, 5_000),
        ("2022-09-20T00:00:00.000", 20, 1_000),
    ])
    func theWeightGrowsAsTheDayComesNearer(_ now: String, _ days: Int, _ weight: Int) {
        let clock = ClaimsClock(disasterAt: Self.disaster)
        #expect(clock.daysLeft(at: Self.at(now)) == days && clock.weight(at: Self.at(now)) == weight)
    }

    @Test(arguments: [
        ("2022-12-31T23:59:00.000", "2023-01-10"), ("2022-12-31T15:00:00.000", "2023-01-10"),
        ("2024-02-29T12:00:00.000", "2024-03-10"),
        ("2018-09-06T03:07:00.000", "2018-10-10"), ("2022-10-01T00:30:00.000", "2022-11-10"),
    ])
    func theTenthOfTheNextMonthByJapansCalendar(_ disaster: String, _ due: String) {
        #expect(ClaimsClock(disasterAt: Self.at(disaster)).due.text == due)
    }

    @Test func anAuthorityMayMoveTheDate() {
        let clock = ClaimsClock(
            disasterAt: Self.at("2018-09-06T03:07:00.000"), moved: CivilDate(year: 2_018, month: 9, day: 12))
        #expect(clock.due.text == "2018-09-12" && clock.daysLeft(at: Self.at("2018-09-06T12:00:00.000")) == 6)
    }

    /// 75 working and 92 calendar days of May to July 2018, as the notice of 14 September 2018 counts.
    @Test func daysOfTheThreeMonthsBeforeAreCountedAsTheNoticeOf2018Does() {
        let days = ClaimsClock(disasterAt: Self.at("2018-08-20T12:00:00.000")).threeMonthsBefore
        #expect(days.working == 75 && days.calendar == 92)
    }

    private func facts(rung: Rung, keptUntil: String? = "2022-09-23T22:10:00.000") -> ClaimsFacts {
        var damage = Damage()
        _ = damage.wasReported(DamageReport(server: .lost), by: "eng-3", at: Self.disaster)
        return ClaimsFacts(
            disasterAt: Self.disaster, clock: ClaimsClock(disasterAt: Self.disaster), hasBeds: false, damage: damage,
            rung: rung, keptUntil: keptUntil.map(Self.at))
    }

    @Test func aRestoredSiteClaimsNormally() {
        var facts = facts(rung: .external)
        facts.restoredBy = Self.at("2022-09-25T14:30:00.000")
        #expect(ClaimsSheet(facts).missing.map(\.word) == [.restoredSystem])
        #expect(ClaimsSheet(facts).reasons.map(\.word) == [.recordsKept, .restoredBeforeDue])
        facts.restoredAt = facts.restoredBy
        let sheet = ClaimsSheet(facts)
        #expect(sheet.kind == .normal && sheet.isComplete && sheet.estimatedYen == nil && sheet.state == "complete")
        #expect(sheet.reasons.map(\.word) == [.recordsKept, .restored])
    }

    @Test func aSiteThatLostItsRecordsClaimsAnEstimateOfWhatItWasPaid() {
        var facts = facts(rung: .rebuild, keptUntil: nil)
        let bare = ClaimsSheet(facts)
        #expect(bare.kind == .estimated && bare.reasons.map(\.word) == [.recordsLost] && bare.state == "incomplete")
        #expect(bare.missing.map(\.word) == [.disasterCertificate, .photos, .payments, .openDays])
        facts.estimate = ClaimsFacts.Estimate(hasCertificate: true, outpatientYen: 7_600_000, openDays: 19)
        // June to August 2022: 92 days, 13 Sundays, two holidays (海の日, 山の日).
        let days = facts.clock.threeMonthsBefore
        #expect(days.working == 77 && days.calendar == 92)
        #expect(ClaimsSheet(facts).isComplete && ClaimsSheet(facts).estimatedYen == 7_600_000 * 19 / 77)
        facts.hasBeds = true
        #expect(
            ClaimsSheet(facts).missing.map(\.word) == [.payments, .inpatientDays]
                && ClaimsSheet(facts).estimatedYen == nil)
        (facts.estimate.inpatientYen, facts.estimate.inpatientDays) = (9_200_000, 23)
        #expect(ClaimsSheet(facts).estimatedYen == 7_600_000 * 19 / 77 + 2_300_000)
    }

    @Test func whoCannotBeBackInTimeClaimsAnEstimate() {
        var facts = facts(rung: .dataCentre)
        facts.restoredBy = Self.at("2022-10-11T00:30:00.000")
        #expect(ClaimsSheet(facts).kind == .estimated)
        facts.restoredBy = Self.at("2022-10-10T23:30:00.000")
        #expect(ClaimsSheet(facts).kind == .normal)
    }

    @Test func aCopyOfAnEarlierMonthHoldsNothingOfThisOne() {
        #expect(ClaimsSheet(facts(rung: .external, keptUntil: "2022-08-31T22:00:00.000")).kind == .estimated)
        let days = ClaimsSheet(facts(rung: .external, keptUntil: "2022-09-20T22:00:00.000"))
        #expect(days.kind == .normal && days.reasons.map(\.word) == [.recordsLostFrom])
    }

    @Test func thatNobodyReadTheCopyBackIsSaidUntilTheSystemWorksAgain() {
        var facts = facts(rung: .external)
        facts.keptIsVerified = false
        let sheet = ClaimsSheet(facts)
        #expect(sheet.kind == .normal && sheet.reasons.map(\.word) == [.recordsKept, .keptUnverified])
        #expect(sheet.reasons.last?.text(.ja, asOf: Self.disaster) == "残るコピー（昨日 22:10）は読出確認がありません")
        facts.restoredAt = Self.at("2022-09-25T14:30:00.000")
        #expect(ClaimsSheet(facts).reasons.map(\.word) == [.recordsKept, .restored])
    }

    /// Made and read back, in hours before the water; what the sheet counts on.
    @Test(
        arguments: [
            (external: (5, 20), offsite: (30, 40), kept: 5, verified: true),
            (external: (5, 100), offsite: (30, 40), kept: 30, verified: true),
            (external: (5, nil), offsite: (30, 40), kept: 30, verified: true),
            (external: (5, nil), offsite: (30, nil), kept: 5, verified: false),
            (external: (nil, 100), offsite: (30, nil), kept: 100, verified: true),
        ] as [(external: (Int?, Int?), offsite: (Int?, Int?), kept: Int, verified: Bool)])
    func itCountsOnTheCopyThatWasReadBack(
        external: (Int?, Int?), offsite: (Int?, Int?), kept: Int, verified: Bool
    ) throws {
        var story = Story.beforeStorm()
        let before = story.now
        func report(_ tier: CopyTier, _ hours: (Int?, Int?)) -> CopyReport {
            CopyReport(
                tier: tier, state: .good, goodAt: hours.0.map { before - .seconds($0 * 3_600) },
                verifiedAt: hours.1.map { before - .seconds($0 * 3_600) })
        }
        story.beat("a-floor", 2) { $0.copies = [report(.external, external), report(.offsite, offsite)] }
        let damage = DamageReport(server: .lost, mirror: .lost, external: .works)
        #expect(story.command(.reportDamage(SiteID(trusted: "floor"), damage)).status == 200)
        let site = try #require(story.engine.index.number(of: SiteID(trusted: "floor")))
        let recovery = try #require(story.engine.recoveries[Int(story.engine.sites[site].recovery)])
        #expect(recovery.choice?.rung == .external)
        let facts = story.engine.claimsSheet(of: recovery).facts
        #expect(facts.keptUntil == before - .seconds(kept * 3_600) && facts.keptIsVerified == verified)
    }

    @Test func aDisasterInTheFirstDaysOfAMonthRemindsOfTheMonthBefore() {
        let disaster = Self.at("2018-09-06T03:07:00.000")
        let facts = ClaimsFacts(
            disasterAt: disaster, clock: ClaimsClock(disasterAt: disaster), hasBeds: false, damage: Damage())
        #expect(ClaimsSheet(facts).reasons.map(\.word) == [.previousMonthIsDueToo])
        #expect(ClaimsSheet(facts).missing.map(\.word) == [.damageReport, .restoredSystem])
    }

    @Test func itsLineInTheListHasACellForEveryColumn() {
        var facts = facts(rung: .external)
        facts.submittedAt = Self.at("2022-10-05T10:00:00.000")
        let cells = ClaimsSheet(facts).cells(
            site: SiteID(trusted: "shz-0047"), name: "巴川内科", .ja, asOf: Self.at("2022-10-05T12:00:00.000"))
        #expect(cells == ["shz-0047", "巴川内科", "2022-10-10", "5", "通常請求", "請求済", "", "当月の記録は残っています", ""])
        #expect(cells.count == ClaimsSheet.columns.count)
        #expect(
            ClaimsSheet(facts).json(asOf: Self.at("2022-10-05T12:00:00.000")).text.hasPrefix(
                #"{"due":"2022-10-10","daysLeft":5,"kind":"normal","state":"submitted","missing":[],"#))
    }
}
