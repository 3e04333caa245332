import AnpiClient
import AnpiModel
import Glibc
import Testing

@testable import AnpiAgent

/// The built program, where it lies beside the tests.
@Suite(.serialized) struct ProgramTests {
    static let program: String? = {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") }
        let candidate = LocalFiles.parent(of: bundle ?? CommandLine.arguments[0]) + "/anpi-agent"
        return access(candidate, X_OK) == 0 ? candidate : nil
    }()

    private static func configuration(_ folder: TemporaryFolder, _ collector: String) -> String {
        folder.write("token", "anpi_agent_1_secret\n")
        folder.write("copies/a.dump", "abc")
        return folder.write(
            "agent.toml",
            """
            agent = "shz-0041-server"
            token_file = "\(folder.path)/token"
            collectors = ["http://127.0.0.1:1", "\(collector)"]
            interval = 1
            state = "\(folder.path)/state"
            [[copy]]
            tier = "external"
            probe = "folder"
            path = "\(folder.path)/copies"
            max_age_hours = 24
            """)
    }

    @Test(.enabled(if: program != nil), arguments: ["TERM", "INT"])
    func aStoppedAgentSaysGoodbyeWithinTwoSeconds(signal: String) throws {
        let folder = TemporaryFolder()
        let server = LoopbackServer { request, _ in LoopbackServer.accepted(request) }
        let file = Self.configuration(folder, server.url)
        let program = try #require(Self.program)
        let ended = Shared<(ChildProcess.End, Duration)?>(nil)
        let bell = Bell()
        _ = Thread.start {
            let script = "\(program) run --config \(file) & echo $! > \(folder.path)/pid; wait $!"
            let end = try? ChildProcess(
                command: ["sh", "-c", script], environment: ProbeEnvironment.values, timeout: .seconds(30)
            ).run().end
            ended.change { $0 = (end ?? .timedOut, SystemClock.steady) }
            bell.ring()
        }
        #expect(server.wait { $0.count >= 2 })
        let text = String(decoding: try LocalFiles.read(folder.path + "/pid").get(), as: UTF8.self)
        let stoppedAt = SystemClock.steady
        kill(try #require(pid_t(text.filter(\.isNumber))), signal == "TERM" ? SIGTERM : SIGINT)
        #expect(bell.wait(atMost: .seconds(20)))
        let (end, endedAt) = try #require(ended.value)
        #expect(end == .exited(0))
        #expect(endedAt - stoppedAt < .seconds(2))
        let last = try #require(server.requests.last)
        #expect(last.body.contains("\"notice\":\"goodbye\",\"reason\":\""))
        #expect(server.requests.allSatisfy { $0.body.contains("\"tier\":\"external\",\"state\":\"good\"") })
    }

    @Test(.enabled(if: program != nil)) func aKilledAgentGoesOnWithItsNumbers() throws {
        let folder = TemporaryFolder()
        let isDown = Shared(true)
        let server = LoopbackServer { request, _ in
            isDown.value ? LoopbackServer.answer("500 Down") : LoopbackServer.accepted(request)
        }
        let file = Self.configuration(folder, server.url)
        let program = try #require(Self.program)
        let first = ChildProcess(
            command: ["timeout", "-s", "KILL", "3", program, "run", "--config", file],
            environment: ProbeEnvironment.values, timeout: .seconds(20))
        _ = try first.run()
        isDown.change { $0 = false }
        let before = server.requests.count
        var second = first
        second.command = ["timeout", "-s", "TERM", "3", program, "run", "--config", file]
        _ = try second.run()
        let bodies = server.requests.dropFirst(before).map(\.body)
        #expect(bodies.contains { $0.contains("\"beats\":[{\"seq\":1,\"count\":") })
        let boots = Set(server.requests.map { $0.body.split(separator: "\"boot\":\"")[1].prefix(25) })
        #expect(boots.count == 1)
    }

    /// A pipe that nobody writes to holds whoever opens it in the kernel, as a dead mount does.
    @Test(.enabled(if: program != nil)) func aMediumThatHangsStopsNeitherBeatsNorTheEnd() throws {
        let folder = TemporaryFolder()
        let server = LoopbackServer { request, _ in LoopbackServer.accepted(request) }
        let file = Self.configuration(folder, server.url)
        mkfifo(folder.path + "/copies/a.dump.sha256", 0o600)
        let running = RunningProgram(try #require(Self.program), ["run", "--config", file], in: folder)
        #expect(server.wait { $0.count >= 3 })
        // It was never seen, so nothing is said of it.
        #expect(server.requests.allSatisfy { !$0.body.contains("\"copies\"") })
        let stoppedAt = running.send(SIGTERM)
        let (end, endedAt, words) = running.waitForEnd()
        #expect(end == .exited(0), "\(words)")
        #expect(endedAt - stoppedAt < .seconds(2))
        #expect(server.requests.last?.body.contains("\"notice\":\"goodbye\"") == true)
    }

    @Test(.enabled(if: program != nil)) func everyKindOfEndHasItsStatus() throws {
        let folder = TemporaryFolder()
        let server = LoopbackServer { request, _ in
            request.body.contains("\"beats\":[]") ? LoopbackServer.answer("422 No") : LoopbackServer.accepted(request)
        }
        let file = Self.configuration(folder, server.url)
        let away = folder.write(
            "away.toml",
            String(decoding: try LocalFiles.read(file).get(), as: UTF8.self)
                .replacing("\"\(server.url)\"", with: "\"http://127.0.0.1:2\""))
        let broken = folder.write("broken.toml", "agent = 5\n")
        let program = try #require(Self.program)
        func status(_ arguments: [String]) throws -> ChildProcess.End {
            try ChildProcess(
                command: [program] + arguments, environment: ProbeEnvironment.values, timeout: .seconds(20)
            ).run().end
        }
        for command in ["run", "once", "doctor", "explain"] {
            #expect(try status([command, "--config", broken]) == .exited(78), "\(command)")
            #expect(try status([command, "--config", "/no/such/file"]) == .exited(78), "\(command)")
        }
        #expect(try status(["explain", "--config", file]) == .exited(0))
        #expect(try status(["once", "--config", file]) == .exited(0))
        #expect(try status(["once", "--config", away]) == .exited(1))
        // One of its two collectors is not there.
        #expect(try status(["doctor", "--config", file]) == .exited(1))
        for usage in [["walk"], ["run", "--interval", "5"], ["run", "--config"]] {
            #expect(try status(usage) == .exited(64), "\(usage)")
        }
        for help in [[], ["--help"], ["run", "-h"], ["--version"]] { #expect(try status(help) == .exited(0)) }
        let state = try StateDirectory(folder.path + "/state")
        #expect(try status(["run", "--config", file]) == .exited(1))
        #expect(try status(["once", "--config", file]) == .exited(1))
        _ = state.path
    }

    @Test(.enabled(if: program != nil)) func doctorAndOnceSayWhatIsWrong() throws {
        let folder = TemporaryFolder()
        let server = LoopbackServer { request, _ in
            request.body.contains("\"beats\":[]") ? LoopbackServer.answer("401 No") : LoopbackServer.accepted(request)
        }
        let file = Self.configuration(folder, server.url)
        let program = try #require(Self.program)
        // A proxy of the environment is not asked: nobody is there.
        var environment = ProbeEnvironment.values
        environment["http_proxy"] = "http://127.0.0.1:1"
        func run(_ command: String) throws -> (ChildProcess.End, String) {
            let outcome = try ChildProcess(
                command: [program, command, "--config", file], environment: environment, timeout: .seconds(20)
            ).run()
            return (outcome.end, String(decoding: outcome.output + outcome.errors, as: UTF8.self))
        }
        let (end, words) = try run("doctor")
        #expect(end == .exited(1))
        #expect(words.contains("ok    copy external: good"))
        #expect(words.contains("WRONG collector \(server.url): the token is not known"))
        #expect(!words.contains("secret"))
        let (onceEnd, onceWords) = try run("once")
        #expect(onceEnd == .exited(0))
        #expect(onceWords.contains("accepted up to"))
        folder.write("agent.toml", "agent = 5\n")
        let (brokenEnd, brokenWords) = try run("run")
        #expect(brokenEnd == .exited(78))
        #expect(brokenWords.contains("agent.toml:1: agent must be a string"))
    }

    /// Full Foundation would bring ICU with it, four times the size of the agent.
    @Test(.enabled(if: program != nil)) func theProgramDoesNotNeedFullFoundation() throws {
        let outcome = try ChildProcess(
            command: ["ldd", try #require(Self.program)], environment: ProbeEnvironment.values, timeout: .seconds(20)
        ).run()
        let needed = String(decoding: outcome.output, as: UTF8.self)
        #expect(needed.contains("libcurl"))
        #expect(!needed.contains("libFoundation.so") && !needed.contains("_FoundationICU"))
    }
}
