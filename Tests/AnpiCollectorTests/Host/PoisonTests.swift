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
    var guardian = PoisonGuard(attempts: lane.store.attempts, logger: Logger(label: "test"))
    let culprit = try guardian.begin(at: Lane.at(100))
    if let culprit { print("put aside \(culprit.writer) \(culprit.seq) \(culprit.index)") }
    let fear: (Attempts.LogPlace) throws -> Void = { place in
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
    @Test func theInputThatKillsThreeTimesIsPutAsideAndNothingElse() async throws {
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
        for attempt in 1...3 {
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
}
