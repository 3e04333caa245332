import AnpiEngine
import AnpiModel
import AnpiStore
import AnpiStoreSQLite
import Foundation
import Logging
import Testing

@testable import AnpiCollector

/// What a start of the collector does with its log, in a process of its own that really ends when an input traps.
private func applyAll(_ path: String) throws {
    let lane = try Lane(path: path)
    var guardian = PoisonGuard(
        attempts: lane.store.attempts, logger: Logger(label: "test"),
        announce: { print("put aside \($0.writer) \($0.seq) \($0.index)") })
    try guardian.begin(at: Lane.at(100))
    let fear: (LogPlace) throws -> Void = { place in
        try guardian.willApply(place)
        // The input that traps on purpose: the third of the second row.
        if place.seq == 2, place.index == 2 { fatalError("poison") }
    }
    var found = LaneOwner.Loaded(reapplied: 0, divergedAt: nil)
    var owner = try LaneOwner(loading: lane.store, before: fear, found: &found)
    while let committed = try owner.turn(before: fear, outbox: { _, _ in [] }), committed.rows > 0 {}
    try guardian.caughtUp()
    try guardian.endedInOrder()
    try lane.database.close()
}

@Suite struct PoisonTests {
    @Test func theInputThatKillsTwoCarefulStartsIsPutAsideAndNothingElse() async throws {
        var lane = try Lane.temporary()
        let path = lane.path
        try lane.open("w")
        try lane.append([Lane.fleet(at: 1)], by: "w", at: 1)
        try lane.append(
            [
                Lane.beat("a-server", 1, at: 1.1), Lane.beat("b-server", 1, at: 1.2), Lane.beat("b-server", 2, at: 1.3),
                Lane.beat("a-server", 2, at: 1.4),
            ], by: "w", at: 2)
        try lane.database.close()
        for attempt in 1...4 {
            await #expect(processExitsWith: .failure, "start \(attempt)") { [path = path as String] in
                try applyAll(path)
            }
        }
        await #expect(processExitsWith: .success) { [path = path as String] in try applyAll(path) }

        let after = try Lane(path: path)
        #expect(try after.store.attempts.quarantined() == [.init(writer: "w", seq: 2, index: 2)])
        let owner = try after.load()
        #expect(owner.engine.site(SiteID(trusted: "a")) != nil)
        #expect(owner.engine.statistics.sitesByContact == [0, 2, 0, 0, 0], "both sites were heard by the other beats")
    }

    // MARK: The guard alone; a start that is not ended stands for one that was killed.

    private struct Announced: Error {}

    private func guardian(
        _ lane: Lane, announce: @escaping (LogPlace) throws -> Void = { _ in }
    ) throws -> PoisonGuard {
        var guardian = PoisonGuard(
            attempts: lane.store.attempts, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            announce: announce)
        try guardian.begin(at: Lane.at(100))
        return guardian
    }

    private func place(_ index: Int) -> LogPlace { .init(writer: "w", seq: 2, index: index) }

    @Test func anInnocentThatOneKillMetIsNotPutAside() throws {
        let lane = try Lane.temporary()
        // Killed by a hand, each time somewhere else, and once before anything was applied.
        for indexes in [[0], [0], [0, 1, 2], [0, 1, 2, 3], [], [0, 1]] as [[Int]] {
            let guardian = try guardian(lane)
            for index in indexes { try guardian.willApply(place(index)) }
        }
        var last = try guardian(lane)
        #expect(try lane.store.attempts.quarantined().isEmpty)
        try last.caughtUp()
        // What was suspected is forgotten with that.
        for _ in 1...3 { _ = try guardian(lane) }
        try guardian(lane).willApply(place(1))
        _ = try guardian(lane)
        #expect(try lane.store.attempts.quarantined().isEmpty)
    }

    @Test func theSecondEndAtOneInputIsProofAlsoAfterOneThatMetNothing() throws {
        let lane = try Lane.temporary()
        for indexes in [[0], [0], [0, 1], [], [0, 1]] as [[Int]] {
            let guardian = try guardian(lane)
            for index in indexes { try guardian.willApply(place(index)) }
        }
        var told: [LogPlace] = []
        _ = try guardian(lane, announce: { told.append($0) })
        #expect(told == [place(1)])
        #expect(try lane.store.attempts.quarantined() == [place(1)])
        // Put aside is put aside: the next start does not find it again.
        _ = try guardian(lane, announce: { _ in throw Announced() })
    }

    @Test func nothingIsPutAsideBeforeEverybodyCanKnowOfIt() throws {
        let lane = try Lane.temporary()
        for _ in 1...4 { try guardian(lane).willApply(place(1)) }
        var isBroken = true
        var guardian = PoisonGuard(
            attempts: lane.store.attempts, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            announce: { _ in if isBroken { throw Announced() } })
        #expect(throws: Announced.self) { try guardian.begin(at: Lane.at(100)) }
        #expect(try lane.store.attempts.quarantined().isEmpty)
        isBroken = false
        try guardian.begin(at: Lane.at(101))
        #expect(try lane.store.attempts.quarantined() == [place(1)])
    }
}
