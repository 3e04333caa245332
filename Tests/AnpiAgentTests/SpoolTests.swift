import AnpiClient
import AnpiModel
import Testing

@testable import AnpiAgent

@Suite struct SpoolTests {
    static let start = Timestamp(milliseconds: 1_664_000_000_000)

    static func content(minute: Int, state: CopyState = .good, notice: Beat.Notice? = nil) -> Beat {
        Beat(
            seq: 0, at: start + .seconds(60 * minute), interval: 60, uptimeSeconds: Int64(1_000 + 60 * minute),
            disk: .init(freeBytes: 5, totalBytes: 10),
            copies: [CopyReport(tier: .external, state: state, goodAt: start, bytes: 7, message: "x")], notice: notice)
    }

    static func open(_ folder: TemporaryFolder, boot: String = "0123456789abcdef0123", beatsMax: Int64 = 10_080) throws
        -> Spool
    {
        try Spool(directory: folder.path, kernelBoot: boot, beatsMax: beatsMax, steady: .zero)
    }

    @Test func equalBeatsAreOneRunAndAGapOrAChangeBeginsAnother() throws {
        let spool = try Self.open(TemporaryFolder())
        for minute in 0..<720 { _ = spool.append(Self.content(minute: minute), steady: .zero) }
        #expect(spool.backlog.runs.map(\.run.count) == [720])
        _ = spool.append(Self.content(minute: 720, state: .old), steady: .zero)
        // A minute in which the machine slept: the same content at another time than the run's.
        _ = spool.append(Self.content(minute: 722, state: .old), steady: .zero)
        _ = spool.append(Self.content(minute: 723, state: .old), steady: .zero)
        #expect(spool.backlog.runs.map(\.count) == [720, 1, 2])
        #expect(spool.backlog.runs.map(\.first) == [1, 721, 722])
        #expect(spool.backlog.beats == 723)
    }

    @Test func theNewestBeatGoesFirstAndAloneThenTheRestAscending() throws {
        let spool = try Self.open(TemporaryFolder())
        for minute in 0..<3 { _ = spool.append(Self.content(minute: minute), steady: .zero) }
        for minute in 3..<5 { _ = spool.append(Self.content(minute: minute, state: .old), steady: .zero) }
        let newest = try #require(spool.outgoing(runsMax: 500))
        #expect(newest.kind == .newest)
        #expect(newest.runs.map(\.seq) == [5])
        #expect(newest.runs[0].at == Self.start + .seconds(240))
        #expect(newest.runs[0].uptimeSeconds == 1_240)
        spool.remove(boot: newest.boot, sequences: newest.sequences)
        let rest = try #require(spool.outgoing(runsMax: 500))
        #expect(rest.kind == .backlog)
        #expect(rest.runs.map(\.seq) == [1, 4])
        #expect(rest.runs.map(\.count) == [3, nil])
        spool.remove(boot: rest.boot, sequences: rest.sequences)
        #expect(spool.outgoing(runsMax: 500) == nil)
    }

    @Test func aNoticeIsNeverPartOfARunAndGoesBeforeTheBacklog() throws {
        let spool = try Self.open(TemporaryFolder())
        _ = spool.append(Self.content(minute: 0), steady: .zero)
        _ = spool.append(Self.content(minute: 1, notice: .lastGasp), steady: .zero)
        _ = spool.append(Self.content(minute: 2, notice: .lastGasp), steady: .zero)
        _ = spool.append(Self.content(minute: 3), steady: .zero)
        var order: [Int64] = []
        while let outgoing = spool.outgoing(runsMax: 500) {
            order.append(outgoing.runs[0].seq)
            spool.remove(boot: outgoing.boot, sequences: outgoing.sequences)
        }
        #expect(order == [4, 3, 2, 1])
    }

    @Test func aRestartGoesOnWithTheNumbersAndANewBootBeginsAnew() throws {
        let folder = TemporaryFolder()
        var boots: [String] = []
        do {
            let spool = try Self.open(folder)
            for minute in 0..<3 { _ = spool.append(Self.content(minute: minute), steady: .zero) }
            spool.remove(boot: spool.boot, sequences: 1...3)
            boots.append(spool.boot)
        }
        do {
            let spool = try Self.open(folder)
            boots.append(spool.boot)
            #expect(spool.append(Self.content(minute: 3), steady: .zero).beat.seq == 4)
        }
        let spool = try Self.open(folder, boot: "ffffffffffffffff")
        boots.append(spool.boot)
        #expect(spool.append(Self.content(minute: 0), steady: .zero).beat.seq == 1)
        #expect(boots[0] == boots[1] && boots[1] != boots[2])
        #expect(spool.backlog.runs.map(\.boot) == [boots[0], boots[2]])
    }

    @Test func aFullSpoolDropsTheOldestAndCountsThem() throws {
        let folder = TemporaryFolder()
        let spool = try Self.open(folder, beatsMax: 100)
        for minute in 0..<250 { _ = spool.append(Self.content(minute: minute), steady: .zero) }
        #expect(spool.backlog.beats == 100)
        #expect(spool.backlog.dropped == 150)
        #expect(spool.backlog.runs.first?.first == 151)
        #expect(spool.backlog.runs.first?.run.at == Self.start + .seconds(150 * 60))
        #expect(spool.outgoing(runsMax: 1)?.dropped == 150)
        #expect(try Self.open(folder, beatsMax: 100).backlog == spool.backlog)
    }

    @Test func aTornTailIsCutWhereverTheWriteStopped() throws {
        let folder = TemporaryFolder()
        let spool = try Self.open(folder)
        var states: [(length: Int, backlog: Backlog)] = []
        func note() throws {
            states.append((try LocalFiles.read(folder.path + "/spool").get().count, spool.backlog))
        }
        try note()
        for minute in 0..<12 {
            _ = spool.append(Self.content(minute: minute, state: minute % 5 == 4 ? .old : .good), steady: .zero)
            try note()
            if minute % 4 == 3 {
                spool.remove(boot: spool.boot, sequences: Int64(minute)...Int64(minute))
                try note()
            }
        }
        let bytes = try LocalFiles.read(folder.path + "/spool").get()
        for length in states[0].length...bytes.count {
            let expected = try #require(states.last { $0.length <= length })
            let (backlog, whole) = Spool.replay(Array(bytes[..<length]))
            #expect(whole == expected.length)
            #expect(backlog == expected.backlog)
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func whatIsOnDiskIsWhatIsInMemoryWhateverHappens(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let folder = TemporaryFolder()
        var spool = try Self.open(folder, beatsMax: 120)
        var minute = 0
        var boot = 0
        var acknowledged: [String: Set<Int64>] = [:]
        for _ in 0..<600 {
            switch Int.random(in: 0..<20, using: &generator) {
            case 0..<13:
                minute += Int.random(in: 0..<10, using: &generator) == 0 ? 3 : 1
                let state: CopyState = Int.random(in: 0..<8, using: &generator) == 0 ? .old : .good
                let notice: Beat.Notice? = Int.random(in: 0..<40, using: &generator) == 0 ? .lastGasp : nil
                _ = spool.append(Self.content(minute: minute, state: state, notice: notice), steady: .seconds(minute))
            case 13..<18:
                guard let outgoing = spool.outgoing(runsMax: Int.random(in: 1...4, using: &generator)) else { break }
                for run in outgoing.runs {
                    let sequences = run.seq...(run.seq + Int64(run.count ?? 1) - 1)
                    #expect(acknowledged[outgoing.boot, default: []].isDisjoint(with: sequences))
                    acknowledged[outgoing.boot, default: []].formUnion(sequences)
                    spool.remove(boot: outgoing.boot, sequences: sequences)
                }
            case 18:
                let before = spool.backlog
                spool = try Self.open(folder, boot: "\(boot)-0123456789abcdef", beatsMax: 120)
                if before.boot.hasPrefix("\(boot)-0123456789abcd") { #expect(spool.backlog == before) }
            default:
                boot += 1
                spool = try Self.open(folder, boot: "\(boot)-0123456789abcdef", beatsMax: 120)
            }
            let backlog = spool.backlog
            #expect(backlog.beats == backlog.runs.reduce(0) { $0 + $1.count } && backlog.beats <= 120)
            #expect(Spool.replay(try LocalFiles.read(folder.path + "/spool").get()).0 == backlog)
        }
    }

    @Test func aRottenByteNeverGivesABeatThatWasNotWritten() throws {
        let folder = TemporaryFolder()
        let spool = try Self.open(folder)
        var known: Set<Backlog> = [Backlog(), spool.backlog]
        for minute in 0..<6 {
            _ = spool.append(Self.content(minute: minute, state: minute % 2 == 0 ? .good : .old), steady: .zero)
            known.insert(spool.backlog)
        }
        let bytes = try LocalFiles.read(folder.path + "/spool").get()
        for index in bytes.indices {
            var rotten = bytes
            rotten[index] ^= 0x20
            #expect(known.contains(Spool.replay(rotten).0))
        }
    }

    @Test func aSpoolThatCannotBeReadIsKeptAndBegunAnew() throws {
        let folder = TemporaryFolder()
        folder.write("spool", "this is no spool")
        let spool = try Self.open(folder)
        #expect(spool.append(Self.content(minute: 0), steady: .zero).beat.seq == 1)
        #expect(LocalFiles.exists(folder.path + "/spool.damaged"))
    }

    @Test func theFileIsWrittenAnewBeforeItGrowsLarge() throws {
        let folder = TemporaryFolder()
        let spool = try Self.open(folder)
        for minute in 0..<4_000 {
            _ = spool.append(Self.content(minute: minute * 2), steady: .zero)
            spool.remove(boot: spool.boot, sequences: Int64(minute + 1)...Int64(minute + 1))
        }
        #expect(try LocalFiles.read(folder.path + "/spool").get().count < Spool.rewriteBytesMin + 1_024)
        #expect(try Self.open(folder).backlog.lastSequence == 4_000)
    }

    @Test func aRequestOfBacklogStaysBelowAMebibyte() throws {
        var backlog = Backlog()
        backlog.begin(boot: "b")
        for index in 0..<600 {
            var beat = Self.content(minute: index, state: index % 2 == 0 ? .good : .old)
            beat.seq = Int64(index + 1)
            beat.copies = (0..<5).map { _ in
                CopyReport(
                    tier: .external, state: index % 2 == 0 ? .good : .old,
                    message: String(repeating: "\u{1}", count: 200))
            }
            _ = backlog.append(beat)
        }
        backlog.remove(boot: "b", sequences: 600...600)
        let outgoing = try #require(backlog.outgoing(runsMax: 500))
        let agent = try #require(AgentID("a"))
        let text = HeartbeatText.request(agent: agent, sentAt: Self.start, version: "1", outgoing: outgoing)
        #expect(text.utf8.count <= 1 << 20)
        #expect(outgoing.runs.count > 100 && outgoing.runs.count < 500)
    }

    @Test func twoAgentsOnOneDirectoryAreRefused() throws {
        let folder = TemporaryFolder()
        let first = try StateDirectory(folder.path)
        #expect(throws: AgentError.self) { try StateDirectory(folder.path) }
        #expect(first.path == folder.path)
    }
}
