import AnpiModel
import AnpiStore
import AnpiStoreSQLite
import Foundation
import Logging
import Synchronization

@testable import AnpiCollector

/// A real store with a clock that stands still, and deliveries carried out on the caller's thread.
final class HookBench: Sendable {
    let database: SQLiteDatabase
    let outbox: Outbox
    private let folder: String
    private let clock = Mutex(HookFilterTests.at)
    private let committed = Mutex(Int64(0))

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("anpi-hooks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder.path
        database = try SQLiteDatabase.open(folder.appendingPathComponent("anpi.sqlite").path)
        try Migrations().migrate(database)
        outbox = Outbox(database)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var now: Timestamp { clock.withLock { $0 } }

    func advance(by duration: Duration) { clock.withLock { $0 = $0 + duration } }

    func delivery(_ hooks: [Hook], over database: (any SQLDatabase)? = nil) -> HookDelivery {
        HookDelivery(
            hooks: hooks, database: database ?? self.database,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            seed: 1, now: { [self] in now })
    }

    static func hook(
        _ name: String = "a", port: UInt16, path: String = "/", host: String = "127.0.0.1", allowsPrivate: Bool = true
    ) throws -> Hook {
        Hook(
            name: name, address: try HookAddress("http://\(host):\(port)\(path)", allowsPrivate: true),
            secrets: [try HookSecret(HookConfigurationTests.secret)], allowsPrivate: allowsPrivate,
            timeout: .seconds(10))
    }

    /// Commits one step with one event about each subject; `states` are incidents' states at that time.
    func commit(
        _ subjects: [String], hook: String = "a", replacing: Bool = false, states: [String: String] = [:]
    ) throws {
        let previous = committed.withLock { $0 }
        var step = DecidedStep(previousJournalSeq: previous, cursors: Cursors(), engineTime: now)
        for (index, subject) in subjects.enumerated() {
            step.journal.append(JournalDraft(at: now, kind: "incident.changed", body: "{}"))
            step.outbox.append(
                OutboxDraft(
                    journalIndex: index, hook: hook, subject: subject, type: "incident.changed", at: now,
                    body: "{\"type\":\"incident.changed\",\"data\":{\"subject\":\"\(subject)\"}}",
                    replacesWaiting: replacing))
        }
        step.states = states.sorted { $0.key < $1.key }.map {
            StateRow(kind: .incident, id: $0.key, state: $0.value, version: 1, at: now, body: "{}")
        }
        let seq = try Decided(database).commit(step).position.journalSeq
        committed.withLock { $0 = seq }
    }

    /// Carries out what may go now, until nothing may.
    func drain(_ delivery: HookDelivery, by sender: HookSender) throws {
        while case let chosen = try delivery.pick(), !chosen.isEmpty {
            for entry in chosen { delivery.deliver(entry, by: sender, pause: Doorbell()) }
        }
    }
}

/// A store in which nothing can be written while `isBroken`.
final class BreakingDatabase: SQLDatabase {
    private let base: any SQLDatabase
    let isBroken = Atomic(false)

    init(_ base: any SQLDatabase) { self.base = base }

    var dialect: SQLDialect { base.dialect }

    func read<R>(_ body: (any SQLReader) throws -> R) throws -> R { try base.read(body) }

    func transaction<R>(priority: TransactionPriority, _ body: (any SQLSession) throws -> R) throws -> R {
        if isBroken.load(ordering: .relaxed) { throw StoreError(.full, "the disk is full") }
        return try base.transaction(priority: priority, body)
    }
}
