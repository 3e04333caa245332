import AnpiModel
import AnpiStoreSQLite
import Synchronization
import Testing

@testable import AnpiStore

@Suite struct StoreCopyTests {
    struct Interrupted: Error {}

    @Test func everyRowArrivesAndTheJournalStillVerifies() throws {
        try StoreFactory.sqlite.run { source in
            try fill(source.database)
            try StoreFactory.postgres.run(migrated: false) { target in
                let copied = try copy(source, to: target).run()
                let rows = Dictionary(uniqueKeysWithValues: copied.map { ($0.table, $0.rows) })
                #expect(rows["input_log"] == 300 && rows["journal"] == 6 && rows["token"] == 1)
                #expect(try Decided(target.database).position() == Decided(source.database).position())
                #expect(try Journal(target.database).verify() == Journal(source.database).verify())
                #expect(try RestoreEpoch.current(of: target.database) == 77)
                #expect(
                    try InputLog(target.database).read(after: Cursors()).rows
                        == InputLog(source.database).read(after: Cursors()).rows)
                // What is there is not written over.
                #expect(storeErrorCode { _ = try copy(source, to: target).run() } == .conflict)
            }
        }
    }

    @Test func aCopyThatEndsOnTheWayLeavesNothingAndIsBegunAgain() throws {
        try StoreFactory.sqlite.run { source in
            try fill(source.database)
            try StoreFactory.postgres.run(migrated: false) { target in
                let tables = try #require(source.database as? SQLiteDatabase).tables()
                for statements in [0, 3, 12] {
                    let failing = FailingDatabase(base: target.database, succeeding: statements)
                    try Migrations().migrate(target.database)
                    #expect(throws: FailingDatabase.Injected.self) {
                        _ = try StoreCopy(from: source.database, tables: tables, to: failing).run()
                    }
                }
                #expect(try Journal(target.database).head().seq == 0)
                #expect(try copy(source, to: target).run().contains { $0.rows == 300 })
            }
        }
    }

    @Test func aSourceOfAnotherReleaseOrWithABrokenJournalIsRefused() throws {
        try StoreFactory.sqlite.run(migrated: false) { source in
            try Migrations(Array(Migrations.all.prefix(1))).migrate(source.database)
            try StoreFactory.postgres.run(migrated: false) { target in
                #expect(storeErrorCode { _ = try copy(source, to: target).run() } == .misuse)
                try Migrations().migrate(source.database)
                try fill(source.database)
                try source.database.transaction { try $0.execute("UPDATE journal SET kind = 'x' WHERE seq = 2", []) }
                #expect(storeErrorCode { _ = try copy(source, to: target).run() } == .corrupt)
            }
        }
    }

    private func copy(_ source: TestStore, to target: TestStore) throws -> StoreCopy {
        let database = try #require(source.database as? SQLiteDatabase)
        return StoreCopy(from: database, tables: try database.tables(), to: target.database)
    }

    /// Something of everything, more than one page of the log, and texts whose order is not the alphabet's.
    private func fill(_ database: any SQLDatabase) throws {
        let log = InputLog(database)
        for id in ["a", "B", "c-1"] { try log.openWriter(id: id, at: .at(0)) }
        for id in ["a", "B", "c-1"] {
            try log.append(writer: id, rows: (1...100).map { LogRow(id, $0, $0, bytes: 40_000) }, watermark: .at(100))
        }
        for number in Int64(1)...3 {
            try _ = Decided(database).commit(.full(after: (number - 1) * 2, number: number))
        }
        try Tokens(database).add([TokenRow(id: "t", kind: "user", role: .viewer, createdAt: .at(0), digest: [1])])
        try RestoreEpoch.begin(in: database, at: .at(0), above: 0)
        try database.transaction { try $0.execute("UPDATE schema SET epoch = 77 WHERE id = 1", []) }
    }
}
