import AnpiModel
import AnpiStore
import AnpiStoreSQLite
import Foundation
import Synchronization
import Testing

/// What the embedded store promises beyond the protocol: one process, whole commits, room that runs out and comes back.
@Suite struct SQLiteDurabilityTests {
    @Test(arguments: [40, 333, 4_000])
    func aKilledProcessLosesNothingThatWasAcknowledged(_ acknowledged: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/anpi-kill-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [folder = folder as String, acknowledged = acknowledged as Int] in
            try killedWriter(folder, after: acknowledged)
        }
        let log = try String(contentsOfFile: folder + "/acknowledged", encoding: .utf8)
        let last = try #require(log.split(separator: "\n").last.flatMap { Int64($0) })
        #expect(last >= acknowledged)
        let database = try SQLiteDatabase.open(folder + "/anpi.sqlite")
        let input = InputLog(database)
        let writer = try #require(try input.writers().first)
        var cursors = Cursors()
        var next: Int64 = 1
        while case let rows = try input.read(after: cursors).rows, !rows.isEmpty {
            for row in rows {
                #expect(row.seq == next && row.batch.count == 3_000)
                next += 1
            }
            cursors["w"] = next - 1
        }
        #expect(next - 1 == writer.seq && writer.seq >= last)
        #expect(try Journal(database).verify().isIntact)
    }

    @Test func aSecondOpenerIsRefusedInASentence() throws {
        try StoreFactory.sqlite.run { store in
            do {
                _ = try SQLiteDatabase.open(store.path)
                Issue.record("a database was opened twice")
            } catch let error as StoreError {
                #expect(error.code == .inUse)
                #expect(error.description.hasPrefix("another process has this database open"))
                #expect(error.description.contains("process \(getpid())"))
            }
        }
    }

    @Test func aDatabaseThatWasLetGoCanBeOpenedAgain() throws {
        try StoreFactory.sqlite.run { store in
            let path = store.folder + "/other.sqlite"
            for run in 1...3 {
                let database = try SQLiteDatabase.open(path)
                try Migrations().migrate(database)
                let log = InputLog(database)
                try log.openWriter(id: "w\(run)", at: .at(0))
                #expect(try log.writers().count == run)
                try database.close()
                #expect(storeErrorCode { _ = try log.writers() } != nil)
            }
        }
    }

    @Test func aFolderThatIsNotThereIsNamed() {
        #expect(storeErrorCode { _ = try SQLiteDatabase.open("/nonexistent/anpi.sqlite") } == .unavailable)
    }

    @Test func aFileThatIsNoDatabaseIsCalledDamaged() throws {
        try StoreFactory.sqlite.run { store in
            let path = store.folder + "/text"
            try String(repeating: "this is no database\n", count: 500).write(
                toFile: path, atomically: true, encoding: .utf8)
            #expect(store.code { _ = try SQLiteDatabase.open(path) } == .corrupt)
        }
    }

    @Test func aFullDatabaseSaysSoAndWorksAgainWithRoom() throws {
        try StoreFactory.sqlite.run { store in
            let database = try #require(store.database as? SQLiteDatabase)
            let log = InputLog(database)
            try log.openWriter(id: "w", at: .at(0))
            try database.limit(bytes: 1 << 20)
            var seq: Int64 = 0
            var code: StoreError.Code?
            while code == nil, seq < 1_000 {
                code = store.code {
                    try log.append(
                        writer: "w", rows: [LogRow("w", seq + 1, seq + 1, bytes: 30_000)], watermark: .at(seq + 1))
                }
                if code == nil { seq += 1 }
            }
            #expect(code == .full)
            #expect(try log.writers().map(\.seq) == [seq])
            #expect(try log.read(after: Cursors()).rows.count == Int(seq))
            try database.limit(bytes: nil)
            try log.append(writer: "w", rows: [LogRow("w", seq + 1, seq + 1)], watermark: .at(seq + 1))
            #expect(try log.writers().map(\.seq) == [seq + 1])
        }
    }

    @Test func aTransactionOnAReadOnlyConnectionIsRefused() throws {
        try StoreFactory.sqlite.run { store in
            let beside = try SQLiteDatabase.openReadOnly(store.path)
            #expect(store.code { try InputLog(beside).openWriter(id: "w", at: .at(0)) } == .unavailable)
        }
    }

    @Test func aValueOfAnotherTypeIsAnErrorAndNotTheEnd() throws {
        try StoreFactory.sqlite.run { store in
            try store.database.read { reader in
                #expect(
                    storeErrorCode {
                        try reader.query("SELECT 'text', NULL", []) { row in _ = try row.integer(0) }
                    } == .invalidValue)
                #expect(
                    storeErrorCode {
                        try reader.query("SELECT 'text', NULL", []) { row in _ = try row.blob(1) }
                    } == .invalidValue)
                #expect(storeErrorCode { try reader.query("SELECT ?", []) { _ in } } == .misuse)
                let values: [SQLValue] = [
                    .text(""), .text("a\u{0}b漢"), .blob([]), .real(0.5), .integer(Int64.min), .null,
                ]
                let read = try reader.all("SELECT ?, ?, ?, ?, ?, ?", values) { row -> [SQLValue] in
                    [
                        .text(try row.text(0)), .text(try row.text(1)), .blob(try row.blob(2)),
                        .real(try row.real(3)), .integer(try row.integer(4)), row.isNull(5) ? .null : .flag(false),
                    ]
                }
                #expect(read == [values])
                // The same query inside its own rows.
                let sql = "SELECT 1 UNION ALL SELECT 2"
                var count = 0
                try reader.query(sql, []) { _ in try reader.query(sql, []) { _ in count += 1 } }
                #expect(count == 4)
            }
        }
    }

    @Test func waitingBeatsGoBeforeOtherWrites() throws {
        try StoreFactory.sqlite.run { store in
            let database = store.database
            let order = Mutex<[String]>([])
            let group = DispatchGroup()
            let waiters = [
                ("normal", TransactionPriority.normal), ("normal", .normal), ("beat", .beats), ("beat", .beats),
            ]
            try database.transaction { _ in
                for (index, (name, priority)) in waiters.enumerated() {
                    group.enter()
                    Thread.detachNewThread {
                        _ = try? database.transaction(priority: priority) { _ in order.withLock { $0.append(name) } }
                        group.leave()
                    }
                    while waiting(database) <= index { sched_yield() }
                }
            }
            group.wait()
            #expect(order.withLock { $0 } == ["beat", "beat", "normal", "normal"])
        }
    }

    private func waiting(_ database: any SQLDatabase) -> Int {
        (database as? SQLiteDatabase)?.waitingTransactions ?? .max
    }
}

/// Appends rows until another thread kills the process in the middle; notes each row once its append has returned.
private func killedWriter(_ folder: String, after acknowledged: Int) throws {
    let database = try SQLiteDatabase.open(folder + "/anpi.sqlite")
    try Migrations().migrate(database)
    let log = InputLog(database)
    try log.openWriter(id: "w", at: .at(0))
    let notes = open(folder + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    let enough = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
        enough.wait()
        kill(getpid(), SIGKILL)
    }
    var seq: Int64 = 0
    while true {
        seq += 1
        try log.append(writer: "w", rows: [LogRow("w", seq, seq, bytes: 3_000)], watermark: .at(seq))
        let text = Array("\(seq)\n".utf8)
        _ = write(notes, text, text.count)
        if seq == acknowledged { enough.signal() }
    }
}
