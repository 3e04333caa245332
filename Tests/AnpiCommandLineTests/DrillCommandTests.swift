import AnpiModel
import Testing

@testable import anpi

/// `anpi drill …`, and what `--drill` does to every other command.
@Suite struct DrillCommandTests {
    private static let playing = """
        {"name":"typhoon-15","state":"playing","speed":1248,"from":"2022-09-21T16:00:00.000+09:00",
        "to":"2022-09-26T00:00:00.000+09:00","now":"2022-09-23T06:02:00.000+09:00",
        "overAt":"2022-09-24T11:10:03.000+09:00","startedAt":"2022-09-24T11:05:03.000+09:00","startedBy":"山田","reason":null}
        """
    private static let ready = """
        {"name":"quake","state":"ready","speed":null,"from":null,"to":null,"now":null,"overAt":null,"startedAt":null,
        "startedBy":null,"reason":null}
        """
    private static let list = #"{"items":[\#(playing),\#(ready)],"next":null}"#

    private func server() throws -> LoopbackServer {
        try LoopbackServer { request in
            switch (request.method, request.target) {
            case ("GET", "/v1/drills"): .init(status: 200, body: Self.list)
            case ("POST", "/v1/drills"): .init(status: 201, body: Self.playing)
            case ("DELETE", _): .init(status: 204)
            default: .init(status: 200, body: #"{"items":[],"next":null}"#)
            }
        }
    }

    @Test func theAnswerSaysWhatPlaysUntilWhenAndWhere() throws {
        let server = try server()
        defer { server.stop() }
        let run = Bench.run(["drill", "typhoon-15", "--speed", "1248"], collector: server.address)
        #expect(run.status == 0)
        #expect(
            run.output.split(separator: "\n") == [
                "訓練 typhoon-15 を始めました（1248倍速）。",
                "内容 2022年9月21日(水) 16:00 から 2022年9月26日(月) 00:00 まで",
                "終了 11:10（あと5分）",
                "画面 \(server.address)/?drill=typhoon-15",
                "次: anpi queue --drill typhoon-15",
            ])
        #expect(server.requests.first?.body == #"{"name":"typhoon-15","speed":1248}"#)
    }

    @Test func theListTellsTheDrillsOwnTime() throws {
        let server = try server()
        defer { server.stop() }
        let run = Bench.run(["drill", "list", "--lang", "en"], collector: server.address, columns: 120)
        let lines = run.output.split(separator: "\n")
        #expect(lines[1].contains("typhoon-15") && lines[1].contains("Fri 23 Sep 2022 06:02"))
        #expect(lines[2].contains("quake") && lines[2].contains("ready"))
        #expect(lines.last == "Next: anpi drill end typhoon-15")
    }

    @Test func anEmptyAnswerIsTheEndOfADrill() throws {
        let server = try server()
        defer { server.stop() }
        let run = Bench.run(["drill", "end", "typhoon-15"], collector: server.address)
        #expect(run.status == 0 && run.output == "訓練 typhoon-15 を終え、その記録をすべて消しました。")
        #expect(server.requests.map(\.target) == ["/v1/drills/typhoon-15"])
    }

    @Test(arguments: [true, false]) func everyScreenOfADrillSaysSoFirst(_ isOption: Bool) throws {
        let server = try server()
        defer { server.stop() }
        let run = Bench.run(
            ["engineer", "list"] + (isOption ? ["--drill", "typhoon-15"] : []), collector: server.address,
            environment: isOption ? [:] : ["ANPI_DRILL": "typhoon-15"])
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("【訓練】typhoon-15　訓練の時刻 2022年9月23日(金) 06:02\n"))
        #expect(server.requests.map(\.target).last?.contains("drill=typhoon-15") == true)
    }

    @Test func jsonIsTheAnswerAlone() throws {
        let server = try server()
        defer { server.stop() }
        let run = Bench.run(
            ["engineer", "list", "--drill", "typhoon-15", "-o", "json"], collector: server.address)
        #expect(run.output == #"{"items":[],"next":null}"#)
    }

    @Test func aDrillThatDoesNotPlayIsNotAskedAnything() throws {
        let server = try server()
        defer { server.stop() }
        let run = Bench.run(["queue", "--drill", "quake"], collector: server.address)
        #expect(run.status == ExitStatus.notFound.rawValue)
        #expect(run.complaints == "訓練 quake は再生されていません。\n一覧は anpi drill list で確認できます。")
        #expect(server.requests.map(\.target) == ["/v1/drills"])
    }

    @Test(arguments: [
        ["token", "list", "--drill", "typhoon-15"], ["drill", "list", "--drill", "typhoon-15"],
        ["drill", "typhoon-15", "--speed", "0"], ["drill", "typhoon-15", "--speed", "3601"], ["drill"],
    ])
    func whatIsNotAboutOneFleetAndWhatIsOutOfRangeIsRefusedHere(_ arguments: [String]) throws {
        let server = try server()
        defer { server.stop() }
        let run = Bench.run(arguments, collector: server.address)
        #expect(run.status == ExitStatus.usage.rawValue)
        #expect(server.requests.isEmpty)
    }

    @Test func aPluginNeverTakesADrillForTheRealFleet() throws {
        let server = try server()
        defer { server.stop() }
        _ = Bench.run(["check"], collector: server.address, environment: ["ANPI_DRILL": "typhoon-15"])
        #expect(!server.requests.isEmpty && server.requests.allSatisfy { !$0.target.contains("drill") })
        let asked = Bench.run(["check", "--drill", "typhoon-15"], collector: server.address)
        #expect(asked.status == 3 && asked.output.hasPrefix("UNKNOWN"))
    }

    @Test func whatComesNextStaysInTheDrill() {
        let paper = Paper(words: Words(language: .ja), width: 80, now: Bench.now, drill: "typhoon-15")
        #expect(paper.next("anpi task start T-1") == "次: anpi task start T-1 --drill typhoon-15")
        #expect(Bench.paper(.ja, 80).next("anpi queue") == "次: anpi queue")
    }
}
