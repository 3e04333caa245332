package import AnpiEngine
import AnpiModel
import AnpiStore
import Logging
import ServiceLifecycle
import Synchronization

/// The drills of this collector: begins, lists and removes them, and goes on with those that a process before left.
package final class Drills: Service, DrillKeeping, Sendable {
    /// Drills that may have a lane at one time: each has an engine and threads of its own.
    package static let countMax = 4
    /// A hub tells the time this often, and keeps idle lines open each so many times.
    private static let tickEvery = Duration.seconds(1)
    /// What the answer to a drill that was begun says as an HTTP status.
    private static let created = 201

    private enum Place {
        /// Being begun by a change with this key, or loaded after a start.
        case starting(String?)
        case playing(DrillLane)
        /// Left by a process before, and cannot be played: why.
        case stopped(DrillRow, reason: String)
        case ending
    }

    private let state = Mutex<[String: Place]>([:])
    private let library: DrillLibrary
    private let lanes: DrillLanes
    /// Of the real lane: keys of drills and of all other changes are of one kind.
    private let outcomes: Outcomes
    private let surroundings: DrillLane.Surroundings
    /// Where it is written down who began and ended a drill: the real journal.
    private let audit: any DoorJournaling
    private let ticks: any Clock<Duration>

    init(
        _ library: DrillLibrary, in surroundings: DrillLane.Surroundings, audit: any DoorJournaling,
        ticks: any Clock<Duration> = ContinuousClock()
    ) {
        self.library = library
        self.surroundings = surroundings
        self.audit = audit
        self.ticks = ticks
        lanes = DrillLanes(surroundings.database)
        outcomes = Outcomes(surroundings.database)
    }

    // MARK: Service

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            do { try await self.goOn() } catch {
                self.surroundings.logger.error("Drills could not be loaded", metadata: ["error": "\(error)"])
            }
            var count = 0
            while !Task.isCancelled {
                do { try await self.ticks.sleep(for: Self.tickEvery) } catch { break }
                count += 1
                for lane in self.playing {
                    lane.hub.tellTime()
                    if count % LiveHub.keepAliveEvery == 0 { lane.hub.publishKeepAlive() }
                }
            }
        }
        // Blocks until their threads have ended; nothing else needs this one at the end.
        for lane in playing { lane.stop() }
    }

    /// Those that a process before left: what was to go goes, the others go on where they stood.
    private func goOn() async throws {
        for drill in try await surroundings.threads.run({ [lanes] in try lanes.all() }) {
            guard take(drill.name, .starting(nil)) == nil else { continue }
            if drill.isEnding {
                try await remove(drill.lane)
                put(drill.name, nil)
                continue
            }
            do {
                let lane = try await open(drill, fleet: nil)
                put(drill.name, .playing(lane))
            } catch {
                surroundings.logger.error(
                    "A drill cannot go on", metadata: ["drill": "\(drill.name)", "error": "\(error)"])
                put(drill.name, .stopped(drill, reason: "\(error)"))
            }
        }
    }

    private var playing: [DrillLane] {
        state.withLock { places in
            places.values.compactMap { place in if case .playing(let lane) = place { lane } else { nil } }
        }
    }

    /// The hooks file was read again.
    package func replaceHooks() { for lane in playing { lane.replaceHooks() } }

    // MARK: DrillKeeping

    package func list() -> [DrillStatus] {
        let places = state.withLock { $0 }
        return Set(library.names).union(places.keys).sorted().map { name in
            switch places[name] {
            case nil: DrillStatus(name: name, state: .ready)
            case .starting?: DrillStatus(name: name, state: .playing)
            case .playing(let lane)?: lane.status
            case .stopped(let drill, let reason)?:
                DrillStatus(
                    name: name, state: .stopped, run: .init(drill: drill, now: drill.from, overAt: nil),
                    reason: reason)
            case .ending?: DrillStatus(name: name, state: .ending)
            }
        }
    }

    package func parts(of name: String) throws(CollectorError) -> DrillParts? {
        switch state.withLock({ $0[name] }) {
        case .playing(let lane)?: return lane.door
        case .starting?: throw CollectorError(.starting)
        case nil, .stopped?, .ending?: return nil
        }
    }

    package func start(_ start: DrillStart, by actor: String) async throws -> Outcome {
        let known = try await surroundings.threads.run { [outcomes] in try outcomes.find(start.operation) }
        if let known {
            guard known.bodyDigest == start.bodyDigest else { throw CollectorError(.operationReused) }
            return Outcome(
                operation: known.operation, bodyDigest: known.bodyDigest, status: known.status,
                body: .raw(known.body), version: known.version)
        }
        let status = try await begin(start, by: actor)
        let outcome = Outcome(
            operation: start.operation, bodyDigest: start.bodyDigest, status: Self.created, body: status.json)
        let row = OutcomeRow(
            operation: outcome.operation, bodyDigest: outcome.bodyDigest, status: outcome.status,
            body: outcome.body.text, at: surroundings.clock.now())
        try await surroundings.threads.run { [outcomes] in try outcomes.keep(row) }
        return outcome
    }

    private func begin(_ start: DrillStart, by actor: String) async throws -> DrillStatus {
        let (name, speed) = (start.name, start.speed)
        if let speed, !DrillClock.speeds.contains(speed) {
            throw Problem(
                path: "speed",
                "must be a whole number from \(DrillClock.speeds.lowerBound) to \(DrillClock.speeds.upperBound)")
        }
        guard DrillLibrary.isName(name), library.names.contains(name) else { throw unknown(name) }
        switch take(name, .starting(start.operation)) {
        case .same: throw CollectorError(.outcomePending)
        case .taken: throw Problem(.conflict, "The drill \(name) plays already; end it first to begin it again.")
        case .full:
            throw Problem(.conflict, "At most \(Self.countMax) drills play at one time; end one of them first.")
        case nil: break
        }
        do {
            let found = try await read(name)
            let speed = speed ?? DrillClock.usualSpeed(from: found.from, to: found.to)
            let drill = DrillRow(
                name: name, speed: speed, from: found.from, to: found.to, startedAt: surroundings.clock.now(),
                startedBy: actor)
            try await audit.record(
                kind: "door.drillStarted", actor: actor, body: ["drill": .string(name), "speed": .integer(speed)])
            let lane = try await begin(drill, found.fleet)
            put(name, .playing(lane))
            await lane.whenReady()
            return lane.status
        } catch {
            put(name, nil)
            throw error
        }
    }

    /// What cannot be begun leaves nothing behind.
    private func begin(_ drill: DrillRow, _ fleet: Fleet) async throws -> DrillLane {
        let drill = try await surroundings.threads.run { [lanes] in try lanes.begin(drill) }
        do {
            return try await open(drill, fleet: fleet)
        } catch {
            try? await remove(drill.lane)
            throw error
        }
    }

    package func end(_ name: String, by actor: String) async throws {
        let place = state.withLock { places -> Place? in
            switch places[name] {
            case nil, .starting?, .ending?: return nil
            case .playing?, .stopped?: return places.updateValue(.ending, forKey: name)
            }
        }
        let drill: DrillRow
        switch place {
        case .playing(let lane)?:
            drill = lane.drill
            // Its threads may take a moment, and nothing may be written once the rows begin to go.
            try await surroundings.threads.run { lane.stop() }
        case .stopped(let stopped, _)?: drill = stopped
        case nil, .starting?, .ending?: throw Problem(.notFound, "No drill \(name) plays. \(toldPlaying())")
        }
        do {
            try await surroundings.threads.run { [lanes] in try lanes.markEnding(drill.lane) }
            try await remove(drill.lane)
        } catch {
            put(name, .stopped(drill, reason: "It could not be removed whole; end it once more."))
            throw error
        }
        put(name, nil)
        try await audit.record(kind: "door.drillEnded", actor: actor, body: ["drill": .string(name)])
    }

    // MARK: Steps

    private enum NotTaken {
        /// By the same change, which was sent again.
        case same
        case taken, full
    }

    /// Notes that somebody is at work on the drill, so that nobody else begins it.
    private func take(_ name: String, _ place: Place) -> NotTaken? {
        state.withLock { places in
            if case .starting(let operation?)? = places[name], case .starting(operation) = place { return .same }
            guard places[name] == nil else { return .taken }
            guard places.count < Self.countMax else { return .full }
            places[name] = place
            return nil
        }
    }

    private func put(_ name: String, _ place: Place?) { state.withLock { $0[name] = place } }

    private func read(_ name: String) async throws -> DrillLibrary.Drill {
        do {
            return try await surroundings.threads.run { [library] in try library.read(name) }
        } catch let mistakes as DrillLibrary.Mistakes {
            throw Problem(
                .invalid, "The drill \(name) cannot be played: its files have mistakes.",
                places: mistakes.lines.map { line in
                    let parts = line.split(separator: ": ", maxSplits: 1).map(String.init)
                    return Problem.Place(path: parts[0], message: parts.count > 1 ? parts[1] : "cannot be read")
                })
        }
    }

    private func open(_ drill: DrillRow, fleet: Fleet?) async throws -> DrillLane {
        try await surroundings.threads.run { [library, surroundings] in
            let log = InputLog(surroundings.database, lane: drill.lane)
            let isNew = try !DrillWriter.hasBegun(drill, log)
            let lane = try DrillLane(
                drill, feed: library.feed(of: drill.name),
                fleet: isNew ? try fleet ?? library.fleet(of: drill.name) : nil, in: surroundings)
            lane.begin()
            return lane
        }
    }

    /// In small steps, between which everybody else writes.
    private func remove(_ lane: Int) async throws {
        while try await surroundings.threads.run({ [lanes] in try lanes.removeSome(of: lane) }) {}
    }

    private func unknown(_ name: String) -> Problem {
        let names = library.names
        let known =
            names.isEmpty ? "This collector has no drills (--drills)." : "Known: \(names.joined(separator: ", "))."
        return Problem(.notFound, "There is no drill of this name. \(known)")
    }

    private func toldPlaying() -> String {
        let names = state.withLock { $0.keys.sorted() }
        return names.isEmpty ? "None does." : "Playing: \(names.joined(separator: ", "))."
    }
}
