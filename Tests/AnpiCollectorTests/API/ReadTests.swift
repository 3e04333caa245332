import AnpiEngine
import AnpiModel
import HTTPTypes
import HummingbirdTesting
import Synchronization
import Testing

@testable import AnpiCollector

struct ReadTests {
    typealias Tokens = DoorFixture.Tokens

    @Test(arguments: [
        "/v1/overview", "/v1/sites", "/v1/sites/shz-0041", "/v1/sites/shz-0041/timeline", "/v1/tasks", "/v1/queue",
        "/v1/incidents", "/v1/engineers", "/v1/findings", "/v1/fleet", "/v1/journal",
    ])
    func everyReadSaysAsOfWhen(path: String) async throws {
        let answer = try await DoorFixture().send(.get, path, token: Tokens.admin.text)
        #expect(answer.status == .ok)
        #expect(answer.header("x-anpi-as-of")?.hasSuffix("+09:00") == true)
        #expect(answer.header("content-type") == "application/json")
        #expect(answer.header("cache-control") == "no-store")
    }

    @Test func anotherOfficesSiteDoesNotExist() async throws {
        let fixture = DoorFixture()
        let token = Tokens.hamamatsuViewer.text
        #expect(try await fixture.send(.get, "/v1/sites/hmm-0001", token: token).status == .ok)
        #expect(try await fixture.send(.get, "/v1/sites/shz-0041", token: token).status == .notFound)
        #expect(try await fixture.send(.get, "/v1/sites/shz-0041/timeline", token: token).status == .notFound)
        #expect(try await fixture.send(.get, "/v1/overview?office=shz", token: token).status == .notFound)
    }

    @Test(arguments: [
        ("/v1/sites?contact=dead", "query.contact"), ("/v1/sites?limit=0", "query.limit"),
        ("/v1/sites?limit=501", "query.limit"), ("/v1/sites?colour=red", "query.colour"),
        ("/v1/sites?office=a%20b", "query.office"), ("/v1/tasks?state=lost", "query.state"),
        ("/v1/sites?q=a&q=b", "query.q"), ("/v1/journal?after=-1", "query.after"),
        ("/v1/hooks/deliveries?state=x", "query.state"), ("/v1/live?after=x", "query.after"),
    ])
    func aBadQueryIsNamed(uri: String, path: String) async throws {
        let answer = try await DoorFixture().send(.get, uri, token: Tokens.admin.text)
        #expect(answer.status == .unprocessableContent)
        #expect(answer.text.contains(#""path":"\#(path)""#), "\(answer.text)")
    }

    @Test(arguments: ["/v1/sites/none-1", "/v1/tasks/T-99", "/v1/tasks/x", "/v1/incidents/I-9", "/v1/engineers/e-0"])
    func whatIsNotThereIsNotFound(path: String) async throws {
        #expect(try await DoorFixture().send(.get, path, token: Tokens.viewer.text).status == .notFound)
    }

    @Test func aTimelineTellsItsSiteNewestFirstAndPages() async throws {
        let fixture = DoorFixture()
        fixture.journal.add(1, .siteContact, site: "shz-0041")
        fixture.journal.add(2, .siteContact, site: "hmm-0001")
        fixture.journal.add(3, .siteAssessed, site: "shz-0041")
        let first = try await fixture.send(
            .get, "/v1/sites/shz-0041/timeline?limit=1", token: Tokens.viewer.text)
        #expect(
            first.text == """
                {"items":[{"number":3,"at":"2022-09-24T07:00:00.000+09:00","kind":"site.assessed","actor":null,\
                "site":"shz-0041","to":"silent","siteName":"Clinic shz-0041"}],"next":"3"}
                """)
        let second = try await fixture.send(
            .get, "/v1/sites/shz-0041/timeline?limit=5&cursor=3", token: Tokens.viewer.text)
        #expect(second.text.contains(#""number":1"#))
        #expect(!second.text.contains(#""number":2"#))
        #expect(second.text.hasSuffix(#""next":null}"#))
    }

    @Test func theJournalPagesAndShowsWhatWasErased() async throws {
        let fixture = DoorFixture()
        fixture.journal.add(1, .siteContact, site: "shz-0041")
        fixture.journal.lines.withLock { $0[0].body = nil }
        let answer = try await fixture.send(.get, "/v1/journal?limit=1", token: Tokens.coordinator.text)
        #expect(answer.text.contains(#""body":null,"erased":true}],"next":"1""#))
        let check = try await fixture.send(.get, "/v1/journal/verify", token: Tokens.coordinator.text)
        #expect(check.text == #"{"ok":true,"entries":3,"erased":1,"head":"ab","firstBad":null}"#)
    }

    @Test func engineersComeInPages() async throws {
        let fixture = DoorFixture()
        let first = try await fixture.send(.get, "/v1/engineers?limit=1", token: Tokens.viewer.text)
        #expect(first.text.contains(#""id":"eng-3""#))
        #expect(!first.text.contains(#""id":"eng-4""#))
        #expect(first.text.hasSuffix(#""next":"eng-3"}"#))
        let second = try await fixture.send(.get, "/v1/engineers?limit=1&cursor=eng-3", token: Tokens.viewer.text)
        #expect(!second.text.contains(#""id":"eng-3""#))
        #expect(second.text.contains(#""id":"eng-4""#))
        #expect(second.text.hasSuffix(#""next":null}"#))
        // The one that the page before ended with may have left.
        let gone = try await fixture.send(.get, "/v1/engineers?cursor=eng-3b", token: Tokens.viewer.text)
        #expect(gone.text.contains(#""id":"eng-4""#))
    }

    @Test func filesAreServedWithTagsAndAskedForAgain() async throws {
        let fixture = DoorFixture()
        let first = try await fixture.send(.get, "/")
        let tag = try #require(first.header("etag"))
        #expect(first.text == "<p>")
        let again = try await fixture.send(.get, "/", ["if-none-match": tag])
        #expect(again.status == .notModified)
        #expect(again.text.isEmpty)
    }

    @Test func metricsCountRoutesByClass() async throws {
        let fixture = DoorFixture()
        _ = try await fixture.send(.get, "/v1/sites", token: Tokens.viewer.text)
        _ = try await fixture.send(.get, "/v1/sites/none-1", token: Tokens.viewer.text)
        let answer = try await fixture.send(.get, "/metrics", token: Tokens.viewer.text)
        #expect(answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
        #expect(answer.text.contains("anpi_http_requests_total{route=\"sites\",status=\"2xx\"} 1\n"))
        #expect(answer.text.contains("anpi_http_requests_total{route=\"sites\",status=\"4xx\"} 1\n"))
        #expect(answer.text.contains("# TYPE anpi_log_commit_seconds histogram\n"))
        #expect(answer.text.contains("anpi_sites{contact=\"unseen\"} 2\n"))
        for line in [
            #"anpi_hook_attempts_total{hook="chat",result="delivered"} 7"#,
            #"anpi_hook_attempts_total{hook="chat",result="failed"} 2"#,
            #"anpi_hook_attempts_total{hook="chat",result="dead"} 0"#,
            #"anpi_hook_deliveries{hook="chat",state="waiting"} 3"#,
            #"anpi_hook_deliveries{hook="chat",state="dead"} 1"#,
        ] {
            #expect(answer.text.contains(line + "\n"), "\(line)")
        }
    }
}
