import AnpiClient
import AnpiModel
import Testing

@testable import anpi

/// The typed client: what it sends again, and what not.
@Suite struct ClientTests {
    /// Answers one after the other and keeps the requests.
    private final class Script: APITransport {
        var answers: [Result<APIResponse, TransportFailure>]
        var requests: [APIRequest] = []

        init(_ answers: [Result<APIResponse, TransportFailure>]) { self.answers = answers }

        func exchange(_ request: APIRequest) throws(TransportFailure) -> APIResponse {
            requests.append(request)
            return try answers.removeFirst().get()
        }
    }

    private final class Pauses {
        var all: [Duration] = []
    }

    private static let lost = TransportFailure(kind: .noAnswer, detail: "")
    private static let refused = TransportFailure(kind: .notConnected, detail: "")

    private func send(_ script: Script, _ pauses: Pauses = Pauses()) -> Result<APIClient.Answer, APIError> {
        let client = APIClient(transport: script, token: nil, pause: { pauses.all.append($0) })
        do throws(APIError) {
            return .success(
                try client.send(
                    .post, APIClient.Target("findings"), body: ["a": 1],
                    change: .init(operation: "k", expectedVersion: 7)))
        } catch {
            return .failure(error)
        }
    }

    @Test func changeIsSentAgainUnchangedUntilItIsAnswered() throws {
        let script = Script([
            .failure(Self.lost), .success(.init(status: 503)),
            .success(.init(status: 201, headers: [.init("etag", "W/\"8\"")])),
        ])
        let pauses = Pauses()
        let answer = try send(script, pauses).get()
        #expect(answer.version == 8)
        #expect(Set(script.requests).count == 1)
        #expect(pauses.all == [.milliseconds(250), .seconds(1)])
    }

    @Test func attemptsAreBounded() {
        let script = Script(Array(repeating: .failure(Self.refused), count: 9))
        #expect(throws: APIError.self) { try send(script).get() }
        #expect(script.requests.count == 4)
    }

    @Test func retryAfterIsHonouredUpToAPersonsPatience() throws {
        let pauses = Pauses()
        let soon = Script([
            .success(.init(status: 503, headers: [.init("Retry-After", "3")])), .success(.init(status: 200)),
        ])
        _ = try send(soon, pauses).get()
        #expect(pauses.all == [.seconds(3)])
        let late = Script([.success(.init(status: 503, headers: [.init("Retry-After", "600")]))])
        guard case .failure(let error) = send(late) else {
            Issue.record("a collector that asks for ten minutes was waited for")
            return
        }
        #expect(error.code == .busy)
        #expect(late.requests.count == 1)
    }

    @Test func onceItMayHaveArrivedNothingIsPromised() {
        let script = Script([.failure(Self.lost)] + Array(repeating: .failure(Self.refused), count: 3))
        guard case .failure(let error) = send(script) else {
            Issue.record("no answer became one")
            return
        }
        #expect(error.code == .unanswered)
        #expect(error.operation == "k")
    }

    @Test func refusedChangesAreNotSentAgain() {
        for status in [400, 401, 403, 404, 409, 422, 500] {
            let script = Script([.success(.init(status: status))])
            #expect(throws: APIError.self) { try send(script).get() }
            #expect(script.requests.count == 1)
        }
    }

    @Test func idsCannotLeaveTheirPlaceInThePath() {
        #expect(APIClient.Target("sites", "a/../b?x=1#é").text == "/v1/sites/a%2F..%2Fb%3Fx%3D1%23%C3%A9")
        #expect(
            APIClient.Target("sites").with("q", "巴 川").with("limit", 5).text
                == "/v1/sites?q=%E5%B7%B4%20%E5%B7%9D&limit=5")
    }

    @Test func bareArraysAndPagesAreListsAlike() throws {
        #expect(try Bench.decoded(Items<HookRow>.self, "hooks").items.count == 2)
        #expect(try Bench.decoded(Items<IncidentRow>.self, "incidents").next == "c2")
    }
}
