import AnpiModel
import Testing

@testable import AnpiEngine

/// What is ordinary for a device is learned from days that are a week old and had nothing unusual in them.
@Suite struct LearningTests {
    private static let kind = DeviceKind(device: .server, rhythm: .always)

    private func probability(_ story: Story, agent: Int = 0) -> Double {
        story.engine.probabilityOfSilence(ofAgent: agent, in: .open)
    }

    /// A server of a site without hours that is heard all day but for so many minutes each noon.
    private func live(days: Int, silentMinutes: Int64, _ story: inout Story) {
        for _ in 0..<days {
            let midnight = Timestamp(story.now.civil().date.adding(days: 1), minuteOfDay: 0, offset: .japan)
            let noon = midnight - .seconds(12 * 3_600)
            if silentMinutes > 0 {
                story.hear("a-1", until: noon)
                story.pass(to: noon + .seconds(silentMinutes * 60))
            }
            story.hear("a-1", until: midnight)
            story.pass(to: midnight)
        }
    }

    private func fleet() -> Fleet {
        Fleet(
            offices: [Fleet.office()], sites: [Fleet.site("s-1")],
            agents: [Fleet.agent("a-1", at: "s-1")])
    }

    private let start = Story.at("2022-06-01T00:00:00.000+09:00")

    @Test func aDeviceThatIsOftenSilentIsExpectedToBe() {
        var story = Story(fleet(), at: start)
        let before = probability(story)
        live(days: 40, silentMinutes: 120, &story)
        // Thirty-two days that are old enough, an hour and 57 minutes of each in silence, beside eight weeks of an
        // ordinary server.
        #expect(probability(story) > 0.02)
        #expect(probability(story) < 0.04)
        #expect(abs(before - 0.002) < 1e-6)
    }

    @Test func nothingIsLearnedFromADayThatIsNotAWeekOld() {
        var story = Story(fleet(), at: start)
        live(days: 6, silentMinutes: 120, &story)
        #expect(abs(probability(story) - 0.002) < 1e-6)
    }

    @Test func nothingIsLearnedFromADayWithAnIncident() {
        var story = Story(fleet(), at: start)
        live(days: 1, silentMinutes: 0, &story)
        // A day and a half of silence opens an incident, and none of it is ordinary.
        story.pass(.seconds(36 * 3_600))
        #expect(story.incident(1) != nil)
        live(days: 12, silentMinutes: 0, &story)
        #expect(probability(story) <= 0.002_001)
    }

    @Test func whatWasLearnedSurvivesACheckpoint() throws {
        var story = Story(fleet(), at: start)
        live(days: 20, silentMinutes: 120, &story)
        let restored = try Engine(
            restoring: story.engine.checkpointHead(), blocks: story.engine.checkpointBlocks(dirtyOnly: false))
        #expect(restored.agents[0].rhythm == story.engine.agents[0].rhythm)
        #expect(restored.recentSilences == story.engine.recentSilences)
        #expect(restored.profile == story.engine.profile)
    }
}

@Suite struct RestoredNumbersTests {
    @Test func numbersThatPeopleSayAloudAreNeverUsedAgainAfterARestore() throws {
        var story = Story()
        story.beat("a-1", 1)
        story.pass(.seconds(600))
        #expect(story.incident(1) != nil)
        story.restore(epoch: 7)
        story.beat("a-1", 2)
        story.pass(.seconds(600))
        #expect(story.engine.incidents.numbers.last == 2_001)
        #expect(story.engine.tasks.numbers.last == 2_001)
        // Said again at the next start: once is enough.
        story.restore(epoch: 7)
        #expect(story.engine.incidents.next == 2_002)
        let restored = try Engine(
            restoring: story.engine.checkpointHead(), blocks: story.engine.checkpointBlocks(dirtyOnly: false))
        #expect(restored.epoch == 7)
        #expect(restored.incidents.next == 2_002)
    }
}
