import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct LivenessTests {
    @Test func lateAndSilentComeAtTheExactMillisecond() {
        var story = Story()
        story.beat("a-1", 1)
        let heard = story.now
        _ = story.news()
        story.pass(to: heard.adding(119_999))
        #expect(story.contact("s-1") == .reporting)
        story.pass(to: heard.adding(120_000))
        #expect(story.contact("s-1") == .late)
        story.pass(to: heard.adding(179_999))
        #expect(story.contact("s-1") == .late)
        #expect(story.assessment("s-1") == .ok)
        story.pass(to: heard.adding(180_000))
        #expect(story.contact("s-1") == .silent)
        #expect(story.assessment("s-1") == .unknown)
        let silent = story.decisions.first { $0.json["contact"] == "silent" }
        #expect(silent?.at == heard.adding(180_000))
        #expect(silent?.json["lastHeardAt"] == .time(heard))
    }

    @Test func aBeatNeverMovesTheEntryThatWaits() {
        var story = Story()
        story.beat("a-1", 1)
        let entries = story.engine.deadlines.count
        for seq in 2...50 {
            story.beat("a-1", Int64(seq))
        }
        #expect(story.engine.deadlines.count == entries)
    }

    @Test func aShorterIntervalIsJudgedByItself() {
        var story = Story()
        story.beat("a-1", 1) { $0.interval = 3_600 }
        story.beat("a-1", 2) { $0.interval = 1 }
        let heard = story.now
        story.pass(to: heard.adding(121_000))
        #expect(story.contact("s-1") == .silent)
    }

    @Test func aBeatThatCameInTimeIsInTimeHoweverLongItsCommitTook() {
        var story = Story()
        story.beat("a-1", 1)
        let heard = story.now
        let received = heard.adding(119_999)
        let request = HeartbeatRequest(
            agent: AgentID(trusted: "a-1"), boot: "boot-1", beats: [Beat(seq: 2, at: received, interval: 60)])
        story.engine.apply(
            .heartbeats(Heartbeats(receivedAt: received, request: request)), at: heard.adding(120_400),
            into: &story.step)
        #expect(!story.decisions.contains { $0.json["contact"] == "late" })
    }

    @Test func duplicatesAndOldBootsChangeNothing() {
        var story = Story()
        story.beat("a-1", 10)
        story.pass(.seconds(60))
        story.beat("a-1", 1, boot: "boot-2")
        _ = story.news()
        story.beat("a-1", 10)
        story.beat("a-1", 1, boot: "boot-2")
        #expect(story.step.decisions.isEmpty)
        #expect(story.step.history.isEmpty)
        #expect(story.engine.agents[0].boot == "boot-2")
    }

    @Test func lateRunsFillHistoryAndRaiseNothing() {
        var story = Story()
        story.beat("a-1", 100)
        story.pass(.seconds(3_600))
        let back = story.now
        story.beat("a-1", 160)
        _ = story.news()
        let backlog = Beat(
            seq: 101, count: 59, at: back.adding(-59 * 60_000), interval: 60,
            copies: [CopyReport(tier: .external, state: .failing)], notice: .goodbye)
        story.send("a-1", [backlog])
        #expect(story.step.decisions.isEmpty)
        #expect(story.contact("s-1") == .reporting)
        #expect(story.engine.sites[0].copies.isEmpty)
        #expect(
            story.step.history == [
                .lateRun(
                    agent: AgentID(trusted: "a-1"), boot: "boot-1", seq: 101, count: 59,
                    from: back.adding(-59 * 60_000), to: back.adding(-60_000))
            ])
        _ = story.news()
        story.send("a-1", [backlog])
        #expect(story.step.history.isEmpty)
    }

    @Test func singleBeatsOfABacklogBecomeOneRecordWhereNoneIsMissing() {
        var story = Story()
        story.beat("a-1", 100)
        story.pass(.seconds(3_600))
        let back = story.now
        story.beat("a-1", 160)
        _ = story.news()
        // Sent as single beats, a little late each; 130 is missing, and 141 comes after a pause.
        let sequences = Array(101...129) + Array(131...150)
        story.send(
            "a-1",
            sequences.map { seq in
                let pause = seq > 140 ? 300_000 : 0
                return Beat(
                    seq: Int64(seq), at: back.adding(Int64(-(160 - seq) * 60_000 + seq % 3 + pause)), interval: 60)
            })
        let records = story.step.history.map { row -> [Int] in
            if case .lateRun(_, _, let seq, let count, _, _) = row { [Int(seq), count] } else { [] }
        }
        #expect(records == [[101, 29], [131, 10], [141, 10]])
        #expect(story.step.decisions.isEmpty)
    }

    @Test func theBacklogOfTheBootBeforeIsHistoryToo() {
        var story = Story()
        story.beat("a-1", 100, boot: "old")
        story.pass(.seconds(3_600))
        story.beat("a-1", 1, boot: "new")
        _ = story.news()
        story.send("a-1", boot: "old", [Beat(seq: 101, count: 10, at: story.now.adding(-3_000_000), interval: 60)])
        story.send("a-1", boot: "older", [Beat(seq: 7, at: story.now.adding(-90_000_000), interval: 60)])
        #expect(story.step.decisions.isEmpty)
        #expect(story.step.history.count == 2)
        #expect(story.engine.agents[0].boot == "new")
        #expect(story.engine.agents[0].seen.past.count == 2)
    }

    @Test func sentAtCorrectsAgentsClocksAndIsClampedToTheReceipt() {
        var story = Story()
        // The agent's clock is a year ahead; what it sends now is news all the same.
        let ahead = story.now.adding(365 * 86_400_000)
        story.send("a-1", sentAt: ahead, [Beat(seq: 5, at: ahead.adding(10_000), interval: 60)])
        #expect(story.contact("s-1") == .reporting)
        #expect(story.engine.agents[0].newestBeatAt == story.now)
        #expect(story.engine.agents[0].skewSeconds == -365 * 86_400)
    }

    @Test func absurdNumbersAreIgnoredAndSaid() {
        var story = Story()
        _ = story.news()
        story.send("a-1", [Beat(seq: .max, count: .max, at: story.now, interval: 60)])
        story.send("ghost", [Beat(seq: 1, at: story.now, interval: 60)])
        let notes = story.step.entries.compactMap { entry -> String? in
            if case .note(let note) = entry { note.kind } else { nil }
        }
        #expect(notes == ["input.ignored", "input.ignored"])
        // The request proves life, even if nothing in it can be used.
        #expect(story.contact("s-1") == .reporting)
    }

    @Test func aGoodbyeOfAnAlwaysAgentIsBelievedForHalfAnHour() {
        var story = Story()
        story.beat("a-1", 1)
        story.beat("a-1", 2) { ($0.notice, $0.reason) = (.goodbye, .restart) }
        let goodbye = story.now
        #expect(story.contact("s-1") == .signedOff)
        story.pass(to: goodbye.adding(1_799_999))
        #expect(story.contact("s-1") == .signedOff)
        story.pass(to: goodbye.adding(1_800_000))
        #expect(story.contact("s-1") == .silent)
        #expect(story.names.contains(.incidentOpened))
    }

    @Test func whatEmptiesItsSpoolWhileGoingDownStaysSignedOff() {
        var story = Story()
        story.beat("a-1", 9) { $0.notice = .goodbye }
        story.send("a-1", [Beat(seq: 3, count: 2, at: story.now.adding(-600_000), interval: 60)])
        #expect(story.contact("s-1") == .signedOff)
    }

    @Test func aGoodbyeOnBatteryCountsAsALastGasp() {
        var story = Story()
        story.beat("a-1", 1)
        story.beat("a-1", 2) { ($0.notice, $0.power) = (.goodbye, Beat.Power(source: .battery)) }
        #expect(story.contact("s-1") == .reporting)
        story.pass(.seconds(61))
        #expect(story.contact("s-1") == .silent)
        let assessed = story.decisions.last { $0.name == .siteAssessed }
        #expect(assessed?.json["attribution"] == "power")
    }

    @Test func aDeviceThatBeatsOnAfterItsGaspIsGrantedItsPauseAgain() {
        var story = Story()
        story.beat("a-1", 1) { $0.notice = .lastGasp }
        story.pass(.seconds(60))
        story.beat("a-1", 2) { $0.notice = .lastGasp }
        story.pass(.seconds(119))
        #expect(story.contact("s-1") == .reporting)
    }

    @Test func backAtIsBelievedForAtMostADay() {
        var story = Story()
        story.beat("a-1", 1) { ($0.notice, $0.backAt) = (.goodbye, $0.at.adding(7_200_000)) }
        let goodbye = story.now
        story.pass(to: goodbye.adding(7_319_999))
        #expect(story.contact("s-1") == .signedOff)
        story.pass(to: goodbye.adding(7_320_000))
        #expect(story.contact("s-1") == .silent)
        story.beat("a-2", 1) { ($0.notice, $0.backAt) = (.goodbye, $0.at.adding(14 * 86_400_000)) }
        story.pass(.seconds(86_400))
        #expect(story.contact("s-2") == .silent)
    }

    @Test func anHoursAgentOutsideItsHoursOpensNothingAndIsJudgedAfterTheStartUpAllowance() {
        // Friday 23 September 2022 was a holiday: nothing opens before Saturday 09:00.
        var story = Story(at: Story.at("2022-09-22T17:58:00.000+09:00"))
        story.beat("a-3", 1)
        story.pass(.seconds(780))
        #expect(story.contact("s-3") == .silent)
        story.pass(to: Story.at("2022-09-24T09:14:59.999+09:00"))
        #expect(!story.names.contains(.incidentOpened))
        story.pass(to: Story.at("2022-09-24T09:15:00.000+09:00"))
        #expect(story.names.contains(.incidentOpened))
        #expect(story.decisions.first { $0.name == .incidentOpened }?.at == story.now)
    }

    @Test func anHoursAgentsGoodbyeHoldsUntilTheNextOpening() {
        var story = Story(at: Story.at("2022-09-22T17:50:00.000+09:00"))
        story.beat("a-3", 1) { $0.notice = .goodbye }
        // 23 September is a holiday: the opening on the 24th is further than a claim may reach.
        story.pass(.seconds(86_399))
        #expect(story.contact("s-3") == .signedOff)
        story.pass(.seconds(1))
        #expect(story.contact("s-3") == .silent)
        #expect(!story.names.contains(.incidentOpened))
        story.pass(to: Story.at("2022-09-24T09:05:00.000+09:00"))
        story.beat("a-3", 2)
        story.pass(.seconds(60))
        #expect(story.contact("s-3") == .reporting)
        #expect(!story.names.contains(.incidentOpened))
    }

    @Test func aPingIsHeardForItsSiteAndTellsOfItsCopy() {
        var story = Story()
        story.ping("s-1", .external, .success)
        #expect(story.contact("s-1") == .reporting)
        #expect(story.engine.sites[0].copies.first?.goodAt == story.now)
        story.ping("s-1", .external, .fail, message: "disk full")
        #expect(story.engine.sites[0].copies.first?.state == .failing)
        let rows = story.step.history.count
        story.ping("s-1", .external, .fail, message: "disk full")
        #expect(story.step.history.count == rows)
        story.pass(.seconds(25 * 3_600))
        let copies = story.engine.site(SiteID(trusted: "s-1"))?["copies"]
        #expect(copies?.text.contains(#""due":true"#) == true)
    }

    @Test func aPingAfterTheServersSilenceSaysThatTheSiteIsThereUntilTheNextIsDue() {
        var story = Story()
        story.beat("a-1", 1)
        story.pass(.seconds(180))
        #expect(story.engine.incidents.open == [1])
        story.pass(.seconds(600))
        story.ping("s-1", .external, .success)
        #expect(story.contact("s-1") == .reporting)
        #expect(story.engine.incidents.open.isEmpty)
        story.pass(.seconds(23 * 3_600))
        #expect(story.contact("s-1") == .silent)
        #expect(story.engine.incidents.open.isEmpty)
        story.pass(.seconds(3_600))
        #expect(story.engine.incidents.open == [2])
    }
}
