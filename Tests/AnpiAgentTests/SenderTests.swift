import AnpiClient
import AnpiModel
import Testing

@testable import AnpiAgent

/// The sender's thread against a server on loopback.
@Suite(.serialized) struct SenderTests {
    private struct Bench {
        let folder = TemporaryFolder()
        let lines = LogLines()
        let spool: Spool
        let sender: Sender
        let intervals = Shared(0)
        let askings = Shared<[Timestamp]>([])

        init(
            collectors: [String], beats: Int = 1, states: [CopyState] = [.good], more: String = "interval = 1"
        ) throws {
            let configuration = try AgentConfiguration.read(
                text: """
                    agent = "shz-0041-server"
                    token = "anpi_agent_1_secret"
                    collectors = [\(collectors.map { "\"\($0)\"" }.joined(separator: ", "))]
                    state = "\(folder.path)"
                    \(more)
                    """, file: "agent.toml")
            spool = try SpoolTests.open(folder)
            for index in 0..<beats {
                let content = SpoolTests.content(minute: index, state: states[index % states.count])
                _ = spool.append(content, steady: .zero)
            }
            sender = Sender(
                configuration: configuration, spool: spool, log: lines.log,
                intervalChanged: { [intervals] in intervals.change { $0 += 1 } },
                backupAsked: { [askings] at in askings.change { $0.append(at) } })
            let sender = sender
            _ = Thread.start { sender.run() }
        }

        /// Waits for the spool to be empty, by beating on: 20 s at most.
        func isEmptied() -> Bool {
            let deadline = SystemClock.steady + .seconds(20)
            let pause = Bell()
            while spool.outgoing(runsMax: 1) != nil {
                guard SystemClock.steady < deadline else { return false }
                pause.wait(atMost: .milliseconds(10))
            }
            return true
        }
    }

    @Test func theNewestIsSentFirstThenTheBacklogInOrder() throws {
        let server = LoopbackServer { request, _ in LoopbackServer.accepted(request, interval: 20) }
        let bench = try Bench(collectors: [server.url], beats: 6, states: [.good, .good, .old])
        #expect(bench.isEmptied())
        bench.sender.stop()
        #expect(server.requests.count == 2)
        #expect(server.requests[0].body.contains("\"beats\":[{\"seq\":6,"))
        #expect(server.requests[1].body.contains("\"beats\":[{\"seq\":1,\"count\":2,"))
        #expect(server.requests[0].headers["authorization"] == "Bearer anpi_agent_1_secret")
        #expect(bench.sender.interval == .seconds(20))
        #expect(bench.intervals.value == 1)
    }

    @Test func anotherCollectorIsAskedWhenTheFirstIsNotThere() throws {
        let server = LoopbackServer { request, _ in LoopbackServer.accepted(request) }
        let bench = try Bench(collectors: ["http://127.0.0.1:1", server.url])
        #expect(bench.isEmptied())
        bench.sender.stop()
        #expect(bench.lines.all.contains { $0.contains("cannot be reached") })
    }

    @Test func theCulpritAloneIsSetAside() throws {
        let server = LoopbackServer { request, _ in
            request.body.contains("\"seq\":3,")
                ? LoopbackServer.answer("422 Unprocessable Content") : LoopbackServer.accepted(request)
        }
        let bench = try Bench(collectors: [server.url], beats: 8, states: [.good, .old])
        #expect(bench.isEmptied())
        bench.sender.stop()
        let kept = try LocalFiles.names(in: bench.folder.path + "/refused").get()
        #expect(kept.count == 1)
        let text = String(decoding: try LocalFiles.read(bench.folder.path + "/refused/" + kept[0]).get(), as: UTF8.self)
        #expect(text.contains("\"beats\":[{\"seq\":3,"))
        let accepted = server.requests.filter { !$0.body.contains("\"seq\":3,") }.map(\.body).joined()
        for seq in [1, 2, 4, 5, 6, 7, 8] { #expect(accepted.contains("\"seq\":\(seq),")) }
        #expect(!bench.lines.all.joined().contains("secret"))
    }

    @Test(arguments: [401, 403, 404])
    func aTokenThatIsNotTakenKeepsTheSpoolAndSaysSo(status: Int) throws {
        let server = LoopbackServer { _, _ in LoopbackServer.answer("\(status) No") }
        let bench = try Bench(collectors: [server.url], beats: 3)
        #expect(server.wait { $0.count >= 2 })
        bench.sender.stop()
        #expect(bench.spool.backlog.beats == 3)
        #expect(bench.lines.all.filter { $0.contains("does not accept this agent or its token") }.count == 1)
    }

    @Test func aBusyCollectorIsAskedAgainAfterTheTimeItNamed() throws {
        let times = Shared<[Duration]>([])
        let server = LoopbackServer { request, number in
            times.change { $0.append(SystemClock.steady) }
            return number == 1
                ? LoopbackServer.answer("503 Later", headers: "Retry-After: 1\r\n") : LoopbackServer.accepted(request)
        }
        let bench = try Bench(collectors: [server.url])
        #expect(bench.isEmptied())
        bench.sender.stop()
        #expect(times.value.count == 2)
        #expect(times.value[1] - times.value[0] >= .seconds(1))
    }

    @Test func whatTheCollectorRejectsForGoodIsDroppedAndLogged() throws {
        let server = LoopbackServer { request, _ in
            LoopbackServer.accepted(request, rejected: "{\"seq\":1,\"reason\":\"ancient\"}")
        }
        let bench = try Bench(collectors: [server.url])
        #expect(bench.isEmptied())
        bench.sender.stop()
        #expect(bench.lines.all.contains { $0.contains("rejected") && $0.contains("ancient") })
    }

    /// 21:40 on the eve of the storm.
    private static let asked = Timestamp(rfc3339: "2022-09-23T21:40:00.000+09:00") ?? .distantPast

    @Test(arguments: [("", 60), ("[directives]\nmin_interval = 20", 20), ("[directives]\nmin_interval = 5", 15)])
    func reportsAreFasterWhereAndAsFarAsTheConfigurationSays(more: String, seconds: Int) throws {
        let server = LoopbackServer { request, _ in
            LoopbackServer.accepted(
                request, interval: 15, directives: [.backupOffsite(askedAt: Self.asked), .reportFaster])
        }
        let bench = try Bench(collectors: [server.url], more: more)
        #expect(bench.isEmptied())
        bench.sender.stop()
        #expect(bench.sender.interval == .seconds(seconds))
        #expect(bench.askings.value == [Self.asked])
    }

    @Test func aPageOfAGuestNetworkAcknowledgesNothing() throws {
        let server = LoopbackServer { request, number in
            number == 1 ? LoopbackServer.answer("200 OK", "<html>Welcome</html>") : LoopbackServer.accepted(request)
        }
        let bench = try Bench(collectors: [server.url])
        #expect(bench.isEmptied())
        bench.sender.stop()
        #expect(server.requests.count == 2)
    }
}
