import AnpiModel
import Testing

@testable import AnpiEngine

/// A road that stands in the way of one task is told to everybody by the step that blocks it.
@Suite struct BlockedRoadTests {
    private let bridge = Coordinate(latitude: 35.03, longitude: 138.4895)

    /// `s-1` fell silent and eng-1 is on the way.
    private func underWay() -> Story {
        var story = Story(.small())
        story.beat("a-1", 1)
        story.pass(.seconds(180))
        #expect(story.move(1, .accepted, as: .engineer("eng-1")).status == 200)
        #expect(story.move(1, .travelling, as: .engineer("eng-1")).status == 200)
        return story
    }

    private func block(
        _ story: inout Story, _ road: BlockedRoad, to: TaskTransition.Target = .blocked,
        as actor: Command.Actor = .engineer("eng-1"), onBehalfOf: String? = nil
    ) -> Outcome {
        let transition = TaskTransition(
            to: to, onBehalfOf: onBehalfOf.map { EngineerID(trusted: $0) }, reason: "road", note: "橋の手前で冠水",
            road: road, doneAt: story.now - .seconds(600))
        return story.command(.transitionTask(TaskID(1), transition), as: actor)
    }

    @Test(arguments: BlockedRoad.Passage.allCases)
    func oneCommandBlocksTheTaskAndTellsOfTheRoad(passage: BlockedRoad.Passage) throws {
        var story = underWay()
        let outcome = block(&story, BlockedRoad(result: passage, place: bridge, radiusKilometers: 0.3))
        #expect(outcome.status == 200)
        #expect(story.task(1)?.state == .blocked)
        let finding = try #require(story.engine.findings[1])
        #expect(finding.draft.kind == .road)
        #expect(finding.draft.result == passage.rawValue)
        #expect(finding.draft.text == "橋の手前で冠水")
        #expect(finding.author == "eng-1")
        #expect(finding.observedAt == story.now - .seconds(600))
        #expect(finding.expiresAt == finding.observedAt + .seconds(6 * 3_600))
        #expect(outcome.body["finding"]?["id"] == .string("F-1"))
        #expect(story.decisions.last { $0.name == .taskChanged }?.json["finding"] == .string("F-1"))
        // Everybody's plan knows of it, until it expires.
        #expect(story.engine.roads == [1])
        story.pass(.seconds(6 * 3_600))
        #expect(story.engine.roads.isEmpty)
    }

    @Test func whoIsSpokenForIsTheAuthor() {
        var story = underWay()
        #expect(block(&story, BlockedRoad(place: bridge), as: .coordinator, onBehalfOf: "eng-1").status == 200)
        #expect(story.engine.findings[1]?.author == "技術者 eng-1")
    }

    @Test func aRoadWithoutAPlaceIsKeptAndClosesNothing() {
        var story = underWay()
        let outcome = block(&story, BlockedRoad())
        #expect(outcome.status == 200)
        #expect(outcome.body["finding"]?["placed"] == .bool(false))
        #expect(story.engine.findings[1]?.draft.result == "closed")
        #expect(story.engine.roads.isEmpty)
    }

    @Test(arguments: [
        (TaskTransition.Target.onSite, BlockedRoad(), 422, "\"road\""),
        (.blocked, BlockedRoad(radiusKilometers: 0), 422, "road.radiusKilometers"),
        (.blocked, BlockedRoad(place: Coordinate(latitude: 91, longitude: 0)), 422, "road.place"),
    ])
    func aRoadThatIsNoneChangesNothing(
        to: TaskTransition.Target, road: BlockedRoad, status: Int, path: String
    ) {
        var story = underWay()
        let outcome = block(&story, road, to: to)
        #expect(outcome.status == status)
        #expect(outcome.body.text.contains(path))
        #expect(story.task(1)?.state == .travelling)
        #expect(story.engine.findings[1] == nil)
    }

    @Test func aPositionThatIsNoneIsRefused() {
        var story = underWay()
        var road = BlockedRoad()
        road.line = [[138.5], [138.6, 35]]
        #expect(block(&story, road).body.text.contains("road.line"))
    }

    @Test func ofAStepThatIsRefusedNoRoadIsTold() {
        var story = underWay()
        #expect(story.move(1, .cancelled).status == 200)
        #expect(block(&story, BlockedRoad(place: bridge)).status == 409)
        #expect(story.engine.findings[1] == nil)
    }
}
