import AnpiClient
import AnpiModel
import Synchronization
import Testing

@testable import anpi

/// The program against a real HTTP server with canned answers: what it prints, asks and returns.
@Suite struct CommandTests {
    /// Runs `body` against a server that answers by method and path (query cut off); anything else is a 404.
    private func with(
        _ answers: [String: LoopbackServer.Answer], _ body: (LoopbackServer) throws -> Void
    ) throws {
        let server = try LoopbackServer { request in
            let path = request.target.prefix { $0 != "?" }
            return answers["\(request.method) \(path)"]
                ?? .init(status: 404, body: #"{"title":"Not Found","status":404}"#)
        }
        defer { server.stop() }
        try body(server)
    }

    private func ok(_ fixture: String) throws -> LoopbackServer.Answer {
        .init(status: 200, headers: ["X-Anpi-As-Of": "2022-09-24T11:05:00.000+09:00"], body: try Bench.fixture(fixture))
    }

    // MARK: Reading

    @Test func queueStartsWithTheAnswerAndEndsWithTheNextStep() throws {
        let answers = [
            "GET /v1/queue": try ok("queue"), "GET /v1/me": try ok("me"), "GET /v1/engineers": try ok("engineers"),
        ]
        try with(answers) { server in
            let run = Bench.run(["queue"], collector: server.address, environment: ["ANPI_TOKEN": "anpi_engineer_x_y"])
            #expect(run.status == 0)
            #expect(run.output.hasPrefix("田中 拓也   静岡保守拠点   9月24日 11:05   接続: 良好（3秒前）"))
            #expect(run.output.hasSuffix("次: anpi task start T-412"))
            #expect(run.complaints.isEmpty)
            #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Bearer anpi_engineer_x_y" })
        }
    }

    @Test func jsonIsTheAnswerOfTheCollectorUntouched() throws {
        try with(["GET /v1/queue": try ok("queue")]) { server in
            let run = Bench.run(["queue", "-o", "json"], collector: server.address)
            #expect(run.status == 0)
            let fixture = try Bench.fixture("queue")
            #expect(run.output + "\n" == fixture)
        }
    }

    @Test func siteListAsksForEveryPage() throws {
        let server = try LoopbackServer { request in
            let item = #"{"id":"s1","name":"A","contact":"silent","assessment":"unknown"}"#
            return request.target.contains("cursor=c%202")
                ? .init(status: 200, body: #"{"items":[\#(item)],"next":null}"#)
                : .init(status: 200, body: #"{"items":[\#(item)],"next":"c 2"}"#)
        }
        defer { server.stop() }
        let run = Bench.run(["site", "list", "--contact", "silent", "--lang", "en"], collector: server.address)
        #expect(run.status == 0)
        #expect(run.output.contains("2 sites  silent 2"))
        #expect(
            server.requests.map(\.target) == [
                "/v1/sites?contact=silent&limit=500", "/v1/sites?contact=silent&limit=500&cursor=c%202",
            ])
    }

    // MARK: Changing

    @Test func acceptSendsKeyVersionAndBodyAndSaysWhatIsNext() throws {
        let before = #"""
            {"id":"T-415","state":"offered","kind":"inspect","siteName":"みほ医院","version":2,
            "offer":{"engineer":"eng-3","until":"2022-09-24T11:19:03.000+09:00"}}
            """#
        let after =
            #"{"id":"T-415","state":"accepted","kind":"inspect","siteName":"みほ医院","engineer":"eng-3","version":3}"#
        try with([
            "GET /v1/tasks/T-415": .init(status: 200, body: before),
            "POST /v1/tasks/T-415/transitions": .init(status: 200, headers: ["ETag": "\"3\""], body: after),
        ]) { server in
            let run = Bench.run(
                ["task", "accept", "t415", "--eta", "14:00", "--for", "eng-3"], collector: server.address, columns: 200)
            #expect(run.status == 0)
            #expect(
                run.output
                    == "T-415 受諾しました（みほ医院、eng-3さんの代わりに、着 14:00 予定）。返答期限まで14分でした。    次: anpi task start T-415 --for eng-3"
            )
            let request = try #require(server.requests.last)
            #expect(request.headers["idempotency-key"] == "key-1")
            #expect(request.headers["if-match"] == "\"2\"")
            #expect(
                request.body
                    == #"{"to":"accepted","onBehalfOf":"eng-3","eta":"2022-09-24T14:00:00.000+09:00"}"#)
        }
    }

    @Test func conflictSaysWhoWasFasterAndExitsWith3() throws {
        let problem = #"{"title":"Conflict","status":409,"detail":"T-412 is accepted"}"#
        try with([
            "GET /v1/tasks/T-412": try ok("task"), "GET /v1/engineers": try ok("engineers"),
            "POST /v1/tasks/T-412/transitions": .init(status: 409, body: problem),
        ]) { server in
            let run = Bench.run(["task", "accept", "T-412"], collector: server.address)
            #expect(run.status == 3)
            #expect(run.output.isEmpty)
            #expect(run.complaints == "T-412 は 07:21 に田中 拓也さんが受諾済みです。何も変更していません。\nT-412 is accepted")
        }
    }

    @Test(arguments: [
        (
            ["--place", "35.05,138.52", "--note", "橋の手前で冠水"],
            #""road":{"place":{"latitude":35.050000,"longitude":138.520000},"radiusKilometers":0.300}"#,
            "道路の現地情報として登録: F-91、半径300m、17:05まで有効。"
        ),
        (
            ["--place", "35.05,138.52", "--radius", "1", "--passable", "--expires", "17:05"],
            #""result":"passableWithCare","radiusKilometers":1.000,"expiresAt":"2022-09-24T17:05:00.000+09:00"}"#,
            "道路の現地情報として登録: F-91、半径1000m、17:05まで有効。"
        ),
        ([], #""road":{}"#, "場所の登録: anpi finding add --kind road --result closed --place 緯度,経度"),
    ])
    func blockedRoadGoesWithItsStep(options: [String], sent: String, said: String) throws {
        let task =
            #""id":"T-398","state":"blocked","kind":"inspect","siteName":"興津歯科","engineer":"eng-3","version":7"#
        let finding = #"{"id":"F-91","kind":"road","result":"closed","expiresAt":"2022-09-24T17:05:00.000+09:00"}"#
        try with([
            "GET /v1/tasks/T-398": .init(status: 200, body: "{\(task)}"),
            "POST /v1/tasks/T-398/transitions": .init(status: 200, body: "{\(task),\"finding\":\(finding)}"),
        ]) { server in
            let run = Bench.run(
                ["task", "block", "T-398", "--reason", "road", "--retry", "13:00"] + options,
                collector: server.address)
            #expect(run.status == 0)
            #expect(run.output.contains("T-398 中断しました（興津歯科、道路、13:00 に再確認）。"))
            #expect(run.output.hasSuffix(said))
            #expect(server.requests.filter { $0.method == "POST" }.count == 1)
            let body = try #require(server.requests.last?.body)
            #expect(body.contains(sent))
        }
    }

    @Test func whatWasFoundBeforeMidnightWasFoundYesterday() throws {
        let finding = #"{"id":"F-92","kind":"report","result":"damage"}"#
        try with(["POST /v1/findings": .init(status: 201, body: finding)]) { server in
            let run = Bench.run(
                [
                    "finding", "add", "--kind", "report", "--place", "35.05,138.52", "--result", "damage", "--at",
                    "23:30",
                    "--expires", "23:30",
                ], collector: server.address)
            #expect(run.status == 0)
            let body = try #require(server.requests.last?.body)
            #expect(body.contains(#""observedAt":"2022-09-23T23:30:00.000+09:00""#))
            #expect(body.contains(#""expiresAt":"2022-09-24T23:30:00.000+09:00""#))
        }
    }

    @Test func resumeGoesOnWhereItWasBlocked() throws {
        let task = #"""
            {"id":"T-9","state":"blocked","kind":"inspect","version":5,"timeline":[
            {"at":"2022-09-24T10:00:00.000+09:00","kind":"task.changed","state":"travelling"},
            {"at":"2022-09-24T10:20:00.000+09:00","kind":"task.changed","state":"blocked"},
            {"at":"2022-09-24T09:00:00.000+09:00","kind":"task.changed","state":"accepted"}]}
            """#
        try with([
            "GET /v1/tasks/T-9": .init(status: 200, body: task),
            "POST /v1/tasks/T-9/transitions": .init(status: 200, body: task),
        ]) { server in
            #expect(Bench.run(["task", "resume", "9"], collector: server.address).status == 0)
            #expect(server.requests.last?.body == #"{"to":"travelling"}"#)
        }
    }

    @Test func tokenStandsAloneOnStandardOutput() throws {
        try with(["POST /v1/tokens": .init(status: 201, body: #"{"id":"k3","token":"anpi_agent_k3_secret"}"#)]) {
            server in
            let run = Bench.run(["token", "create", "--agent", "shz-0041-server"], collector: server.address)
            #expect(run.status == 0)
            #expect(run.output == "anpi_agent_k3_secret")
            #expect(run.complaints.contains("k3"))
            #expect(server.requests.last?.body == #"{"role":"agent","agent":"shz-0041-server"}"#)
        }
    }

    @Test func aKeyThatHasMadeItsTokenSaysSo() throws {
        let problem = #"{"status":409,"detail":"This Idempotency-Key has made the token abcdefghijkl already."}"#
        try with(["POST /v1/tokens": .init(status: 409, body: problem)]) { server in
            let run = Bench.run(
                ["token", "create", "--agent", "a", "--lang", "en", "--operation", "k-7"], collector: server.address)
            #expect(run.status == 3)
            #expect(run.output.isEmpty)
            #expect(
                run.complaints == """
                    The key k-7 has made its token already. Revoke it and make another with a new key.
                    This Idempotency-Key has made the token abcdefghijkl already.
                    """)
        }
    }

    @Test func pingTokenPrintsItsAddress() throws {
        let answer = #"{"id":"p1","url":"https://anpi.example.jp/ping/6f9c"}"#
        try with(["POST /v1/tokens": .init(status: 201, body: answer)]) { server in
            let run = Bench.run(
                ["token", "create", "--ping", "s1", "external", "--label", "night"], collector: server.address)
            #expect(run.output == "https://anpi.example.jp/ping/6f9c")
            #expect(
                server.requests.last?.body
                    == #"{"role":"ping","ping":{"site":"s1","tier":"external"},"label":"night"}"#)
        }
    }

    @Test func availabilityIsOnesOwnWhereNobodyIsNamed() throws {
        let engineer =
            #"{"id":"eng-3","name":"田中 拓也","availability":"unavailable","reason":"自宅浸水","until":"2022-09-24T18:00:00.000+09:00"}"#
        try with([
            "GET /v1/me": try ok("me"),
            "POST /v1/engineers/eng-3/availability": .init(status: 200, body: engineer),
        ]) { server in
            let run = Bench.run(
                ["engineer", "unavailable", "--reason", "自宅浸水", "--until", "18:00"], collector: server.address)
            #expect(run.status == 0)
            #expect(run.output.hasPrefix("田中 拓也さんは「出動不可」になりました（自宅浸水、18:00まで）。"))
        }
    }

    // MARK: The fleet

    @Test func importNamesEveryMistakeWithItsPlace() throws {
        let problem = #"""
            {"title":"Fleet not imported","status":422,"errors":[
            {"path":"sites.csv:14: column floodDepthMeters","message":"\"2,5\" is not a number"},
            {"path":"agents.csv:3: column site","message":"there is no site x"}]}
            """#
        try with(["POST /v1/fleet": .init(status: 422, body: problem)]) { server in
            let run = Bench.run(
                ["fleet", "import", "dir"], collector: server.address,
                files: ["dir/sites.csv": "id\n", "dir/notes.csv": "", "dir/offices.csv": "id\n"])
            #expect(run.status == 64)
            #expect(run.complaints.contains(#"sites.csv:14: column floodDepthMeters: "2,5" is not a number"#))
            #expect(run.complaints.contains("agents.csv:3: column site: there is no site x"))
            #expect(run.complaints.contains("読まないファイル: notes.csv"))
            #expect(server.requests.last?.body == #"{"files":{"offices.csv":"id\n","sites.csv":"id\n"}}"#)
        }
    }

    @Test func exportWritesOnlyFleetFilesAndReplacesNothingUnasked() throws {
        let fleet = #"{"version":3,"files":{"sites.csv":"new\n","offices.csv":"o\n","../evil.csv":"x"}}"#
        try with(["GET /v1/fleet": .init(status: 200, body: fleet)]) { server in
            let written = Bench.Written()
            let files = ["dir/sites.csv": "old\n"]
            let refused = Bench.run(
                ["fleet", "export", "dir"], collector: server.address, files: files, written: written)
            #expect(refused.status == 64)
            #expect(refused.complaints.contains("sites.csv"))
            #expect(written.files.withLock { $0.isEmpty })
            let forced = Bench.run(
                ["fleet", "export", "dir", "--force"], collector: server.address, files: files, written: written)
            #expect(forced.status == 0)
            #expect(written.files.withLock { $0 } == ["dir/sites.csv": "new\n", "dir/offices.csv": "o\n"])
        }
    }

    // MARK: What goes wrong

    @Test(arguments: [
        (401, 5), (403, 5), (404, 4), (409, 3), (412, 3), (400, 64), (413, 64), (422, 64), (429, 75), (503, 75),
        (500, 70), (302, 70),
    ])
    func statusDecidesTheExitCode(status: Int, exit: Int32) throws {
        let problem = #"{"title":"T","status":\#(status),"detail":"what the collector says"}"#
        let server = try LoopbackServer { _ in .init(status: status, body: problem) }
        defer { server.stop() }
        let read = Bench.run(["site", "show", "s1", "--lang", "en"], collector: server.address)
        #expect(read.status == exit)
        #expect(read.output.isEmpty)
        #expect(read.complaints.contains("what the collector says"))
        let change = Bench.run(["hook", "retry", "0-1-0", "--lang", "en"], collector: server.address)
        #expect(change.status == exit)
        #expect(change.output.isEmpty)
    }

    @Test func refusedConnectionExitsWith69AndSaysThatNothingWasStored() throws {
        let address = try LoopbackServer.refusedAddress()
        for arguments in [
            ["task", "arrive", "T-1"], ["finding", "add", "--call", "out", "--site", "s", "--result", "damage"],
        ] {
            let run = Bench.run(arguments, collector: address)
            #expect(run.status == 69)
            #expect(run.complaints.contains("コレクター \(address) に接続できません。\n何も変更していません。"))
        }
        let read = Bench.run(["queue"], collector: address)
        #expect(read.status == 69)
        #expect(!read.complaints.contains("変更"))
    }

    @Test func brokenConnectionIsTriedAgainWithTheSameKeyAndThenTellsHowToRepeatSafely() throws {
        let server = try LoopbackServer { _ in .init(status: 200, isDropped: true) }
        defer { server.stop() }
        let run = Bench.run(["hook", "retry", "0-1-0", "--lang", "en"], collector: server.address)
        #expect(run.status == 69)
        #expect(run.complaints.contains("--operation key-1"))
        #expect(server.requests.count == 4)
        #expect(Set(server.requests.compactMap { $0.headers["idempotency-key"] }) == ["key-1"])
    }

    @Test func changeWhoseAnswerIsNotUnderstoodWasStillStored() throws {
        try with(["POST /v1/tokens": .init(status: 201, body: "[]")]) { server in
            let run = Bench.run(["token", "create", "--agent", "a", "--lang", "en"], collector: server.address)
            #expect(run.status == 76)
            #expect(run.complaints.contains("The change was stored."))
        }
    }

    @Test func answerOfSomethingElseIsNotUnderstood() throws {
        let server = try LoopbackServer { _ in .init(status: 200, body: "<html>") }
        defer { server.stop() }
        #expect(Bench.run(["queue"], collector: server.address).status == 76)
        let wrong = try LoopbackServer { _ in .init(status: 200, body: #"{"items":[{"id":"s1","name":3}]}"#) }
        defer { wrong.stop() }
        let run = Bench.run(["site", "list"], collector: wrong.address)
        #expect(run.status == 76)
        #expect(run.complaints.contains("items[0].name"))
    }

    @Test(arguments: [
        ["frobnicate"], ["task", "accept"], ["task", "accept", "X-1"], ["queue", "-o", "yaml"],
        ["token", "create"], ["token", "create", "--role", "engineer"], ["token", "create", "--role", "admin"],
        ["token", "create", "--role", "viewer", "--agent", "a"], ["token", "create", "--ping", "s1"],
        ["token", "create", "--ping", "s1", "nothing"], ["token", "revoke", "anpi_agent_x_y"],
        ["finding", "add", "--result", "damage"], ["finding", "add", "--call", "in", "--result", "closed"],
        ["task", "block", "T-1", "--reason", "key", "--place", "35,138"], ["task", "block", "T-1"],
        ["site", "list", "--contact", "asleep"], ["queue", "--collector", "ftp://x"],
    ])
    func wrongCommandLineExitsWith64(arguments: [String]) {
        let run = Bench.run(arguments, collector: "http://127.0.0.1:9")
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(!run.complaints.isEmpty)
    }

    @Test func helpGoesToStandardOutput() {
        for arguments in [["--help"], ["task", "accept", "-h"], [], ["help", "queue"], ["--version"]] {
            let run = Bench.run(arguments)
            #expect(run.status == 0, "\(arguments)")
            #expect(!run.output.isEmpty)
            #expect(run.complaints.isEmpty)
        }
    }

    @Test func unreadableTimeIsNamedWithItsOption() throws {
        let run = Bench.run(
            ["task", "accept", "T-1", "--eta", "soon", "--lang", "en"], collector: "http://127.0.0.1:9")
        #expect(run.status == 64)
        #expect(run.complaints.contains("--eta: “soon” is not a time"))
    }
}
