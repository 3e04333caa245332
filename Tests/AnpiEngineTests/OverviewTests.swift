import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct OverviewTests {
    /// More sites than the first screen is sent as rows.
    private static let count = 230

    private static let fleet: Fleet = {
        var fleet = Fleet(offices: [Fleet.office()])
        for number in 1...count {
            fleet.sites.append(Fleet.site("s-\(number)"))
            fleet.agents.append(Fleet.agent("a-\(number)", at: "s-\(number)"))
        }
        fleet.engineers = [Fleet.engineer("eng-1", north: 0.01)]
        return fleet
    }()

    @Test func theCountsAreOfAllThatNeedSomebodyNotOfTheRowsThatAreSent() throws {
        var story = Story(Self.fleet)
        story.beats(Self.fleet.agents.map(\.id.text), from: 1, minutes: 1)
        story.pass(.seconds(300))
        var call = FindingDraft(kind: .phone, site: SiteID(trusted: "s-7"), result: "noAnswer")
        call.direction = .out
        #expect(story.command(.addFinding(call)).status == 201)
        let asked = try #require(story.engine.tasks.open.first { story.task($0)?.offer != nil })
        #expect(story.move(asked, .accepted).status == 200)

        let overview = story.engine.overview()
        guard case .array(let rows) = overview["attention"] else { return #expect(Bool(false), "no rows") }
        #expect(rows.count == 200)
        #expect(overview["attentionTotal"] == .integer(Self.count))
        let counts = try #require(overview["attentionCounts"])
        #expect(counts["contact"]?["silent"] == .integer(Self.count))
        #expect(counts["uncalled"] == .integer(Self.count - 1))
        #expect(counts["unowned"] == .integer(Self.count - 1))
        #expect(overview["counts"]?["unknownBy"]?["siteOnly"] != nil)
        #expect(rows.first?["municipalityName"] != nil)
    }
}
