import AnpiEngine
import AnpiModel
import AnpiStore
import Foundation
import Logging
import Testing

@testable import AnpiCollector

@Suite struct JournalAnchorTests {
    @Test(.timeLimit(.minutes(1)))
    func headsGoIntoTheFileAndThroughTheLogSoonAfterTheStart() async throws {
        let lane = try Lane.temporary()
        let clock = SteadyClock()
        let opened = try lane.store.log.openWriter(id: "w", at: clock.now())
        let logger = Logger(label: "test")
        let commit = GroupCommit(
            log: lane.store.log, writer: "w", start: .init(watermark: opened, sequence: 0), clock: clock,
            metrics: CollectorMetrics(), logger: logger, whenShutOut: {})
        commit.begin()
        try lane.store.journal.append(
            door: "w", [JournalDraft(at: clock.now(), kind: "door.signedIn", actor: "鈴木", body: "{}")])
        let path = lane.path + ".anchor"
        let threads = StoreThreads()
        let anchor = JournalAnchor(
            journal: lane.store.journal, commit: commit, file: try AnchorFile(path), threads: threads, clock: clock,
            logger: logger, ticks: NoWaiting())
        let running = Task { try await anchor.run() }
        var owner = try lane.load()
        var lines: [JournalEntry] = []
        while lines.isEmpty {
            try await Task.sleep(for: .milliseconds(20))
            _ = try owner.turn(outbox: { _, _ in [] })
            lines = try lane.store.journal.read(filter: .init(kinds: ["journal.anchored"]))
        }
        running.cancel()
        try await running.value
        commit.stop()
        await threads.stop()
        let noted = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let hash = try lane.store.journal.head(of: "door-w").hash.map { String(format: "%02x", $0) }.joined()
        #expect(lines[0].body?.contains(hash) == true)
        #expect(noted.first?.contains(#"{"chain":"door-w","seq":1,"hash":"\#(hash)"}"#) == true)
        // However often it looks, what has not grown is not told again.
        #expect(noted.count(where: { $0.contains("door-w") }) == 1)
        #expect(!noted.joined().contains("鈴木"))
    }
}

/// Waits a moment, whatever it was asked for.
private struct NoWaiting: Clock {
    typealias Instant = ContinuousClock.Instant

    var now: Instant { ContinuousClock.now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try await Task.sleep(for: .milliseconds(10))
    }
}
