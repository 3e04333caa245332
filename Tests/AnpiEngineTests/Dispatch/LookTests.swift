import AnpiModel
import Testing

@testable import AnpiEngine

/// Suspects: rung up, looked at by whoever passes, and left alone once somebody knows.
struct LookTests {
    @Test func whoWorksNearByIsAskedToLookAtASuspect() throws {
        var story = doubtful()
        let look = try #require(story.look)
        #expect(look.durationMinutes == 15)
        #expect(look.offer != nil)
        #expect(story.openKinds(at: "s-3").sorted { $0.rawValue < $1.rawValue } == [.inspect, .phone])
        #expect(story.engine.task(look.id)?.text.contains("task.why.look") == true)
        // One look, however often is planned anew.
        story.pass(.seconds(3_000))
        #expect(story.engine.tasks.numbers.count { story.task($0)?.order.isLook == true } == 1)
    }

    @Test func whoDeclinesALookIsNotFollowedByAnother() throws {
        var story = doubtful()
        let look = try #require(story.look)
        let asked = try #require(look.offer?.engineer)
        let id = story.engine.index.engineers[Int(asked)].engineer.id.text
        #expect(story.move(look.number, .declined, as: .engineer(id)).status == 200)
        #expect(story.task(look.number)?.state == .cancelled)
        #expect(story.task(look.number)?.reason == TaskReason.nobodyPasses.rawValue)
        story.pass(.seconds(3_600))
        #expect(story.look == nil)
        // The call is still to be made.
        #expect(story.openKinds(at: "s-3") == [.phone])
    }

    @Test func nobodyIsSentWhereThereIsNoOtherWork() {
        var story = doubtful(withWork: false)
        story.pass(.seconds(3_600))
        #expect(story.openKinds(at: "s-3") == [.phone])
    }

    @Test func anAnswerOnThePhoneLeavesNobodyToRingAndNobodyToLook() throws {
        var story = doubtful()
        let look = try #require(story.look)
        let call = try #require(story.number(of: .phone, at: "s-3"))
        story.phoned("s-3", "noDamage")
        for number in [look.number, call] {
            #expect(story.task(number)?.state == .cancelled)
            #expect(story.task(number)?.reason == TaskReason.answered.rawValue)
        }
    }

    @Test func whatWasBegunIsItsEngineersToEnd() throws {
        var story = doubtful()
        let look = try #require(story.look)
        let asked = try #require(look.offer?.engineer)
        let id = story.engine.index.engineers[Int(asked)].engineer.id.text
        #expect(story.move(look.number, .accepted, as: .engineer(id)).status == 200)
        story.phoned("s-3", "noDamage")
        #expect(story.task(look.number)?.state == .accepted)
    }

    @Test func aRestoredEngineKnowsALookForOne() throws {
        let story = doubtful()
        let restored = try story.restarted()
        #expect(restored.look?.order.isLook == true)
        #expect(restored.engine.checkpointHead() == story.engine.checkpointHead())
    }

    // MARK: Support

    /// A warned town at dawn: one clinic with a machine to repair, and a closed one, 200 m from a flooded pharmacy.
    private func doubtful(withWork: Bool = true) -> Story {
        var fleet = Fleet.small()
        fleet.engineers = fleet.engineers.map { engineer in
            var engineer = engineer
            engineer.skills = Skill.allCases
            return engineer
        }
        var story = Story(fleet)
        for agent in ["a-1", "a-2"] {
            story.beat(agent, 1)
            story.hear(agent, until: story.now + .seconds(6 * 3_600))
        }
        story.beat("a-3", 1) {
            $0.notice = .goodbye
            $0.reason = .shutdown
        }
        story.warn(level: 4)
        story.engine.activate(1, by: nil, into: &story.step)
        if withWork {
            _ = story.damage("s-1") {
                $0.server = .works
                $0.peripherals = .lost
            }
        }
        var pharmacy = FindingDraft(kind: .report, result: "damage")
        pharmacy.place = Coordinate(latitude: 35.0159 + 0.0018, longitude: 138.4895)
        pharmacy.phenomenon = .flood
        pharmacy.trusted = true
        _ = story.command(.addFinding(pharmacy))
        story.pass(.seconds(360))
        return story
    }
}

extension Story {
    /// The look that is asked for and not over.
    fileprivate var look: TaskRecord? {
        engine.tasks.open.lazy.compactMap { task($0) }.first { $0.order.isLook }
    }

    /// Somebody rang them up, and this is what they said.
    fileprivate mutating func phoned(_ site: String, _ result: String) {
        var call = FindingDraft(kind: .phone, site: SiteID(trusted: site), result: result)
        call.direction = .out
        _ = command(.addFinding(call))
    }
}
