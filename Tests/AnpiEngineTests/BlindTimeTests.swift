import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct BlindTimeTests {
    /// Interval 60 s, grace 120 s, heard at 0; blind from … to; the deadline in seconds, before and after.
    @Test(
        "a deadline after blind time is max(deadline + B, end + grace + rejoin)",
        arguments: [
            // Not touched: over before we were waiting, or begun after the deadline.
            (from: -100, to: 0, expected: 180), (from: 180, to: 500, expected: 180),
            // B = 10: end + 120 + min(70, 180).
            (from: 50, to: 60, expected: 250),
            // B = 100: 150 + 120 + 160.
            (from: 50, to: 150, expected: 430),
            // B = 3600: rejoin is 1.5 × 120 s.
            (from: 100, to: 3_700, expected: 4_000),
            // Began before we were waiting: only what we waited through counts.
            (from: -1_000, to: 20, expected: 220),
        ])
    func deadlinesAfterBlindTime(from: Int, to: Int, expected: Int) {
        var ledger = BlindLedger()
        ledger.wasDeaf(span(from, to))
        let deadline = BlindLedger.Deadline(at: second(180), since: second(0), grace: 120_000, interval: 60_000)
        #expect(ledger.allow(for: deadline) == .at(second(expected)))
    }

    @Test func aSecondBlindTimeCountsFromTheMovedDeadline() {
        var ledger = BlindLedger()
        ledger.wasDeaf(span(50, 60))
        ledger.wasDeaf(span(200, 210))
        let deadline = BlindLedger.Deadline(at: second(180), since: second(0), grace: 120_000, interval: 60_000)
        #expect(ledger.allow(for: deadline) == .at(second(400)))
    }

    @Test func overlappingBlindTimeIsCountedOnce() {
        var ledger = BlindLedger()
        ledger.wasDeaf(span(0, 100))
        ledger.wasDeaf(span(50, 150))
        ledger.wasDeaf(span(150, 200))
        #expect(ledger.periods == [span(0, 200)])
    }

    @Test func anOpeningIsNotMovedByANightsBlindTime() {
        var ledger = BlindLedger()
        ledger.wasDeaf(span(100, 3_700))
        let opening = BlindLedger.Deadline(
            at: second(30_000), since: second(0), grace: 120_000, interval: 60_000, isTimeOfDay: true)
        #expect(ledger.allow(for: opening) == .at(second(30_000)))
    }

    @Test func whatTheLogTellsAsBlindTimeIsToldHoweverShort() {
        var story = Story()
        _ = story.news()
        story.deaf(story.now, story.now)
        #expect(story.step.decisions.isEmpty)
        story.deaf(story.now, story.now.adding(1))
        #expect(story.names == [.blindBegan])
        #expect(story.engine.deafSince == story.now)
        story.pass(.seconds(3))
        #expect(story.names == [.blindBegan, .blindEnded])
        #expect(story.engine.deafSince == nil)
    }

    @Test func allCanariesLateIsBlindTimeCountedFromTheLastOneHeard() {
        var fleet = Fleet.small()
        fleet.sites.append(Fleet.site("outside", kind: .canary))
        fleet.agents += [
            Fleet.agent("c-1", at: "outside", interval: 20, grace: 20, canary: true),
            Fleet.agent("c-2", at: "outside", interval: 20, grace: 20, canary: true),
        ]
        var story = Story(fleet)
        story.beat("c-1", 1) { $0.interval = 20 }
        story.beat("a-1", 1)
        story.pass(.seconds(5))
        story.beat("c-2", 1) { $0.interval = 20 }
        let lastHeard = story.now
        story.pass(.seconds(25))
        #expect(!story.names.contains(.blindBegan))
        story.pass(.seconds(600))
        let began = story.decisions.first { $0.name == .blindBegan }
        #expect(began?.at == lastHeard.adding(30_000))
        #expect(began?.json["from"] == .time(lastHeard))
        #expect(story.contact("s-1") == .reporting)
        #expect(story.contact("outside") == .unseen)

        story.beat("c-1", 2) { $0.interval = 20 }
        let end = story.now
        #expect(story.names.contains(.blindEnded))
        story.pass(.seconds(1))
        story.beat("c-1", 3) { $0.interval = 20 }
        // late: end + grace / 2 + rejoin = 60 + 180 s.
        for second in stride(from: 20, through: 240, by: 20) {
            story.pass(to: end.adding(Int64(second) * 1_000 - 1))
            #expect(story.contact("s-1") == .reporting)
            story.beat("c-1", 10 + Int64(second)) { $0.interval = 20 }
        }
        story.pass(to: end.adding(240_000))
        #expect(story.contact("s-1") == .late)
    }

    @Test func blindTimeEndsWithTheLastCanaryOfTheFleet() {
        var fleet = Fleet.small()
        fleet.sites.append(Fleet.site("outside", kind: .canary))
        fleet.agents.append(Fleet.agent("c-1", at: "outside", interval: 20, grace: 20, canary: true))
        var story = Story(fleet)
        story.beat("c-1", 1) { $0.interval = 20 }
        story.beat("a-1", 1)
        story.pass(.seconds(3_600))
        #expect(story.contact("s-1") == .reporting)
        _ = story.command(.importFleet(.small()), as: .admin)
        #expect(story.names.contains(.blindEnded))
        story.pass(.seconds(600))
        #expect(story.contact("s-1") == .silent)
    }

    @Test func overlappingBlindTimeIsShownAndSummedOnce() {
        var ledger = BlindLedger()
        ledger.wasDeaf(span(50, 100))
        ledger.canariesFellLate(lastHeard: second(90))
        #expect(ledger.spans(upTo: second(150)) == [span(50, 150)])
        #expect(ledger.periods == [span(50, 100)])

        var fleet = Fleet.small()
        fleet.sites.append(Fleet.site("outside", kind: .canary))
        fleet.agents.append(Fleet.agent("c-1", at: "outside", interval: 20, grace: 20, canary: true))
        var story = Story(fleet)
        story.beat("c-1", 1) { $0.interval = 20 }
        let heard = story.now
        story.pass(.seconds(40))
        story.deaf(story.now, story.now.adding(30_000))
        story.pass(to: heard.adding(100_000))
        let hearing = story.engine.overview()["hearing"]
        #expect(hearing?["secondsToday"] == 100)
        #expect(hearing?["deafSince"] == .time(heard))
    }

    @Test func anOpeningInBlindTimeAccusesNobodyUntilTheDeviceCouldBeHeard() {
        var story = Story(at: Story.at("2022-09-24T08:00:00.000+09:00"))
        story.beat("a-3", 1)
        story.pass(to: Story.at("2022-09-24T09:10:00.000+09:00"))
        story.deaf(story.now, Story.at("2022-09-24T09:30:00.000+09:00"))
        story.pass(to: Story.at("2022-09-24T09:20:00.000+09:00"))
        #expect(story.contact("s-3") == .silent)
        #expect(story.engine.sites[2].attribution == .collectorDeaf)
        #expect(story.engine.evidence(of: 2).map(\.kind) == ["silentWhileDeaf"])
        #expect(!story.names.contains(.incidentOpened))
        // The end, its grace and min(B + 1 interval, 1.5 × 120 s).
        let judged = Story.at("2022-09-24T09:35:00.000+09:00")
        story.pass(to: judged.adding(-1))
        #expect(!story.names.contains(.incidentOpened))
        #expect(story.engine.sites[2].attribution == .closed)
        story.pass(to: judged)
        #expect(story.names.contains(.incidentOpened))
    }

    private func second(_ seconds: Int) -> Timestamp { Story.dawn.adding(Int64(seconds) * 1_000) }
    private func span(_ from: Int, _ to: Int) -> Input.Span { Input.Span(from: second(from), to: second(to)) }
}
