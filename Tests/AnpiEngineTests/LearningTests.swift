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

    /// What makes a day no day to learn from.
    enum Unusual: String, CaseIterable {
        case blindTime, warning, finding
    }

    /// Hours on trial and silent hours that the server has learned from after twenty days, each with two silent hours and
    /// with something unusual in the morning.
    private func learned(_ unusual: Unusual?) -> (total: Double, silent: Double) {
        var story = Story(fleet(), at: start)
        for day in 0..<20 {
            let midnight = Timestamp(story.now.civil().date.adding(days: 1), minuteOfDay: 0, offset: .japan)
            let three = midnight - .seconds(21 * 3_600)
            story.hear("a-1", until: three)
            story.pass(to: three)
            switch unusual {
            case .blindTime: story.deaf(three, three + .seconds(60))
            case .warning: story.warn(level: 3, serial: 2 * day + 1)
            case .finding:
                _ = story.command(
                    .addFinding(FindingDraft(kind: .phone, site: SiteID(trusted: "s-1"), result: "noAnswer")))
            case nil: break
            }
            story.pass(to: three + .seconds(60))
            if unusual == .warning { story.warn(level: nil, serial: 2 * day + 2) }
            let noon = midnight - .seconds(12 * 3_600)
            story.hear("a-1", until: noon)
            story.pass(to: noon + .seconds(2 * 3_600))
            story.hear("a-1", until: midnight)
            story.pass(to: midnight)
        }
        let hours = story.engine.agents[0].rhythm.hours(in: .open)
        return (hours.total, hours.silent)
    }

    @Test func ordinaryDaysAreLearnedFrom() {
        let hours = learned(nil)
        #expect(hours.total > 200 && hours.silent > 15, "\(hours)")
    }

    @Test(arguments: Unusual.allCases)
    func nothingIsLearnedFromADayThatWasUnusual(_ unusual: Unusual) {
        let hours = learned(unusual)
        #expect(hours.total == 0 && hours.silent == 0, "\(hours)")
    }

    /// A PC that is on from nine to five each day but comes up so many minutes late.
    private func session(lateMinutes: Int64) -> (total: Double, silent: Double) {
        let fleet = Fleet(
            offices: [Fleet.office()], sites: [Fleet.site("s-1", hours: "Mo-Su 09:00-17:00")],
            agents: [Fleet.agent("a-1", at: "s-1", device: .mirror, rhythm: .hours)])
        var story = Story(fleet, at: start)
        for _ in 0..<20 {
            let midnight = Timestamp(story.now.civil().date.adding(days: 1), minuteOfDay: 0, offset: .japan)
            story.pass(to: midnight - .seconds(15 * 3_600) + .seconds(lateMinutes * 60))
            story.hear("a-1", until: midnight - .seconds(7 * 3_600))
            story.pass(to: midnight)
        }
        let hours = story.engine.agents[0].rhythm.hours(in: .open)
        return (hours.total, hours.silent)
    }

    @Test func anHoursDeviceIsOnTrialInItsSessionsAlone() {
        // Thirteen or fourteen days are old enough, each with the session from a quarter past nine to five.
        let punctual = session(lateMinutes: 0)
        #expect(punctual.total > 80 && punctual.total < 120, "\(punctual)")
        #expect(punctual.silent == 0, "its nights are no silence: \(punctual)")
        let late = session(lateMinutes: 75)
        #expect(late.total == punctual.total)
        // An hour of each session beyond the quarter.
        #expect(abs(late.silent / late.total - 1 / 7.75) < 0.02, "\(late)")
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
