import AnpiModel
import AnpiStore
import Foundation
import Testing

@testable import AnpiCollector

/// Lines of the journal on their way from the database into files.
@Suite struct RetentionTests {
    private static let kept = RetentionSettings(history: .seconds(60), journal: .seconds(60))

    private struct Bench {
        var lane: Lane
        var archive: JournalArchive
        var retention: Retention
        let threads = StoreThreads()

        init() throws {
            lane = try Lane.temporary()
            archive = JournalArchive(folder: lane.path + "-archive")
            retention = Retention(kept, of: lane.store, archive: archive, threads: threads)
            _ = try lane.livesFiveSeconds()
        }

        var archived: ChainHead {
            get throws { try JournalArchiving(lane.store.database).archived(of: Journal.main) }
        }
    }

    private static let months = Double(40 * 86_400)

    @Test func oldLinesLeaveAndTheChainIsWalkedFromItsFirstOn() async throws {
        let bench = try Bench()
        let before = try bench.lane.store.journal.verify()
        try await bench.retention.once(at: Lane.at(10), decided: .max)
        #expect(try bench.archived.seq == 0, "young lines stay")
        try await bench.retention.once(at: Lane.at(100), decided: .max)
        #expect(try bench.archived.seq == 0, "few lines wait for more")
        try await bench.retention.once(at: Lane.at(Self.months), decided: before.entries)
        await bench.threads.stop()

        let archived = try bench.archived
        #expect(archived.seq == before.entries - 1, "what a restart compares stays")
        #expect(try bench.lane.store.journal.verify().head == before.head)
        let verdict = try bench.archive.verify(Journal.main, upTo: archived)
        #expect(verdict == JournalArchive.Verdict(entries: archived.seq, erased: 0, missing: 0, firstBad: nil))
    }

    @Test func aFileThatWasChangedOrIsAwayIsTold() async throws {
        let bench = try Bench()
        let last = try bench.lane.store.journal.head().seq
        try await bench.retention.once(at: Lane.at(Self.months), decided: last)
        await bench.threads.stop()
        let archived = try bench.archived
        let names = try FileManager.default.contentsOfDirectory(atPath: bench.archive.folder)
        let path = bench.archive.folder + "/" + (try #require(names.first { $0.hasPrefix("journal-") }))

        var lines = try bench.archive.verify(Journal.main, upTo: archived)
        #expect(lines.firstBad == nil)
        let one = try #require(try bench.archive.line(1, of: Journal.main))
        let forged = StoredJournalLine(
            seq: 1, at: one.at, head: one.head, actor: nil, body: "{}", salt: one.salt, bodyDigest: one.bodyDigest,
            hash: one.hash)
        try FileManager.default.removeItem(atPath: path)
        lines = try bench.archive.verify(Journal.main, upTo: archived)
        #expect(lines.missing == archived.seq && lines.firstBad == nil)
        try bench.archive.write([forged], of: Journal.main)
        lines = try bench.archive.verify(Journal.main, upTo: archived)
        #expect(lines.firstBad == 1)
    }

    @Test func aLineInTheArchiveCanBeErased() async throws {
        let bench = try Bench()
        let last = try bench.lane.store.journal.head().seq
        try await bench.retention.once(at: Lane.at(Self.months), decided: last)
        await bench.threads.stop()
        #expect(try bench.archive.erase(1, in: Journal.main))
        #expect(try bench.archive.line(1, of: Journal.main)?.body == nil)
        let verdict = try bench.archive.verify(Journal.main, upTo: bench.archived)
        #expect(verdict.erased == 1 && verdict.firstBad == nil)
        #expect(try bench.archive.erase(99_999, in: Journal.main) == false)
    }

    /// The process ended after the file was written and before the lines were removed.
    @Test func linesThatStandInTwoFilesCountOnce() async throws {
        let bench = try Bench()
        let lines = try JournalArchiving(bench.lane.store.database).lines(of: Journal.main, before: .distantFuture)
        try bench.archive.write(Array(lines.prefix(2)), of: Journal.main)
        try await bench.retention.once(at: Lane.at(Self.months), decided: lines.last?.seq ?? 0)
        await bench.threads.stop()
        let archived = try bench.archived
        let verdict = try bench.archive.verify(Journal.main, upTo: archived)
        #expect(verdict.entries == archived.seq && verdict.firstBad == nil)
    }
}
