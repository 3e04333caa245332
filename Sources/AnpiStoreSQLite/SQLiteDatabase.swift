package import AnpiStore
internal import Foundation
internal import GRDB
internal import Synchronization

/// The embedded store: one file, one process, one writer, and readers that never wait for it.
package final class SQLiteDatabase: SQLDatabase {
    /// What may be chosen when a database is opened.
    package struct Options: Sendable {
        /// Memory for pages of the file on the writer's connection. 64 MiB hold the hot indexes of 100,000 sites.
        package var cacheMebibytes = 64
        /// How many snapshots can be read at the same time.
        package var readers = 8
        /// Pages of WAL after which they are carried into the file: 4 MiB, about 120 appends of 30 KB.
        ///
        /// Four times as many were no faster in our measurements.
        package var checkpointPages = 1_000
        /// The size the file may reach, nil for what the disk holds; beyond it writes throw `.full`.
        package var bytesMax: Int?

        package init() {}
    }

    private static let readerCacheMebibytes = 4

    /// Where the file lies.
    package let path: String
    private let connections: any DatabaseWriter
    private let gate: WriterGate
    /// Nil where nothing is written.
    private let carrier: LogCarrier?
    private let lock: Mutex<ProcessLock?>

    private init(
        path: String, connections: any DatabaseWriter, gate: WriterGate = WriterGate(), carrier: LogCarrier? = nil,
        lock: consuming ProcessLock? = nil
    ) {
        self.path = path
        self.connections = connections
        self.gate = gate
        self.carrier = carrier
        self.lock = Mutex(lock)
    }

    deinit {
        // The file must be closed before the lock goes, which it does after this.
        try? connections.close()
        try? carrier?.close()
    }

    package var dialect: SQLDialect { .sqlite }

    /// Opens the database at `path`, making it if need be (readable by its owner alone).
    ///
    /// Throws `.inUse` where another process, or another part of this one, has it open. The schema is not touched:
    /// `Migrations.migrate` does that.
    package static func open(_ path: String, options: Options = Options()) throws -> SQLiteDatabase {
        let lock = try ProcessLock(path: path)
        try ProcessLock.createFile(path)
        let pool = try connect(path, options)
        let gate = WriterGate()
        let carrier = try StoreError.translating {
            let carrier = try LogCarrier(path: path, gate: gate, pagesMax: options.checkpointPages)
            try pool.writeWithoutTransaction { try carrier.watch($0) }
            return carrier
        }
        let database = SQLiteDatabase(path: path, connections: pool, gate: gate, carrier: carrier, lock: lock)
        if let bytes = options.bytesMax { try database.limit(bytes: bytes) }
        return database
    }

    private static func connect(_ path: String, _ options: Options) throws -> DatabasePool {
        try StoreError.translating {
            var configuration = Configuration()
            configuration.label = "anpi"
            configuration.busyMode = .timeout(5)
            configuration.maximumReaderCount = options.readers
            configuration.prepareDatabase { database in
                // A reader's cache is its own: eight of the writer's size would be memory for nothing.
                let mebibytes = database.configuration.readonly ? readerCacheMebibytes : options.cacheMebibytes
                try database.execute(sql: "PRAGMA cache_size = -\(mebibytes * 1_024)")
                try database.execute(sql: "PRAGMA temp_store = MEMORY")
            }
            let pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction { database in
                // The pool has just set NORMAL, with which a power cut can take commits that were acknowledged.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2 else {
                    throw StoreError(.unavailable, "the database does not promise durable commits")
                }
                // What is erased must be gone from the file; some builds of SQLite leave this off.
                try database.execute(sql: "PRAGMA secure_delete = ON")
                try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
            }
            return pool
        }
    }

    /// Opens a database beside the process that serves it, to read only.
    ///
    /// Reading changes nothing and cannot checkpoint, so it needs no lock; `transaction` throws.
    package static func openReadOnly(_ path: String) throws -> SQLiteDatabase {
        try StoreError.translating {
            var configuration = Configuration()
            configuration.label = "anpi-read"
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            return SQLiteDatabase(
                path: path, connections: try DatabaseQueue(path: path, configuration: configuration))
        }
    }

    /// Closes the file, then lets others open it; everything after it throws `.misuse`.
    ///
    /// Throws `.busy` where a snapshot or transaction is still open, and the file stays open.
    package func close() throws {
        try StoreError.translating {
            try connections.close()
            try carrier?.close()
        }
        lock.withLock { $0 = nil }
    }

    /// Sets how large the file may grow, nil for what the disk holds; a file that is larger already just stops growing.
    package func limit(bytes: Int?) throws {
        try StoreError.translating {
            try connections.writeWithoutTransaction { database in
                let pageSize = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 4_096
                let pages = bytes.map { max(1, $0 / pageSize) } ?? 4_294_967_294
                _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(pages)")
            }
        }
    }

    package func read<R>(_ body: (any SQLReader) throws -> R) throws -> R {
        try StoreError.translating {
            try connections.read { try body(SQLiteSession($0)) }
        }
    }

    package func transaction<R>(priority: TransactionPriority, _ body: (any SQLSession) throws -> R) throws -> R {
        try gate.withTurn(priority) {
            try StoreError.translating {
                try connections.write { try body(SQLiteSession($0)) }
            }
        }
    }

    /// How many transactions wait for the writer now.
    package var waitingTransactions: Int { gate.waiting }

    /// Copies the whole database into `destination` in one snapshot, while writers go on.
    func copy(to destination: DatabaseQueue) throws {
        try connections.backup(to: destination)
    }

    /// A database over connections that are opened elsewhere, to check a copy.
    static func wrapping(_ connections: any DatabaseWriter, path: String) -> SQLiteDatabase {
        SQLiteDatabase(path: path, connections: connections)
    }
}
