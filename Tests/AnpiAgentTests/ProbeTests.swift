import AnpiClient
import AnpiDigest
import AnpiModel
import Glibc
import Testing

@testable import AnpiAgent

@Suite struct FolderProbeTests {
    private static func look(
        _ folder: TemporaryFolder, at now: Timestamp = SystemClock.now, pattern: String? = nil, minBytes: Int64 = 1
    ) -> CopyReport {
        var probe = FolderProbe(
            tier: .external,
            folder: .init(path: folder.path + "/copies", pattern: pattern, maxAgeHours: 24, minBytes: minBytes),
            timeout: .seconds(20), memory: ProbeMemory(path: folder.path + "/memory"))
        return probe.look(at: now)
    }

    @Test func theNewestFileDecides() {
        let folder = TemporaryFolder()
        folder.write("copies/old/a.dump", "aaaa", ageSeconds: 90_000)
        #expect(Self.look(folder).state == .old)
        folder.write("copies/new/b.dump", "bbb", ageSeconds: 3_600)
        let report = Self.look(folder)
        #expect(report.state == .good)
        #expect(report.bytes == 7)
        #expect(report.message?.hasPrefix("b.dump, sha256 of a sample 3e744b9dc393") == true)
        #expect(report.goodAt.map { abs((SystemClock.now - $0).wholeSeconds - 3_600) < 5 } == true)
        #expect(report.verifiedAt == nil)
        #expect(Self.look(folder) == report)
    }

    @Test func whatIsNotThereIsMissing() {
        let folder = TemporaryFolder()
        #expect(Self.look(folder).state == .missing)
        _ = LocalFiles.makeDirectory(folder.path + "/copies")
        #expect(Self.look(folder).state == .missing)
        folder.write("copies/note.txt", "x")
        #expect(Self.look(folder, pattern: "*.dump").state == .missing)
    }

    @Test func anEmptyFileIsNoCopyAndOneOfTheFutureProvesNothing() {
        let folder = TemporaryFolder()
        folder.write("copies/a.dump", "")
        #expect(Self.look(folder).state == .failing)
        folder.write("copies/b.dump", "b", ageSeconds: -7_200)
        #expect(Self.look(folder).state == .unknown)
    }

    @Test func linksAreNotFollowed() {
        let folder = TemporaryFolder()
        let outside = folder.write("outside.dump", "x")
        folder.write("copies/a.dump", "a", ageSeconds: 90_000)
        symlink(outside, folder.path + "/copies/z.dump")
        symlink(folder.path, folder.path + "/copies/loop")
        #expect(Self.look(folder).state == .old)
    }

    @Test func onlyAMatchingManifestVerifiesAndADifferentOneAlarms() {
        let folder = TemporaryFolder()
        folder.write("copies/a.dump", "abc")
        folder.write(
            "copies/a.dump.sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.dump\n")
        let now = SystemClock.now
        #expect(Self.look(folder, at: now).verifiedAt == Timestamp(milliseconds: now.milliseconds))
        // Not read again before a day is over, and remembered over a restart.
        #expect(Self.look(folder, at: now + .seconds(3_600)).verifiedAt == now)
        #expect(Self.look(folder, at: now + .seconds(86_400)).verifiedAt == now + .seconds(86_400))
        folder.write("copies/a.dump", "abd", ageSeconds: 5)
        let report = Self.look(folder)
        #expect(report.state == .failing)
        #expect(report.goodAt == nil && report.verifiedAt == nil)
    }

    @Test func theSampleOfALargeFileIsItsFirstMiddleAndLastMebibyte() {
        let folder = TemporaryFolder()
        let mebibyte = 1 << 20
        let parts = ["a", "b", "c", "d", "e"].map { String(repeating: $0, count: mebibyte) }
        folder.write("copies/big", parts.joined())
        let digest = Hexadecimal.encode(SHA256.hash(Array((parts[0] + parts[2] + parts[4]).utf8)))
        #expect(Self.look(folder).message == "big, sha256 of a sample \(digest.prefix(12))")
    }
}

@Suite struct CommandProbeTests {
    private static func look(_ script: String, timeout: Duration = .seconds(10)) -> CopyReport {
        var probe = CommandProbe(tier: .mirror, command: ["sh", "-c", script], timeout: timeout)
        return probe.look(at: SpoolTests.start)
    }

    @Test(arguments: [(0, CopyState.good), (1, .old), (2, .failing), (3, .unknown), (77, .unknown)])
    func theStatusDecides(status: Int, state: CopyState) {
        let report = Self.look(
            "echo 'REPL OK - in step | age=60s;;;0 verified=3600 size=2MB'; echo more; exit \(status)")
        #expect(report.state == state)
        #expect(report.message == "REPL OK - in step")
        #expect(report.goodAt == SpoolTests.start - .seconds(60))
        #expect(report.verifiedAt == SpoolTests.start - .seconds(3_600))
        #expect(report.bytes == 2_097_152)
    }

    @Test func anAgeThatOnlyGrowsWithTheClockChangesNothing() {
        let folder = TemporaryFolder()
        let script = folder.write("age", "60")
        var probe = CommandProbe(
            tier: .mirror, command: ["sh", "-c", "echo \"OK | age=$(cat \(script))s\""], timeout: .seconds(10))
        let first = probe.look(at: SpoolTests.start)
        folder.write("age", "358")
        #expect(probe.look(at: SpoolTests.start + .seconds(300)) == first)
        folder.write("age", "10")
        #expect(probe.look(at: SpoolTests.start + .seconds(600)) != first)
    }

    @Test func aProgramThatDoesNotEndIsEndedWithItsChildren() {
        let folder = TemporaryFolder()
        let fifo = folder.path + "/fifo"
        #expect(mkfifo(fifo, 0o600) == 0)
        let reading = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        defer { close(reading) }
        let started = SystemClock.steady
        let report = Self.look(
            "trap '' TERM; sleep 61 > \(fifo) & echo said; wait; sleep 61", timeout: .milliseconds(300))
        #expect(report.state == .unknown)
        #expect(SystemClock.steady - started < .seconds(10))
        // The pipe hangs up when the last of them has let go of it.
        var watched = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        #expect(poll(&watched, 1, 10_000) == 1)
        #expect(watched.revents & Int16(POLLHUP) != 0)
    }

    @Test func aHugeOutputIsCutAndDoesNotStopTheProgram() {
        let report = Self.look("head -c 50000000 /dev/zero | tr '\\0' x; exit 1")
        #expect(report.state == .old)
        #expect(report.message?.count == CopyReport.messageCharactersMax)
    }

    @Test func aProgramThatStandsStillIsEndedWhenItsTimeIsOver() {
        let started = SystemClock.steady
        let report = Self.look("kill -STOP $$; echo late", timeout: .seconds(1))
        #expect(report.state == .unknown)
        #expect(report.message == "the program did not end in time")
        #expect(SystemClock.steady - started < .seconds(9))
    }

    @Test func variablesOfAFileReachTheProgramAndAMistakeInItIsToldWithoutItsText() {
        let folder = TemporaryFolder()
        let file = folder.write("variables", "KEY=geheim\nPATH=/bin:/usr/bin\n")
        let command = ["sh", "-c", "[ \"$KEY\" = geheim ] && [ \"$PATH\" = /bin:/usr/bin ] && echo \"$HOME\""]
        var probe = CommandProbe(tier: .mirror, command: command, environmentFile: file, timeout: .seconds(10))
        let report = probe.look(at: SpoolTests.start)
        #expect(report.state == .good && report.message == "/nonexistent")
        folder.write("variables", "KEY=other\nexport SECRET=geheim\n")
        let broken = probe.look(at: SpoolTests.start)
        #expect(broken.state == .unknown && broken.message == "\(file):2 is not NAME=value")
    }

    @Test func aProgramThatIsLeftBehindDoesNotHoldTheLookUp() {
        let started = SystemClock.steady
        #expect(Self.look("sleep 61 & echo done; exit 0").message == "done")
        #expect(SystemClock.steady - started < .seconds(9))
    }

    @Test func aProgramThatIsNotThereIsUnknown() {
        var probe = CommandProbe(tier: .mirror, command: ["/no/such/plugin"], timeout: .seconds(5))
        let report = probe.look(at: SpoolTests.start)
        #expect(report.state == .unknown)
        #expect(report.message == "/no/such/plugin cannot be started: No such file or directory")
    }

    @Test func aProgramSeesNothingOfTheAgentsEnvironment() {
        var probe = CommandProbe(tier: .mirror, command: ["env"], timeout: .seconds(10))
        #expect(probe.look(at: SpoolTests.start).message == "HOME=/nonexistent")
    }

    @Test(arguments: [
        ("OK", "OK", 0), ("OK |", "OK", 0), ("|a=1", "", 1), ("OK | 'a b'=1;2 c=3% d", "OK", 2),
        ("OK | 'it''s'=5c", "OK", 1), ("OK | =5 a==3 b=x c=U", "OK", 1), ("", "", 0),
    ])
    func performanceDataIsReadAsFarAsItFitsTheForm(text: String, message: String, count: Int) {
        let output = PluginOutput(Array(text.utf8))
        #expect(output.message == message)
        #expect(output.data.count == count)
    }
}

@Suite struct EnvironmentFileTests {
    @Test func linesCommentsQuotesAndSpacesAreReadAsSystemdReadsThem() throws {
        let text = """
            # keys
            ; more
              A= one\u{20}
            B="two words"
            C='it"s'
            D=
            E=a=b
            F="
            _G1=\"\"
            A=last
            """
        let values = try EnvironmentFile.parse(Array(text.utf8), path: "f")
        #expect(
            values == [
                "A": "last", "B": "two words", "C": "it\"s", "D": "", "E": "a=b", "F": "\"", "_G1": "",
            ])
    }

    @Test(arguments: [
        ("A=1\nnonsense", "f:2 is not NAME=value"), ("1A=x", "f:1 is not NAME=value"),
        ("=x", "f:1 is not NAME=value"), ("A B=x", "f:1 is not NAME=value"), ("A=\0", "f is not text in UTF-8"),
    ])
    func aMistakeIsNamedByItsLine(text: String, message: String) {
        let thrown = #expect(throws: AgentError.self) { try EnvironmentFile.parse(Array(text.utf8), path: "f") }
        #expect(thrown?.message == message)
    }
}

@Suite struct CopyBoardTests {
    @Test func aLookThatHangsIsToldAndKeepsWhatWasKnown() throws {
        let copies = try AgentConfiguration.read(
            text: ConfigurationTests.head
                + "[[copy]]\ntier = \"external\"\nprobe = \"folder\"\npath = \"/x\"\nmax_age_hours = 1\ntimeout_seconds = 10",
            file: "agent.toml"
        ).copies
        let board = CopyBoard(copies: copies)
        #expect(board.reports(at: .zero).isEmpty && !board.isComplete)
        board.began(0, at: .zero)
        let report = CopyReport(tier: .external, state: .good, goodAt: SpoolTests.start)
        board.ended(0, report)
        #expect(board.reports(at: .seconds(9_999)) == [report] && board.isComplete)
        board.began(0, at: .seconds(10_000))
        #expect(board.reports(at: .seconds(10_060)) == [report])
        let hung = board.reports(at: .seconds(10_061))
        #expect(hung.map(\.state) == [.unknown])
        #expect(hung.map(\.goodAt) == [SpoolTests.start])
    }
}
