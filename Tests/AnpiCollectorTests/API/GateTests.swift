import AnpiModel
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import AnpiCollector

struct GateTests {
    typealias Tokens = DoorFixture.Tokens

    @Test(arguments: [
        "/v1/me", "/v1/overview", "/v1/sites", "/v1/sites/x", "/v1/findings", "/v1/tasks", "/v1/queue",
        "/v1/incidents", "/v1/engineers", "/v1/fleet", "/v1/tokens", "/v1/hooks", "/v1/journal", "/v1/live", "/metrics",
    ])
    func everyRouteOfPeopleNeedsAToken(path: String) async throws {
        let answer = try await DoorFixture().send(.get, path)
        #expect(answer.status == .unauthorized)
        #expect(answer.header("www-authenticate")?.hasPrefix("Bearer") == true)
        #expect(answer.header("content-type") == "application/problem+json")
    }

    @Test(arguments: ["/-/healthy", "/-/ready", "/", "/openapi.json", "/v1/labels"])
    func someRoutesAreOpen(path: String) async throws {
        let answer = try await DoorFixture().send(.get, path)
        #expect(answer.status == .ok)
        #expect(answer.header("x-content-type-options") == "nosniff")
        #expect(answer.header("content-security-policy")?.contains("default-src 'none'") == true)
    }

    @Test func aTokenInTheAddressIsNotTaken() async throws {
        let answer = try await DoorFixture().send(.get, "/v1/me?token=\(Tokens.admin.text)")
        #expect(answer.status == .unauthorized)
    }

    @Test func aWrongSecretIsRefusedLikeAnUnknownToken() async throws {
        let fixture = DoorFixture()
        let wrong = Tokens.admin.text.dropLast() + "x"
        let unknown = TokenText.format(
            role: .admin, id: "zzzzzzzzzzzz", secret: String(repeating: "s", count: TokenText.secretLength))
        let first = try await fixture.send(.get, "/v1/me", token: String(wrong))
        let second = try await fixture.send(.get, "/v1/me", token: unknown)
        #expect(first.status == .unauthorized)
        #expect(first.text == second.text)
    }

    @Test func theTokenIsCheckedBeforeTheBodyIsRead() async throws {
        let fixture = DoorFixture()
        let door = try fixture.door()
        let request = Request(
            head: HTTPRequest(
                method: .post, scheme: "http", authority: "localhost", path: "/v1/findings",
                headerFields: [.contentLength: "10"]),
            body: RequestBody(asyncSequence: UnreadableBody()))
        let answer = try await door.respond(to: request)
        #expect(answer.status == .unauthorized)
        #expect(answer.headers[.connection] == "close")
    }

    @Test(arguments: [
        ("POST", "/v1/tokens"), ("GET", "/v1/tokens"), ("POST", "/v1/fleet"), ("GET", "/v1/journal"),
        ("GET", "/v1/hooks"), ("POST", "/v1/findings"), ("POST", "/v1/incidents/I-1/transitions"),
    ])
    func aViewerMayNotDoWhatOthersMay(method: String, path: String) async throws {
        let answer = try await DoorFixture().send(
            HTTPRequest.Method(method)!, path, token: Tokens.viewer.text, body: "{}")
        #expect(answer.status == .forbidden)
    }

    @Test func anAgentsTokenOpensNothingForPeople() async throws {
        let fixture = DoorFixture()
        #expect(try await fixture.send(.get, "/v1/sites", token: Tokens.agent.text).status == .forbidden)
        let signIn = try await fixture.send(.post, "/v1/session", body: #"{"token":"\#(Tokens.agent.text)"}"#)
        #expect(signIn.status == .unauthorized)
    }

    @Test func meTellsNameRoleAndScope() async throws {
        let fixture = DoorFixture()
        let engineer = try await fixture.send(.get, "/v1/me", token: Tokens.engineer.text)
        #expect(engineer.text == #"{"name":"engin","role":"engineer","engineer":"eng-3","offices":null}"#)
        let viewer = try await fixture.send(.get, "/v1/me", token: Tokens.hamamatsuViewer.text)
        #expect(viewer.text == #"{"name":"hmmview","role":"viewer","engineer":null,"offices":["hmm"]}"#)
    }

    @Test func anUnknownRouteIsAProblemDocument() async throws {
        let answer = try await DoorFixture().send(.get, "/v1/nonsense", token: Tokens.admin.text)
        #expect(answer.status == .notFound)
        #expect(answer.text.contains(#""type":"urn:anpi:problem:notFound""#))
    }

    @Test func notReadyBeforeTheEngineIsLoaded() async throws {
        let answer = try await DoorFixture(isReady: false).send(.get, "/-/ready")
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.header("retry-after") == "2")
    }

    @Test func aRevokedTokenEndsAtOnce() async throws {
        let fixture = DoorFixture()
        fixture.access.tokens.revoke(id: Tokens.viewer.record.id, at: DoorFixture.now)
        #expect(try await fixture.send(.get, "/v1/me", token: Tokens.viewer.text).status == .unauthorized)
    }
}

/// A body that must not be touched.
struct UnreadableBody: AsyncSequence, Sendable {
    struct AsyncIterator: AsyncIteratorProtocol {
        mutating func next() async throws -> ByteBuffer? {
            Issue.record("the body was read")
            return nil
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }
}
