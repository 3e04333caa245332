import AnpiEngine
import AnpiModel
import AnpiStore
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

@testable import AnpiCollector

/// Drills behind the people's door, on fakes.
@Suite struct DrillDoorTests {
    /// One drill, `flood`, with an engine of its own and no site.
    private final class FakeDrills: DrillKeeping {
        let engine = FakeEngine()
        let commands = FakeCommands()
        let started = Mutex<[String]>([])
        let isStarting = Mutex(false)

        func list() -> [DrillStatus] {
            let row = DrillRow(
                lane: 1, name: "flood", speed: 2, from: DoorFixture.now, to: DoorFixture.now + .seconds(60),
                startedAt: DoorFixture.now, startedBy: "coord")
            return [
                DrillStatus(
                    name: "flood", state: .playing, run: .init(drill: row, now: DoorFixture.now, overAt: nil)),
                DrillStatus(name: "quake", state: .ready),
            ]
        }

        func start(_ start: DrillStart, by actor: String) async throws -> Outcome {
            started.withLock { $0.append("\(start.name) \(start.speed ?? 0) \(actor)") }
            return Outcome(
                operation: start.operation, bodyDigest: start.bodyDigest, status: 201, body: list()[0].json)
        }

        func end(_ name: String, by actor: String) async throws {
            started.withLock { $0.append("end \(name) \(actor)") }
        }

        func parts(of name: String) throws(CollectorError) -> DrillParts? {
            if isStarting.withLock({ $0 }) { throw CollectorError(.starting) }
            guard name == "flood" else { return nil }
            return DrillParts(
                lane: 1, name: name, engine: engine, commands: commands,
                journal: FakeJournal(hub: LiveHub(clock: NeverClock())), hooks: FakeHooks(), photos: FakePhotos(),
                audit: FakeAudit(),
                now: { DoorFixture.now - .seconds(86_400) })
        }
    }

    private let fixture = DoorFixture()
    private let drills = FakeDrills()

    private func send(
        _ method: HTTPRequest.Method, _ uri: String, token: String?, body: String? = nil
    ) async throws -> TestResponse {
        var parts = fixture.parts
        parts.drills = drills
        let door = try PeoplesDoor(
            parts: parts, settings: .init(host: "127.0.0.1", port: 0), bodies: BodyReader(clock: NeverClock()),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let headers: HTTPFields = token.map { [.authorization: "Bearer \($0)"] } ?? [:]
        return try await door.application().test(.router) { client in
            try await client.execute(
                uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        }
    }

    @Test func aQuestionForADrillGoesToItsEngineAndEveryOtherToTheReal() async throws {
        let token = DoorFixture.Tokens.viewer.text
        let real = try await send(.get, "/v1/sites", token: token)
        #expect(real.text.contains("shz-0041") && real.headers[.anpiDrill] == nil)
        let drill = try await send(.get, "/v1/sites?limit=5&drill=flood", token: token)
        #expect(drill.status == .ok && drill.text.hasPrefix(#"{"items":[]"#))
        #expect(drill.headers[.anpiDrill] == "flood")
        // What the route does not know it still refuses.
        #expect(try await send(.get, "/v1/sites?drill=flood&contacts=silent", token: token).status.code == 422)
    }

    @Test func changesInADrillGoItsOwnWayByItsOwnClock() async throws {
        drills.engine.importFleet(DoorFixture.fleet)
        let body = #"{"kind":"phone","direction":"out","site":"shz-0041","result":"noAnswer"}"#
        let token = DoorFixture.Tokens.coordinator.text
        _ = try await send(.post, "/v1/findings?drill=flood", token: token, body: body)
        #expect(fixture.commands.seen.withLock { $0.isEmpty })
        let command = try #require(drills.commands.seen.withLock { $0.first })
        #expect(command.receivedAt == DoorFixture.now - .seconds(86_400))
        #expect(command.actor.name == "coord")
    }

    @Test(arguments: [
        ("POST", "/v1/heartbeats?drill=flood"), ("GET", "/v1/tokens?drill=flood"), ("GET", "/v1/drills?drill=flood"),
        ("POST", "/v1/session?drill=flood"), ("GET", "/v1/replay?drill=flood&from=2022-09-24T00:00:00Z"),
        ("GET", "/v1/labels?drill=flood"), ("GET", "/v1/sites?drill=quake"),
        ("GET", "/v1/sites?drill="), ("GET", "/v1/sites?drill=..%2F0"),
    ])
    func whatNoDrillAnswersIsNotFound(_ method: String, _ uri: String) async throws {
        let answer = try await send(
            HTTPRequest.Method(method)!, uri, token: DoorFixture.Tokens.admin.text, body: method == "POST" ? "{}" : nil)
        #expect(answer.status == .notFound)
        #expect(answer.headers[.contentType] == AnswerType.problem.rawValue)
    }

    @Test func whoMayNotAskIsNotToldWhichDrillsThereAre() async throws {
        for uri in ["/v1/sites?drill=flood", "/v1/sites?drill=quake", "/v1/drills"] {
            let answer = try await send(.get, uri, token: nil)
            #expect(answer.status == .unauthorized && !answer.text.contains("flood"))
        }
    }

    @Test func aDrillThatIsBeingLoadedSaysSo() async throws {
        drills.isStarting.withLock { $0 = true }
        let answer = try await send(.get, "/v1/sites?drill=flood", token: DoorFixture.Tokens.viewer.text)
        #expect(answer.status.code == 503 && answer.headers[.retryAfter] == "2")
    }

    @Test func onlyACoordinatorOfTheWholeFleetBeginsAndEndsDrills() async throws {
        let body = #"{"name":"flood","speed":60}"#
        for token in [
            DoorFixture.Tokens.viewer, DoorFixture.Tokens.engineer, DoorFixture.Tokens.hamamatsuCoordinator,
            DoorFixture.Tokens.agent,
        ] {
            #expect(try await send(.post, "/v1/drills", token: token.text, body: body).status == .forbidden)
            #expect(try await send(.delete, "/v1/drills/flood", token: token.text).status == .forbidden)
        }
        #expect(drills.started.withLock { $0.isEmpty })
        let token = DoorFixture.Tokens.coordinator.text
        #expect(try await send(.post, "/v1/drills", token: token, body: body).status == .created)
        #expect(try await send(.delete, "/v1/drills/flood", token: token).status == .noContent)
        #expect(drills.started.withLock { $0 } == ["flood 60 coord", "end flood coord"])
        #expect(try await send(.get, "/v1/drills", token: DoorFixture.Tokens.viewer.text).text.contains("quake"))
    }

    @Test(arguments: [
        ("/v1/sites", "/v1/sites"), ("/v1/sites?drill=a", "/v1/sites"), ("/v1/sites?drill=a&x=1", "/v1/sites?x=1"),
        ("/v1/sites?x=1&drill=a&y=drill=", "/v1/sites?x=1&y=drill="), ("/v1/sites?drill", "/v1/sites"),
        ("/v1/sites?drills=1", "/v1/sites?drills=1"),
    ])
    func theRoutesOfADrillDoNotSeeItsName(_ path: String, _ inner: String) {
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: path)
        #expect(DrillDoor.withoutDrill(head).path == inner)
    }
}
