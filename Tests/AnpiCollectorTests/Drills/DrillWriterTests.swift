import AnpiEngine
import AnpiModel
import AnpiReplay
import AnpiStore
import Foundation
import Logging
import Synchronization
import Testing

@testable import AnpiCollector

/// The one writer to a drill's log, beside an engine that is there or not.
@Suite struct DrillWriterTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let poison = LogPlace(writer: "old", seq: 2, index: 0)

    private let lane: Lane
    private let drill: DrillRow
    private let feed: String

    /// A feed of a beat each minute for an hour from `Lane.zero`.
    init() throws {
        lane = try Lane.temporary()
        drill = DrillRow(
            name: "flood", speed: 3_600, from: Lane.zero, to: Lane.at(3_600), startedAt: Lane.zero, startedBy: "coord")
        feed = lane.path + ".jsonl"
        let lines = (0...60).map { minute in
            let at = Lane.at(Double(minute * 60)).rfc3339()
            return #"{"at":"\#(at)","heartbeat":{"agent":"shz-0041-server","boot":"b","beats":"#
                + #"[{"seq":\#(minute + 1),"at":"\#(at)","interval":60}]}}"#
        }
        try (lines.joined(separator: "\n") + "\n").write(toFile: feed, atomically: true, encoding: .utf8)
    }

    private func writer(_ id: String, fleet: Fleet? = nil) throws -> DrillWriter {
        try DrillWriter(
            drill, log: lane.store.log, id: id, feed: feed, fleet: fleet, clock: SteadyClock(), logger: Self.logger)
    }

    /// An engine's host; without `begin()` one that is being loaded for ever.
    private func host(_ writer: DrillWriter, advanced: @escaping @Sendable (Timestamp) -> Void = { _ in }) -> EngineHost
    {
        EngineHost(
            store: lane.store, commit: writer, clock: SteadyClock(), storeThreads: StoreThreads(), logger: Self.logger,
            listeners: .init(
                committed: { _, _ in }, fleet: { _ in }, directives: { _ in }, ready: { _ in }, unusable: { _ in },
                advanced: { at, _ in advanced(at) }),
            outbox: { _, _ in [] })
    }

    /// A process before has played up to `seconds` and has ended.
    private func played(to seconds: Double) throws {
        var before = lane
        try before.store.log.openWriter(id: "old", at: Lane.zero - .milliseconds(1))
        try before.append([Replay.opening(DoorFixture.fleet, at: Lane.zero)], by: "old", at: 0)
        if seconds > 0 { try before.pass(to: seconds, by: "old") }
    }

    /// Whether the row was written.
    private func submit(_ input: Input, to writer: DrillWriter) async -> Bool {
        await withCheckedContinuation { continuation in
            let isTaken = writer.submit(as: .command, { _ in input }) { continuation.resume(returning: $0) }
            if !isTaken { continuation.resume(returning: false) }
        }
    }

    /// All inputs of the log, in its order.
    private func inputs() throws -> [Input] {
        try lane.store.log.read(after: Cursors()).rows.flatMap { try InputCodec.decode($0.batch) }
    }

    private func sequences() throws -> [Int64] {
        try inputs().compactMap { input in
            if case .heartbeats(let heartbeats) = input { heartbeats.request.beats.first?.seq } else { nil }
        }
    }

    @Test(.timeLimit(.minutes(1))) func aPoisonIsToldAfterARestartBeforeTheEngineIsThere() async throws {
        try played(to: 90)
        let writer = try writer("new")
        writer.begin(into: host(writer))
        // The engine cannot be loaded before this is in the log, and the feed goes on only with the engine.
        #expect(await submit(.quarantined(Self.poison), to: writer))
        writer.stop()
        #expect(try inputs().last == .quarantined(Self.poison))
        #expect(try sequences().isEmpty)
        let writers = try lane.store.log.writers()
        #expect(writers.first { $0.id == "old" }?.closed == true, "the lane has one writer again")
        #expect(writers.first { $0.id == "new" }?.watermark == Lane.at(90) + .milliseconds(1))
    }

    @Test(.timeLimit(.minutes(1))) func nothingGoesBeforeTheFleet() async throws {
        let writer = try writer("new", fleet: DoorFixture.fleet)
        writer.begin(into: host(writer))
        #expect(await submit(.quarantined(Self.poison), to: writer) == false)
        writer.stop()
        #expect(try inputs().isEmpty)
    }

    /// The watermark says that every line up to it is in the log: a row may not pass one that only the engine can read.
    @Test(.timeLimit(.minutes(1))) func nothingPassesALineThatIsDue() async throws {
        try played(to: 59.999)
        let writer = try writer("new")
        writer.begin(into: host(writer))
        #expect(await submit(.quarantined(Self.poison), to: writer) == false)
        writer.stop()
        #expect(try lane.store.log.writers().first { $0.id == "new" }?.watermark == Lane.at(59.999))
    }

    @Test(.timeLimit(.minutes(1))) func theFeedGoesOnAfterTheLastLineInTheLog() async throws {
        let first = try writer("first", fleet: DoorFixture.fleet)
        let (times, told) = AsyncStream<Timestamp>.makeStream()
        let firstHost = host(first) { told.yield($0) }
        firstHost.begin()
        first.begin(into: firstHost)
        #expect(await times.first { $0 >= Lane.at(600) } != nil)
        first.stop()
        firstHost.stop()
        let before = try sequences()
        #expect(before.count >= 10 && before.count < 61)

        let second = try writer("second")
        let (laterTimes, laterTold) = AsyncStream<Timestamp>.makeStream()
        let secondHost = host(second) { laterTold.yield($0) }
        secondHost.begin()
        second.begin(into: secondHost)
        #expect(await submit(.quarantined(Self.poison), to: second))
        #expect(await laterTimes.first { $0 >= Lane.at(3_600) } != nil)
        second.stop()
        secondHost.stop()
        #expect(second.progress.isOver && second.progress.reason == nil)
        #expect(try sequences() == Array(1...61), "each line once, in its order")
    }

    @Test(.timeLimit(.minutes(1))) func whatWaitsAtTheEndIsRefused() async throws {
        try played(to: 90)
        let writer = try writer("new")
        writer.begin(into: host(writer))
        writer.stop()
        #expect(await submit(.quarantined(Self.poison), to: writer) == false)
    }

    @Test(.timeLimit(.minutes(1))) func aFeedThatCannotBeReadStopsTheDrillAndSaysWhy() async throws {
        try "{\"at\":7}\n".write(toFile: feed, atomically: true, encoding: .utf8)
        try played(to: 90)
        let writer = try writer("new")
        writer.begin(into: host(writer))
        // A turn has passed once this is settled.
        #expect(await submit(.quarantined(Self.poison), to: writer))
        writer.stop()
        #expect(writer.progress.reason?.hasPrefix("anpi.sqlite.jsonl:1: ") == true, "without the server's folders")
    }
}
