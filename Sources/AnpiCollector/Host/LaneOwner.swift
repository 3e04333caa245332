import AnpiEngine
import AnpiModel
import AnpiStore
import FoundationEssentials

/// The engine of one lane together with what it has decided: loads, applies, commits. One thread owns it.
///
/// All of the order of ENGINE §3 is here: rows are applied in the log's order below the watermark, everything that
/// follows from them is written in one transaction, and only then is anything told. If the transaction fails, the
/// owner must be thrown away and loaded again, because its engine is ahead of the store (`isAhead`).
struct LaneOwner {
    /// Log rows applied before the first commit of a turn.
    static let rowsPerTurn = 64
    /// The position is written at least this often, even where nothing was decided.
    static let positionEvery = Duration.seconds(10)

    private(set) var store: LaneStore
    private(set) var engine: Engine
    /// What is committed.
    private(set) var position: Position
    /// What has been applied.
    private var cursors: Cursors
    private var quarantined: Set<LogPlace>
    /// Of the newest checkpoint; 0 where there is none, and the next one must hold every block.
    private var generation: Int64 = 0
    private var lastCheckpointFailed = false
    /// True where this is the newest checkpoint as it is, and the log is not applied.
    private(set) var isCheckpointAlone = false
    /// True from the first input of a turn until what follows from it is committed: nobody may look at the engine, and
    /// where the commit fails it is of no use any more.
    private(set) var isAhead = false
    /// What has been followed and not told: the store refused a read on the way to where the owner stands.
    private var followed = Step()

    /// What a turn has made durable and what may now be told.
    struct Committed {
        var numbers: Range<Int64>
        var entries: [Step.Entry]
        var outcomes: [Outcome]
        var fleetChanged: Bool
        /// False when more rows wait already.
        var isCaughtUp: Bool
        var rows: Int
    }

    /// What loading found; the host logs and journals it.
    struct Loaded {
        var reapplied: Int
        /// The first journal number where the re-applied decision is not the one that was written.
        var divergedAt: Int64?
    }

    /// The newest checkpoint cannot be read and the log alone does not lead to where the journal stands: trying again
    /// will not help.
    struct UnusableCheckpoint: Error, CustomStringConvertible {
        var generation: Int64
        var at: Timestamp

        var description: String {
            """
            The newest checkpoint (\(generation), of \(at)) is damaged or of another release, and the log before it has \
            been archived: start the release that wrote it, or restore the newest backup.
            """
        }
    }

    // MARK: Load

    /// Restores the newest checkpoint and applies the log again up to what is committed, without writing, comparing
    /// every decision with the journal.
    init(loading store: LaneStore, before each: (LogPlace) throws -> Void, found: inout Loaded) throws {
        self.store = store
        position = try store.decided.position() ?? Position(cursors: Cursors(), engineTime: .distantPast, journalSeq: 0)
        quarantined = Set(try store.attempts.quarantined())
        engine = Engine()
        engine.isDrill = store.lane != 0
        cursors = Cursors()
        guard let checkpoint = try store.checkpoints.newest() else {
            try reapply(from: 0, before: each, found: &found)
            return
        }
        generation = checkpoint.generation
        do {
            engine = try Engine(
                restoring: checkpoint.head,
                blocks: Dictionary(uniqueKeysWithValues: checkpoint.blocks.map { ($0.index, $0.bytes) }))
            engine.isDrill = store.lane != 0
        } catch {
            try startOver(instead: checkpoint, before: each, found: &found)
            return
        }
        cursors = checkpoint.position.cursors
        try reapply(from: checkpoint.position.journalSeq, before: each, found: &found)
    }

    /// What another release has left in its newest checkpoint, and nothing more: by this one's rules the log leads
    /// elsewhere. Throws `LostTrack` where there is none.
    init(checkpointOf store: LaneStore) throws {
        guard let checkpoint = try store.checkpoints.newest() else { throw LostTrack() }
        self.store = store
        position = checkpoint.position
        cursors = position.cursors
        quarantined = []
        generation = checkpoint.generation
        isCheckpointAlone = true
        do {
            engine = try Engine(
                restoring: checkpoint.head,
                blocks: Dictionary(uniqueKeysWithValues: checkpoint.blocks.map { ($0.index, $0.bytes) }))
        } catch {
            throw UnusableCheckpoint(generation: generation, at: position.engineTime)
        }
        engine.isDrill = store.lane != 0
    }

    /// Whether there is a newer checkpoint than the one that this began with.
    func isOutdated() throws -> Bool { try store.checkpoints.newestGeneration() ?? 0 > generation }

    /// Applies the whole log where it still is whole: that is so if it leads to the very journal that was written.
    private mutating func startOver(
        instead checkpoint: Checkpoint, before each: (LogPlace) throws -> Void, found: inout Loaded
    ) throws {
        let unusable = UnusableCheckpoint(generation: checkpoint.generation, at: checkpoint.position.engineTime)
        for writer in position.cursors.entries where writer.seq > 0 {
            guard try store.log.firstRow(of: writer.writer) == 1 else { throw unusable }
        }
        try reapply(from: 0, before: each, found: &found)
        guard found.divergedAt == nil else { throw unusable }
        lastCheckpointFailed = true
    }

    private mutating func reapply(
        from journalSeq: Int64, before each: (LogPlace) throws -> Void, found: inout Loaded
    ) throws {
        var number = journalSeq
        var step = Step()
        let target = position.cursors
        try withoutWriting(upTo: target) { owner, row in
            try owner.engine.apply(row, skipping: &owner.quarantined, before: each, into: &step)
            found.reapplied += 1
            try owner.compare(&step, after: &number, found: &found)
        }
        engine.advance(to: position.engineTime, into: &step)
        try compare(&step, after: &number, found: &found)
        if number != position.journalSeq, found.divergedAt == nil { found.divergedAt = number + 1 }
        cursors = position.cursors
    }

    private mutating func withoutWriting(
        upTo target: Cursors, _ body: (inout LaneOwner, LogRow) throws -> Void
    ) throws {
        while true {
            let page = try store.log.read(after: cursors, limit: Self.rowsPerTurn)
            let rows = page.rows.filter { $0.seq <= target[$0.writer] }
            for row in rows {
                try body(&self, row)
                cursors[row.writer] = row.seq
            }
            // A page with a row beyond the target holds all that was decided before it: the order is the log's.
            if page.isComplete || rows.count < page.rows.count { return }
        }
    }

    private func compare(_ step: inout Step, after number: inout Int64, found: inout Loaded) throws {
        guard !step.entries.isEmpty else { return }
        var index = 0
        while index < step.entries.count {
            let lines = try store.journal.read(after: number, limit: step.entries.count - index)
            guard !lines.isEmpty else { break }
            for line in lines where index < step.entries.count {
                let draft = StepRows.draft(of: step.entries[index])
                let isSame =
                    line.seq == number + 1 && line.kind == draft.kind
                    && (line.body ?? draft.storedBody) == draft.storedBody
                if !isSame, found.divergedAt == nil { found.divergedAt = line.seq }
                number = line.seq
                index += 1
            }
        }
        if index < step.entries.count, found.divergedAt == nil { found.divergedAt = number + 1 }
        step = Step()
    }

    // MARK: Turn

    /// Applies what the log holds below its watermark, lets time pass up to it, and commits what follows.
    ///
    /// Nil where nothing came and nothing was due.
    ///
    /// - Parameter changes: called before the engine changes.
    mutating func turn(
        before each: (LogPlace) throws -> Void = { _ in }, changes: () -> Void = {},
        outbox: (Decision, Int) -> [OutboxDraft]
    ) throws -> Committed? {
        let page = try store.log.read(after: cursors, limit: Self.rowsPerTurn)
        changes()
        isAhead = true
        var step = Step()
        for row in page.rows {
            try engine.apply(row, skipping: &quarantined, before: each, into: &step)
            cursors[row.writer] = row.seq
        }
        if let reached = page.reached, reached > engine.now { engine.advance(to: reached, into: &step) }
        let committed = try commit(step, rows: page.rows.count, isCaughtUp: page.isComplete, outbox: outbox)
        isAhead = false
        return committed
    }

    /// Writes once more where it stands, which changes nothing: throws while the store takes no writes.
    func provesWritable() throws {
        _ = try store.decided.commit(
            DecidedStep(
                previousJournalSeq: position.journalSeq, cursors: position.cursors, engineTime: position.engineTime))
    }

    private mutating func commit(
        _ step: Step, rows: Int, isCaughtUp: Bool, outbox: (Decision, Int) -> [OutboxDraft]
    ) throws -> Committed? {
        let isEmpty = step.entries.isEmpty && step.outcomes.isEmpty && step.history.isEmpty && step.changed.keys.isEmpty
        if isEmpty, engine.now - position.engineTime < Self.positionEvery {
            return rows == 0
                ? nil
                : Committed(
                    numbers: 0..<0, entries: [], outcomes: [], fleetChanged: false, isCaughtUp: isCaughtUp, rows: rows)
        }
        let decided = try StepRows.decided(
            step, in: engine, after: position.journalSeq, cursors: cursors, outbox: outbox)
        let committed = try store.decided.commit(decided)
        position = committed.position
        return Committed(
            numbers: committed.numbers, entries: step.entries, outcomes: step.outcomes,
            fleetChanged: decided.fleet != nil,
            isCaughtUp: isCaughtUp, rows: rows)
    }

    // MARK: Following

    /// From here the log does not lead to what was decided: rows have gone meanwhile, or gave other decisions.
    struct LostTrack: Error, CustomStringConvertible {
        var description: String { "the log no longer leads to what another process has decided" }
    }

    /// Takes in what the lane's owner has decided since, without writing: pages show it, and taking over means to begin
    /// to write. Nil where there is nothing new, and while this engine, which was the owner's, is still ahead.
    ///
    /// Where the store refuses, it goes on from there the next time: each row was taken in whole or not at all.
    ///
    /// - Parameter changes: called before the engine changes.
    mutating func follow(changes: () -> Void = {}) throws -> Committed? {
        guard let decided = try store.decided.position(), decided != position, decided.engineTime >= engine.now,
            decided.cursors.entries.allSatisfy({ $0.seq >= cursors[$0.writer] })
        else { return nil }
        var rows = 0
        changes()
        try withoutWriting(upTo: decided.cursors) { owner, row in
            guard row.seq == owner.cursors[row.writer] + 1 else { throw LostTrack() }
            try owner.engine.apply(row, skipping: &owner.quarantined, into: &owner.followed)
            rows += 1
        }
        if decided.engineTime > engine.now { engine.advance(to: decided.engineTime, into: &followed) }
        let numbers = position.journalSeq + 1..<max(position.journalSeq, decided.journalSeq) + 1
        guard engine.now == decided.engineTime, followed.entries.count == numbers.count else { throw LostTrack() }
        var (same, number) = (Loaded(reapplied: 0, divergedAt: nil), position.journalSeq)
        var toldNext = followed
        try compare(&toldNext, after: &number, found: &same)
        guard same.divergedAt == nil else { throw LostTrack() }
        position = decided
        cursors = decided.cursors
        let step = followed
        followed = Step()
        return Committed(
            numbers: numbers, entries: step.entries, outcomes: step.outcomes,
            fleetChanged: step.changed.keys.contains(.fleet), isCaughtUp: true, rows: rows)
    }

    /// The lane is this process's now: what the one before has written last is taken in, and from here on its own.
    mutating func takesOver(fence: Int64) throws -> Committed? {
        let last = try follow()
        store = LaneStore(FencedDatabase(store.database, lane: store.lane, fence: fence), lane: store.lane)
        // The owner before has written blocks that this one has not: its first checkpoint holds everything.
        generation = try store.checkpoints.newestGeneration() ?? 0
        lastCheckpointFailed = true
        return last
    }

    /// The lane may be another's now. What is applied is what the next owner will decide too; nothing is written any more.
    mutating func stepsDown(to store: LaneStore) { self.store = store }

    // MARK: Checkpoint

    /// The engine as it stands, to be written elsewhere while this one goes on.
    struct CheckpointDraft: Sendable {
        fileprivate var engine: Engine
        fileprivate var position: Position
        fileprivate var generation: Int64
        /// False: every block is written, because the one before is missing or may be incomplete.
        fileprivate var isChangesOnly: Bool

        /// Encodes and writes it, in small transactions; takes about a second for 100,000 sites.
        func save(to checkpoints: Checkpoints) throws {
            try checkpoints.save(
                generation: generation, position: position, head: engine.checkpointHead(),
                blocks: engine.checkpointBlocks(dirtyOnly: isChangesOnly), keepingOthers: isChangesOnly)
        }
    }

    /// Where a restart would begin to apply again, with the engine's state there. What was applied but not yet written
    /// is written first, so that the position is exactly this state's.
    mutating func draftCheckpoint() throws -> CheckpointDraft {
        let known = Set(try store.log.writers().map(\.id))
        cursors.keep { known.contains($0) }
        if cursors != position.cursors || engine.now != position.engineTime {
            position = try store.decided.commit(
                DecidedStep(previousJournalSeq: position.journalSeq, cursors: cursors, engineTime: engine.now)
            ).position
        }
        let draft = CheckpointDraft(
            engine: engine, position: position, generation: generation + 1,
            isChangesOnly: generation > 0 && !lastCheckpointFailed)
        generation += 1
        lastCheckpointFailed = false
        engine.markClean()
        return draft
    }

    /// The draft was not written: what it held must be in the next one, which therefore holds everything.
    mutating func checkpointFailed() { lastCheckpointFailed = true }

    /// Draft and save in one, where nothing else is to be done meanwhile.
    mutating func checkpoint() throws {
        do {
            try draftCheckpoint().save(to: store.checkpoints)
        } catch {
            checkpointFailed()
            throw error
        }
    }
}
