internal import AnpiStore
internal import Dispatch
internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// Carries SQLite's write-ahead log into the file beside the commits instead of within them, so that no step that holds
/// the writer pays for it (docs/decisions/0008).
///
/// Most of the log is carried on a connection and a queue of its own while the writer goes on. What has been written
/// meanwhile follows under the writer's gate: a few pages, after which SQLite begins its log anew. So the log grows
/// beyond `pagesMax` only by what is written in that time, or while a reader holds on to an old snapshot.
///
/// SQLite up to 3.51.2 damages the file if a transaction begins the log anew at the moment at which another connection
/// begins to carry it over. A transaction does so only where all of the log has been carried over; so this begins only
/// where some of it has not, and nobody else carries anything over. `mayCarry` keeps the account.
final class LogCarrier: Sendable {
    /// What is small enough to be carried over while the writer waits: 256 KiB.
    private static let tailPages = 64
    /// How often what was written meanwhile is carried over beside the writer before the writer has to wait.
    private static let roundsMax = 4

    private struct State {
        /// Pages in the log after the last commit.
        var pages = 0
        /// How many of them are in the file for certain.
        var carried = 0
        /// How often the log was seen to begin anew.
        var life = 0
        /// So many pages call for carrying them over.
        var dueAt: Int
        var isAtWork = false
    }

    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "anpi-wal")
    private let connection: DatabaseQueue
    private let gate: WriterGate
    private let pagesMax: Int

    /// - Parameter pagesMax: pages of the log that call for carrying it over.
    init(path: String, gate: WriterGate, pagesMax: Int) throws {
        self.gate = gate
        self.pagesMax = pagesMax
        state = Mutex(State(dueAt: pagesMax))
        var configuration = Configuration()
        configuration.label = "anpi-wal"
        configuration.prepareDatabase { database in
            // Before the log begins anew, its pages must be on the disk.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        }
        connection = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Hears of each commit of `writer` from now on, and stops it from carrying anything over; must outlive it.
    func watch(_ writer: Database) throws {
        try writer.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            writer.sqliteConnection,
            { context, _, _, pages in
                if let context { Unmanaged<LogCarrier>.fromOpaque(context).takeUnretainedValue().committed(Int(pages)) }
                return SQLITE_OK
            }, context)
    }

    /// Returns when nothing is being carried over any more.
    func close() throws {
        queue.sync {}
        try connection.close()
    }

    /// A commit has left the log with so many pages.
    private func committed(_ pages: Int) {
        let isDue = state.withLock { state in
            if pages <= state.pages {
                state.life += 1
                state.carried = 0
                state.dueAt = pagesMax
            }
            state.pages = pages
            guard pages >= state.dueAt, !state.isAtWork else { return false }
            state.isAtWork = true
            return true
        }
        if isDue { queue.async { [self] in work() } }
    }

    private func work() {
        // An error here loses nothing: the pages stay in the log, and a later commit calls again. Where it is the disk
        // that is full, that commit fails and says so.
        try? carryAll()
        state.withLock { state in
            state.isAtWork = false
            state.dueAt = state.pages < pagesMax ? pagesMax : state.pages + pagesMax
        }
    }

    private func carryAll() throws {
        for _ in 0..<Self.roundsMax where mayCarry(moreThan: Self.tailPages) { try carry() }
        try gate.withTurn(.normal) {
            if mayCarry(moreThan: 0) { try carry() }
        }
    }

    /// True where more than so many pages are not in the file.
    private func mayCarry(moreThan pages: Int) -> Bool {
        state.withLock { $0.pages - $0.carried > pages }
    }

    private func carry() throws {
        let life = state.withLock { $0.life }
        let result = try connection.writeWithoutTransaction { try $0.checkpoint(.passive) }
        state.withLock { state in
            // Once all is carried over the next commit may have begun the log anew, before we are back here.
            if state.life == life { state.carried = result.checkpointedFrameCount }
        }
    }
}
