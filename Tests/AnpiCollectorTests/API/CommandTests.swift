import AnpiEngine
import AnpiModel
import HTTPTypes
import HummingbirdTesting
import Synchronization
import Testing

@testable import AnpiCollector

struct CommandTests {
    typealias Tokens = DoorFixture.Tokens

    static let noAnswer = #"{"kind":"phone","direction":"out","site":"shz-0041","result":"noAnswer"}"#

    @Test func aFindingBecomesACommandWithKeyActorAndVersion() async throws {
        let fixture = DoorFixture()
        let answer = try await fixture.send(
            .post, "/v1/findings", token: Tokens.coordinator.text, ["idempotency-key": "k-1", "if-match": "\"7\""],
            body: Self.noAnswer)
        #expect(answer.status == .ok)
        #expect(answer.header("etag") == "\"3\"")
        #expect(answer.header("idempotency-key") == "k-1")
        let command = try #require(fixture.commands.seen.withLock { $0.first })
        #expect(command.operation == "k-1")
        #expect(command.expectedVersion == 7)
        #expect(command.actor.name == "coord")
        #expect(command.receivedAt == DoorFixture.now)
        #expect(command.bodyDigest.count == 32)
    }

    @Test func withoutAKeyOneIsDrawn() async throws {
        let fixture = DoorFixture()
        for _ in 0..<2 {
            _ = try await fixture.send(.post, "/v1/findings", token: Tokens.coordinator.text, body: Self.noAnswer)
        }
        let keys = fixture.commands.seen.withLock { $0.map(\.operation) }
        #expect(Set(keys).count == 2)
    }

    @Test func theSameKeyWithAnotherBodyIsRefused() async throws {
        let fixture = DoorFixture()
        let key = ["idempotency-key": "k-1"]
        let other = Self.noAnswer.replacing("noAnswer", with: "lineDead")
        let token = Tokens.coordinator.text
        let first = try await fixture.send(.post, "/v1/findings", token: token, key, body: Self.noAnswer)
        let again = try await fixture.send(.post, "/v1/findings", token: token, key, body: Self.noAnswer)
        let reused = try await fixture.send(.post, "/v1/findings", token: token, key, body: other)
        #expect(first.status == .ok)
        #expect(again.text == first.text)
        #expect(reused.status == .unprocessableContent)
        #expect(reused.text.contains("urn:anpi:problem:operationReused"))
    }

    @Test func anOutcomeThatIsAProblemKeepsItsStatusAndType() async throws {
        let fixture = DoorFixture()
        fixture.commands.status.withLock { $0 = 409 }
        let answer = try await fixture.send(
            .post, "/v1/findings", token: Tokens.coordinator.text, body: Self.noAnswer)
        #expect(answer.status == .conflict)
        #expect(answer.header("content-type") == "application/problem+json")
    }

    @Test(arguments: [
        ("{", 400, "body is not JSON"),
        ("", 400, "body is not JSON"),
        (#"{"site":"shz-0041","result":"noAnswer"}"#, 422, #""path":"kind","message":"is missing""#),
        (#"{"kind":"phon","result":"x"}"#, 422, #""path":"kind""#),
        (#"{"kind":"phone","result":7}"#, 422, #""path":"result","message":"must be a string""#),
        (#"{"kind":"phone","result":"noAnswer"}"#, 422, #""path":"site""#),
        (#"{"kind":"phone","site":"shz-0041","result":"noAnswer"}"#, 422, #""path":"direction""#),
        (#"{"kind":"phone","direction":"out","site":"shz 41","result":"noAnswer"}"#, 422, #""path":"site""#),
        (#"{"kind":"phone","direction":"out","site":"gone-1","result":"noAnswer"}"#, 422, #""path":"site""#),
        (#"{"kind":"phone","direction":"out","site":"shz-0041","result":"wet"}"#, 422, "noAnswer, congested"),
        (#"{"kind":"report","result":"damage","place":{"latitude":91,"longitude":0}}"#, 422, #""path":"place""#),
        (
            #"{"kind":"report","result":"damage","area":{"municipalities":["22103","x"]}}"#, 422,
            #""path":"area.municipalities[1]""#
        ),
        (#"{"kind":"road","result":"closed","line":[[138,35],[35]]}"#, 422, #""path":"line[1]""#),
        (
            #"{"kind":"phone","direction":"out","site":"shz-0041","result":"noAnswer","observedAt":"yesterday"}"#, 422,
            #""path":"observedAt","message":"is not an RFC 3339"#
        ),
        (
            #"{"kind":"survey","site":"shz-0041","result":"noDamage","observedAt":"2132-09-24T00:00:00Z"}"#, 422,
            #""path":"observedAt","message":"is in the future"#
        ),
        (
            #"{"kind":"survey","site":"shz-0041","result":"noDamage","expiresAt":"2132-09-24T00:00:00Z"}"#, 422,
            #""path":"expiresAt""#
        ),
    ])
    func aBadFindingIsNamedByItsPath(body: String, status: Int, part: String) async throws {
        let fixture = DoorFixture()
        let answer = try await fixture.send(.post, "/v1/findings", token: Tokens.coordinator.text, body: body)
        #expect(answer.status.code == status)
        #expect(answer.text.contains(part), "\(answer.text)")
        #expect(fixture.commands.seen.withLock { $0.isEmpty })
    }

    @Test func aRoadIsHeldToTheRulesOfAFinding() async throws {
        let fixture = DoorFixture()
        let body = #"{"to":"blocked","road":{"line":[[138,35],[35]]}}"#
        let answer = try await fixture.send(
            .post, "/v1/tasks/T-1/transitions", token: Tokens.coordinator.text, body: body)
        #expect(answer.status.code == 422)
        #expect(answer.text.contains(#""path":"road.line[1]""#), "\(answer.text)")
        #expect(fixture.commands.seen.withLock { $0.isEmpty })
    }

    @Test(arguments: ["\"x\"", "3", "\"3", "W/3"])
    func aBadIfMatchIsRefused(header: String) async throws {
        let answer = try await DoorFixture().send(
            .post, "/v1/findings", token: Tokens.coordinator.text, ["if-match": header], body: Self.noAnswer)
        #expect(answer.status == .badRequest)
    }

    @Test func aBodyAboveTheCapIsRefusedByItsLengthAlone() async throws {
        let big = #"{"kind":""# + String(repeating: "x", count: BodyReader.commandBytesMax) + #""}"#
        let answer = try await DoorFixture().send(.post, "/v1/findings", token: Tokens.coordinator.text, body: big)
        #expect(answer.status == .contentTooLarge)
        #expect(answer.header("connection") == "close")
    }

    @Test func aChangeThatTheStoreDidNotTakeMayBeSentAgain() async throws {
        let fixture = DoorFixture()
        fixture.commands.refusal.withLock { $0 = .storeFailed }
        let answer = try await fixture.send(
            .post, "/v1/engineers/eng-3/availability", token: Tokens.coordinator.text,
            body: #"{"availability":"available"}"#)
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.header("retry-after") == "5")
        #expect(answer.text.contains("urn:anpi:problem:storeFailed"))
    }

    @Test func anEngineerSpeaksForThemselvesOnly() async throws {
        let fixture = DoorFixture()
        let own = try await fixture.send(
            .post, "/v1/engineers/eng-3/availability", token: Tokens.engineer.text,
            body: #"{"availability":"unavailable"}"#)
        let other = try await fixture.send(
            .post, "/v1/engineers/eng-4/availability", token: Tokens.engineer.text,
            body: #"{"availability":"unavailable"}"#)
        #expect(own.status == .ok)
        #expect(other.status == .forbidden)
    }

    @Test(arguments: [
        (CollectorError.Code.overloaded, 503), (.starting, 503), (.stopping, 503), (.storeFailed, 503),
    ])
    func whatTheEngineCannotDoIsAnswered(code: CollectorError.Code, status: Int) async throws {
        let fixture = DoorFixture()
        fixture.engine.refusal.withLock { $0 = code }
        let answer = try await fixture.send(.get, "/v1/sites", token: Tokens.viewer.text)
        #expect(answer.status.code == status)
        #expect(answer.header("retry-after") != nil)
    }
}
