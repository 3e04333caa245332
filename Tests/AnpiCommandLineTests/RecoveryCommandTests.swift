import AnpiClient
import AnpiModel
import Synchronization
import Testing

@testable import anpi

/// Damage, pins, loaners and reasons of the plan, against a real HTTP server with canned answers.
@Suite struct RecoveryCommandTests {
    private static let site = #"""
        {"id":"shz-0041","name":"みほ医院","contact":"silent","assessment":"suspect","probability":0.41}
        """#
    private static let struckSite = #"""
        {"id":"shz-0041","name":"みほ医院","contact":"silent","assessment":"confirmedHit","probability":1}
        """#

    /// A collector that knows of no damage until it is told.
    private func damageServer() throws -> LoopbackServer {
        let isReported = Mutex(false)
        let (before, after) = (try Bench.fixture("recovery-before"), try Bench.fixture("recovery-after"))
        let loaners = try Bench.fixture("loaners")
        return try LoopbackServer { request in
            let isAfter = isReported.withLock { $0 }
            switch (request.method, request.target.prefix { $0 != "?" }) {
            case ("POST", "/v1/sites/shz-0041/damage"):
                isReported.withLock { $0 = true }
                return .init(status: 200, body: after)
            case ("GET", "/v1/sites/shz-0041"):
                return .init(status: 200, body: isAfter ? Self.struckSite : Self.site)
            case ("GET", "/v1/sites/shz-0041/recovery"): return .init(status: 200, body: isAfter ? after : before)
            case ("GET", "/v1/loaners"): return .init(status: 200, body: loaners)
            default: return .init(status: 404, body: #"{"title":"Not Found","status":404}"#)
            }
        }
    }

    private func sentDamage(_ server: LoopbackServer) -> String? {
        server.requests.last { $0.method == "POST" }?.body
    }

    @Test func damageSendsWhatIsNamedAndSaysWhatItChanged() throws {
        let server = try damageServer()
        defer { server.stop() }
        let run = Bench.run(
            [
                "damage", "set", "shz-0041", "--server", "lost", "--power", "no", "--depth", "0.4", "--key-holder",
                "薬局の店長", "--by", "三保", "--at", "08:50",
            ], collector: server.address)
        #expect(run.status == 0)
        #expect(
            sentDamage(server)
                == #"{"server":"lost","power":false,"depthMeters":0.40,"keyHolder":"薬局の店長","by":"三保","at":"2022-09-24T08:50:00.000+09:00"}"#
        )
        #expect(
            run.output == """
                登録しました。みほ医院: △ 被災の疑い 41% → ■ 被災確認
                復旧案 R2 → R3 外付け＋代替機（次点 R4）
                代替機 L-08 を仮押さえ（静岡保管庫、合う機種の残り 1台）
                次: anpi task why T-431
                """)
    }

    @Test func damageAsksFiveQuestionsWhereNothingIsNamed() throws {
        let server = try damageServer()
        defer { server.stop() }
        let run = Bench.run(
            ["damage", "set", "shz-0041"], collector: server.address, answers: ["3", "", "7", "1", "2", " 2 0.4"])
        #expect(run.status == 0)
        #expect(
            sentDamage(server)
                == #"{"server":"lost","external":"works","building":"damaged","power":true,"network":false,"depthMeters":0.40}"#
        )
        // The third was asked again, since 7 is no answer.
        #expect(run.complaints.split(separator: "\n").count == 6)
    }

    @Test func damageWithNothingToSayChangesNothing() throws {
        let server = try damageServer()
        defer { server.stop() }
        for answers in [["", "", "", "", ""], [], nil] as [[String]?] {
            let run = Bench.run(["damage", "set", "shz-0041"], collector: server.address, answers: answers)
            #expect(run.status == 64)
        }
        #expect(server.requests.isEmpty)
    }

    @Test func whyIsTheCollectorsAnswerInJSON() throws {
        let why = try Bench.fixture("why-draft")
        let server = try LoopbackServer { request in
            request.target == "/v1/tasks/T-419/why" ? .init(status: 200, body: why) : .init(status: 404, body: "{}")
        }
        defer { server.stop() }
        let run = Bench.run(["task", "why", "419", "-o", "json"], collector: server.address)
        #expect(run.status == 0 && run.output + "\n" == why)
    }

    @Test func pinNamesTheEngineerOnTheVersionThatWasRead() throws {
        let server = try LoopbackServer { request in
            let pin = request.body.contains("eng-3") ? #"{"engineer":"eng-3","reason":"院長の希望","by":"山田 花子"}"# : "null"
            return .init(
                status: 200, body: #"{"id":"T-419","state":"draft","kind":"deliver","version":5,"pin":\#(pin)}"#)
        }
        defer { server.stop() }
        let pinned = Bench.run(
            ["task", "pin", "T-419", "--engineer", "eng-3", "--reason", "院長の希望", "-o", "json"],
            collector: server.address)
        #expect(pinned.status == 0)
        let request = try #require(server.requests.last)
        #expect(request.target == "/v1/tasks/T-419/pin" && request.headers["if-match"] == "\"5\"")
        #expect(request.body == #"{"engineer":"eng-3","reason":"院長の希望"}"#)
        #expect(Bench.run(["task", "pin", "T-419", "--release", "-o", "json"], collector: server.address).status == 0)
        #expect(server.requests.last?.body == "{}")
        #expect(Bench.run(["task", "pin", "T-419"], collector: server.address).status == 64)
    }

    @Test func loanerIsLentToASiteAndToNothingElse() throws {
        let answer = #"{"id":"L-07","state":"lent","site":"shz-0012","note":"書庫"}"#
        let server = try LoopbackServer { _ in .init(status: 200, body: answer) }
        defer { server.stop() }
        let run = Bench.run(
            ["loaner", "set", "L-07", "--state", "lent", "--site", "shz-0012", "--note", "書庫"],
            collector: server.address)
        #expect(run.output == "L-07 は「貸出中」になりました（shz-0012、書庫）。    次: anpi loaner list")
        #expect(server.requests.last?.body == #"{"state":"lent","site":"shz-0012","note":"書庫"}"#)
        for wrong in [["--state", "lent"], ["--state", "inStock", "--site", "shz-0012"], ["--state", "gone"]] {
            #expect(Bench.run(["loaner", "set", "L-07"] + wrong, collector: server.address).status == 64)
        }
    }
}
