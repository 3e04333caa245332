import AnpiEngine
import AnpiModel
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import Testing

@testable import AnpiCollector

struct AdministrationTests {
    typealias Tokens = DoorFixture.Tokens

    @Test func aNewTokenIsShownOnceAndWorksAtOnce() async throws {
        let fixture = DoorFixture()
        let answer = try await fixture.send(
            .post, "/v1/tokens", token: Tokens.admin.text,
            body: #"{"role":"viewer","office":"hmm","label":"front desk"}"#)
        #expect(answer.status == .created)
        let token = try #require(answer.text.split(separator: "\"token\":\"").last.map { String($0.dropLast(2)) })
        let me = try await fixture.send(.get, "/v1/me", token: token)
        #expect(me.text == #"{"name":"front desk","role":"viewer","engineer":null,"offices":["hmm"]}"#)
        let list = try await fixture.send(.get, "/v1/tokens", token: Tokens.admin.text)
        #expect(list.text.contains(#""label":"front desk""#))
        #expect(!list.text.contains(token.suffix(40)))
        #expect(!list.text.contains("digest"))
    }

    @Test func aPingAddressIsMadeAndUsed() async throws {
        let fixture = DoorFixture()
        let answer = try await fixture.send(
            .post, "/v1/tokens", token: Tokens.admin.text,
            body: #"{"ping":{"site":"shz-0041","tier":"external"}}"#)
        #expect(answer.status == .created)
        let path = try #require(answer.text.split(separator: "http://localhost").last.map { String($0.dropLast(2)) })
        #expect(try await fixture.send(.get, path).text == "OK")
    }

    @Test(arguments: [
        ("{}", "role"), (#"{"role":"engineer"}"#, "engineer"), (#"{"role":"boss"}"#, "role"),
        (#"{"role":"viewer","engineer":"eng-3"}"#, "engineer"), (#"{"role":"agent"}"#, "agent"),
        (#"{"agent":"nobody"}"#, "agent"), (#"{"role":"engineer","engineer":"nobody"}"#, "engineer"),
        (#"{"role":"viewer","office":"nowhere"}"#, "office"), (#"{"role":"admin","office":"shz"}"#, "office"),
        (#"{"ping":{"site":"shz-0041","tier":"cloud"}}"#, "ping"),
        (#"{"ping":{"site":"shz-0041","tier":"floppy"}}"#, "ping.tier"),
        (#"{"role":"viewer","expiresAt":"2020-01-01T00:00:00Z"}"#, "expiresAt"),
        (#"{"role":"viewer","agent":"shz-0041-server"}"#, "role"),
    ])
    func aTokenThatCannotWorkIsNotMade(body: String, path: String) async throws {
        let fixture = DoorFixture()
        let answer = try await fixture.send(.post, "/v1/tokens", token: Tokens.admin.text, body: body)
        #expect(answer.status == .unprocessableContent)
        #expect(answer.text.contains(#""path":"\#(path)""#), "\(answer.text)")
        #expect(try await fixture.keeper.all().records.isEmpty)
    }

    @Test func revokingEndsAToken() async throws {
        let fixture = DoorFixture()
        try await fixture.keeper.insert(Tokens.viewer.record)
        let path = "/v1/tokens/\(Tokens.viewer.record.id)"
        #expect(try await fixture.send(.delete, path, token: Tokens.admin.text).status == .noContent)
        #expect(try await fixture.send(.get, "/v1/me", token: Tokens.viewer.text).status == .unauthorized)
        #expect(try await fixture.send(.delete, path, token: Tokens.admin.text).status == .notFound)
    }

    @Test func aFleetWithMistakesNamesThemAllAndImportsNothing() async throws {
        let fixture = DoorFixture()
        let body = #"{"files":{"offices.csv":"id,name,phone,latitude,longitude\nshz,Shizuoka,,x,138\n,A,,35,y\n"}}"#
        let answer = try await fixture.send(.post, "/v1/fleet", token: Tokens.admin.text, body: body)
        #expect(answer.status == .unprocessableContent)
        #expect(answer.text.contains(#""path":"offices.csv:2: column latitude""#), "\(answer.text)")
        #expect(answer.text.contains(#""path":"offices.csv:3: column longitude""#), "\(answer.text)")
        #expect(fixture.commands.seen.withLock { $0.isEmpty })
    }

    @Test func aDryRunIsNoCommand() async throws {
        let fixture = DoorFixture()
        let export = try await fixture.send(.get, "/v1/fleet", token: Tokens.admin.text)
        let files = try #require(export.text.split(separator: #""files":"#, maxSplits: 1).last)
        let body = #"{"files":"# + files
        let dry = try await fixture.send(.post, "/v1/fleet?dryRun=true", token: Tokens.admin.text, body: body)
        #expect(dry.status == .ok)
        #expect(dry.text.contains(#""dryRun":true"#))
        #expect(fixture.commands.seen.withLock { $0.isEmpty })
        let real = try await fixture.send(.post, "/v1/fleet", token: Tokens.admin.text, body: body)
        #expect(real.status == .ok)
        #expect(fixture.commands.seen.withLock { $0.first?.change == .importFleet(DoorFixture.fleet) })
    }

    @Test func onlyADeadDeliveryIsTriedAgain() async throws {
        let fixture = DoorFixture()
        let token = Tokens.coordinator.text
        #expect(try await fixture.send(.post, "/v1/hooks/deliveries/0-7-0/retry", token: token).status == .ok)
        #expect(try await fixture.send(.post, "/v1/hooks/deliveries/0-8-0/retry", token: token).status == .conflict)
        #expect(try await fixture.send(.post, "/v1/hooks/deliveries/0-9-0/retry", token: token).status == .notFound)
        let written = fixture.audit.seen.withLock { $0 }
        #expect(written == [.init(kind: "door.deliveryRetried", actor: "coord", body: #"{"id":"0-7-0"}"#)])
    }

    @Test(arguments: [
        (HTTPRequest.Method.get, "/v1/hooks"), (.get, "/v1/hooks/deliveries"),
        (.post, "/v1/hooks/deliveries/0-7-0/retry"),
    ])
    func hooksAreOfTheWholeFleet(method: HTTPRequest.Method, path: String) async throws {
        let fixture = DoorFixture()
        let answer = try await fixture.send(method, path, token: Tokens.hamamatsuCoordinator.text)
        #expect(answer.status == .forbidden)
        #expect(answer.text.contains("needs a token for the whole fleet"))
        #expect(fixture.audit.seen.withLock { $0.isEmpty })
    }

    @Test func aKeyMakesOneToken() async throws {
        let fixture = DoorFixture()
        let body = #"{"role":"viewer"}"#
        let key = ["idempotency-key": "front-desk-1"]
        let first = try await fixture.send(.post, "/v1/tokens", token: Tokens.admin.text, key, body: body)
        #expect(first.status == .created)
        let id = try #require(try await fixture.keeper.all().records.first).id
        #expect(first.text.contains(#"{"id":"\#(id)","token":"anpi_viewer_\#(id)_"#))
        // Another body under the key, or a ping address, is no second one either.
        for body in [body, #"{"role":"coordinator"}"#, #"{"ping":{"site":"shz-0041","tier":"external"}}"#] {
            let again = try await fixture.send(.post, "/v1/tokens", token: Tokens.admin.text, key, body: body)
            #expect(again.status == .conflict)
            #expect(again.text.contains("the token \(id) already"))
            #expect(!again.text.contains("anpi_"))
        }
        #expect(try await fixture.keeper.all().records.count == 1)
        let other = try await fixture.send(
            .post, "/v1/tokens", token: Tokens.admin.text, ["idempotency-key": "front-desk-2"], body: body)
        #expect(other.status == .created)
    }

    @Test func aKeyIsKnownOnAnotherCollectorAndAfterItsTokenEnded() async throws {
        let fixture = DoorFixture()
        let request = Request(
            head: HTTPRequest(
                method: .post, scheme: "http", authority: "localhost", path: "/v1/tokens",
                headerFields: [.idempotencyKey: "k-1"]),
            body: RequestBody(buffer: ByteBuffer()))
        var record = Tokens.viewer.record
        record.id = try TokenRoutes.id(for: request)
        record.revokedAt = DoorFixture.now
        // In the store, and not yet in this process's memory.
        try await fixture.keeper.insert(record)
        let answer = try await fixture.send(
            .post, "/v1/tokens", token: Tokens.admin.text, ["idempotency-key": "k-1"], body: #"{"role":"viewer"}"#)
        #expect(answer.status == .conflict)
        #expect(answer.text.contains(record.id))
        #expect(try await fixture.keeper.all().records == [record])
    }
}
