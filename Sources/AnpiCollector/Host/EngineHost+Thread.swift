import AnpiDigest
import AnpiEngine
import AnpiModel
import AnpiStore
import DequeModule
import Dispatch
import Logging
import Synchronization

/// What the engine's own thread does: a turn after the other, and what follows where one fails.
extension EngineHost {
    /// What the engine's thread goes by.
    private struct Running {
        var owner: LaneOwner?
        var lane: LaneKeeper
        /// Of the engine as it was told; nil: of another engine, or never.
        var directivesTold: Int?
        var isCaughtUp = true
        var didWork = false
        /// The store has refused something: a write must go through before the engine is moved on.
        var isInDoubt = false
        var lastCheckpoint: Timestamp
        var freed = FreedMemory()
    }

    /// Until `stop`.
    func run() {
        var running = Running(
            lane: LaneKeeper(store, sharedAs: sharedAs, decides: decides, clock: clock, logger: logger),
            lastCheckpoint: clock.now())
        var guardian = PoisonGuard(
            attempts: store.attempts, logger: logger, announce: { try self.tellEveryone(of: $0) })
        while !state.withLock({ $0.isStopping }) {
            do {
                try step(&running, &guardian)
            } catch {
                failed(error, &running, &guardian)
            }
            relieve(at: clock.now())
            if running.freed.isDue(at: clock.now()) { FreedMemory.giveBack() }
            if running.isCaughtUp { doorbell.wait(atMost: running.didWork ? Self.pollBusy : Self.pollIdle) }
        }
        end(&running, guardian)
        refuseAll()
    }

    /// Takes in what is new, decides or follows, tells, and answers those who read.
    private func step(_ running: inout Running, _ guardian: inout PoisonGuard) throws {
        if running.owner == nil {
            running.owner = try load(&guardian, running.lane)
            running.directivesTold = nil
            // What another release has left is this one's own as soon as it has written it itself.
            running.lastCheckpoint = running.lane.takesOverFromAnotherRelease ? .distantPast : clock.now()
            running.lane.hasTakenOver()
            running.freed.muchWasFreed(at: clock.now())
            // A turn may fail again, and those who waited for the loading would wait for the next.
            if let engine = running.owner?.engine { answerReads(engine) }
        }
        stands(at: running.owner?.engine)
        let news = try running.lane.look(at: &running.owner) { now in
            moves()
            try guardian.begin(at: now)
        }
        if let news, let owner = running.owner { tell(news, of: owner) }
        // What another release has left is loaded first.
        guard running.owner != nil else { return }
        if running.isInDoubt, running.lane.isOwner { try running.owner?.provesWritable() }
        running.isInDoubt = false
        let committed =
            running.lane.isOwner
            ? try running.owner?.turn(
                before: { try guardian.willApply($0) }, changes: moves, outbox: outbox)
            : try follow(&running.owner, running.lane)
        moves()
        if let committed, let owner = running.owner { tell(committed, of: owner) }
        if committed?.fleetChanged == true { running.freed.muchWasFreed(at: clock.now()) }
        running.isCaughtUp = committed?.isCaughtUp ?? true
        running.didWork = (committed?.rows ?? 0) > 0
        if running.isCaughtUp, running.lane.isOwner { try guardian.caughtUp() }
        if let engine = running.owner?.engine {
            if engine.directivesVersion != running.directivesTold {
                running.directivesTold = engine.directivesVersion
                listeners.directives(engine.directives)
            }
            becomeReady(when: running.isCaughtUp)
            listeners.advanced(engine.now, engine.deafSince)
            answerReads(engine)
        }
        if running.isCaughtUp, running.lane.isOwner, clock.now() - running.lastCheckpoint >= Self.checkpointEvery {
            try beginCheckpoint(of: &running.owner)
            running.lastCheckpoint = clock.now()
        }
    }

    /// A checkpoint, and the lane is left to the next.
    private func end(_ running: inout Running, _ guardian: PoisonGuard) {
        do {
            checkpoints.wait()
            var didFail = false
            if checkpoints.isFree(didFail: &didFail), didFail { running.owner?.checkpointFailed() }
            if running.lane.isOwner {
                try running.owner?.checkpoint()
                try guardian.endedInOrder()
                try running.lane.ends()
            }
        } catch {
            logger.error("The last checkpoint was not written", metadata: ["error": "\(error)"])
        }
    }

    // MARK: Failures

    private func failed(_ error: any Error, _ running: inout Running, _ guardian: inout PoisonGuard) {
        running.lane.failed(error, of: &running.owner)
        if let owner = running.owner, let refusal = error as? StoreError, refusal.code != .conflict, !owner.isAhead {
            if !running.isInDoubt {
                logger.error("The store refuses: pages show what was committed", metadata: ["error": "\(error)"])
            }
            standStill(with: owner.engine)
        } else {
            moves()
            let wasLoaded = running.owner != nil
            running.owner = nil
            recover(from: error, refusesReads: !wasLoaded, &guardian)
        }
        running.isInDoubt = true
    }

    /// The engine is as committed, and the thread goes to the store: whoever reads need not wait for that.
    private func stands(at engine: Engine?) {
        guard let engine else { return }
        state.withLock { state in
            if state.isReady { state.standing = Standing(engine: engine, since: clock.now()) }
        }
    }

    /// The engine changes: a copy that is kept would be copied in full.
    private func moves() {
        // Let go after the lock.
        _ = state.withLock { state in
            defer { state.standing = nil }
            return state.standing
        }
    }

    /// Answers reads for a moment, until the store is tried again.
    private func standStill(with engine: Engine) {
        moves()
        becomeReady(when: state.withLock { $0.isReady })
        let end = clock.now() + Self.retryEvery
        var now = clock.now()
        while now < end, !state.withLock({ $0.isStopping }) {
            answerReads(engine)
            expireWaiters(at: now)
            doorbell.wait(atMost: end - now)
            now = clock.now()
        }
    }

    /// The engine in memory is ahead of the store or stuck: it has been thrown away.
    ///
    /// - Parameter refusesReads: it cannot be loaded just now, and nobody is left waiting for it; else reads wait.
    private func recover(from error: any Error, refusesReads: Bool, _ guardian: inout PoisonGuard) {
        logger.error("The engine is loaded again after a failure", metadata: ["error": "\(error)"])
        let reads = state.withLock { state -> Deque<Read> in
            state.isTold = false
            guard refusesReads else { return [] }
            defer { state.reads = [] }
            state.isReady = false
            return state.reads
        }
        listeners.ready(false)
        for read in reads { read.answer(.failure(CollectorError(.starting))) }
        if let row = error as? Engine.UnreadableRow {
            do {
                if try store.log.writer(row.place.writer)?.release ?? 0 > Migrations().newest {
                    return listeners.unusable(
                        StoreError(.newerSchema, "a newer release has written what this one cannot read: upgrade it"))
                }
                try guardian.putAside(unreadable: row.place, at: clock.now())
                return
            } catch {
                logger.error("A row could not be put aside", metadata: ["error": "\(error)"])
            }
        }
        if error is LaneOwner.UnusableCheckpoint { listeners.unusable(error) }
        doorbell.wait(atMost: Self.retryEvery)
    }

    /// Takes in what the lane's owner has decided since. Where that is of another release and the log leads elsewhere by
    /// this one's rules, what it has written is shown: its checkpoints, and its answers to commands.
    private func follow(_ owner: inout LaneOwner?, _ lane: LaneKeeper) throws -> LaneOwner.Committed? {
        if owner?.isCheckpointAlone == true {
            try settleFromStore()
            if try owner?.isOutdated() == true { owner = nil }
            return nil
        }
        do {
            return try owner?.follow(changes: moves)
        } catch let lost as LaneOwner.LostTrack {
            guard try lane.followsAnotherRelease() else { throw lost }
            owner = try showsCheckpoint()
            return nil
        }
    }

    private func showsCheckpoint() throws -> LaneOwner {
        let owner = try LaneOwner(checkpointOf: store)
        logger.notice(
            "The release that decides goes by other rules: its checkpoints are shown",
            metadata: ["asOf": "\(owner.engine.now)"])
        return owner
    }

    /// Answers those who wait here and whose command has been decided elsewhere.
    private func settleFromStore() throws {
        for operation in state.withLock({ $0.waiters.keys.sorted() }) {
            if let known = try store.outcomes.find(operation) { settle(Outcome(known)) }
        }
    }

    private func load(_ guardian: inout PoisonGuard, _ lane: LaneKeeper) throws -> LaneOwner {
        let start = clock.now()
        let isOwner = lane.isOwner
        checkpoints.wait()
        if isOwner { try guardian.begin(at: start) }
        var found = LaneOwner.Loaded(reapplied: 0, divergedAt: nil)
        var owner = try LaneOwner(
            loading: store, before: { if isOwner { try guardian.willApply($0) } }, found: &found)
        try lane.loaded(&owner)
        if let number = found.divergedAt {
            if isOwner, lane.takesOverFromAnotherRelease {
                try leap(owner, because: number)
            } else if try lane.followsAnotherRelease() {
                owner = try showsCheckpoint()
            } else {
                logger.critical(
                    "Applying the log again gave another decision than the journal holds",
                    metadata: ["journal": "\(number)"])
            }
        }
        logger.info(
            "Engine loaded",
            metadata: [
                "rows": "\(found.reapplied)", "asOf": "\(owner.engine.now)",
                "milliseconds": "\((clock.now() - start).wholeMilliseconds)",
            ])
        listeners.fleet(owner.engine.fleet)
        return owner
    }

    /// Another release died before its last checkpoint, and by our rules something else comes of what it had decided since:
    /// as after a restore, no number that it has told may be given to something else.
    private func leap(_ owner: LaneOwner, because journal: Int64) throws {
        logger.warning(
            "Another release had decided otherwise since its last checkpoint: new numbers begin further up",
            metadata: ["journal": "\(journal)"])
        let epoch = try RestoreEpoch.begin(in: owner.store.database, at: clock.now())
        let now = owner.position.engineTime
        try owner.store.log.interject(
            InputCodec.encode([.restored(Restored(at: now, epoch: epoch))]), behind: now,
            as: Hexadecimal.encode(SecureRandom.bytes(16)))
    }

    private func beginCheckpoint(of owner: inout LaneOwner?) throws {
        var didFail = false
        guard checkpoints.isFree(didFail: &didFail) else { return }
        if didFail { owner?.checkpointFailed() }
        if let draft = try owner?.draftCheckpoint(), let store = owner?.store {
            checkpoints.write(draft, to: store.checkpoints)
        }
    }

    /// The row that makes every reader of the log skip the input, now and in replays. Waits until it is durable; where
    /// it cannot be, the engine is loaded again and the row tried again, as after any commit that failed.
    private func tellEveryone(of culprit: LogPlace) throws {
        let outcome = Mutex(false)
        let settled = DispatchSemaphore(value: 0)
        let isTaken = commit.submit(as: .urgent, { _ in .quarantined(culprit) }) { isDurable in
            outcome.withLock { $0 = isDurable }
            settled.signal()
        }
        guard isTaken else { throw CollectorError(.overloaded, "an input cannot be put aside just now") }
        // The committing thread never waits for this one.
        settled.wait()
        guard outcome.withLock({ $0 }) else { throw CollectorError(.storeFailed, "an input cannot be put aside") }
    }

    private func becomeReady(when isCaughtUp: Bool) {
        guard isCaughtUp else { return }
        let isFirst = state.withLock { state in
            defer { (state.isReady, state.isTold) = (true, true) }
            return !state.isTold
        }
        if isFirst { listeners.ready(true) }
    }

    private func tell(_ committed: LaneOwner.Committed, of owner: LaneOwner) {
        if committed.fleetChanged { listeners.fleet(owner.engine.fleet) }
        for outcome in committed.outcomes { settle(outcome) }
        if !committed.entries.isEmpty { listeners.committed(committed.numbers, committed.entries) }
    }

    private func answerReads(_ engine: Engine) {
        let reads = state.withLock { state in
            defer { state.reads = [] }
            return state.reads
        }
        for read in reads { read.answer(.success(engine)) }
    }

    private func refuseAll() {
        let (reads, waiters) = state.withLock { state in
            defer {
                state.reads = []
                state.waiters = [:]
            }
            return (state.reads, state.waiters.map(\.value))
        }
        for read in reads { read.answer(.failure(CollectorError(.stopping))) }
        for waiter in waiters {
            for continuation in waiter.continuations { continuation.resume(throwing: CollectorError(.outcomePending)) }
        }
    }
}
