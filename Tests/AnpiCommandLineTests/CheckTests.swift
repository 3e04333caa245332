import AnpiClient
import AnpiModel
import FoundationEssentials
import Testing

@testable import anpi

@Suite struct CheckTests {
    @Test(arguments: [
        ("10:", [9.0], [10.0, 1e6]), ("~:10", [10.5], [-5, 10]), ("10:20", [9, 21], [10, 20]),
        ("@10:20", [10, 15, 20], [9, 21]), ("0:5", [-1, 6], [0, 5]), ("1", [1, 2], [0]), ("5", [5], [4]),
        ("0", [1], [0]), ("2.5", [2.6, -1], [2.5, 0]), ("~:", [], [-1e9, 1e9]),
    ])
    func rangeAlertsAsTheGuidelinesSay(text: String, alerting: [Double], quiet: [Double]) throws {
        let range = try #require(NagiosRange(text))
        for value in alerting { #expect(range.alerts(on: value), "\(text) on \(value)") }
        for value in quiet { #expect(!range.alerts(on: value), "\(text) on \(value)") }
    }

    @Test(arguments: ["", "a", "20:10", "1:2:3", "@", "1e3", "nan", "--1"])
    func whatIsNoRangeIsRefused(text: String) { #expect(NagiosRange(text) == nil) }

    @Test func lineIsTheOneOfTheGuide() throws {
        let overview = try Bench.decoded(Overview.self, "overview")
        let verdict = CheckVerdict(overview, thresholds: ["likelyHit": (NagiosRange("1"), NagiosRange("1"))])
        #expect(verdict.state == .critical)
        #expect(
            verdict.line
                == "CRITICAL 3 likelyHit, 6 suspect, 71 unknown, 40 silent, 1 incidents | "
                + "likelyHit=3;0;0 suspect=6;; unknown=71;; silent=40;; incidents=1;; blindSeconds=0s;; feedAge=120s;;")
    }

    private func run(_ arguments: [String], overview: String) throws -> Run {
        let server = try LoopbackServer { _ in .init(status: 200, body: overview) }
        defer { server.stop() }
        return Bench.run(["check"] + arguments, collector: server.address)
    }

    private func overview(likelyHit: Int = 0, incidents: Int = 0, deafSince: String? = nil) -> String {
        let incident = #"{"id":"I-1","kind":"single","state":"active"}"#
        let list = Array(repeating: incident, count: incidents).joined(separator: ",")
        let deaf = deafSince.map { "\"\($0)\"" } ?? "null"
        return #"{"hearing":{"deafSince":\#(deaf),"secondsToday":4},"counts":{"sites":2,"contact":{"silent":1},"#
            + #""assessment":{"likelyHit":\#(likelyHit)}},"incidents":[\#(list)]}"#
    }

    @Test func stateIsTheExitCode() throws {
        #expect(try run([], overview: overview()).status == 0)
        #expect(try run([], overview: overview(incidents: 1)).status == 1)
        #expect(try run([], overview: overview(likelyHit: 1)).status == 2)
        #expect(try run(["-w", "1", "-c", "2"], overview: overview(likelyHit: 1)).status == 1)
        #expect(try run(["-w", "1", "-c", "2"], overview: overview(likelyHit: 2)).status == 2)
        #expect(try run(["--also", "silent=1"], overview: overview()).status == 1)
        #expect(try run(["--also", "silent=,1"], overview: overview()).status == 2)
        #expect(try run(["--also", "silent=2"], overview: overview()).status == 0)
    }

    @Test func ageOfTheHazardFeedIsUnknownWithoutOneAndAStoppedOneIsSaid() throws {
        func check(_ hazards: String, _ arguments: [String] = []) throws -> Run {
            let text = overview().replacing(
                #"{"hearing""#,
                with: #"{"asOf":"2022-09-24T11:05:00.000+09:00","#
                    + #""hazards":\#(hazards),"hearing""#)
            return try run(arguments, overview: text)
        }
        let never = try check(#"{"freshness":"never","heardAt":null}"#, ["--also", "feedAge=1"])
        #expect(never.status == 0 && never.output.contains("feedAge=U;"))
        let stopped = #"{"freshness":"stale","heardAt":"2022-09-24T09:05:00.000+09:00"}"#
        let said = try check(stopped)
        #expect(
            said.status == 0 && said.output.contains("hazard feed stale |") && said.output.contains("feedAge=7200s"))
        #expect(try check(stopped, ["--also", "feedAge=3600"]).status == 1)
    }

    @Test func deafCollectorIsUnknownButWhatWasFoundStaysSo() throws {
        let since = "2022-09-24T11:00:00.000+09:00"
        let quiet = try run([], overview: overview(deafSince: since))
        #expect(quiet.status == 3)
        #expect(quiet.output.hasPrefix("UNKNOWN 0 likelyHit"))
        #expect(quiet.output.contains("collector deaf since \(since) |"))
        #expect(try run([], overview: overview(likelyHit: 1, deafSince: since)).status == 2)
    }

    @Test(arguments: [
        ["--help"], ["-h"], ["--version"], ["-V"], ["--bogus"], ["-w", "x"], ["--also", "silent"], ["--also", "foo=1"],
        ["extra"], ["-t", "0"],
    ])
    func everythingElseIs3(arguments: [String]) {
        let run = Bench.run(["check"] + arguments, collector: "http://127.0.0.1:9")
        #expect(run.status == 3)
        #expect(!run.output.isEmpty)
        #expect(run.complaints.isEmpty)
    }

    @Test func troubleIsOneLineAnd3() throws {
        let refused = Bench.run(["check"], collector: try LoopbackServer.refusedAddress())
        #expect(refused.status == 3)
        #expect(refused.output.hasPrefix("UNKNOWN The collector"))
        #expect(!refused.output.contains("\n") && !refused.output.contains("|"))
        for status in [401, 403, 404, 503] {
            let server = try LoopbackServer { _ in .init(status: status, body: "{}") }
            defer { server.stop() }
            #expect(Bench.run(["check", "--office", "x"], collector: server.address).status == 3)
        }
    }
}
