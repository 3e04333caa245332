import AnpiEngine
import AnpiModel
import Foundation
import Logging
import Synchronization
import Testing

@testable import AnpiCollector

/// Beginning and ending drills on a real store.
@Suite struct DrillsTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private let lane: Lane
    private let threads = StoreThreads()
    private let audit = FakeAudit()

    /// One drill, `flood`, of an hour.
    init() throws {
        lane = try Lane.temporary()
        let folder = lane.path + "-drills"
        try FileManager.default.createDirectory(atPath: folder + "/flood", withIntermediateDirectories: true)
        for (name, text) in FleetFiles.write(DoorFixture.fleet) {
            try text.write(toFile: "\(folder)/flood/\(name)", atomically: true, encoding: .utf8)
        }
        let lines = [Lane.at(0), Lane.at(3_600)].map { #"{"at":"\#($0.rfc3339())"}"# }
        try (lines.joined(separator: "\n") + "\n").write(
            toFile: folder + "/flood/feed.jsonl", atomically: true, encoding: .utf8)
    }

    private func drills() -> Drills {
        Drills(
            DrillLibrary(folder: lane.path + "-drills"),
            in: DrillLane.Surroundings(
                database: lane.database, threads: threads, hooks: HookSet([]), clock: SteadyClock(),
                logger: Self.logger), audit: audit, ticks: NeverClock())
    }

    private func start(_ key: String, speed: Int? = 1, body: UInt8 = 1) -> DrillStart {
        DrillStart(name: "flood", speed: speed, operation: key, bodyDigest: [body])
    }

    @Test(.timeLimit(.minutes(1))) func theSameKeyGetsTheSameAnswerAlsoAfterARestartAndAfterItsEnd() async throws {
        let drills = drills()
        let first = try await drills.start(start("key-1"), by: "coord")
        #expect(first.status == 201)
        #expect(first.body["name"] == "flood" && first.body["state"] == "playing")
        let again = try await drills.start(start("key-1"), by: "coord")
        #expect(again.body.text == first.body.text && again.status == 201)
        await #expect(throws: CollectorError.self) { try await drills.start(start("key-1", body: 2), by: "coord") }
        // Another key is another drill, and this one plays already.
        await #expect(throws: Problem.self) { try await drills.start(start("key-2"), by: "coord") }

        try await drills.end("flood", by: "coord")
        let later = try await self.drills().start(start("key-1"), by: "coord")
        #expect(later.body.text == first.body.text)
        #expect(drills.list().map(\.state) == [.ready])
        #expect(audit.seen.withLock { $0.map(\.kind) } == ["door.drillStarted", "door.drillEnded"])
        await threads.stop()
    }

    @Test(.timeLimit(.minutes(1))) func aKeyThatBeganNothingIsFree() async throws {
        let drills = drills()
        await #expect(throws: Problem.self) { try await drills.start(start("key-1", speed: 0), by: "coord") }
        #expect(try await drills.start(start("key-1"), by: "coord").status == 201)
        try await drills.end("flood", by: "coord")
        await threads.stop()
    }
}
