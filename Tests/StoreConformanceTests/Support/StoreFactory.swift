import AnpiModel
import AnpiStore
import AnpiStorePostgres
import AnpiStoreSQLite
import Foundation
import Testing

/// A kind of store that the suite runs on.
struct StoreFactory: Sendable, CustomTestStringConvertible {
    var name: String
    /// A store of its own for one test; with the newest schema, or empty.
    var make: @Sendable (_ migrated: Bool) throws -> TestStore

    var testDescription: String { name }

    static let all: [StoreFactory] = [.sqlite, .postgres]

    static let sqlite = StoreFactory(name: "SQLite") { migrated in
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("anpi-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appendingPathComponent("anpi.sqlite").path
        let database = try SQLiteDatabase.open(path)
        if migrated { try Migrations().migrate(database) }
        return TestStore(
            database: database, folder: folder.path, path: path,
            second: { try SQLiteDatabase.openReadOnly(path) },
            remove: { try? FileManager.default.removeItem(at: folder) })
    }

    static let postgres = StoreFactory(name: "PostgreSQL") { migrated in
        let cluster = try PostgresCluster.shared.get()
        let address = cluster.address(try cluster.makeDatabase(migrated: migrated))
        let database = try PostgresDatabase.open(address)
        return TestStore(
            database: database, folder: cluster.folder, path: address, second: { try PostgresDatabase.open(address) },
            remove: { database.close() })
    }

    /// Runs `body` on a store of this kind that has the newest schema, and removes the store.
    func run<R>(migrated: Bool = true, _ body: (TestStore) throws -> R) throws -> R {
        let store = try make(migrated)
        defer { store.remove() }
        return try body(store)
    }
}

/// A store of one test.
struct TestStore: Sendable {
    var database: any SQLDatabase
    var folder: String
    /// The file, or the address, that it can be opened by.
    var path: String
    /// A second connection; one that only reads where the store allows one writer.
    var second: @Sendable () throws -> any SQLDatabase
    var remove: @Sendable () -> Void

    /// The error code that `body` throws, nil where it throws none.
    func code(_ body: () throws -> Void) -> StoreError.Code? { storeErrorCode(body) }
}

/// The error code that `body` throws, nil where it throws none or one that is not the store's.
func storeErrorCode(_ body: () throws -> Void) -> StoreError.Code? {
    do {
        try body()
        return nil
    } catch let error as StoreError {
        return error.code
    } catch {
        return nil
    }
}

extension RandomSource {
    /// Bytes that are the same in every run.
    static let fixed = RandomSource { count in (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) } }
}

extension Timestamp {
    /// `milliseconds` after dawn on the day of the typhoon.
    static func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_663_966_800_000 + milliseconds) }
}

extension LogRow {
    init(_ writer: String, _ seq: Int64, _ at: Int64, bytes: Int = 3) {
        self.init(writer: writer, seq: seq, at: .at(at), batch: [UInt8](repeating: UInt8(seq % 251), count: bytes))
    }
}

extension DecidedStep {
    /// A step with something of everything.
    static func full(after previous: Int64 = 0, number: Int64 = 1) -> DecidedStep {
        var step = DecidedStep(
            previousJournalSeq: previous, cursors: Cursors([.init(writer: "w1", seq: number)]),
            engineTime: .at(number * 1_000))
        step.journal = [
            JournalDraft(
                at: .at(number), kind: "site.contact", site: "shz-0041", body: #"{"contact":"silent","n":\#(number)}"#),
            JournalDraft(
                at: .at(number), kind: "command.finding", site: "shz-0041", incident: "I-7", task: "T-1",
                actor: "eng-3", body: #"{"text":"raised the shutter"}"#),
        ]
        step.outcomes = [
            OutcomeRow(
                operation: "op-\(number)", bodyDigest: [1, 2], status: 201, body: "{}", version: 3, at: .at(number))
        ]
        step.states = [
            StateRow(
                kind: .site, id: "shz-0041", parent: "shizuoka", state: "silent", version: Int(number),
                at: .at(number), body: "{}")
        ]
        step.history = [
            .contact(.init(subject: "shz-0041", isSite: true, contact: .reporting, from: .at(0), to: .at(number))),
            .copy(
                .init(
                    site: "shz-0041", report: CopyReport(tier: .external, state: .good, goodAt: .at(0), bytes: 9),
                    source: "shz-0041-server", at: .at(number))),
            .lateRun(
                .init(agent: "shz-0041-server", boot: "b", seq: number, count: 3, from: .at(0), to: .at(number))),
            .blind(.init(from: .at(number), to: .at(number + 5))),
        ]
        step.fleet = FleetVersion(version: Int(number), at: .at(number), body: [9])
        step.outbox = [
            OutboxDraft(
                journalIndex: 0, hook: "chat", subject: "shz-0041", type: "site.contact", at: .at(number), body: "{}",
                replacesWaiting: true)
        ]
        return step
    }

    /// A step whose only contents are journal lines that `drafts` deliveries tell.
    static func deliveries(after previous: Int64, _ drafts: [OutboxDraft]) -> DecidedStep {
        var step = DecidedStep(previousJournalSeq: previous, cursors: Cursors(), engineTime: .at(previous))
        step.journal = drafts.indices.map {
            JournalDraft(at: .at(previous), kind: "task.changed", body: "{\"n\":\($0)}")
        }
        step.outbox = drafts
        return step
    }
}
