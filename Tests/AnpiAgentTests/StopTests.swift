import AnpiModel
import Glibc
import Testing

@testable import AnpiAgent

/// SIGTERM and SIGINT to the built program, at the moments where they come badly.
@Suite(.serialized, .enabled(if: ProgramTests.program != nil)) struct StopTests {
    private static let program = ProgramTests.program ?? ""

    /// A configuration whose token comes through a pipe: start-up stands still until the test writes it.
    private static func configuration(_ folder: TemporaryFolder, collector: String, copy: String = "") -> String {
        mkfifo(folder.path + "/token", 0o600)
        return folder.write(
            "agent.toml",
            """
            agent = "shz-0041-server"
            token_file = "\(folder.path)/token"
            collectors = ["\(collector)"]
            interval = 1
            state = "\(folder.path)/state"
            \(copy)
            """)
    }

    /// Returns when the program waits for its token: whoever opens a pipe waits for the other side.
    private static func reachStartUp(_ folder: TemporaryFolder) -> Int32 {
        let isReached = Bell()
        _ = Thread.start {
            // A program that ended instead must fail the test, not hang it.
            guard !isReached.wait(atMost: .seconds(20)) else { return }
            close(open(folder.path + "/token", O_RDONLY | O_NONBLOCK | O_CLOEXEC))
        }
        defer { isReached.ring() }
        return open(folder.path + "/token", O_WRONLY | O_CLOEXEC)
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func aSignalDuringStartUpGivesAGoodbyeAndACleanEnd(signal: Int32) throws {
        let folder = TemporaryFolder()
        let server = LoopbackServer { request, _ in LoopbackServer.accepted(request) }
        let file = Self.configuration(folder, collector: server.url)
        let running = RunningProgram(Self.program, ["run", "--config", file], in: folder)
        let token = Self.reachStartUp(folder)
        running.send(signal)
        #expect(write(token, "anpi_agent_1_secret\n", 20) == 20)
        close(token)
        let (end, _, words) = running.waitForEnd()
        #expect(end == .exited(0), "\(words)")
        #expect(server.requests.map { $0.body.contains("\"notice\":\"goodbye\"") } == [true])
    }

    @Test func aSignalDuringTheFirstLooksGivesAGoodbyeAndLeavesNoProgramBehind() throws {
        let folder = TemporaryFolder()
        let server = LoopbackServer { request, _ in LoopbackServer.accepted(request) }
        let looking = Looking(folder)
        let copy = """
            [[copy]]
            tier = "mirror"
            probe = "command"
            command = ["sh", "-c", "exec 3> \(folder.path)/looking; echo >&3; sleep 50"]
            """
        let file = Self.configuration(folder, collector: server.url, copy: copy)
        let running = RunningProgram(Self.program, ["run", "--config", file], in: folder)
        let token = Self.reachStartUp(folder)
        #expect(write(token, "anpi_agent_1_secret\n", 20) == 20)
        close(token)
        #expect(looking.hasBegun)
        let stoppedAt = running.send(SIGTERM)
        let (end, endedAt, words) = running.waitForEnd()
        #expect(end == .exited(0), "\(words)")
        #expect(endedAt - stoppedAt < .seconds(2))
        #expect(server.requests.map { $0.body.contains("\"notice\":\"goodbye\"") } == [true])
        #expect(looking.hasEnded)
    }

    @Test func aSecondSignalEndsAtOnceWhereStartUpHangs() {
        let folder = TemporaryFolder()
        let file = Self.configuration(folder, collector: "http://127.0.0.1:1")
        let running = RunningProgram(Self.program, ["run", "--config", file], in: folder)
        let token = Self.reachStartUp(folder)
        running.send(SIGTERM)
        let secondAt = running.send(SIGINT)
        let (end, endedAt, _) = running.waitForEnd()
        // The two may be taken in either order.
        #expect([.exited(128 + SIGTERM), .exited(128 + SIGINT)].contains(end))
        #expect(endedAt - secondAt < .seconds(1))
        close(token)
    }

    @Test func aSecondSignalCutsAGoodbyeShortThatNobodyAnswers() {
        let folder = TemporaryFolder()
        let running = Shared<RunningProgram?>(nil)
        let release = Bell()
        let secondAt = Shared<Duration?>(nil)
        // Sends the second signal while the goodbye waits for its answer, which never comes.
        let server = LoopbackServer { request, _ in
            guard request.body.contains("\"notice\":\"goodbye\"") else { return LoopbackServer.accepted(request) }
            // Noted before it is sent: the program may have ended before this thread goes on.
            secondAt.change { $0 = SystemClock.steady }
            running.value?.send(SIGTERM)
            release.wait(atMost: .seconds(20))
            return nil
        }
        let file = Self.configuration(folder, collector: server.url)
        running.change { $0 = RunningProgram(Self.program, ["run", "--config", file], in: folder) }
        let token = Self.reachStartUp(folder)
        #expect(write(token, "anpi_agent_1_secret\n", 20) == 20)
        close(token)
        #expect(server.wait { !$0.isEmpty })
        running.value?.send(SIGTERM)
        let ended = running.value?.waitForEnd()
        release.ring()
        #expect(ended?.end == .exited(128 + SIGTERM))
        #expect(secondAt.value.flatMap { second in ended.map { $0.at - second < .seconds(1) } } == true)
    }

    @Test func aStartUpThatHangsEndsByItselfAfterOneSignal() {
        let folder = TemporaryFolder()
        let file = Self.configuration(folder, collector: "http://127.0.0.1:1")
        let running = RunningProgram(Self.program, ["run", "--config", file], in: folder)
        let token = Self.reachStartUp(folder)
        let stoppedAt = running.send(SIGTERM)
        let (end, endedAt, _) = running.waitForEnd()
        #expect(end == .exited(128 + SIGTERM))
        // Before the service manager would kill it, which the unit in docs/agent.md does after 5 s.
        #expect(endedAt - stoppedAt < .seconds(5))
        close(token)
    }

    @Test(arguments: ["once", "doctor"])
    func aCommandThatIsInterruptedLeavesNoProgramBehind(command: String) {
        let folder = TemporaryFolder()
        let looking = Looking(folder)
        let file = folder.write(
            "agent.toml",
            """
            agent = "shz-0041-server"
            token = "anpi_agent_1_secret"
            collectors = ["http://127.0.0.1:1"]
            state = "\(folder.path)/state"
            [[copy]]
            tier = "mirror"
            probe = "command"
            command = ["sh", "-c", "exec 3> \(folder.path)/looking; echo >&3; sleep 50"]
            """)
        let running = RunningProgram(Self.program, [command, "--config", file], in: folder)
        #expect(looking.hasBegun)
        running.send(SIGINT)
        #expect(running.waitForEnd().end == .exited(128 + SIGINT))
        #expect(looking.hasEnded)
    }
}

/// A pipe in a folder, `looking`, into which a probe's program writes when it begins; its last breath closes it.
private final class Looking {
    private let reading: Int32

    init(_ folder: TemporaryFolder) {
        mkfifo(folder.path + "/looking", 0o600)
        reading = open(folder.path + "/looking", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    }

    deinit { close(reading) }

    var hasBegun: Bool { wait(Int16(POLLIN)) }

    var hasEnded: Bool {
        var bytes = [UInt8](repeating: 0, count: 16)
        _ = read(reading, &bytes, bytes.count)
        return wait(Int16(POLLHUP))
    }

    private func wait(_ event: Int16) -> Bool {
        var watched = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, 20_000) == 1 && watched.revents & event != 0
    }
}
