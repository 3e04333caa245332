import AnpiModel
import Testing

@testable import AnpiEngine

/// Who stands at a site next and which rung it has, as the rows of sites and tasks tell it.
struct SiteVisitTests {
    @Test func aSiteThatNeedsNobodyHasNeitherRungNorVisit() {
        let row = Self.row(of: office())
        #expect(row["recovery"] == .null && row["visit"] == .null)
    }

    @Test func theFirstWhoIsPlannedIsTold() throws {
        var story = office()
        story.lost("s-1")
        let row = Self.row(of: story)
        #expect(row["recovery"]?.text == #"{"rung":"R3","provisional":false}"#)
        let visits = story.engine.tasks.open.compactMap { story.task($0) }
            .filter { $0.order.place == .site && $0.kind != .phone && $0.assignment != nil }
        let first = try #require(visits.min { Self.start($0) < Self.start($1) })
        #expect(visits.count > 1)
        #expect(row["visit"]?["task"] == .id(first.id))
        #expect(row["visit"]?["arrivesAt"] == .time(Self.start(first)))
        #expect(row["visit"]?["engineerName"] == "技術者 eng-1")
        // Who goes to a depot does not come to the site.
        let fetch = try #require(story.tasks(.fetchLoaner).first)
        #expect(Self.start(fetch) < Self.start(story.tasks(.restoreOnLoaner)[0]))
        #expect(row["visit"]?["task"] != .id(fetch.id))
    }

    @Test func whatAnEngineerSaysCountsMoreThanThePlanAndWhoIsThereMoreThanWhoComes() throws {
        var story = office()
        story.lost("s-1")
        let inspect = try #require(story.tasks(.inspect).first)
        let asked = try #require(inspect.offer.map { story.engine.index.engineers[Int($0.engineer)].engineer.id })
        let eta = story.now + .seconds(3_000)
        let said = TaskTransition(to: .accepted, eta: eta)
        #expect(story.command(.transitionTask(inspect.id, said), as: .engineer(asked.text)).status == 200)
        #expect(Self.row(of: story)["visit"]?["arrivesAt"] == .time(eta))
        #expect(story.move(inspect.number, .onSite, as: .engineer(asked.text)).status == 200)
        let visit = try #require(Self.row(of: story)["visit"])
        #expect(visit["state"] == "onSite" && visit["arrivesAt"] == .null && visit["task"] == .id(inspect.id))
    }

    @Test func beforeAnybodyHasToldOfDamageTheRungIsProvisionalAlsoOfTasksThatBelongToNone() throws {
        var story = office()
        story.pass(.seconds(600))
        var finding = FindingDraft(kind: .survey, result: "damage")
        finding.site = SiteID(trusted: "s-1")
        #expect(story.command(.addFinding(finding)).status == 201)
        #expect(Self.row(of: story)["recovery"]?["provisional"] == true)
        let inspect = try #require(story.tasks(.inspect).first)
        let row = try #require(story.engine.task(inspect.id))
        #expect(row["rung"] == .null)
        #expect(row["recovery"] == Self.row(of: story)["recovery"])
    }

    @Test func aSiteThatWorksAgainHasNoRung() {
        var story = office()
        story.lost("s-1")
        _ = story.damage("s-1") {
            $0.server = .works
            $0.mirror = .works
        }
        for number in story.engine.tasks.open { _ = story.move(number, .cancelled) }
        story.beat("a-1", 2)
        story.pass(.seconds(60))
        #expect(story.recovery("s-1")?.endedAt != nil)
        #expect(Self.row(of: story)["recovery"] == .null)
    }

    // MARK: Support

    private static func row(of story: Story) -> JSON {
        story.engine.site(SiteID(trusted: "s-1")) ?? .null
    }

    private static func start(_ task: TaskRecord) -> Timestamp { task.assignment?.startsAt ?? .distantFuture }

    /// One clinic with copies, engineers who can do everything, a machine.
    private func office() -> Story {
        var fleet = Fleet.small()
        fleet.sites = [Fleet.site("s-1")]
        fleet.sites[0].system = "karte-8"
        fleet.agents = [Fleet.agent("a-1", at: "s-1")]
        fleet.copies = [(CopyTier.primary, 0.3), (.mirror, 0.8), (.external, 1.8)].map {
            CopyPlace(site: fleet.sites[0].id, tier: $0.0, room: "\($0.0)", heightMeters: $0.1)
        }
        for number in fleet.engineers.indices { fleet.engineers[number].skills = Skill.allCases }
        fleet.depots = [Depot(id: DepotID(trusted: "depot-1"), name: "静岡保管庫", place: Fleet.shizuoka)]
        fleet.loaners = [Loaner(id: LoanerID(trusted: "L-07"), depot: fleet.depots[0].id, fits: ["karte-8"])]
        var story = Story(fleet)
        story.beat("a-1", 1)
        return story
    }
}
