import AnpiModel
import AnpiStore
import Logging
import Synchronization

/// How long the past is kept as it was: older history is folded, older lines of the journal leave for the archive.
package struct RetentionSettings: Hashable, Sendable {
    /// A year and a month, so that a month can be held against the same one of the year before.
    package static let standard = RetentionSettings(history: .seconds(400 * 86_400), journal: .seconds(400 * 86_400))
    /// What pages, figures of availability and streams that resume still ask for.
    package static let least = Duration.seconds(60 * 86_400)

    package var history: Duration
    /// Nil where no folder is there that every collector writes to: the lines then stay.
    package var journal: Duration?

    package init(history: Duration, journal: Duration?) {
        self.history = history
        self.journal = journal
    }
}

/// Carries out the retention in short steps, some each minute: a sweep through all subjects a day.
///
/// Where it stands is known to this process alone: who begins anew folds what is left.
final class Retention: Sendable {
    /// Subjects a round: 2,000,000 of them, a nation's, are through in less than a day.
    static let subjectsAtATime = 2_000
    /// Steps between two chances to be stopped.
    private static let stepsAtATime = 50
    private static let sweepEvery = Duration.seconds(86_400)
    /// Lines in one file of the archive, and how long fewer wait for more.
    static let linesInAFile = 4_000
    private static let fewerWaitFor = Duration.seconds(31 * 86_400)
    /// Lines removed in one transaction: about 5 ms.
    private static let linesAtATime = 400
    /// Files a round: what waits, after a shorter time was asked for, takes hours and holds nothing up.
    private static let filesAtATime = 8

    private struct Sweep {
        /// Nil where it is through.
        var place: HistoryFolding.Place? = .start
        var beganAt: Timestamp
    }

    private let settings: RetentionSettings
    private let folding: HistoryFolding
    private let archiving: JournalArchiving
    private let archive: JournalArchive
    private let threads: StoreThreads
    private let sweep = Mutex<Sweep?>(nil)

    init(_ settings: RetentionSettings, of store: LaneStore, archive: JournalArchive, threads: StoreThreads) {
        self.settings = settings
        self.archive = archive
        self.threads = threads
        folding = HistoryFolding(store.database, lane: store.lane)
        archiving = JournalArchiving(store.database, lane: store.lane)
    }

    /// One round; `decided` is the number of the journal's line that the newest checkpoint rests on.
    func once(at now: Timestamp, decided: Int64) async throws {
        try await fold(at: now)
        guard let kept = settings.journal, try await threads.run({ [archiving] in try archiving.isAllowed() }) else {
            return
        }
        for chain in try await threads.run({ [archiving] in try archiving.chains() }) {
            // A restart compares what it decides anew with the lines behind the checkpoint.
            let bound = chain == Journal.main ? decided : .max
            for _ in 0..<Self.filesAtATime where !Task.isCancelled {
                guard try await archiveSome(of: chain, before: now - kept, below: bound) else { break }
            }
        }
    }

    private func fold(at now: Timestamp) async throws {
        var current = sweep.withLock { $0 } ?? Sweep(beganAt: now)
        if current.place == nil, now - current.beganAt >= Self.sweepEvery { current = Sweep(beganAt: now) }
        let limit = now - settings.history
        var left = Self.subjectsAtATime
        while left > 0, let place = current.place, !Task.isCancelled {
            current.place = try await threads.run { [folding] in
                var place: HistoryFolding.Place? = place
                for _ in 0..<Self.stepsAtATime {
                    guard let here = place else { break }
                    place = try folding.step(after: here, before: limit)
                }
                return place
            }
            left -= Self.stepsAtATime
            sweep.withLock { [current] in $0 = current }
        }
    }

    /// True where more may be old.
    private func archiveSome(of chain: String, before instant: Timestamp, below bound: Int64) async throws -> Bool {
        try await threads.run { [archiving, archive] in
            let waited = instant - Self.fewerWaitFor
            guard try archiving.isDue(chain, file: Self.linesInAFile, before: instant, waited: waited) else {
                return false
            }
            let lines = try archiving.lines(of: chain, before: instant, below: bound, limit: Self.linesInAFile)
            let isFull = lines.count == Self.linesInAFile
            guard let first = lines.first, isFull || first.at < waited else { return false }
            try archive.write(lines, of: chain)
            var done: [StoredJournalLine] = []
            var rest = lines
            while !rest.isEmpty {
                let next = Array(rest.prefix(Self.linesAtATime))
                if try archiving.drop(next, of: chain) {
                    done += next
                    rest.removeFirst(next.count)
                } else {
                    // Somebody erased one of them meanwhile: the file must not tell it either.
                    rest = try archiving.lines(of: chain, before: instant, below: bound, limit: rest.count)
                    try archive.write(done + rest, of: chain)
                }
            }
            return isFull
        }
    }
}
