import AnpiModel
import AnpiStore
import AnpiStoreSQLite
import Foundation
import Synchronization
import Testing

@Suite struct SQLiteBackupTests {
    @Test func aCopyMadeWhileTheDatabaseIsWrittenVerifiesAndRestores() throws {
        try StoreFactory.sqlite.run { store in
            let database = try #require(store.database as? SQLiteDatabase)
            let committed = Mutex<Int64>(0)
            let isStopped = Flag()
            let group = DispatchGroup()
            let enough = DispatchSemaphore(value: 0)
            group.enter()
            Thread.detachNewThread {
                var number: Int64 = 0
                while !isStopped.value.load(ordering: .acquiring) {
                    number += 1
                    let step = DecidedStep.full(after: (number - 1) * 2, number: number)
                    guard (try? Decided(database).commit(step)) != nil else { break }
                    committed.withLock { $0 = number }
                    if number == 20 { enough.signal() }
                }
                group.leave()
            }
            enough.wait()
            let before = committed.withLock { $0 }
            let report = try SQLiteBackup.make(of: database, to: store.folder + "/copies", at: .at(250), keep: 3)
            isStopped.value.store(true, ordering: .releasing)
            group.wait()
            #expect(report.path.hasSuffix("/copies/anpi-20220923T210000.250Z.sqlite"))
            #expect(report.entries >= before * 2)
            #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder + "/copies").count == 1)

            let restored = store.folder + "/restored.sqlite"
            #expect(try SQLiteBackup.restore(report.path, to: restored, at: .at(0), force: false).setAside == nil)
            let again = try SQLiteDatabase.open(restored)
            #expect(try Decided(again).position()?.journalSeq == report.entries)
            #expect(try Journal(again).head().hash == report.head)
            // The restored database goes on.
            let next = DecidedStep.full(after: report.entries, number: 999_999)
            #expect(try Decided(again).commit(next).numbers.count == 2)
        }
    }

    @Test func aCopyMadeBesideTheServingProcessIsWhole() throws {
        try StoreFactory.sqlite.run { store in
            try _ = Decided(store.database).commit(.full())
            let beside = try SQLiteDatabase.openReadOnly(store.path)
            #expect(try SQLiteBackup.make(of: beside, to: store.folder + "/copies", at: .at(0), keep: 1).entries == 2)
        }
    }

    @Test func onlyTheNewestCopiesAreKept() throws {
        try StoreFactory.sqlite.run { store in
            let database = try #require(store.database as? SQLiteDatabase)
            let folder = store.folder + "/copies"
            var removed: [String] = []
            for minute in Int64(0)..<4 {
                removed += try SQLiteBackup.make(of: database, to: folder, at: .at(minute * 60_000), keep: 2).removed
            }
            #expect(
                removed == [
                    folder + "/anpi-20220923T210000.000Z.sqlite", folder + "/anpi-20220923T210100.000Z.sqlite",
                ])
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
                    "anpi-20220923T210200.000Z.sqlite", "anpi-20220923T210300.000Z.sqlite",
                ])
        }
    }

    @Test func whatAKilledBackupLeftBehindGoesAfterADay() throws {
        try StoreFactory.sqlite.run { store in
            let database = try #require(store.database as? SQLiteDatabase)
            let folder = store.folder + "/copies"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            // The copy is made on the 24th at 21:00 UTC: one was begun a day and a minute before, one half a day.
            let names = [
                "anpi-20220923T205900.000Z.sqlite.partial", "anpi-20220923T205900.000Z.sqlite.partial-journal",
                "anpi-20220924T090000.000Z.sqlite.partial", "other.partial",
            ]
            for name in names { try Data([1]).write(to: URL(fileURLWithPath: folder + "/" + name)) }
            let report = try SQLiteBackup.make(of: database, to: folder, at: .at(86_400_000), keep: 1)
            #expect(report.removed == names[..<2].map { folder + "/" + $0 })
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
                    "anpi-20220924T090000.000Z.sqlite.partial", "anpi-20220924T210000.000Z.sqlite", "other.partial",
                ])
        }
    }

    @Test func noDeliveryAfterARestoreHasAnIdOfBefore() throws {
        try StoreFactory.sqlite.run { store in
            let path = store.folder + "/served.sqlite"
            let first = try SQLiteDatabase.open(path)
            try Migrations().migrate(first)
            try _ = Decided(first).commit(.full())
            let copy = try SQLiteBackup.make(of: first, to: store.folder + "/copies", at: .at(0), keep: 1).path
            try _ = Decided(first).commit(.full(after: 2, number: 2))
            var seen = Set(try Outbox(first).list(.waiting).map(\.id))
            #expect(seen.contains("0-3-0"))
            try first.close()
            // Twice the same copy, at the same second, the second time with nothing left of the first.
            for round in 1...3 {
                _ = try SQLiteBackup.restore(copy, to: path, at: .at(0), force: true)
                let database = try SQLiteDatabase.open(path)
                try Migrations().migrate(database)
                #expect(try RestoreEpoch.current(of: database) == 1_663_966_800 + Int64(round) - 1)
                try _ = Decided(database).commit(.full(after: 2, number: 2))
                let new = try Outbox(database).list(.waiting).map(\.id).filter { $0 != "0-1-0" }
                #expect(!new.isEmpty && seen.isDisjoint(with: new))
                seen.formUnion(new)
                try database.close()
                let left = try FileManager.default.contentsOfDirectory(atPath: store.folder)
                #expect(!left.contains { $0.contains("restoring") })
            }
        }
    }

    @Test func whatIsErasedIsNowhereInTheFile() throws {
        try StoreFactory.sqlite.run { store in
            let path = store.folder + "/served.sqlite"
            let database = try SQLiteDatabase.open(path)
            try Migrations().migrate(database)
            try Journal(database).append(
                door: "w",
                [JournalDraft(at: .at(0), kind: "k", actor: "Ichiro-Suzuki", body: #"{"note":"Kidney-Stone"}"#)])
            #expect(try Journal(database).erase(1, in: "door-w"))
            try database.close()
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            for word in ["Ichiro-Suzuki", "Kidney-Stone"] { #expect(bytes.range(of: Data(word.utf8)) == nil) }
        }
    }

    @Test func aCopyWhoseJournalWasChangedIsNeitherKeptNorRestored() throws {
        try StoreFactory.sqlite.run { store in
            let database = try #require(store.database as? SQLiteDatabase)
            try _ = Decided(database).commit(.full())
            let good = try SQLiteBackup.make(of: database, to: store.folder + "/good", at: .at(0), keep: 1)
            try database.transaction { try $0.execute("UPDATE journal SET body = 'x' WHERE seq = 2", []) }
            #expect(
                store.code {
                    _ = try SQLiteBackup.make(of: database, to: store.folder + "/bad", at: .at(0), keep: 1)
                } == .corrupt)
            #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder + "/bad").isEmpty)
            // A copy that lost its second half on the way.
            let cut = store.folder + "/cut.sqlite"
            let bytes = try Data(contentsOf: URL(fileURLWithPath: good.path))
            try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: cut))
            #expect(
                store.code {
                    _ = try SQLiteBackup.restore(cut, to: store.folder + "/r.sqlite", at: .at(0), force: true)
                } == .corrupt)
            #expect(!FileManager.default.fileExists(atPath: store.folder + "/r.sqlite"))
        }
    }

    @Test func anOpenDatabaseIsNeverReplacedAndAFurtherOneOnlyWithForce() throws {
        try StoreFactory.sqlite.run { store in
            let path = store.folder + "/served.sqlite"
            let database = try SQLiteDatabase.open(path)
            try Migrations().migrate(database)
            try _ = Decided(database).commit(.full())
            let copy = try SQLiteBackup.make(of: database, to: store.folder + "/copies", at: .at(0), keep: 1).path
            try _ = Decided(database).commit(.full(after: 2, number: 2))
            func restore(force: Bool) throws -> String? {
                try SQLiteBackup.restore(copy, to: path, at: .at(5), force: force).setAside
            }
            #expect(store.code { _ = try restore(force: true) } == .inUse)
            try database.close()
            #expect(store.code { _ = try restore(force: false) } == .conflict)
            let aside = try #require(try restore(force: true))
            #expect(try Decided(try SQLiteDatabase.open(path)).position()?.journalSeq == 2)
            #expect(try Decided(try SQLiteDatabase.open(aside)).position()?.journalSeq == 4)
            // What stands exactly where the copy does needs no force.
            #expect(try restore(force: false) != nil)
        }
    }
}

private final class Flag: Sendable {
    let value = Atomic(false)
}
