import AnpiDigest
import AnpiModel
import Synchronization
import Testing

@testable import anpi

/// The program of one engineer on one machine, with a signal and without.
@Suite struct OfflineTests {
    private let kept = Bench.Kept(countingKeys: true)
    private static let token = ["ANPI_TOKEN": "anpi_engineer_tok1_secret", "ANPI_STATE": "state"]

    /// A collector whose answers can be changed, and that can be out of reach.
    private final class Office: Sendable {
        let answers = Mutex<[String: LoopbackServer.Answer]>([:])
        let isAway = Mutex(false)

        func set(_ route: String, status: Int = 200, version: Int? = nil, _ body: String) {
            let headers = version.map { ["ETag": "\"\($0)\""] } ?? [:]
            answers.withLock { $0[route] = .init(status: status, headers: headers, body: body) }
        }

        func answer(_ request: LoopbackServer.Request) -> LoopbackServer.Answer {
            guard !isAway.withLock({ $0 }) else { return .init(status: 0, isDropped: true) }
            let path = request.target.prefix { $0 != "?" }
            return answers.withLock { $0["\(request.method) \(path)"] }
                ?? .init(status: 404, body: #"{"title":"Not Found","status":404}"#)
        }
    }

    private func office() throws -> Office {
        let office = Office()
        office.set("GET /v1/queue", try Bench.fixture("queue"))
        office.set("GET /v1/me", try Bench.fixture("me"))
        office.set("GET /v1/engineers", try Bench.fixture("engineers"))
        office.set("GET /v1/tasks/T-412", try Bench.fixture("task"))
        return office
    }

    private func with(_ office: Office, _ body: (LoopbackServer) throws -> Void) throws {
        let server = try LoopbackServer { office.answer($0) }
        defer { server.stop() }
        try body(server)
    }

    private func run(_ words: String, _ server: LoopbackServer, files: [String: String] = [:]) -> Run {
        Bench.run(
            words.split(separator: " ").map(String.init), collector: server.address, environment: Self.token,
            files: files, columns: 160, kept: kept)
    }

    private func changes(_ server: LoopbackServer) -> [LoopbackServer.Request] {
        server.requests.filter { $0.method != "GET" }
    }

    private func row(_ id: String, _ state: String, version: Int) -> String {
        #"{"id":"\#(id)","state":"\#(state)","kind":"restoreOnLoaner","siteName":"巴川内科","engineer":"eng-3","version":\#(version)}"#
    }

    // MARK: Reading

    @Test func theQueueIsShownAsItWasKeptWithWhatWasDoneSince() throws {
        let office = try office()
        try with(office) { server in
            #expect(run("queue", server).status == 0)
            office.isAway.withLock { $0 = true }
            let before = run("queue", server)
            #expect(before.status == 0)
            #expect(before.output.hasPrefix("田中 拓也   保守員   9月24日 11:05   圏外（11:05 時点の控え、未送信 0件）"))
            #expect(run("task start T-412 --eta 11:40", server).status == 0)
            let after = run("queue", server)
            #expect(after.output.contains("未送信 1件"))
            #expect(after.output.contains("T-412 ▶  移動中"))
            #expect(after.output.hasSuffix("次: anpi task arrive T-412"))
            // The details were looked up with the queue, before anybody asked for them.
            let task = run("task show T-412", server)
            #expect(task.status == 0)
            #expect(task.output.contains("圏外（11:05 時点の控え）"))
            #expect(task.output.contains("院長（裏口で待つ）"))
        }
    }

    @Test func whoWasNeverOnLineHereIsToldSo() throws {
        let office = try office()
        office.isAway.withLock { $0 = true }
        try with(office) { server in
            let run = run("task arrive T-412", server)
            #expect(run.status == 69)
            #expect(run.complaints.contains("何も変更していません"))
        }
    }

    @Test func aCoordinatorRecordsNothingWithoutASignal() throws {
        let office = try office()
        try with(office) { server in
            let environment = ["ANPI_TOKEN": "anpi_coordinator_tok2_secret", "ANPI_STATE": "state"]
            #expect(Bench.run(["queue"], collector: server.address, environment: environment, kept: kept).status == 0)
            office.isAway.withLock { $0 = true }
            let run = Bench.run(
                ["task", "cancel", "T-412"], collector: server.address, environment: environment, kept: kept)
            #expect(run.status == 69)
            #expect(kept.files.withLock { $0.isEmpty })
        }
    }

    // MARK: Recording and telling

    @Test func whatIsDoneWithoutASignalIsToldByTheNextCommandInOrder() throws {
        let office = try office()
        try with(office) { server in
            #expect(run("queue", server).status == 0)
            office.isAway.withLock { $0 = true }
            let start = run("task start T-412", server)
            #expect(start.status == 0)
            #expect(start.output.hasPrefix("圏外です。この端末に記録しました（11:05、未送信 1件）。電波が戻れば次のコマンドで送ります。\nT-412 出発しました"))
            #expect(run("task arrive T-412", server).status == 0)
            let done = run("task done T-412 --note 照合済", server)
            #expect(done.status == 0 && done.output.contains("未送信 3件"))
            // Another engineer's task, and a step that leads nowhere, are not recorded.
            #expect(run("task done T-412", server).status == 3)
            #expect(run("task done T-415", server).status == 3)
            #expect(run("task arrive T-999", server).status == 69)

            office.isAway.withLock { $0 = false }
            office.set("POST /v1/tasks/T-412/transitions", version: 5, row("T-412", "travelling", version: 5))
            let already = changes(server).count
            let queue = run("queue", server)
            #expect(queue.status == 0)
            #expect(queue.complaints == "送信 3件: T-412 移動中 11:05 ✓   T-412 現着 11:05 ✓   T-412 完了 11:05 ✓")
            let told = changes(server).dropFirst(already)
            #expect(told.map { $0.headers["idempotency-key"] } == ["op-1", "op-2", "op-3"])
            #expect(told.map { $0.headers["if-match"] } == ["\"4\"", "\"5\"", "\"5\""])
            #expect(
                told.last?.body
                    == #"{"to":"done","note":"照合済","doneAt":"2022-09-24T11:05:03.000+09:00"}"#)
            #expect(run("sync", server).output == "未送信はありません。")
        }
    }

    @Test func aLineThatBreaksUnderAStepKeepsItsKeyAndItsBytes() throws {
        let office = try office()
        try with(office) { server in
            #expect(run("queue", server).status == 0)
            // The task can be read, but the change is never answered.
            office.answers.withLock { $0["POST /v1/tasks/T-412/transitions"] = .init(status: 0, isDropped: true) }
            let broken = run("task start T-412", server)
            #expect(broken.status == 0)
            #expect(broken.output.contains("この端末に記録しました"))
            let sent = try #require(changes(server).first)
            office.set("POST /v1/tasks/T-412/transitions", version: 5, row("T-412", "travelling", version: 5))
            #expect(run("sync", server).status == 0)
            let again = try #require(changes(server).last)
            #expect(again.headers["idempotency-key"] == sent.headers["idempotency-key"])
            #expect(again.headers["if-match"] == sent.headers["if-match"])
            #expect(again.body == sent.body)
        }
    }

    @Test func aBusyCollectorLosesNothing() throws {
        let office = try office()
        try with(office) { server in
            #expect(run("queue", server).status == 0)
            office.isAway.withLock { $0 = true }
            #expect(run("task start T-412", server).status == 0)
            office.isAway.withLock { $0 = false }
            office.set("POST /v1/tasks/T-412/transitions", status: 503, #"{"title":"Busy","status":503}"#)
            #expect(run("sync", server).status == 75)
            // A page of a hotel's network is no answer of ours.
            office.set("POST /v1/tasks/T-412/transitions", "<html>")
            #expect(run("sync", server).status == 76)
            office.set("POST /v1/tasks/T-412/transitions", status: 404, "<html>")
            #expect(run("sync", server).status == 4)
            let list = run("sync --list", server)
            #expect(list.status == 0)
            #expect(list.output.hasPrefix("未送信 1件: T-412 "))
        }
    }

    // MARK: Conflicts

    private static let cancelled = #"""
        {"id":"T-412","state":"cancelled","kind":"restoreOnLoaner","siteName":"巴川内科","engineer":"eng-3",
        "reason":"院長が他社で復旧","version":6,"timeline":[
        {"at":"2022-09-24T10:58:00.000+09:00","kind":"task.changed","state":"cancelled"},
        {"at":"2022-09-24T10:58:00.000+09:00","kind":"command.task","actor":"山田 花子","to":"cancelled"}]}
        """#

    /// Arrived and done without a signal, while the office cancelled it.
    private func conflicted(_ office: Office, _ server: LoopbackServer) throws {
        #expect(run("queue", server).status == 0)
        office.isAway.withLock { $0 = true }
        #expect(run("task arrive T-412", server).status == 0)
        #expect(run("task done T-412", server).status == 0)
        office.isAway.withLock { $0 = false }
        office.set("GET /v1/tasks/T-412", Self.cancelled)
        office.set(
            "POST /v1/tasks/T-412/transitions", status: 409, #"{"title":"C","status":409,"detail":"it was cancelled"}"#)
    }

    @Test func aConflictIsShownWithBothSidesAndTriedNoMore() throws {
        let office = try office()
        try with(office) { server in
            try conflicted(office, server)
            let sync = run("sync", server)
            #expect(sync.status == 3)
            #expect(
                sync.output == """
                    要確認 1件:
                      T-412   あなた: 現着 11:05、完了 11:05（圏外で記録）   本部: 取消 10:58 山田 花子さん「院長が他社で復旧」
                      → anpi sync resolve T-412 --keep mine|theirs [--note …]   どちらも記録に残ります
                    """)
            let sent = changes(server).count
            let again = run("queue", server)
            #expect(again.status == 0)
            #expect(again.complaints.contains("要確認 1件:"))
            #expect(again.output.contains("要確認"))
            #expect(changes(server).count == sent)
        }
    }

    @Test func keepingTheirsWritesANoteInTheirTask() throws {
        let office = try office()
        try with(office) { server in
            try conflicted(office, server)
            #expect(run("sync", server).status == 3)
            office.set("POST /v1/tasks/T-412/notes", Self.cancelled)
            let resolved = run("sync resolve T-412 --keep theirs --note 了解", server)
            #expect(resolved.status == 0)
            let note = try #require(changes(server).last)
            #expect(note.target == "/v1/tasks/T-412/notes")
            #expect(note.body.contains("現着 11:05、完了 11:05（圏外で記録） / 了解"))
            #expect(run("sync", server).output == "未送信はありません。")
            #expect(run("sync resolve T-412 --keep theirs", server).status == 4)
        }
    }

    @Test func keepingMineSendsTheEndAnewUnderANewKey() throws {
        let office = try office()
        try with(office) { server in
            try conflicted(office, server)
            #expect(run("sync", server).status == 3)
            office.set("POST /v1/tasks/T-412/notes", Self.cancelled)
            office.set("POST /v1/tasks/T-412/transitions", version: 7, row("T-412", "done", version: 7))
            let resolved = run("sync resolve T-412 --keep mine --note 済んでいた", server)
            #expect(resolved.status == 0)
            let step = try #require(changes(server).last)
            #expect(step.headers["if-match"] == "\"6\"")
            #expect(step.headers["idempotency-key"] == "op-3")
            #expect(
                step.body
                    == #"{"to":"done","note":"済んでいた","doneAt":"2022-09-24T11:05:03.000+09:00","despiteCancellation":true}"#
            )
        }
    }

    @Test func aDamagedOutboxIsSaidAndNeverTakenForAnEmptyOne() throws {
        let office = try office()
        try with(office) { server in
            #expect(run("queue", server).status == 0)
            office.isAway.withLock { $0 = true }
            #expect(run("task start T-412", server).status == 0)
            kept.files.withLock { files in
                for path in files.keys.filter({ $0.hasSuffix("outbox.json") }) { files[path] = Array("{".utf8) }
            }
            let damaged = run("queue", server)
            #expect(damaged.status == 70)
            #expect(damaged.complaints.contains("outbox.json"))
        }
    }

    // MARK: Photos

    @Test(arguments: [
        ("notes.txt", "写真ではありません"), ("missing.jpg", "読めません"),
    ])
    func whatIsNoPhotoIsRefusedBeforeAnythingChanges(file: String, says: String) throws {
        let office = try office()
        try with(office) { server in
            let run = run("task done T-412 --photo \(file)", server, files: ["notes.txt": "hello"])
            #expect(run.status == 64)
            #expect(run.complaints.contains(says))
            #expect(server.requests.isEmpty)
        }
    }

    @Test func photosGoUnderTheirDigestAfterTheirStep() throws {
        let office = try office()
        let bytes: [UInt8] = Array("RIFF....WEBP and the picture".utf8)
        let digest = Hexadecimal.encode(SHA256.hash(bytes))
        let files = ["p.webp": String(decoding: bytes, as: UTF8.self)]
        try with(office) { server in
            #expect(run("queue", server).status == 0)
            office.isAway.withLock { $0 = true }
            #expect(run("task arrive T-412 --photo p.webp --photo p.webp", server, files: files).status == 0)
            #expect(kept.text(digest) == files["p.webp"])
            office.isAway.withLock { $0 = false }
            office.set("POST /v1/tasks/T-412/transitions", version: 5, row("T-412", "onSite", version: 5))
            office.set("PUT /v1/tasks/T-412/photos/\(digest)", row("T-412", "onSite", version: 5))
            let sync = run("sync", server)
            #expect(sync.status == 0)
            #expect(sync.output == "送信 2件: T-412 現着 11:05 ✓   T-412 写真1枚 ✓")
            let put = try #require(changes(server).last)
            #expect(put.target.hasPrefix("/v1/tasks/T-412/photos/\(digest)?doneAt=2022-09-24T11"))
            #expect(put.headers["content-type"] == "image/webp" && put.body == files["p.webp"])
            #expect(kept.text(digest) == nil)
        }
    }
}
