package import AnpiModel
internal import AnpiStore
internal import Foundation
internal import GRDB

#if canImport(Glibc)
internal import Glibc
#endif

/// Copies of the embedded database: made while it is written, checked before they count, put back with care.
package enum SQLiteBackup {
    /// How long the file of a copy that was never finished is kept.
    static let unfinishedKept = Duration.seconds(86_400)

    /// What a copy holds.
    package struct Report: Hashable, Sendable {
        package var path: String
        package var bytes: Int
        /// Lines of all journal chains, each checked in the copy.
        package var entries: Int64
        /// The head of the main chain of lane 0, to be noted elsewhere.
        package var head: [UInt8]
        /// Older copies that were removed.
        package var removed: [String]
    }

    /// Copies `database` to `folder`/anpi-<UTC time>.sqlite, checks the copy, and keeps the `keep` newest.
    ///
    /// The copy is whole and on the disk when this returns; what fails its check is removed and thrown as `.corrupt`.
    package static func make(
        of database: SQLiteDatabase, to folder: String, at now: Timestamp, keep: Int
    ) throws -> Report {
        try attempting { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
        let name = "anpi-\(stamp(now)).sqlite"
        let path = folder + "/" + name
        let partial = path + ".partial"
        try remove(partial)
        do {
            try StoreError.translating {
                let queue = try DatabaseQueue(path: partial)
                try database.copy(to: queue)
                // A copy is one file: without a WAL beside it.
                try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
                try queue.close()
            }
            chmod(partial, 0o600)
            var report = try verify(partial)
            try sync(partial)
            guard rename(partial, path) == 0 else { throw failure("the copy cannot be renamed", path) }
            try sync(folder)
            report.path = path
            report.removed = try prune(folder, keep: max(keep, 1)) + pruneUnfinished(folder, at: now)
            return report
        } catch {
            try? remove(partial)
            throw error
        }
    }

    /// Checks a copy: the file's own structure, then every chain of the journal.
    package static func verify(_ path: String) throws -> Report {
        guard FileManager.default.fileExists(atPath: path) else { throw failure("there is no such copy", path) }
        let queue = try StoreError.translating {
            var configuration = Configuration()
            configuration.readonly = true
            return try DatabaseQueue(path: path, configuration: configuration)
        }
        let answer = try StoreError.translating {
            try queue.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
        }
        guard answer == "ok" else { throw StoreError(.corrupt, "the copy is damaged", detail: path) }
        let database = SQLiteDatabase.wrapping(queue, path: path)
        let chains = try Journal.verifyAll(database)
        for chain in chains {
            guard let bad = chain.verdict.firstBad else { continue }
            throw StoreError(
                .corrupt, "the journal in the copy does not verify", detail: "chain \(chain.chain), line \(bad)")
        }
        let bytes = try attempting { try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int }
        return Report(
            path: path, bytes: bytes ?? 0, entries: chains.reduce(0) { $0 + $1.verdict.entries },
            head: chains.first { $0.lane == 0 && $0.chain == Journal.main }?.verdict.head ?? [], removed: [])
    }

    /// What `restore` did.
    package struct Restored: Hashable, Sendable {
        package var copy: Report
        /// Where the database that stood there lies now; nil where there was none.
        package var setAside: String?
    }

    /// Puts a copy in the place of the database at `path`, after checking it.
    ///
    /// An open database is never replaced (`.inUse`). One that stands further than the copy, or cannot be read, only
    /// with `force` (`.conflict`). What stood there is kept beside it under another name.
    package static func restore(_ copy: String, to path: String, at now: Timestamp, force: Bool) throws -> Restored {
        let lock = try ProcessLock(path: path)
        defer { withExtendedLifetime(lock) {} }
        let partial = path + ".restoring"
        try remove(partial)
        var report: Report
        do {
            try attempting { try FileManager.default.copyItem(atPath: copy, toPath: partial) }
            chmod(partial, 0o600)
            report = try verify(partial)
            report.path = copy
            let isThere = FileManager.default.fileExists(atPath: path)
            if isThere, !force { try refuseIfFurther(path, than: partial) }
            try beginLife(of: partial, inPlaceOf: path, at: now)
            try sync(partial)
            let setAside = isThere ? path + ".replaced-" + stamp(now) : nil
            if let setAside {
                // The WAL goes with its file: in it stand commits that have not been carried over yet.
                for suffix in ["-wal", "-shm", ""] where FileManager.default.fileExists(atPath: path + suffix) {
                    guard rename(path + suffix, setAside + suffix) == 0 else {
                        throw failure("the old database cannot be set aside", path + suffix)
                    }
                }
            }
            guard rename(partial, path) == 0 else { throw failure("the copy cannot be put in place", path) }
            try sync(URL(fileURLWithPath: path).deletingLastPathComponent().path)
            return Restored(copy: report, setAside: setAside)
        } catch {
            try? remove(partial)
            throw error
        }
    }
}

extension SQLiteBackup {
    /// The copies in `folder`, oldest first: their names hold the time.
    static func copies(in folder: String) throws -> [String] {
        try attempting { try FileManager.default.contentsOfDirectory(atPath: folder) }
            .filter { $0.hasPrefix("anpi-") && $0.hasSuffix("Z.sqlite") }
            .sorted()
    }

    private static func prune(_ folder: String, keep: Int) throws -> [String] {
        let old = try copies(in: folder).dropLast(keep).map { folder + "/" + $0 }
        for path in old { try remove(path) }
        return old
    }

    /// Removes what copies that were killed have left behind, once nobody can be at work on it any more.
    private static func pruneUnfinished(_ folder: String, at now: Timestamp) throws -> [String] {
        let limit = "anpi-\(stamp(now - unfinishedKept))"
        let left = try attempting { try FileManager.default.contentsOfDirectory(atPath: folder) }
            .filter { name in
                name.hasPrefix("anpi-") && name < limit
                    && [".partial", ".partial-journal", ".partial-wal", ".partial-shm"].contains {
                        name.hasSuffix("Z.sqlite" + $0)
                    }
            }
            .sorted().map { folder + "/" + $0 }
        for path in left { try remove(path) }
        return left
    }

    /// The epoch of the database at `path`; 0 where it has none or cannot be read.
    private static func epoch(of path: String) -> Int64 {
        guard let database = try? SQLiteDatabase.openReadOnly(path) else { return 0 }
        return (try? RestoreEpoch.current(of: database)) ?? 0
    }

    /// Says in a copy that is about to take the place of `path` that it begins a new life.
    private static func beginLife(of copy: String, inPlaceOf path: String, at now: Timestamp) throws {
        let known = FileManager.default.fileExists(atPath: path) ? epoch(of: path) : 0
        let database = try SQLiteDatabase.open(copy)
        defer { for suffix in [".lock", "-wal", "-shm"] { try? remove(copy + suffix) } }
        _ = try Migrations().migrate(database)
        try RestoreEpoch.begin(in: database, at: now, above: known)
        try database.close()
    }

    private static func refuseIfFurther(_ path: String, than copy: String) throws {
        let stands: (Int64, Int64)
        let returns = try progress(of: copy)
        do {
            stands = try progress(of: path)
        } catch {
            throw StoreError(
                .conflict, "the database there cannot be read: with force it is set aside and replaced",
                underlying: error)
        }
        guard stands.0 <= returns.0, stands.1 <= returns.1 else {
            throw StoreError(
                .conflict, "the database there stands further than the copy: with force it is set aside and replaced",
                detail: "journal \(stands.0) against \(returns.0), log rows \(stands.1) against \(returns.1)")
        }
    }

    /// How far a database has come: lines of its journals, and rows that its writers have appended.
    private static func progress(of path: String) throws -> (Int64, Int64) {
        let database = try SQLiteDatabase.openReadOnly(path)
        return try database.read { reader in
            let lines = try reader.first("SELECT COALESCE(SUM(seq), 0) FROM journal_chain") { try $0.integer(0) }
            let rows = try reader.first("SELECT COALESCE(SUM(seq), 0) FROM writer") { try $0.integer(0) }
            return (lines ?? 0, rows ?? 0)
        }
    }

    /// `20220923T205800.250Z`: sorts as time does, and stands in a file name everywhere.
    private static func stamp(_ now: Timestamp) -> String {
        now.rfc3339(at: .utc).dropLast(6).filter { $0 != "-" && $0 != ":" } + "Z"
    }

    private static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("a file cannot be opened to flush it", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("a file cannot be flushed to the disk", path) }
    }

    private static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("a file cannot be removed", path) }
    }

    private static func failure(_ message: StaticString, _ path: String) -> StoreError {
        StoreError(.unavailable, message, detail: "\(path), errno \(errno)")
    }

    private static func attempting<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.unavailable, "a file or folder of a copy cannot be reached", underlying: error)
        }
    }
}
