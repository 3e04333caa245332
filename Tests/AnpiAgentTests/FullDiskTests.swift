import AnpiClient
import AnpiModel
import Glibc
import Testing

@testable import AnpiAgent

/// A small file system of its own, gone with the test; needs root.
private final class SmallDisk {
    let folder = TemporaryFolder()
    private let isMounted: Bool

    init?(kibibytes: Int) {
        isMounted =
            geteuid() == 0 && mount("anpi-test", folder.path, "tmpfs", 0, "size=\(kibibytes)k") == 0
        guard isMounted else { return nil }
    }

    deinit { if isMounted { umount2(folder.path, Int32(MNT_DETACH)) } }

    static var isPossible: Bool { SmallDisk(kibibytes: 16) != nil }

    /// Leaves no room at all.
    func fill() {
        let file = open(folder.path + "/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        let block = [UInt8](repeating: 1, count: 4_096)
        while write(file, block, block.count) > 0 {}
        close(file)
    }

    func makeRoom() { unlink(folder.path + "/filler") }
}

@Suite(.serialized) struct FullDiskTests {
    @Test(.enabled(if: SmallDisk.isPossible)) func aFullDiskLosesNothingWhileTheAgentLivesAndRepeatsNoNumber() throws {
        let disk = try #require(SmallDisk(kibibytes: 64))
        let spool = try SpoolTests.open(disk.folder)
        let states: [CopyState] = [.good, .old]
        func append(_ minute: Int) -> Spool.Appended {
            spool.append(SpoolTests.content(minute: minute, state: states[minute % 2]), steady: .zero)
        }
        let first = append(0)
        #expect(first.isOnDisk)
        let firstBoot = spool.boot
        disk.fill()
        // What is left of the file's last block may still take some.
        var minute = 1
        while append(minute).isOnDisk {
            minute += 1
            try #require(minute < 1_000)
        }
        let written = minute
        for _ in 0..<20 {
            minute += 1
            #expect(!append(minute).isOnDisk)
        }
        // The beat that the file does not have, and those after it, are numbered under one other name.
        let secondBoot = spool.boot
        #expect(secondBoot != firstBoot)
        #expect(Set(spool.backlog.runs.map(\.boot)) == [firstBoot, secondBoot])
        #expect(spool.backlog.runs.filter { $0.boot == firstBoot }.map(\.first) == Array(1...Int64(written)))
        #expect(spool.backlog.runs.filter { $0.boot == secondBoot }.map(\.first) == Array(1...21))
        // A kill now: the file goes on with numbers that nobody has seen.
        let copy = TemporaryFolder()
        let bytes = try LocalFiles.read(disk.folder.path + "/spool").get()
        _ = try LocalFiles.replace(copy.path + "/spool", with: bytes).get()
        let afterKill = try SpoolTests.open(copy)
        #expect(afterKill.boot == firstBoot && afterKill.backlog.lastSequence == Int64(written))
        disk.makeRoom()
        minute += 1
        #expect(append(minute).isOnDisk)
        #expect(spool.boot == secondBoot)
        #expect(try SpoolTests.open(disk.folder).backlog == spool.backlog)
    }

    /// A limit on the length of files does to any user what a full disk does.
    @Test(.enabled(if: ProgramTests.program != nil)) func theProgramBeatsOnWhereNothingCanBeWritten() throws {
        let folder = TemporaryFolder()
        let isDown = Shared(true)
        let server = LoopbackServer { request, _ in
            isDown.value ? LoopbackServer.answer("500 Down") : LoopbackServer.accepted(request)
        }
        let file = folder.write(
            "agent.toml",
            """
            agent = "shz-0041-server"
            token = "anpi_agent_1_secret"
            collectors = ["\(server.url)"]
            interval = 1
            state = "\(folder.path)/state"
            [[copy]]
            tier = "mirror"
            probe = "command"
            every_seconds = 1
            command = ["sh", "-c", "echo $(date +%N) $(head -c 180 /dev/zero | tr '\\\\0' x)"]
            """)
        let running = RunningProgram(
            try #require(ProgramTests.program), ["run", "--config", file], in: folder, before: "ulimit -f 1")
        // Every beat differs from the last, so that a record of some 300 bytes is written for each.
        #expect(server.wait { requests in Set(requests.map { Self.boot(of: $0) }).count == 2 })
        isDown.change { $0 = false }
        let before = server.requests.count
        #expect(server.wait { $0.count >= before + 4 })
        running.send(SIGTERM)
        let (end, _, words) = running.waitForEnd()
        #expect(end == .exited(0), "\(words)")
        #expect(words.contains("the spool cannot be written"))
        let bodies = server.requests.dropFirst(before).map(\.body)
        // All that was made while nothing could be written arrives: no number of either name is missing.
        for boot in Set(server.requests.map { Self.boot(of: $0) }) {
            let numbers = Set(bodies.filter { $0.contains(boot) }.flatMap { Self.numbers(in: $0) })
            #expect(numbers.sorted() == Array(1...Int64(numbers.count)), "\(boot)")
        }
        #expect(bodies.last?.contains("goodbye") == true)
    }

    private static func boot(of request: LoopbackServer.Request) -> String {
        String(request.body.split(separator: "\"boot\":\"").last?.prefix { $0 != "\"" } ?? "")
    }

    /// The numbers of the beats in a request, runs written out.
    private static func numbers(in body: String) -> [Int64] {
        body.split(separator: "{\"seq\":").dropFirst().flatMap { run -> [Int64] in
            guard let first = Int64(run.prefix { $0.isNumber }) else { return [] }
            let rest = run.drop { $0.isNumber }
            let mark = ",\"count\":"
            guard rest.hasPrefix(mark) else { return [first] }
            let count = Int64(rest.dropFirst(mark.utf8.count).prefix { $0.isNumber }) ?? 1
            return Array(first..<(first + count))
        }
    }
}
