import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct UnconfirmedTests {
    private func availabilities(_ story: Story) -> [Availability] { story.engine.engineers.map(\.availability) }

    private func members(_ count: Int) -> [String] { (0..<count).map { "s-\($0)" } }

    @Test func aBigEventMakesWhoWasNotAskedUnconfirmedAndListsThemToRing() throws {
        var story = Story.storm()
        let id = story.incident(.cluster, sites: members(5))
        #expect(availabilities(story) == [.unconfirmed, .unconfirmed])
        let incident = try #require(story.engine.incident(id))
        guard case .array(let ring) = incident["unconfirmed"] else { return #expect(Bool(false), "nobody to ring") }
        #expect(ring.map { $0["id"] } == ["eng-1", "eng-2"])
        let change = AvailabilityChange(availability: .available)
        _ = story.command(.setAvailability(EngineerID(trusted: "eng-1"), change), as: .engineer("eng-1"))
        guard case .array(let rest) = story.engine.engineers(availability: .unconfirmed)["items"] else {
            return #expect(Bool(false), "no list")
        }
        #expect(rest.map { $0["id"] } == ["eng-2"])
        // Asked once for this event: more members ask nobody again.
        story.engine.join(5, id.number, into: &story.step)
        #expect(availabilities(story) == [.available, .unconfirmed])
    }

    @Test(arguments: [
        (IncidentKind.cluster, IncidentState.active, 4), (.cluster, .candidate, 6), (.carrier, .active, 6),
    ])
    func anOrdinaryEventAsksNobody(kind: IncidentKind, state: IncidentState, sites: Int) {
        var story = Story.storm()
        _ = story.incident(kind, state, sites: members(sites))
        #expect(availabilities(story) == [.available, .available])
    }

    @Test func aCandidateAsksWhenItBecomesRealAndASmallOneWhenItGrows() {
        var story = Story.storm()
        let id = story.incident(.cluster, .candidate, sites: members(5))
        story.engine.activate(id.number, by: nil, into: &story.step)
        #expect(availabilities(story) == [.unconfirmed, .unconfirmed])
        var other = Story.storm()
        let small = other.incident(.cluster, sites: members(4))
        other.engine.join(4, small.number, into: &other.step)
        #expect(availabilities(other) == [.unconfirmed, .unconfirmed])
    }

    @Test func whoSaidTheyCannotComeStaysSo() {
        var story = Story.storm()
        let change = AvailabilityChange(availability: .unavailable, reason: "家族の看病")
        _ = story.command(.setAvailability(EngineerID(trusted: "eng-2"), change), as: .engineer("eng-2"))
        _ = story.incident(.hazard, sites: members(5))
        #expect(availabilities(story) == [.unconfirmed, .unavailable])
    }

    @Test func whoTakesWorkIsAvailableAgain() throws {
        var story = Story.storm()
        _ = story.incident(.cluster, sites: members(5))
        let site = try #require(story.engine.index.number(of: SiteID(trusted: "s-0")))
        let task = story.engine.draft(.inspect, at: site, incident: 1, into: &story.step)
        // The plan asks somebody at once; the coordinator takes the task in hand and asks whom they want.
        story.pass(.seconds(1))
        if story.task(task)?.state == .offered { #expect(story.move(task, .draft).status == 200) }
        #expect(story.move(task, .offered, onBehalfOf: "eng-2").status == 200)
        #expect(story.move(task, .accepted, as: .engineer("eng-2")).status == 200)
        #expect(availabilities(story) == [.unconfirmed, .available])
        #expect(story.engine.engineers[1].changedBy == "技術者 eng-2")
    }

    @Test func theOfficeItselfIsASiteOfItsIncident() throws {
        var story = Story.storm()
        let id = story.incident(.cluster, sites: members(5))
        story.pass(.seconds(600))
        guard case .array(let offices) = story.engine.incident(id)?["offices"] else {
            return #expect(Bool(false), "no offices")
        }
        #expect(offices.map { $0["id"] } == ["shz"])
        guard case .array(let buildings) = offices[0]["sites"] else { return #expect(Bool(false), "no building") }
        #expect(buildings.map { $0["id"] } == ["shz-office"] && buildings[0]["contact"] == "silent")
        let report = DamageReport(building: .noEntry)
        #expect(story.command(.reportDamage(SiteID(trusted: "shz-office"), report)).status == 200)
        #expect(story.assessment("shz-office") == .confirmedHit)
    }
}
