import AnpiEngine
import AnpiModel
import AnpiStore
import Foundation
import Testing

@testable import AnpiCollector

@Suite struct AnchorTests {
    private func signIn(_ lane: Lane, by writer: String, _ count: Int = 1) throws {
        let draft = JournalDraft(at: Lane.at(1), kind: "door.signedIn", actor: "鈴木", body: "{}")
        try lane.store.journal.append(door: writer, Array(repeating: draft, count: count))
    }

    @Test func headsOfTheDoorsEnterTheMainChainAndARestartDecidesTheSame() throws {
        var lane = try Lane.temporary()
        try lane.open("w")
        try signIn(lane, by: "one", 2)
        try signIn(lane, by: "two")
        var plan = try AnchorPlan(after: lane.store.journal)
        let anchored = try #require(plan.due(try lane.store.journal.heads()))
        #expect(anchored.chains.map { "\($0.chain) \($0.seq)" } == ["door-one 2", "door-two 1"])

        var owner = try lane.load()
        try lane.append([Lane.fleet(at: 1), .anchored(anchored)], by: "w", at: 1)
        let committed = try #require(try owner.turn(outbox: { _, _ in [] }))
        plan.wasTold(anchored)
        let line = try #require(try lane.store.journal.read(filter: .init(kinds: ["journal.anchored"])).first)
        let hashes = try lane.store.journal.heads().filter { $0.chain != "main" }.map(\.hash)
        for hash in hashes { #expect(line.body?.contains(hash.map { String(format: "%02x", $0) }.joined()) == true) }
        #expect(
            committed.entries.contains { entry in
                if case .decision(let decision) = entry { decision.name == .journalAnchored } else { false }
            }, "hooks and the live stream are told")

        var found = LaneOwner.Loaded(reapplied: 0, divergedAt: nil)
        _ = try lane.load(found: &found)
        #expect(found.divergedAt == nil && found.reapplied == 1)
    }

    @Test func onlyWhatHasGrownIsToldAgain() throws {
        var lane = try Lane.temporary()
        try lane.open("w")
        try signIn(lane, by: "one")
        var owner = try lane.load()
        func heads() throws -> [ChainHead] { try lane.store.journal.heads() }
        var plan = AnchorPlan()
        var second = 0.0
        func tell(_ anchored: Input.Anchored) throws {
            second += 1
            try lane.append([.anchored(anchored)], by: "w", at: second)
            _ = try owner.turn(outbox: { _, _ in [] })
            plan.wasTold(anchored)
        }
        try tell(try #require(plan.due(try heads())))
        // The line that told it is the first of main; that is told once, and then the night is quiet.
        for _ in 0..<3 { if let more = plan.due(try heads()) { try tell(more) } }
        let lines = try lane.store.journal.head().seq
        #expect(lines <= 2)
        #expect(try plan.due(heads()) == nil)
        // The next process knows what has been told.
        #expect(try AnchorPlan(after: lane.store.journal).due(try heads()) == nil)
        try signIn(lane, by: "two")
        let due = try #require(try AnchorPlan(after: lane.store.journal).due(try heads()))
        #expect(due.chains.map(\.chain) == ["door-two", "main"])
    }

    @Test func theFileGetsALineEachTimeAndMustBeWritable() throws {
        let lane = try Lane.temporary()
        let path = lane.path + ".anchor"
        let file = try AnchorFile(path)
        for seq in Int64(1)...2 {
            try file.append(.init(chains: [.init(chain: "main", seq: seq, hash: "ab")]), at: Lane.at(Double(seq)))
        }
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.last?.contains(#""chains":[{"chain":"main","seq":2,"hash":"ab"}]"#) == true)
        #expect(throws: AnchorFile.Failure.self) { try AnchorFile(lane.path + "/no/such/folder") }
    }

    @Test func anUnreadableCheckpointIsReplacedByAWholeLog() throws {
        var lane = try Lane.temporary()
        try lane.open("w")
        try lane.store.checkpoints.damage(after: &lane, beats: 3)
        var found = LaneOwner.Loaded(reapplied: 0, divergedAt: nil)
        var owner = try lane.load(found: &found)
        #expect(owner.engine.statistics.agents == 2 && found.divergedAt == nil && found.reapplied == 4)
        // The next checkpoint takes the damaged one's place.
        try owner.checkpoint()
        found.reapplied = 0
        _ = try lane.load(found: &found)
        #expect(found.reapplied == 0)
    }

    @Test func withoutTheLogAnUnreadableCheckpointIsSaidInOneSentence() throws {
        var lane = try Lane.temporary()
        try lane.open("w")
        try lane.store.checkpoints.damage(after: &lane, beats: 3)
        _ = try lane.store.log.deleteBelow(Cursors([.init(writer: "w", seq: 2)]))
        let error = #expect(throws: LaneOwner.UnusableCheckpoint.self) { try lane.load() }
        #expect(error?.description.contains("restore the newest backup") == true)
    }
}

extension Checkpoints {
    /// A lane with `beats` after its fleet, and a checkpoint whose head no release can read.
    fileprivate func damage(after lane: inout Lane, beats: Int) throws {
        var owner = try lane.load()
        try lane.append([Lane.fleet(at: 1)], by: "w", at: 1)
        for beat in 1...beats {
            try lane.append(
                [Lane.beat("a-server", Int64(beat), at: 1 + Double(beat))], by: "w", at: 1 + Double(beat))
        }
        _ = try owner.turn(outbox: { _, _ in [] })
        try owner.checkpoint()
        try lane.database.transaction { try $0.execute("UPDATE checkpoint SET head = ?", [.blob([255, 1, 2])]) }
    }
}
