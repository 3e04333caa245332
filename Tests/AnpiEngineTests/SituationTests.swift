import AnpiModel
import Testing

@testable import AnpiEngine

/// What an overview tells besides who is silent: warnings in force, today's openings, candidates, and the order of
/// those that need somebody.
@Suite struct SituationTests {
    /// Two clinics that open at 08:30, one that opens at 09:00, and a server that never sleeps.
    private static func morning() -> Fleet {
        Fleet(
            offices: [Fleet.office(), Fleet.office("hmm")],
            sites: [
                Fleet.site("s-1", hours: "Mo-Su 08:30-12:00,15:00-18:00"),
                Fleet.site("s-2", hours: "Mo-Su 08:30-12:00"),
                Fleet.site("s-3", hours: "Mo-Su 09:00-12:00", office: "hmm"),
                Fleet.site("s-4", hours: "Mo-Su 08:30-12:00"),
            ],
            agents: [
                Fleet.agent("a-1", at: "s-1", device: .mirror, rhythm: .hours),
                Fleet.agent("a-2", at: "s-2", device: .mirror, rhythm: .hours),
                Fleet.agent("a-3", at: "s-3", device: .mirror, rhythm: .hours), Fleet.agent("a-4", at: "s-4"),
            ])
    }

    private func rounds(_ story: Story, office: String? = nil) -> [String] {
        let overview = story.engine.overview(office: office.map { OfficeID(trusted: $0) })
        guard case .array(let rounds) = overview["rollCall"] else { return [] }
        return rounds.map { round in
            func text(_ key: String) -> String { round[key]?.text ?? "" }
            return "\(text("opening").dropFirst(12).prefix(5)) \(text("judgedFrom").dropFirst(12).prefix(5)) "
                + "\(text("sites")): \(text("up")) up, \(text("missing")) missing"
        }
    }

    @Test func theRollCallTellsOfEveryOpeningOfTodayWhoCameUp() {
        var story = Story(Self.morning())
        // The server does not follow the hours.
        #expect(rounds(story) == ["08:30 08:45 2: 0 up, 2 missing", "09:00 09:15 1: 0 up, 1 missing"])
        #expect(rounds(story, office: "hmm") == ["09:00 09:15 1: 0 up, 1 missing"])
        story.pass(to: Story.at("2022-09-24T08:40:00.000+09:00"))
        story.beat("a-1", 1)
        story.pass(to: Story.at("2022-09-24T12:30:00.000+09:00"))
        // At lunch it is off again; it came up all the same.
        #expect(rounds(story).first == "08:30 08:45 2: 1 up, 1 missing")
        story.pass(to: Story.at("2022-09-24T15:01:00.000+09:00"))
        #expect(
            rounds(story) == [
                "08:30 08:45 1: 0 up, 1 missing", "09:00 09:15 1: 0 up, 1 missing", "15:00 15:15 1: 0 up, 1 missing",
            ])
    }

    @Test func aCandidateIsSeenByThoseWhoLookAfterItsAreas() throws {
        var story = Story(Self.morning())
        story.engine.open(.hazard, .candidate, [], areas: ["22103"], into: &story.step)
        let all = story.engine.overview()
        guard case .array(let incidents) = all["incidents"] else { return #expect(Bool(false), "no incidents") }
        #expect(incidents.first?["state"] == "candidate")
        #expect(incidents.first?["areas"] == [["municipality": "22103", "name": .null]])
        #expect(story.engine.incident(IncidentID(1), scope: Scope(offices: [OfficeID(trusted: "hmm")])) != nil)
        #expect(story.engine.incident(IncidentID(1), scope: Scope(offices: [OfficeID(trusted: "x")])) == nil)
    }

    @Test func ofThoseThatAreAsLikelyHitTheOneWithBedsComesFirst() throws {
        var fleet = Fleet(
            offices: [Fleet.office()], sites: (1...3).map { Fleet.site("s-\($0)") },
            agents: (1...3).map { Fleet.agent("a-\($0)", at: "s-\($0)") })
        fleet.sites[1].dialysis = true
        fleet.sites[2].beds = 19
        fleet.sites[2].homeOxygen = true
        var story = Story(fleet)
        story.beats(["a-1", "a-2", "a-3"], from: 1, minutes: 1)
        story.pass(.seconds(300))
        guard case .array(let rows) = story.engine.overview()["attention"] else {
            return #expect(Bool(false), "no rows")
        }
        #expect(rows.map { $0["id"] } == ["s-3", "s-2", "s-1"])
    }

    @Test func aSilentSiteNamesItsRivalsWithWhoIsHeardUnderThem() throws {
        var fleet = Fleet.small()
        for number in fleet.sites.indices { fleet.sites[number].carrier = "NTT" }
        var story = Story(fleet)
        story.beats(["a-1", "a-2"], from: 1, minutes: 1)
        story.beats(["a-2"], from: 2, minutes: 6)
        let site = try #require(story.engine.site(SiteID(trusted: "s-1")))
        guard case .array(let rivals) = site["rivals"] else { return #expect(Bool(false), "no rivals") }
        #expect(rivals.map { $0["kind"] } == ["power", "carrier", "agentRelease", "collector"])
        #expect(rivals.prefix(2).map { $0["heard"] } == [1, 1])
        #expect(site["blindSeconds"] == 0)
        #expect(story.engine.site(SiteID(trusted: "s-2"))?["rivals"] == [])
    }
}
