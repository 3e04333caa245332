import AnpiModel
import AnpiStore
import AnpiStoreSQLite
import Foundation
import Testing

/// How SQLite's write-ahead log is carried into the file: beside the commits, and without growing for ever.
@Suite struct LogCarrierTests {
    private static let pageBytes = 4_096

    /// A database whose log is carried over often, so that a small test sees it many times.
    private func withDatabase(
        pages: Int = 64, _ body: (_ database: SQLiteDatabase, _ log: InputLog, _ path: String) throws -> Void
    ) throws {
        try StoreFactory.sqlite.run(migrated: false) { store in
            let path = store.folder + "/carried.sqlite"
            var options = SQLiteDatabase.Options()
            options.checkpointPages = pages
            let database = try SQLiteDatabase.open(path, options: options)
            try Migrations().migrate(database)
            let log = InputLog(database)
            try log.openWriter(id: "w", at: .at(0))
            try body(database, log, path)
        }
    }

    private func append(_ rows: ClosedRange<Int64>, to log: InputLog) throws {
        for seq in rows {
            try log.append(writer: "w", rows: [LogRow("w", seq, seq, bytes: 30_000)], watermark: .at(seq))
        }
    }

    private func size(_ path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }

    @Test func theLogStaysSmallHoweverMuchIsWritten() throws {
        try withDatabase { _, log, path in
            try append(1...1_500, to: log)
            // 45 MB were written, and the log calls for being carried over at 0.25 MB. The writer may be ahead by what it
            // writes while a busy machine lets nobody else run; the file itself never shrinks, so this is its highest.
            #expect(size(path + "-wal") < 12 << 20, "\(size(path + "-wal")) bytes of log")
            #expect(try log.writers().map(\.seq) == [1_500])
        }
    }

    @Test func whatWasCarriedOverIsWholeAndInOrder() throws {
        try withDatabase(pages: 16) { database, log, path in
            try append(1...600, to: log)
            try database.close()
            #expect(!FileManager.default.fileExists(atPath: path + "-wal"), "closing carries over the rest")
            let reopened = try SQLiteDatabase.open(path)
            let verdict = try reopened.read { reader in
                try reader.first("PRAGMA integrity_check") { try $0.text(0) }
            }
            #expect(verdict == "ok")
            var cursors = Cursors()
            while case let rows = try InputLog(reopened).read(after: cursors, limit: 100).rows, !rows.isEmpty {
                for row in rows {
                    #expect(row == LogRow("w", cursors["w"] + 1, cursors["w"] + 1, bytes: 30_000))
                    cursors["w"] = row.seq
                }
            }
            #expect(cursors["w"] == 600)
        }
    }

    @Test func aSnapshotThatIsHeldDelaysCarryingOverAndChangesNothingElse() throws {
        try withDatabase { database, log, path in
            try append(1...10, to: log)
            try database.read { reader in
                // The snapshot begins with its first query.
                let count = { try reader.first("SELECT COUNT(*) FROM input_log") { try $0.int(0) } }
                #expect(try count() == 10)
                try append(11...200, to: log)
                #expect(try count() == 10)
                // Pages that the snapshot does not have must not reach the file.
                #expect(size(path + "-wal") >= 190 * 7 * Self.pageBytes)
            }
            let highest = size(path + "-wal")
            try append(201...900, to: log)
            #expect(size(path + "-wal") < highest + 12 << 20, "the log begins anew once the snapshot is gone")
            #expect(try log.writers().map(\.seq) == [900])
        }
    }
}
