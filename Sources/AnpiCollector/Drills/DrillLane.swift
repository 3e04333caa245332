import AnpiDigest
import AnpiEngine
import AnpiModel
import AnpiStore
import Logging

/// One drill in this process: a lane of its own from the log to the deliveries, on the same parts as the real one.
final class DrillLane: Sendable {
    /// What all drills of a process share.
    struct Surroundings: Sendable {
        var database: any SQLDatabase
        var threads: StoreThreads
        var hooks: HookSet
        /// Ours.
        var clock: SteadyClock
        var logger: Logger
    }

    let drill: DrillRow
    let hub = LiveHub()
    private let writer: DrillWriter
    private let engine: EngineHost
    private let delivery: HookDelivery
    private let surroundings: Surroundings
    private let id: String
    private let readiness: AsyncStream<Void>

    /// - Parameter fleet: needed where the lane is new.
    init(_ drill: DrillRow, feed: String, fleet: Fleet?, in surroundings: Surroundings) throws {
        self.drill = drill
        self.surroundings = surroundings
        id = Hexadecimal.encode(SecureRandom.bytes(16))
        let store = LaneStore(surroundings.database, lane: drill.lane)
        let (readiness, ready) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.readiness = readiness
        let (clock, hooks, hub) = (surroundings.clock, surroundings.hooks, hub)
        var logger = surroundings.logger
        logger[metadataKey: "drill"] = "\(drill.name)"
        let delivery = HookDelivery(
            hooks: hooks.takingDrills, database: surroundings.database, lane: drill.lane, logger: logger,
            now: { clock.now() })
        self.delivery = delivery
        writer = try DrillWriter(
            drill, log: store.log, id: id, feed: feed, fleet: fleet, clock: clock, logger: logger)
        engine = EngineHost(
            store: store, commit: writer, clock: clock, storeThreads: surroundings.threads, logger: logger,
            listeners: EngineHost.Listeners(
                committed: { numbers, entries in
                    hub.publish(numbers, entries)
                    delivery.wake()
                },
                fleet: { _ in },
                // No real device does anything for a drill.
                directives: { _ in },
                ready: { if $0 { ready.yield() } },
                unusable: { [logger] error in
                    // The real fleet goes on; the drill can be ended and begun again.
                    logger.error("A drill cannot be loaded", metadata: ["error": "\(error)"])
                    ready.finish()
                },
                advanced: { hub.advanced(to: LiveClock(asOf: $0, deafSince: $1)) }),
            // Tried again and given up by our clock: the drill's may be years away and runs faster.
            outbox: { hooks.drillOutbox($0, $1, at: clock.now()) })
    }

    func begin() {
        engine.begin()
        delivery.begin()
        writer.begin(into: engine)
    }

    /// Returns once the engine answers; also when it never will.
    func whenReady() async { for await _ in readiness { return } }

    /// Ends the threads in the order in which they need one another; blocks until the last has ended.
    func stop() {
        hub.stop()
        writer.stop()
        engine.stop()
        delivery.stop()
    }

    func replaceHooks() { delivery.replace(surroundings.hooks.takingDrills) }

    var status: DrillStatus {
        let progress = writer.progress
        let isPlaying = !progress.isOver && progress.reason == nil
        let left = (drill.to - progress.now) / drill.speed
        return DrillStatus(
            name: drill.name, state: progress.reason != nil ? .stopped : progress.isOver ? .over : .playing,
            run: .init(
                drill: drill, now: progress.now,
                overAt: isPlaying ? surroundings.clock.now() + max(left, .zero) : nil),
            reason: progress.reason)
    }

    /// What the people's door asks where the drill is meant.
    var door: DrillParts {
        let (writer, hooks, delivery, clock) = (writer, surroundings.hooks, delivery, surroundings.clock)
        let (database, threads) = (surroundings.database, surroundings.threads)
        return DrillParts(
            lane: drill.lane, name: drill.name, engine: engine, commands: engine,
            journal: StoreJournal(database, lane: drill.lane, threads: threads, hub: hub),
            hooks: OutboxAdministration(
                database, lane: drill.lane, hooks: { hooks.takingDrills.map { HookSummary($0) } }, threads: threads,
                states: { delivery.states() }, tallies: { delivery.tallies() }, now: { clock.now() }),
            photos: StorePhotos(database, lane: drill.lane, threads: threads),
            audit: StoreDoorJournal(
                database, lane: drill.lane, writer: id, threads: threads, now: { clock.now() }),
            now: { writer.progress.now })
    }
}
