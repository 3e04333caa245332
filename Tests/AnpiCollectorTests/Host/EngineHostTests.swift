import AnpiEngine
import AnpiModel
import AnpiStore
import Dispatch
import Logging
import Synchronization
import Testing

@testable import AnpiCollector

/// The engine's thread over a real store.
@Suite struct EngineHostTests {
    @Test(.timeLimit(.minutes(1))) func aRowIsPutAsideOnlyOnceTheLogSaysSoToEverybody() async throws {
        var lane = try Lane.temporary()
        try lane.open("w")
        try lane.append(raw: [0xFF, 0xFF], by: "w", at: 1)
        let breaking = BreakingDatabase(lane.database)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let clock = SteadyClock()
        let entered = try LogEntry.enter(lane.store, as: "x")
        let commit = GroupCommit(
            log: InputLog(breaking), writer: "x", start: entered.start, clock: clock, metrics: CollectorMetrics(),
            logger: logger, whenShutOut: {})
        let threads = StoreThreads()
        let (readiness, ready) = AsyncStream<Bool>.makeStream()
        let (journal, told) = AsyncStream<String>.makeStream()
        let host = EngineHost(
            store: lane.store, commit: commit, clock: clock, storeThreads: threads, logger: logger,
            listeners: .init(
                committed: { _, entries in
                    for case .note(let note) in entries { told.yield(note.kind) }
                },
                fleet: { _ in }, directives: { _ in }, ready: { ready.yield($0) }, unusable: { _ in },
                advanced: { _, _ in }),
            outbox: { _, _ in [] })

        breaking.isBroken.store(true, ordering: .relaxed)
        commit.begin()
        host.begin()
        // The row was met, the log could not be told: loaded again, nothing put aside.
        #expect(await readiness.first { _ in true } == false)
        #expect(await readiness.first { _ in true } == false)
        #expect(try lane.store.attempts.quarantined().isEmpty)

        breaking.isBroken.store(false, ordering: .relaxed)
        #expect(await journal.first { $0 == "input.quarantined" } != nil)
        #expect(await readiness.first { $0 } == true)
        let whole = LogPlace(writer: "w", seq: 1, index: LogPlace.wholeRow)
        #expect(try lane.store.attempts.quarantined() == [whole])
        host.stop()
        commit.stop()
        await threads.stop()
    }
}
