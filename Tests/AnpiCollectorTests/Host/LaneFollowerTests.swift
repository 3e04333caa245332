import AnpiEngine
import AnpiModel
import AnpiStore
import Synchronization
import Testing

@testable import AnpiCollector

/// Two processes over one log: one decides, the other follows and takes over.
@Suite struct LaneFollowerTests {
    private func journal(_ lane: Lane) throws -> [String] { try lane.store.journal.read().map { $0.body ?? "" } }

    /// Beats of `b` alone from the second `first` on, so that `a` falls silent at 4 s.
    private func hear(_ lane: inout Lane, _ seconds: ClosedRange<Int>, writer: String = "w") throws {
        for second in seconds {
            try lane.append([Lane.beat("b-server", Int64(second), at: Double(second))], by: writer, at: Double(second))
        }
    }

    private func opened() throws -> Lane {
        var lane = try Lane.temporary()
        try lane.open("w")
        try lane.append([Lane.fleet(at: 1)], by: "w", at: 1)
        try lane.append([Lane.beat("a-server", 1, at: 1), Lane.beat("b-server", 1, at: 1)], by: "w", at: 1.001)
        return lane
    }

    @Test func aFollowerKnowsWhatWasDecidedAndNothingMore() throws {
        var lane = try opened()
        var owner = try lane.load()
        var follower = try lane.load()
        var followed: [String] = []
        for second in 2...8 {
            try hear(&lane, second...second)
            #expect(try follower.follow() == nil, "nobody has decided yet")
            _ = try owner.turn(outbox: { _, _ in [] })
            guard let news = try follower.follow() else { continue }
            #expect(news.numbers.count == news.entries.count)
            followed += news.entries.map { StepRows.draft(of: $0).storedBody }
            #expect(follower.engine.now == owner.position.engineTime)
        }
        #expect(try followed == journal(lane))
        #expect(follower.position == owner.position)
        _ = try owner.draftCheckpoint()
        _ = try follower.follow()
        #expect(follower.engine.checkpointHead() == owner.engine.checkpointHead())
    }

    @Test func whichProcessAnswersAnAgentMakesNoDifferenceToWhatItIsAsked() throws {
        var lane = try opened()
        var owner = try lane.load()
        var follower = try lane.load()
        #expect(owner.engine.directives.isEmpty)
        // Its one copy stands in the building, and a storm is coming.
        var beat = Beat(seq: 2, at: Lane.at(2), interval: 1)
        beat.copies = [CopyReport(tier: .external, state: .good, goodAt: Lane.at(0))]
        let request = HeartbeatRequest(agent: AgentID(trusted: "a-server"), boot: "b", beats: [beat])
        let area = HazardArea(
            phenomenon: .flood, code: "33", name: "大雨", level: 4, areaName: "静岡市清水区",
            places: [.municipality("22103")], from: Lane.at(3))
        let warning = HazardMessage(
            format: .jma, telegram: "VPWW54", identifier: "VPWW54,1", series: "VPWW54,清水区", status: .actual,
            action: .replace, reportedAt: Lane.at(3), serial: 1, headline: "大雨", areas: [area])
        let inputs: [Input] = [
            .heartbeats(Heartbeats(receivedAt: Lane.at(2), request: request)),
            .hazard(HazardInput(receivedAt: Lane.at(3), feed: "jma", digest: [], message: warning)),
        ]
        try lane.append(inputs, by: "w", at: 3)
        try lane.pass(to: 3.5, by: "w")
        _ = try owner.turn(outbox: { _, _ in [] })
        let before = follower.engine.directivesVersion
        _ = try follower.follow()
        #expect(owner.engine.directives.map(\.agent.text) == ["a-server"])
        #expect(follower.engine.directives == owner.engine.directives)
        #expect(follower.engine.directivesVersion != before)
        try owner.checkpoint()
        #expect(try lane.load().engine.directives == owner.engine.directives)
    }

    @Test func itTakesOverWhereTheOtherStoppedAndTheOtherWritesNoMore() throws {
        var lane = try opened()
        let lease = LaneLease(lane.database)
        var owner = try lane.load()
        _ = try owner.takesOver(fence: try #require(try lease.take(as: "first")))
        var follower = try lane.load()
        try hear(&lane, 2...3)
        _ = try owner.turn(outbox: { _, _ in [] })
        try hear(&lane, 4...5)
        // Its time runs out while it sleeps; what it has not written the next decides.
        try lane.database.transaction { try $0.execute("UPDATE lane SET until = 0", []) }
        _ = try follower.takesOver(fence: try #require(try lease.take(as: "second")))
        _ = try follower.turn(outbox: { _, _ in [] })
        let decided = try journal(lane)
        #expect(throws: StoreError.self) { _ = try owner.turn(outbox: { _, _ in [] }) }
        #expect(try journal(lane) == decided)
        try hear(&lane, 6...8)
        while let step = try follower.turn(outbox: { _, _ in [] }), !step.isCaughtUp {}
        try follower.checkpoint()

        // One process alone would have decided the same.
        var alone = try opened()
        var single = try alone.load()
        try hear(&alone, 2...8)
        while let step = try single.turn(outbox: { _, _ in [] }), !step.isCaughtUp {}
        let (both, one) = (try journal(lane), try journal(alone))
        #expect(both == one)
        // And a restart agrees with what both have written.
        var found = LaneOwner.Loaded(reapplied: 0, divergedAt: nil)
        _ = try lane.load(found: &found)
        #expect(found.divergedAt == nil)
    }

    @Test func whoStepsDownWaitsForTheOthersAndGoesOnWithoutLoading() throws {
        var lane = try opened()
        let lease = LaneLease(lane.database)
        var first = try lane.load()
        _ = try first.takesOver(fence: try #require(try lease.take(as: "first")))
        var second = try lane.load()
        _ = try first.turn(outbox: { _, _ in [] })
        _ = try second.follow()
        // Time has passed, and nothing came of it to write: it is ahead of what is committed.
        try lane.pass(to: 2.5, by: "w")
        _ = try first.turn(outbox: { _, _ in [] })
        #expect(first.engine.now > first.position.engineTime)
        first.stepsDown(to: lane.store)
        try lane.database.transaction { try $0.execute("UPDATE lane SET until = 0", []) }
        #expect(try first.follow() == nil)
        _ = try second.takesOver(fence: try #require(try lease.take(as: "second")))
        try hear(&lane, 3...8)
        while let step = try second.turn(outbox: { _, _ in [] }), !step.isCaughtUp {}
        let news = try #require(try first.follow())
        #expect(news.entries.contains { StepRows.draft(of: $0).kind == "site.contact" })
        #expect(first.position == second.position)
    }

    @Test func aReadThatIsRefusedOnTheWayIsTakenUpAgainWithoutLoading() throws {
        var lane = try opened()
        var owner = try lane.load()
        let refusing = RefusingDatabase(lane.database)
        var found = LaneOwner.Loaded(reapplied: 0, divergedAt: nil)
        var follower = try LaneOwner(loading: LaneStore(refusing), before: { _ in }, found: &found)
        try hear(&lane, 2...100)
        while let step = try owner.turn(outbox: { _, _ in [] }), !step.isCaughtUp {}
        // The position, the first 64 rows, and no more.
        refusing.readsLeft.store(2, ordering: .relaxed)
        #expect(throws: StoreError.self) { _ = try follower.follow() }
        #expect(follower.engine.now < owner.engine.now)
        refusing.readsLeft.store(.max, ordering: .relaxed)
        let news = try #require(try follower.follow())
        #expect(try news.entries.map { StepRows.draft(of: $0).storedBody } == journal(lane))
        #expect(follower.position == owner.position)
    }

    @Test func asManyDecisionsThatSaySomethingElseAreNoticed() throws {
        var lane = try opened()
        var owner = try lane.load()
        var follower = try lane.load()
        try hear(&lane, 2...8)
        while let step = try owner.turn(outbox: { _, _ in [] }), !step.isCaughtUp {}
        let bad = try #require(try lane.store.journal.read().first { $0.kind == "incident.opened" })
        try lane.database.transaction { session in
            try session.execute("UPDATE journal SET body = '{}' WHERE seq = ?", [.integer(bad.seq)])
        }
        #expect(throws: LaneOwner.LostTrack.self) { _ = try follower.follow() }
    }

    @Test func onlyAnEngineThatIsAheadOfTheStoreIsOfNoUse() throws {
        let lane = try opened()
        let breaking = BreakingDatabase(lane.database)
        let refusing = RefusingDatabase(breaking)
        var found = LaneOwner.Loaded(reapplied: 0, divergedAt: nil)
        var owner = try LaneOwner(loading: LaneStore(refusing), before: { _ in }, found: &found)
        refusing.readsLeft.store(0, ordering: .relaxed)
        #expect(throws: StoreError.self) { _ = try owner.turn(outbox: { _, _ in [] }) }
        #expect(!owner.isAhead, "nothing was applied")
        refusing.readsLeft.store(.max, ordering: .relaxed)
        breaking.isBroken.store(true, ordering: .relaxed)
        #expect(throws: StoreError.self) { try owner.provesWritable() }
        #expect(!owner.isAhead)
        var changed = false
        #expect(throws: StoreError.self) { _ = try owner.turn(changes: { changed = true }, outbox: { _, _ in [] }) }
        #expect(owner.isAhead && changed)
        // Loaded again it decides the same, once.
        breaking.isBroken.store(false, ordering: .relaxed)
        var again = try LaneOwner(loading: LaneStore(refusing), before: { _ in }, found: &found)
        try again.provesWritable()
        #expect(try again.turn(outbox: { _, _ in [] })?.entries.isEmpty == false)
        #expect(!again.isAhead)
    }

    @Test func rowsThatHaveGoneMeanwhileAreNoticed() throws {
        var lane = try opened()
        var owner = try lane.load()
        var follower = try lane.load()
        try hear(&lane, 2...8)
        while let step = try owner.turn(outbox: { _, _ in [] }), !step.isCaughtUp {}
        try owner.checkpoint()
        while try lane.store.log.deleteBelow(owner.position.cursors) > 0 {}
        #expect(throws: LaneOwner.LostTrack.self) { _ = try follower.follow() }
        // Loaded again it stands where the owner does.
        #expect(try lane.load().position == owner.position)
    }

    @Test func aCollectorThatDiedIsBlindTimeAndNobodysSilence() throws {
        let lane = try opened()
        var owner = try lane.load()
        var other = lane
        try other.open("dead", at: 1.5)
        _ = try owner.turn(outbox: { _, _ in [] })
        // Both sites report to the one that dies at 3 s; nothing is judged while it stands.
        try other.append([Lane.beat("a-server", 2, at: 3), Lane.beat("b-server", 2, at: 3)], by: "dead", at: 3)
        try lane.pass(to: 9, by: "w")
        _ = try owner.turn(outbox: { _, _ in [] })
        #expect(owner.engine.now == Lane.at(3))
        let span = Input.Span(from: Lane.at(3), to: Lane.at(9))
        #expect(
            try lane.store.log.shutOut(
                "dead", standingAt: Lane.at(3), as: "closing", batch: InputCodec.encode([.deaf(span)])))
        _ = try owner.turn(outbox: { _, _ in [] })
        #expect(owner.engine.now == Lane.at(9))
        let kinds = try lane.store.journal.read().map(\.kind)
        #expect(kinds.contains("blind.began") && kinds.contains("blind.ended"))
        let silent = try journal(lane).filter { $0.contains("\"contact\":\"silent\"") }
        #expect(silent.isEmpty, "\(silent)")
    }
    @Test func whatTheSlowerOneReceivedInTimeIsJudgedInTimeAndAlikeWhenAppliedAgain() throws {
        var lane = try opened()
        var other = lane
        try other.open("slow", at: 1.5)
        var owner = try lane.load()
        // `a` would be silent at 4 s. Its beat of 3.5 s is committed at 5 s, beyond the watermark of the other.
        try hear(&lane, 2...3)
        try lane.pass(to: 4.5, by: "w")
        try other.append([Lane.beat("a-server", 2, at: 3.5)], by: "slow", at: 5)
        while let step = try owner.turn(outbox: { _, _ in [] }), !step.isCaughtUp {}
        try lane.pass(to: 5.5, by: "w")
        try other.pass(to: 5.5, by: "slow")
        while let step = try owner.turn(outbox: { _, _ in [] }), !step.isCaughtUp {}
        #expect(owner.engine.now == Lane.at(5.5))
        let silent = try journal(lane).filter { $0.contains("\"contact\":\"silent\"") }
        #expect(silent.isEmpty, "\(silent)")
        var found = LaneOwner.Loaded(reapplied: 0, divergedAt: nil)
        _ = try lane.load(found: &found)
        #expect(found.divergedAt == nil)
    }
}
