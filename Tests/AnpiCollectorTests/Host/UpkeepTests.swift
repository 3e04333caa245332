import AnpiEngine
import AnpiModel
import AnpiStore
import Foundation
import Logging
import Testing

@testable import AnpiCollector

@Suite struct UpkeepTests {
    private func upkeep(of lane: Lane) -> (Upkeep, StoreThreads, String) {
        let threads = StoreThreads()
        let folder = lane.path + "-archive"
        let upkeep = Upkeep(
            store: lane.store, archive: LogArchive(folder: folder, lane: 0),
            kept: KeptCheckpoints(folder: folder, lane: 0),
            retention: Retention(.standard, of: lane.store, archive: JournalArchive(folder: folder), threads: threads),
            threads: threads, clock: SteadyClock(), logger: Logger(label: "test"))
        return (upkeep, threads, folder)
    }

    private func rows(
        of archive: LogArchive, from place: LogArchive.Place = .init(file: "", offset: 0)
    ) throws -> [LogRow] {
        var all: [LogRow] = []
        try archive.read(from: place) { rows, _ in
            all += rows
            return true
        }
        return all
    }

    @Test func onlyRowsBelowTheCheckpointLeaveTheLogAndAllAreArchived() async throws {
        var lane = try Lane.temporary()
        var owner = try lane.livesFiveSeconds()
        try owner.checkpoint()
        try lane.append([Lane.beat("a-server", 6, at: 6)], by: "w", at: 6)
        let before = try lane.store.log.read(after: Cursors()).rows

        let (upkeep, threads, folder) = upkeep(of: lane)
        try await upkeep.once(at: Lane.at(10))
        await threads.stop()

        let left = try lane.store.log.read(after: Cursors()).rows
        #expect(left.map(\.seq) == [6])
        #expect(try rows(of: LogArchive(folder: folder, lane: 0)) == before.dropLast())
        #expect(try lane.load().engine.statistics.agents == 2, "a restart needs nothing of what has gone")
    }

    @Test func archivedRowsComeBackAsTheyWereByTheHour() throws {
        let folder = NSTemporaryDirectory() + "anpi-archive-" + UUID().uuidString
        let archive = LogArchive(folder: folder, lane: 0)
        let rows = (1...5).map { index in
            LogRow(
                writer: "w", seq: Int64(index), at: Lane.at(Double(index) * 1_800),
                batch: InputCodec.encode([Lane.beat("a-server", Int64(index), at: Double(index) * 1_800)]))
        }
        try archive.append(Array(rows[..<2]))
        try archive.append(Array(rows[2...]))
        #expect(try archive.files().count == 3)
        #expect(try self.rows(of: archive) == rows)
        #expect(try self.rows(of: archive, from: archive.place(at: Lane.at(3_700))) == Array(rows[1...]))
        #expect(try archive.prune(before: Lane.at(6_000)).count == 1)
    }
}
