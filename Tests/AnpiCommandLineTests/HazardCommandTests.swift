import AnpiModel
import Testing

@testable import anpi

@Suite struct HazardCommandTests {
    private static let parsed = """
        {"outcome":"parsed","digest":"00","telegram":"VPWW55","status":"actual","level":4,"areaCount":12,"headline":"大雨"}
        """

    private func server(_ answer: @escaping @Sendable (String) -> LoopbackServer.Answer) throws -> LoopbackServer {
        try LoopbackServer { answer($0.target) }
    }

    @Test func everyFileIsSentAsItIsAndSaidOnALine() throws {
        let server = try server { target in
            target.contains("bad")
                ? .init(status: 201, body: #"{"outcome":"quarantined","digest":"01","reason":"line 1: cut off"}"#)
                : .init(status: 201, body: Self.parsed)
        }
        defer { server.stop() }
        let run = Bench.run(
            ["hazard", "submit", "in/a b.xml", "in/bad.xml", "gone.xml"], collector: server.address,
            files: ["in/a b.xml": "<a/>", "in/bad.xml": "<b"])
        #expect(run.status == ExitStatus.usage.rawValue)
        #expect(run.output == "in/a b.xml: 登録しました（VPWW55、レベル4、12地域） 大雨\n登録 1件、隔離 1件、読めないファイル 1件")
        #expect(run.complaints == "in/bad.xml: 隔離しました。line 1: cut off\ngone.xml: 読めません。")
        #expect(server.requests.map(\.target) == ["/v1/hazards?name=a%20b.xml", "/v1/hazards?name=bad.xml"])
        #expect(server.requests.first?.headers["content-type"] == "application/xml")
    }

    @Test func aMessageInQuarantineIsSafelyStored() throws {
        let server = try server { _ in
            .init(status: 201, body: #"{"outcome":"quarantined","digest":"01","reason":"line 1: cut off"}"#)
        }
        defer { server.stop() }
        let run = Bench.run(["hazard", "submit", "x", "--lang", "en"], collector: server.address, files: ["x": "<b"])
        #expect(run.status == 0)
        #expect(run.complaints == "x: in quarantine. line 1: cut off")
    }

    @Test func aFileThatIsRefusedDoesNotStopTheOthersAndNoRightDoes() throws {
        let large = try server { target in
            target.contains("large")
                ? .init(status: 413, body: #"{"title":"The body is too large","status":413}"#)
                : .init(status: 201, body: Self.parsed)
        }
        defer { large.stop() }
        let files = ["large": "<a/>", "small": "<a/>"]
        let run = Bench.run(
            ["hazard", "submit", "large", "small", "--lang", "en"], collector: large.address, files: files)
        #expect(run.status == ExitStatus.usage.rawValue)
        #expect(run.output.contains("small: stored (VPWW55, level 4, 12 areas)"))
        #expect(run.complaints.hasPrefix("large"))

        let refusing = try server { _ in .init(status: 403, body: #"{"title":"Not allowed","status":403}"#) }
        defer { refusing.stop() }
        let refused = Bench.run(["hazard", "submit", "large", "small"], collector: refusing.address, files: files)
        #expect(refused.status == ExitStatus.notAllowed.rawValue)
        #expect(refusing.requests.count == 1)
    }

    @Test func theListBeginsWithHowFarItCanBeBelieved() throws {
        let body = """
            {"freshness":"stale","feeds":[{"name":"https://feeds.example/extra.xml","freshness":"stale",
            "newestReportAt":"2022-09-20T11:00:00.000+09:00"}],"items":[{"state":"acting","telegram":"VPWW54","status":"actual",
            "level":null,"phenomenon":"flood","areas":["静岡市南部","焼津市","島田市","藤枝市"],"areaCount":4,
            "headline":"静岡県気象警報・注意報","reportedAt":"2022-09-24T05:10:00.000+09:00"},{"state":"stored","telegram":"VTSE51",
            "status":"exercise","level":5,"phenomenon":"tsunami","areas":["静岡県"],"areaCount":1,"headline":"訓練",
            "reportedAt":"2022-09-24T05:00:00.000+09:00"}],"next":null,"quarantined":[{"receivedAt":"2022-09-24T05:20:00.000+09:00",
            "feed":"submitted","name":"bad.xml","reason":"line 1: cut off"}]}
            """
        let server = try server { _ in .init(status: 200, body: body) }
        defer { server.stop() }
        let run = Bench.run(["hazard", "list", "--state", "acting"], collector: server.address, columns: 120)
        #expect(run.status == 0)
        let lines = run.output.split(separator: "\n")
        #expect(lines[0] == "警報等の情報: 停止（「警報なし」ではありません）")
        #expect(run.output.contains("レベル?") && run.output.contains("【訓練】") && run.output.contains("静岡市南部、焼津市、島田市、…"))
        #expect(lines.last == "隔離 05:20 bad.xml: line 1: cut off")
        #expect(server.requests.first?.target == "/v1/hazards?state=acting")
    }
}
