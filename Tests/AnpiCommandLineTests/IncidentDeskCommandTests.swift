import AnpiModel
import Testing

@testable import anpi

/// `anpi sitrep`, `claims`, `readiness`, `incident set|merge|sheet`: what they send, and what people read.
@Suite struct IncidentDeskCommandTests {
    private static let csv = "\u{FEFF}施設,名称\r\nshz-0041,\"みほ\"\"医院\"\"\"\r\n"
    private static let sheet = """
        {"name":"damage","title":"被害状況一覧 I-7 台風15号","columns":["施設","名称","判断"],
        "rows":[["shz-0041","みほ医院","被災確認"],["shz-0047","巴川内科","被災濃厚"]]}
        """
    private static let sitrep = """
        {"number":2,"at":"2022-09-24T11:05:00.000+09:00","by":"山田","text":"橋は通れません",
        "nextDue":"2022-09-24T13:00:00.000+09:00"}
        """
    private static let markdown = "# 状況報告 第2報　I-7 台風15号\n\n- 指揮者 山田\n"
    private static let claims = """
        {"site":"shz-0041","siteName":"みほ医院","due":"2022-10-10","daysLeft":16,"state":"incomplete",
        "missing":[{"key":"claims.missing.openDays","arguments":{}}]}
        """
    private static let incident = """
        {"id":"I-7","kind":"hazard","state":"active","sites":[],"areas":[],"cause":null,"mergedInto":null,"title":null,
        "openedAt":"2022-09-24T02:41:00.000+09:00","declaredAt":null,"stableAt":null,"closedAt":null,"drill":false,
        "commander":"山田","sitrep":2,"sitrepDue":null,"claimsDue":null,"reason":null,"version":4}
        """

    private func server() throws -> LoopbackServer {
        try LoopbackServer { request in
            let path = request.target.split(separator: "?")[0]
            return switch (request.method, path) {
            case ("GET", "/v1/incidents/I-7/sitreps/2.md"): .init(status: 200, body: Self.markdown)
            case ("GET", "/v1/incidents/I-7/sitreps"):
                .init(status: 200, body: #"{"items":[\#(Self.sitrep)],"next":null}"#)
            case ("POST", "/v1/incidents/I-7/sitreps"): .init(status: 201, body: Self.sitrep)
            case ("POST", "/v1/sites/shz-0041/claims"): .init(status: 200, body: Self.claims)
            case ("POST", _): .init(status: 200, body: Self.incident)
            case ("GET", let path) where path.hasSuffix(".csv"): .init(status: 200, body: Self.csv)
            case ("GET", let path) where path.hasPrefix("/v1/sheets/"): .init(status: 200, body: Self.sheet)
            default: .init(status: 200, body: #"{"items":[],"next":null}"#)
            }
        }
    }

    private func run(_ line: String) throws -> (run: Run, requests: [(target: String, body: String)]) {
        let server = try server()
        defer { server.stop() }
        let words = line.split(separator: " ").map(String.init)
        let run = Bench.run(words, collector: server.address)
        return (run, server.requests.map { ($0.target, $0.body) })
    }

    @Test func aSituationReportIsWrittenAndShown() throws {
        let (run, requests) = try run("sitrep I-7 --text 橋は通れません --next 13:00")
        #expect(run.status == 0, "\(run.complaints)")
        #expect(
            run.output == "I-7 の状況報告 第2報を記録しました。 次報は 13:00 まで。\n\n# 状況報告 第2報　I-7 台風15号\n\n- 指揮者 山田")
        #expect(requests.first?.body == #"{"text":"橋は通れません","nextDue":"2022-09-24T13:00:00.000+09:00"}"#)
        #expect(requests.last?.target == "/v1/incidents/I-7/sitreps/2.md?lang=ja")
    }

    @Test func asMarkdownItIsThePageAlone() throws {
        let (run, _) = try run("sitrep show I-7 2 -o md")
        #expect(run.output == "# 状況報告 第2報　I-7 台風15号\n\n- 指揮者 山田")
    }

    @Test func reportsAreListed() throws {
        let (run, _) = try run("sitrep list I-7")
        #expect(
            run.output.split(separator: "\n").map(String.init) == [
                "報  時刻   作成  次報   内容", " 2  11:05  山田  13:00  橋は通れません", "次: anpi sitrep show I-7 2",
            ])
    }

    @Test(arguments: [
        ("claims list --incident I-7 -o csv", "/v1/sheets/claims.csv?incident=I-7&lang=ja"),
        ("readiness --area 22 -o csv", "/v1/sheets/readiness.csv?lang=ja&municipality=22"),
        ("incident sheet I-7 timeline -o csv", "/v1/sheets/timeline.csv?incident=I-7&lang=ja"),
    ])
    func csvIsWhatTheCollectorWroteByteForByte(line: String, target: String) throws {
        let (run, requests) = try run(line)
        #expect(run.output + "\n" == Self.csv)
        #expect(requests.map(\.target) == [target])
    }

    @Test func aSheetIsATable() throws {
        let (run, _) = try run("incident sheet I-7 damage")
        #expect(
            run.output.split(separator: "\n").map(String.init) == [
                "被害状況一覧 I-7 台風15号", "施設      名称      判断", "shz-0041  みほ医院  被災確認", "shz-0047  巴川内科  被災濃厚",
            ])
    }

    @Test func jsonIsTheApisOwn() throws {
        let (run, requests) = try run("claims list -o json")
        #expect(run.output == #"{"items":[],"next":null}"#)
        #expect(requests.map(\.target) == ["/v1/claims"])
    }

    @Test func claimsAreEnteredAndSayWhatIsMissing() throws {
        let (run, requests) = try run(
            "claims set shz-0041 --photos --no-certificate --outpatient-yen 7400000 --submitted 11:00")
        #expect(
            requests.first?.body
                == #"{"certificate":false,"photos":true,"outpatientYen":7400000,"submittedAt":"2022-09-24T11:00:00.000+09:00"}"#
        )
        #expect(run.output == "みほ医院 のレセプトを登録しました: 不足あり\n期限 2022-10-10（あと16日）\n不足: 当月の診療日数\n次: anpi claims list")
    }

    @Test(arguments: [
        ("incident set I-7 --commander 山田 --claims-due 2022-10-17", #"{"commander":"山田","claimsDue":"2022-10-17"}"#),
        ("incident merge I-7 --into I-3 --reason 同じ水害", #"{"into":"I-3","reason":"同じ水害"}"#),
    ])
    func anIncidentIsLed(line: String, body: String) throws {
        let (run, requests) = try run(line)
        #expect(run.status == 0 && requests.first?.body == body)
    }

    @Test func onlyWhomToRingIsAskedFor() throws {
        let (_, requests) = try run("engineer list --unconfirmed")
        #expect(requests.first?.target.contains("availability=unconfirmed") == true)
    }

    @Test func aFormThatACommandCannotPrintIsAMistakeOfUsage() throws {
        let (run, requests) = try run("engineer list -o csv")
        #expect(run.status == 64 && run.complaints.contains("csv") && requests.isEmpty)
    }
}
