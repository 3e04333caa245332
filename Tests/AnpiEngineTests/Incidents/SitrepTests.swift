import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct SitrepTests {
    private static let members = (0..<6).map { "s-\($0)" }

    private func hit(_ story: inout Story, _ site: String, _ report: DamageReport) {
        #expect(story.command(.reportDamage(SiteID(trusted: site), report)).status == 200)
    }

    private func report(_ story: inout Story, _ id: IncidentID, _ draft: SitrepDraft = SitrepDraft()) -> Outcome {
        story.command(.addSitrep(id, draft))
    }

    @Test func figuresStayAsTheyWereAlthoughThingsChange() throws {
        var story = Story.storm(level: 4)
        let id = story.incident(.cluster, sites: Self.members)
        hit(&story, "s-0", DamageReport(server: .wet))
        let first = report(&story, id, SitrepDraft(text: "橋は通れません", nextDue: story.now + .seconds(3_600)))
        #expect(first.status == 201 && first.body["number"] == 1)
        #expect(first.body["figures"]?["assessment"]?["confirmedHit"] == 1)
        #expect(first.body["hazards"] == [["name": "大雨", "area": "静岡市清水区", "level": 4]])
        #expect(first.body["claimsDue"] == "2022-10-10" && first.body["claimsDaysLeft"] == 16)

        story.pass(.seconds(1_800))
        hit(&story, "s-1", DamageReport(server: .lost, external: .lost))
        story.warn(level: nil, serial: 2)
        let asRead = try #require(story.engine.sitrep(1, of: id))
        for key in ["number", "at", "by", "text", "nextDue", "figures", "hazards", "claimsDue"] {
            #expect(asRead[key] == first.body[key], "\(key)")
        }
        let second = report(&story, id)
        #expect(second.body["number"] == 2 && second.body["figures"]?["assessment"]?["confirmedHit"] == 2)
        #expect(second.body["hazards"] == [])
        let changed = try #require(second.body["changedFigures"]?.text)
        #expect(changed.contains(#"{"key":"assessment.confirmedHit","from":1,"to":2}"#))
        guard case .array(let changes) = second.body["changes"] else { return #expect(Bool(false), "no changes") }
        #expect(changes.first { $0["site"] == "s-1" }?["to"] == "confirmedHit")
        // The others have fallen silent since; the one that was hit before stands as it did.
        #expect(changes.map { $0["site"] } == ["s-1", "s-2", "s-3", "s-4", "s-5"])
        #expect(second.body["changeCount"] == 5)
    }

    @Test func theNextOneIsDueWhenTheLastOneSaidAndNoLater() {
        var story = Story.storm()
        let id = story.incident(.cluster, sites: Self.members)
        let due = story.now + .seconds(3_600)
        #expect(story.command(.changeIncident(id, IncidentChange(sitrepDue: due))).status == 200)
        #expect(story.engine.incident(id)?["sitrepDue"] == .time(due))
        _ = report(&story, id, SitrepDraft(nextDue: due + .seconds(3_600)))
        #expect(story.engine.incident(id)?["sitrepDue"] == .time(due + .seconds(3_600)))
        _ = report(&story, id)
        #expect(story.engine.incident(id)?["sitrepDue"] == .null && story.engine.incident(id)?["sitrep"] == 2)
        #expect(report(&story, id, SitrepDraft(nextDue: story.now)).status == 422)
        #expect(story.command(.addSitrep(id, SitrepDraft()), as: .viewer).status == 403)
        #expect(story.command(.addSitrep(IncidentID(99), SitrepDraft())).status == 404)
    }

    @Test func afterAMergeOldReportsKeepTheirNumberAndNewOnesGoOnInTheLargerIncident() throws {
        var story = Story.storm(sites: 8)
        let small = story.incident(.cluster, sites: ["s-0", "s-1", "s-2"])
        let large = story.incident(.hazard, sites: ["s-3", "s-4", "s-5", "s-6", "s-7"])
        let change = IncidentChange(title: "台風15号", commander: "山田", claimsDue: CivilDate(text: "2022-10-17"))
        #expect(story.command(.changeIncident(small, change)).status == 200)
        _ = report(&story, small, SitrepDraft(text: "第1報"))
        _ = report(&story, large)
        hit(&story, "s-0", DamageReport(server: .lost))
        let merged = story.command(.mergeIncident(small, IncidentMerge(into: large)))
        #expect(merged.status == 200 && merged.body["sites"]?.text.contains("s-0") == true)
        #expect(merged.body["commander"] == "山田" && merged.body["title"] == "台風15号")
        #expect(merged.body["claimsDue"] == "2022-10-17")
        #expect(story.engine.recovery(of: SiteID(trusted: "s-0"))?["claims"]?["due"] == "2022-10-17")
        #expect(story.engine.sitrep(1, of: small)?["text"] == "第1報")
        #expect(story.incident(small.number)?.sites.count == 3 && story.incident(small.number)?.state == .merged)
        #expect(report(&story, large).body["number"] == 2)
        #expect(report(&story, small).status == 409)
        let later = IncidentChange(commander: "佐藤")
        #expect(story.command(.changeIncident(small, later)).status == 409)
        #expect(story.command(.changeIncident(large, later)).body["commander"] == "佐藤")
        // Asked for by its old number the list of claims is that of the incident that went on.
        #expect(story.engine.claims(of: small) == story.engine.claims(of: large))
        #expect(story.names.contains(.incidentMerged))
    }

    @Test(arguments: [
        (1, 1, 422), (1, 9, 422), (9, 1, 404), (1, 2, 409),
    ])
    func whatCannotBeMergedIsSaidSo(from: Int, into: Int, status: Int) {
        var story = Story.storm()
        let one = story.incident(.cluster, sites: ["s-0", "s-1"])
        let two = story.incident(.cluster, sites: ["s-2", "s-3"])
        #expect([one, two] == [IncidentID(1), IncidentID(2)])
        _ = story.command(.transitionIncident(two, IncidentTransition(to: .closed)))
        let merge = IncidentMerge(into: IncidentID(into))
        #expect(story.command(.mergeIncident(IncidentID(from), merge)).status == status)
    }

    @Test(arguments: Language.allCases)
    func asMarkdownItIsOnePageWithEveryWordFromTheTable(language: Language) throws {
        var story = Story.storm(level: 4)
        story.engine.isDrill = true
        let id = story.incident(.cluster, sites: Self.members)
        _ = story.command(.changeIncident(id, IncidentChange(title: "# 見出しではない", commander: "山田")))
        _ = report(&story, id)
        hit(&story, "s-2", DamageReport(server: .wet))
        _ = report(&story, id, SitrepDraft(text: "a | b"))
        let text = try #require(story.engine.sitrepMarkdown(2, of: id, language))
        #expect(text.hasPrefix(language == .ja ? "# 状況報告 第2報　\(id) \\# 見出し" : "# Situation report 2, \(id) \\# 見出し"))
        #expect(text.contains(language == .ja ? "【訓練】" : "[DRILL]") && text.contains("a \\| b"))
        #expect(text.contains(language == .ja ? "| 被災確認 | 1 | +1 |" : "| confirmed hit | 1 | +1 |"), "\(text)")
        #expect(text.contains("(s-2): "))
        // A key that is not in the table would show itself.
        #expect(!text.contains("sitrep.") && !text.contains("claims.state"), "\(text)")
        #expect(story.engine.sitrepMarkdown(3, of: id, language) == nil)
    }

    @Test func aRestartInTheMiddleChangesNothing() throws {
        var story = Story.storm(level: 4)
        let id = story.incident(.cluster, sites: Self.members)
        _ = story.command(
            .changeIncident(id, IncidentChange(commander: "山田", claimsDue: CivilDate(text: "2022-10-17"))))
        hit(&story, "s-0", DamageReport(server: .lost))
        _ = report(&story, id, SitrepDraft(text: "第1報", nextDue: story.now + .seconds(3_600)))
        var other = try story.restarted()
        _ = story.news()
        for turn in [0, 1] {
            var side = turn == 0 ? story : other
            side.pass(.seconds(600))
            hit(&side, "s-1", DamageReport(server: .wet))
            _ = side.command(.enterClaims(SiteID(trusted: "s-0"), ClaimsChange(photos: true, openDays: 20)))
            _ = report(&side, id)
            side.warn(level: nil, serial: 2)
            if turn == 0 { story = side } else { other = side }
        }
        #expect(story.step.transcript == other.step.transcript)
        #expect(story.engine.checkpointHead() == other.engine.checkpointHead())
        #expect(
            story.engine.checkpointBlocks(dirtyOnly: false) == other.engine.checkpointBlocks(dirtyOnly: false))
        #expect(story.engine.sitrep(2, of: id) == other.engine.sitrep(2, of: id))
    }
}
