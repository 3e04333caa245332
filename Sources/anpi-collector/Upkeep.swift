import AnpiCollector
import AnpiDigest
import AnpiModel
import AnpiStore
import AnpiStorePostgres
import AnpiStoreSQLite
import ArgumentParser
import Foundation

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database's schema up to this release.",
        discussion: """
            serve does the first half by itself. With --finalize the second half follows, after which older releases \
            can no longer use the database: run it when all collectors run this release; while one of an older release \
            serves, it is refused. Several that run it at once do it once.

            --restored is for a PostgreSQL that was brought back to an earlier moment: what people and hooks saw of the \
            time since then has numbers that must not be given again. Say it once, before any collector serves from it.
            """)

    @OptionGroup var store: DatabaseOption
    @Flag(help: "Also drop what only older releases need.")
    var finalize = false
    @Flag(help: "Say that this PostgreSQL was restored to an earlier moment.")
    var restored = false

    func run() async throws {
        if restored { return try beginLife() }
        let opened = try store.openAsItIs()
        var version = try Migrations().migrate(opened.database)
        if finalize {
            try checkThatNobodyOlderServes(from: opened.database)
            version = try Migrations().finalize(opened.database)
        }
        print("Schema \(version.version); releases from schema \(version.minReader) on can use it.")
        try opened.close()
    }

    /// Of the embedded store there is nobody else: its file is this process's.
    private func checkThatNobodyOlderServes(from database: any SQLDatabase) throws {
        guard case .postgres = store.database else { return }
        let log = InputLog(database)
        let older = try log.writers().filter { !$0.closed && $0.release < Migrations().newest }
        guard !older.isEmpty else { return }
        let serving = try LivingWriters.among(older, in: log, after: .seconds(3))
        guard serving.isEmpty else {
            for writer in serving {
                StandardError.print(
                    "Collector \(writer.id.prefix(8)) of \(writer.releaseText) still serves: upgrade it first.")
            }
            throw ExitCode.failure
        }
    }

    /// What `restore` does by itself for the embedded store.
    private func beginLife() throws {
        guard case .postgres(let address) = store.database else {
            throw ValidationError("--restored is for PostgreSQL; restore says it by itself for the embedded store.")
        }
        let database = try PostgresDatabase.open(address, options: .patient)
        try database.claim(alone: true)
        _ = try Migrations().migrate(database)
        let epoch = try RestoreEpoch.begin(in: database, at: SteadyClock().now())
        print("Life \(epoch) of this database has begun: numbers and ids of the lost time are not given again.")
        database.close()
    }
}

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the database while it is in use, and check the copy.",
        discussion: """
            Each copy is one file, anpi-<UTC time>.sqlite: complete, on the disk, its structure and every line of the \
            journal checked, before its name is printed. With --every it goes on until it is stopped; a copy that \
            fails is told on standard error and the next one is made at its time. For the embedded store; PostgreSQL \
            is copied by its own means (docs/store.md).
            """)

    @OptionGroup var store: DatabaseOption
    @Option(name: .customLong("to"), help: "Folder for the copies; it should stand on another disk.")
    var folder: String
    @Option(help: "Make a copy every so often: 15m, 6h, 1d.")
    var every: Interval?
    @Option(help: "How many copies are kept.")
    var keep = 14

    func validate() throws {
        guard keep > 0 else { throw ValidationError("--keep must be at least 1.") }
    }

    func run() async throws {
        let path = try store.database.file(
            orElse: """
                PostgreSQL is backed up by its own means: pgbackrest, or pg_basebackup with an archive of its log; see \
                docs/postgres.md.
                """)
        guard let every else { return try copy(path) }
        while true {
            do {
                try copy(path)
            } catch {
                // The folder may be a disk that is away for a while: one missed copy must not be the last.
                StandardError.print("No copy this time: \(error). The next try is in \(every.text).")
            }
            try await Task.sleep(for: every.duration)
        }
    }

    private func copy(_ path: String) throws {
        let database = try SQLiteDatabase.openReadOnly(path)
        let report = try SQLiteBackup.make(of: database, to: folder, at: SteadyClock().now(), keep: keep)
        try database.close()
        let head = Hexadecimal.encode(Array(report.head.prefix(8)))
        print("\(report.path): \(report.bytes) bytes, \(report.entries) journal lines verified, head \(head)")
        for old in report.removed { print("removed \(old)") }
    }
}

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a copy in the place of the database.",
        discussion: """
            The copy is checked first. A database that is in use is never replaced; one that stands further than the \
            copy only with --force. What stood there is kept beside it under another name.
            """)

    @OptionGroup var store: DatabaseOption
    @Argument(help: "The copy, as backup printed it.")
    var copy: String
    @Flag(help: "Replace a database that stands further than the copy.")
    var force = false

    func run() async throws {
        let path = try store.database.file(
            orElse: "PostgreSQL is restored by its own means, then migrate --restored; see docs/postgres.md.")
        let restored = try SQLiteBackup.restore(copy, to: path, at: SteadyClock().now(), force: force)
        print("\(path) is now \(copy): \(restored.copy.entries) journal lines verified.")
        if let setAside = restored.setAside { print("The former database is kept as \(setAside).") }
    }
}

struct Erase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Blank what one line of the journal tells, for good.",
        discussion: """
            Who did it and the text of the line go; its time, kind and place in the chain stay, and the journal still \
            verifies. A photo that the line tells of goes with it, and a line that has left the database is blanked in \
            the archive. Stop the collector first. Copies made before still hold the text, and so do the current rows of \
            the task, finding or incident that the line is about.
            """)

    @OptionGroup var store: DatabaseOption
    @Option(help: "The line's number, as `anpi journal show` prints it.")
    var entry: Int64
    @Option(help: "The chain: main, or the name of a door's chain as doctor prints it.")
    var chain = Journal.main
    @OptionGroup var archive: ArchiveOption

    func run() async throws {
        if case .sqlite(let path) = store.database, !FileManager.default.fileExists(atPath: path) {
            throw ValidationError("There is no database at \(path).")
        }
        let opened = try store.open()
        let database = opened.database
        let journal = Journal(database)
        // The photo first: as long as the line stands, the command can be given again.
        let archived = archive.folder(of: store.database).map { JournalArchive(folder: $0) }
        let photo =
            try journal.read(chain, after: entry - 1, limit: 1).first.flatMap { ErasablePhoto($0, number: entry) }
            ?? archived?.line(entry, of: chain).flatMap { ErasablePhoto($0) }
        if let photo { try TaskPhotos(database).remove(photo.digest, of: photo.task) }
        // Both: a line that has just left may be in the database still.
        let isInArchive = try archived?.erase(entry, in: chain) ?? false
        guard try journal.erase(entry, in: chain) || isInArchive else {
            throw ValidationError(
                "Chain \(chain) has no line \(entry)\(archived == nil ? " in the database; give --archive" : "").")
        }
        let verdict = try journal.verify(chain)
        print("Line \(entry) of \(chain) is erased; the chain is \(verdict.isIntact ? "intact" : "BROKEN").")
        if let photo { print("The photo that it told of is gone from \(photo.task).") }
        try opened.close()
        if !verdict.isIntact { throw ExitCode.failure }
    }
}

/// The photo that a line of the journal tells of.
private struct ErasablePhoto {
    var task: TaskID
    var digest: [UInt8]

    /// Nil where the line is another one, tells of no photo, or was erased before.
    init?(_ line: JournalEntry, number: Int64) {
        guard line.seq == number else { return nil }
        self.init(kind: line.kind, task: line.task, body: line.body)
    }

    /// The same of a line in the archive.
    init?(_ line: StoredJournalLine) {
        struct Head: Decodable {
            var kind: String
            var task: String?
        }
        guard let head = try? JSONDecoder().decode(Head.self, from: Data(line.head.utf8)) else { return nil }
        self.init(kind: head.kind, task: head.task, body: line.body)
    }

    private init?(kind: String, task: String?, body: String?) {
        struct Body: Decodable {
            var photo: String
        }
        guard kind == "command.taskPhoto", let task = task.flatMap({ TaskID($0) }), let body,
            let told = try? JSONDecoder().decode(Body.self, from: Data(body.utf8)),
            let digest = Hexadecimal.decode(told.photo)
        else { return nil }
        (self.task, self.digest) = (task, digest)
    }
}

/// `15m`, `6h`, `90s`, `1d`.
struct Interval: ExpressibleByArgument {
    var duration: Duration
    /// As it was given.
    var text: String

    init?(argument: String) {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let unit = argument.last.flatMap({ units[$0] }), let count = Int(argument.dropLast()), count > 0,
            count <= 10_000
        else { return nil }
        duration = .seconds(count * unit)
        text = argument
    }
}

/// Where failures are told that do not end the program.
enum StandardError {
    static func print(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
