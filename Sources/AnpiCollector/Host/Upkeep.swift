import AnpiModel
import AnpiStore
import Logging
import ServiceLifecycle

/// Keeps the database small: archives and removes log rows below the newest checkpoint, purges what has had its time, and
/// folds what has grown old.
/// Beside the archived rows a checkpoint a day is kept, to replay them from.
///
/// Small steps on the store's threads, behind waiting beats. Nothing is removed that a restart would apply again.
struct Upkeep: Service {
    static let every = Duration.seconds(60)
    /// How long archived rows are kept, and the checkpoints beside them.
    static let archiveKept = Duration.seconds(7 * 86_400)
    /// Log rows read at a time; a row may have 4 MiB.
    static let rowsAtATime = 16

    let store: LaneStore
    let archive: LogArchive
    let kept: KeptCheckpoints
    let retention: Retention
    let threads: StoreThreads
    let clock: SteadyClock
    let logger: Logger
    /// False while another process keeps the database.
    var mayAct: @Sendable () -> Bool = { true }
    var ticks: any Clock<Duration> = ContinuousClock()

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await ticks.sleep(for: Self.every) } catch { return }
                guard mayAct() else { continue }
                do {
                    try await once(at: clock.now())
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("Upkeep will try again", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    /// One round: everything that may go by now.
    func once(at now: Timestamp) async throws {
        let checkpoint = try await threads.run { [store] in try store.checkpoints.newestPosition() }
        if let checkpoint {
            if kept.isDue(at: now) { try await keepCheckpoint() }
            while try await archiveSome(below: checkpoint.cursors), !Task.isCancelled {}
        }
        try await untilNothingIsLeft { [store] in try store.outcomes.purge(before: now - Outcomes.kept) }
        try await untilNothingIsLeft { [store] in try store.hazards.purge(before: now - HazardMessages.kept) }
        _ = try archive.prune(before: now - Self.archiveKept)
        try kept.prune(before: now - Self.archiveKept)
        // Last: what is old can wait, whatever keeps it from going.
        try await retention.once(at: now, decided: checkpoint?.journalSeq ?? 0)
    }

    private func keepCheckpoint() async throws {
        try await threads.run { [store, kept] in
            if let checkpoint = try store.checkpoints.newest() { try kept.keep(checkpoint) }
        }
    }

    /// True where more may be left.
    private func archiveSome(below limit: Cursors) async throws -> Bool {
        try await threads.run { [store, archive] in
            let page = try store.log.read(after: Cursors(), limit: Self.rowsAtATime)
            let rows = page.rows.filter { $0.seq <= limit[$0.writer] }
            guard !rows.isEmpty else { return false }
            try archive.append(rows)
            var done = Cursors()
            for row in rows { done[row.writer] = max(done[row.writer], row.seq) }
            while try store.log.deleteBelow(done) > 0 {}
            return true
        }
    }

    private func untilNothingIsLeft(_ purge: @escaping @Sendable () throws -> Int) async throws {
        while try await threads.run(purge) > 0, !Task.isCancelled {}
    }
}
