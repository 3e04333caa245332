import AnpiEngine
import AnpiModel
import AnpiReplay
import AnpiStore
import Foundation
import Logging
import Testing

@testable import AnpiCollector

/// What a collector keeps is enough to decide the same again.
@Suite struct ReplaySourceTests {
    /// One day in a minute: site b falls silent at 10 s, a finding comes at 30 s, the collector is started again at
    /// 40 s; at 20 s a checkpoint was kept and everything before it archived.
    private struct Recorded {
        var lane: Lane
        var folder: String

        var archive: LogArchive { LogArchive(folder: folder, lane: 0) }
        var kept: KeptCheckpoints { KeptCheckpoints(folder: folder, lane: 0) }

        init(checkpointAtTheEnd: Bool) async throws {
            lane = try Lane.temporary()
            folder = lane.path + "-archive"
            try lane.open("w")
            var owner = try lane.load()
            try lane.append([Lane.fleet(at: 1)], by: "w", at: 1)
            for second in 2...40 {
                try beat(second, by: "w")
                if second == 30 { try lane.append([Self.finding(at: 30.5)], by: "w", at: 30.6) }
                if second % 5 == 0 { _ = try owner.turn(outbox: { _, _ in [] }) }
                if second == 20 {
                    try owner.checkpoint()
                    try await upkeep(at: 20)
                }
            }
            try lane.takeOver(by: "x", since: 40, at: 43)
            owner = try lane.load()
            for second in 44...60 {
                try beat(second, by: "x")
                _ = try owner.turn(outbox: { _, _ in [] })
            }
            if checkpointAtTheEnd {
                try owner.checkpoint()
                try await upkeep(at: 61)
            }
        }

        private mutating func beat(_ second: Int, by writer: String) throws {
            var inputs = [Lane.beat("a-server", Int64(second), at: Double(second))]
            if second <= 10 { inputs.append(Lane.beat("b-server", Int64(second), at: Double(second))) }
            try lane.append(inputs, by: writer, at: Double(second))
        }

        private static func finding(at seconds: Double) -> Input {
            var call = FindingDraft(kind: .phone, site: SiteID(trusted: "b"), result: "noAnswer")
            call.direction = .out
            return .command(
                Command(
                    operation: "call", bodyDigest: [1], actor: .init(name: "窓口", role: .coordinator),
                    receivedAt: Lane.at(seconds), change: .addFinding(call)))
        }

        func upkeep(at seconds: Double) async throws {
            let threads = StoreThreads()
            let upkeep = Upkeep(
                store: lane.store, archive: archive, kept: kept,
                retention: Retention(
                    .standard, of: lane.store, archive: JournalArchive(folder: archive.folder), threads: threads),
                threads: threads, clock: SteadyClock(), logger: Logger(label: "test"))
            try await upkeep.once(at: Lane.at(seconds))
            await threads.stop()
        }

        /// All pieces of a span.
        func pages(from: Double, to: Double, pageBytes: Int = 4 << 20) async throws -> [ReplayPage] {
            let threads = StoreThreads()
            let engine = FakeEngine()
            let now = try lane.load().engine
            engine.change { engine, _ in engine = now }
            let history = HistorySource(store: lane.store, engine: engine, threads: threads)
            var source = ReplaySource(
                store: lane.store, archive: archive, kept: kept, threads: threads, history: history)
            source.pageBytes = pageBytes
            var pages: [ReplayPage] = []
            var failure: (any Error)?
            do {
                pages = [try await source.replay(from: Lane.at(from), to: Lane.at(to))]
                while let next = pages.last?.next {
                    pages.append(try await source.replay(after: next, to: Lane.at(to)))
                }
            } catch { failure = error }
            await threads.stop()
            if let failure { throw failure }
            // As they go over the wire.
            return try pages.map { try ReplayPage($0.bytes) }
        }

        func journal(from: Double, to: Double) throws -> [String] {
            let names = Set(DecisionName.allCases.map(\.rawValue))
            return try lane.store.journal.read(after: 0, limit: 10_000)
                .filter { names.contains($0.kind) && (Lane.at(from)...Lane.at(to)).contains($0.at) }
                .map { $0.body ?? "" }
        }
    }

    private func play(_ pages: [ReplayPage], from: Double) throws -> (RecordedReplay, [String]) {
        var replay = RecordedReplay(from: Lane.at(from))
        var told: [String] = []
        for page in pages { try replay.take(page) { told.append($0.json.text) } }
        return (replay, told)
    }

    /// Spans that begin before the kept checkpoint, behind it, across the restart, and behind the newest one.
    @Test(
        arguments: [(2.0, 60.0), (2, 35), (25, 60), (25.5, 45), (59, 60)], [1, 700, 4 << 20])
    func whatWasRecordedIsDecidedAgain(_ span: (Double, Double), pageBytes: Int) async throws {
        let recorded = try await Recorded(checkpointAtTheEnd: span.0 > 58)
        let pages = try await recorded.pages(from: span.0, to: span.1, pageBytes: pageBytes)
        let (replay, told) = try play(pages, from: span.0)
        #expect(replay.difference == nil)
        #expect(replay.compared == pages.reduce(0) { $0 + $1.lines.count })
        #expect(try told == recorded.journal(from: span.0, to: span.1))
        #expect(pageBytes > 1 || pages.count > 1)
    }

    @Test func aReplayBeginsAtTheNewestCheckpointThatReachesBack() async throws {
        let recorded = try await Recorded(checkpointAtTheEnd: true)
        func base(_ seconds: Double) async throws -> Timestamp? {
            try await recorded.pages(from: seconds, to: 60).first?.base?.engineTime
        }
        #expect(try await base(5) == .distantPast, "the log is whole from its first row")
        #expect(try await base(25) == Lane.at(20))
        #expect(try await base(60) == Lane.at(60))
    }

    @Test func anotherDecisionThanTheJournalHoldsIsNamed() async throws {
        let recorded = try await Recorded(checkpointAtTheEnd: false)
        var pages = try await recorded.pages(from: 2, to: 60)
        let place = try #require(pages[0].lines.firstIndex { $0.body != nil && $0.number > 3 })
        pages[0].lines[place].body = #"{"decision":"site.contact"}"#
        let (replay, _) = try play(pages, from: 2)
        #expect(replay.difference?.number == pages[0].lines[place].number)
    }

    @Test func aLineThatIsMissingAtTheEndIsADifference() async throws {
        let recorded = try await Recorded(checkpointAtTheEnd: false)
        var pages = try await recorded.pages(from: 2, to: 60)
        let last = pages[0].lines.removeLast()
        let (replay, _) = try play(pages, from: 2)
        #expect(replay.difference?.number == last.number)
    }

    @Test func whatIsKeptNoLongerCannotBePlayedAndTheAnswerSaysFromWhenOn() async throws {
        let recorded = try await Recorded(checkpointAtTheEnd: false)
        for file in try recorded.archive.files() {
            try FileManager.default.removeItem(atPath: recorded.folder + "/" + file.file)
        }
        do {
            _ = try await recorded.pages(from: 0.5, to: 60)
            Issue.record("before the first fleet there is nothing")
        } catch let problem as Problem {
            #expect(problem.kind == .notFound)
            #expect(problem.detail.contains("\(Lane.at(5))"), "the fleet was committed then")
        }
        let (replay, _) = try play(try await recorded.pages(from: 25, to: 60), from: 25)
        #expect(replay.difference == nil, "the checkpoint needs nothing of it")
    }

    /// The rows up to the checkpoint are gone: what was decided in that time comes out of history again, the silence
    /// and its incident at the same instant.
    @Test func whatTheLogReachesNoLongerIsRetoldFromHistory() async throws {
        let recorded = try await Recorded(checkpointAtTheEnd: true)
        for file in try recorded.archive.files() {
            try FileManager.default.removeItem(atPath: recorded.folder + "/" + file.file)
        }
        let pages = try await recorded.pages(from: 5, to: 39)
        #expect(pages.allSatisfy { $0.base == nil && $0.rows.isEmpty && $0.lines.isEmpty })
        #expect(pages.first?.approximated.contains(.beats) == true)
        #expect(pages.first?.approximated.contains(.warnings) == false, "no message of that time has been let go of")
        var replay = RetoldReplay(from: Lane.at(5))
        var told: [Decision] = []
        for page in pages { try replay.take(page) { told.append($0) } }
        #expect(replay.refused.isEmpty)

        let names: Set<DecisionName> = [.agentContact, .incidentProposed, .incidentOpened]
        let retold = told.filter { names.contains($0.name) }.map {
            "\($0.at) \($0.name.rawValue) \($0.agent?.text ?? "")"
        }
        let decided = try recorded.lane.store.journal.read(after: 0, limit: 10_000).compactMap { line -> String? in
            guard let name = DecisionName(rawValue: line.kind), names.contains(name), line.at >= Lane.at(5),
                line.at <= Lane.at(39)
            else { return nil }
            let agent = name == .agentContact ? (line.site ?? "") + "-server" : ""
            return "\(line.at) \(line.kind) \(agent)"
        }
        #expect(decided.count >= 3, "\(decided)")
        #expect(retold == decided)
    }

    @Test func aGapInTheArchiveIsSaid() async throws {
        let recorded = try await Recorded(checkpointAtTheEnd: false)
        let file = try #require(try recorded.archive.files().first)
        var rows: [LogRow] = []
        try recorded.archive.read(from: .init(file: "", offset: 0)) { read, _ in
            rows += read
            return true
        }
        try FileManager.default.removeItem(atPath: recorded.folder + "/" + file.file)
        try recorded.archive.append(rows.filter { $0.seq != 7 })
        await #expect(throws: ReplaySource.gap) { try await recorded.pages(from: 2, to: 60) }
    }

    @Test func ownersThatOverlapInAFolderTheyShareLeaveALogThatIsWhole() async throws {
        let recorded = try await Recorded(checkpointAtTheEnd: false)
        var rows: [LogRow] = []
        try recorded.archive.read(from: .init(file: "", offset: 0)) { read, _ in
            rows += read
            return true
        }
        for file in try recorded.archive.files() {
            try FileManager.default.removeItem(atPath: recorded.folder + "/" + file.file)
        }
        // Each of four has read the same rows, and appends them in pieces of its own while the others do.
        let archived = rows
        await withTaskGroup { group in
            for owner in 1...4 {
                group.addTask {
                    for start in stride(from: 0, to: archived.count, by: owner) {
                        let piece = Array(archived[start..<min(start + owner, archived.count)])
                        do { try recorded.archive.append(piece) } catch { Issue.record(error) }
                    }
                }
            }
        }
        var found = 0
        try recorded.archive.read(from: .init(file: "", offset: 0)) { read, _ in
            found += read.count
            return true
        }
        #expect(found == 4 * archived.count)
        let (replay, told) = try play(try await recorded.pages(from: 2, to: 60), from: 2)
        #expect(replay.difference == nil)
        #expect(try told == recorded.journal(from: 2, to: 60))
    }

    @Test func nobodyWritesToTheSamePlaceAsAnother() async throws {
        let folder = NSTemporaryDirectory() + "anpi-shared-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let (writers, times, length) = (4, 200, 3_000)
        await withTaskGroup { group in
            for writer in 1...writers {
                group.addTask {
                    let piece = [UInt8](repeating: UInt8(writer), count: length)
                    for _ in 0..<times {
                        do { try SharedFile.append(piece, to: folder + "/file") } catch { Issue.record(error) }
                    }
                }
            }
        }
        let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: folder + "/file")))
        #expect(bytes.count == writers * times * length)
        let isWhole = stride(from: 0, to: bytes.count, by: length).allSatisfy { start in
            Set(bytes[start..<min(start + length, bytes.count)]).count == 1
        }
        #expect(isWhole)
    }

    @Test func whatHasNoRoomLeavesTheFileAsItWas() throws {
        // A device that is always full stands where the file should.
        let folder = NSTemporaryDirectory() + "anpi-shared-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder + "/full", withDestinationPath: "/dev/full")
        #expect(throws: SharedFile.Failure.self) { try SharedFile.append([1], to: folder + "/full") }
        try SharedFile.append([1, 2], to: folder + "/file")
        try SharedFile.append([3], to: folder + "/file")
        #expect(try Array(Data(contentsOf: URL(fileURLWithPath: folder + "/file"))) == [1, 2, 3])
    }

    @Test func checkpointsAreKeptOnceADayAndAsLongAsTheLog() async throws {
        let recorded = try await Recorded(checkpointAtTheEnd: true)
        #expect(recorded.kept.oldest == Lane.at(20), "the second one of the day was not kept")
        #expect(recorded.kept.newest(atMost: Lane.at(19.999)) == nil)
        #expect(recorded.kept.newest(atMost: Lane.at(20))?.position.engineTime == Lane.at(20))
        try await recorded.upkeep(at: 86_500)
        #expect(recorded.kept.newest(atMost: Lane.at(86_500))?.position.engineTime == Lane.at(60))
        try await recorded.upkeep(at: 8 * 86_400)
        #expect(recorded.kept.newest(atMost: Lane.at(25)) == nil)
    }

    @Test(arguments: ["", "x", "- 0 1 w 1", "- -1 0 w 0 0", "- 0 0 w 0 x", "history 5 5", "history 5 x", "history 1"])
    func aCursorOfSomebodyElseIsRefused(_ text: String) {
        #expect(ReplayCursor(text: text) == nil)
        #expect(HistorySource.Cursor(text: text) == nil)
    }
}
