import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct ClaimsEntryTests {
    private static let site = SiteID(trusted: "s-0")

    private func hitSite() -> (story: Story, incident: IncidentID) {
        var story = Story.storm()
        let id = story.incident(.cluster, sites: ["s-0", "s-1"])
        _ = story.command(
            .reportDamage(Self.site, DamageReport(server: .lost, mirror: .lost, external: .lost, peripherals: .lost)))
        return (story, id)
    }

    private func claims(_ story: Story) -> JSON? { story.engine.recovery(of: Self.site)?["claims"] }

    @Test func claimsAreDueOnMondayTheTenthOfOctober2022UnlessTheIncidentMovesThem() throws {
        var (story, id) = hitSite()
        #expect(claims(story)?["due"] == "2022-10-10" && claims(story)?["daysLeft"] == 16)
        let moved = try #require(CivilDate(text: "2022-10-17"))
        #expect(story.command(.changeIncident(id, IncidentChange(claimsDue: moved))).status == 200)
        #expect(claims(story)?["due"] == "2022-10-17" && claims(story)?["daysLeft"] == 23)
        // Who is hit after the date was moved has the moved one too.
        _ = story.command(.reportDamage(SiteID(trusted: "s-1"), DamageReport(server: .wet)))
        #expect(story.engine.recovery(of: SiteID(trusted: "s-1"))?["claims"]?["due"] == "2022-10-17")
        #expect(story.command(.changeIncident(id, IncidentChange(clear: [.claimsDue]))).status == 200)
        #expect(claims(story)?["due"] == "2022-10-10")
    }

    @Test func whatIsEnteredCompletesTheSheetStepByStep() throws {
        var (story, _) = hitSite()
        #expect(claims(story)?["kind"] == "estimated" && claims(story)?["state"] == "incomplete")
        func missing() -> [JSON] {
            guard case .array(let missing) = claims(story)?["missing"] else { return [] }
            return missing.compactMap { $0["key"] }
        }
        #expect(
            missing() == [
                "claims.missing.disasterCertificate", "claims.missing.photos", "claims.missing.payments",
                "claims.missing.openDays",
            ])
        let paid = story.command(.enterClaims(Self.site, ClaimsChange(photos: true, outpatientYen: 7_400_000)))
        #expect(paid.status == 200 && paid.body["entries"]?["outpatientYen"] == 7_400_000)
        #expect(missing() == ["claims.missing.disasterCertificate", "claims.missing.openDays"])
        _ = story.command(.enterClaims(Self.site, ClaimsChange(notice: true, openDays: 18)))
        #expect(claims(story)?["state"] == "complete" && missing().isEmpty)
        // June, July and August 2022 had 77 working days.
        #expect(claims(story)?["estimatedYen"] == .integer(7_400_000 * 18 / 77))
        _ = story.command(.enterClaims(Self.site, ClaimsChange(submittedAt: story.now)))
        #expect(claims(story)?["state"] == "submitted")
        _ = story.command(.enterClaims(Self.site, ClaimsChange(clear: [.submittedAt, .openDays])))
        #expect(claims(story)?["state"] == "incomplete" && missing() == ["claims.missing.openDays"])
    }

    @Test(arguments: [
        (ClaimsChange(), ""), (ClaimsChange(outpatientYen: -1), "outpatientYen"),
        (ClaimsChange(openDays: 32), "openDays"), (ClaimsChange(submittedAt: .distantFuture), "submittedAt"),
    ])
    func aMistakeIsNamedByItsPath(change: ClaimsChange, path: String) {
        var (story, _) = hitSite()
        let outcome = story.command(.enterClaims(Self.site, change))
        #expect(outcome.status == 422)
        #expect(outcome.body.text.contains(#""path":"\#(path)""#))
    }

    @Test func whereNoHarmIsKnownThereAreNoClaims() {
        var (story, _) = hitSite()
        let change = ClaimsChange(photos: true)
        #expect(story.command(.enterClaims(SiteID(trusted: "s-5"), change)).status == 409)
        #expect(story.command(.enterClaims(SiteID(trusted: "none"), change)).status == 404)
        #expect(story.command(.enterClaims(Self.site, change), as: .viewer).status == 403)
        #expect(story.command(.enterClaims(Self.site, change), as: .engineer("eng-1")).status == 200)
    }

    @Test func theListHasOneLineASiteAsASpreadsheetReadsIt() throws {
        let (story, id) = hitSite()
        let sheet = story.engine.claimsTable(of: id, .ja)
        #expect(
            sheet.csv
                == "\u{FEFF}施設,名称,期限,残り日数,請求,状態,不足,理由,概算額（円）\r\n"
                + "s-0,清水内科 s-0,2022-10-10,16,概算請求,不足あり,"
                + "罹災証明書; 被害の写真; 直近3か月の支払額; 当月の診療日数,当月の記録が失われています,\r\n")
        #expect(story.engine.claimsTable(of: id, .en).columns.first == "site")
        #expect(story.engine.claimsTable(.ja, scope: Scope(offices: [OfficeID(trusted: "hmm")])).rows.isEmpty)
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("-2", "-2"), ("+81 54-000", "+81 54-000"), ("@x", "'@x"), ("-x", "'-x"),
        ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""), ("あ,い", "\"あ,い\""), ("", ""),
    ])
    func noCellBecomesAFormula(cell: String, written: String) {
        let sheet = Sheet(name: "x", title: "x", columns: ["c"], rows: [[cell]])
        #expect(sheet.csv == "\u{FEFF}c\r\n\(written)\r\n")
    }
}
