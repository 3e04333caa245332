import AnpiEngine
import AnpiModel
import HTTPTypes
import HummingbirdTesting
import Logging
import Synchronization
import Testing

@testable import AnpiCollector

/// How much of its expected time a site and an office were heard, as the people's door tells it.
struct AvailabilityTests {
    typealias Tokens = DoorFixture.Tokens

    /// Heard once, and silent after an interval and its grace, for an hour in all.
    private static func fixture() -> DoorFixture {
        let fixture = DoorFixture()
        fixture.engine.change { engine, step in
            let request = HeartbeatRequest(
                agent: AgentID(trusted: "shz-0041-server"), boot: "b", sentAt: DoorFixture.now, version: "1",
                beats: [Beat(seq: 1, at: DoorFixture.now, interval: 60)])
            engine.apply(
                .heartbeats(Heartbeats(receivedAt: DoorFixture.now, request: request)), at: DoorFixture.now,
                into: &step)
            engine.advance(to: DoorFixture.now + .seconds(3_600), into: &step)
        }
        fixture.journal.spans.withLock { $0 = closed }
        return fixture
    }

    /// What the store has of that hour.
    private static let closed = [
        ContactSpan(contact: .late, from: DoorFixture.now + .seconds(120), to: DoorFixture.now + .seconds(180)),
        ContactSpan(contact: .reporting, from: DoorFixture.now, to: DoorFixture.now + .seconds(120)),
    ]

    private static let blindHalf = Input.Span(
        from: DoorFixture.now + .seconds(1_800), to: DoorFixture.now + .seconds(3_600))

    @Test func aSiteTellsHowMuchOfItsTimeItWasHeard() async throws {
        let fixture = Self.fixture()
        let answer = try await fixture.send(.get, "/v1/sites/shz-0041", token: Tokens.viewer.text)
        let figure = #""share":0.0500,"expectedSeconds":3600,"heardSeconds":180,"blindSeconds":0}"#
        #expect(
            answer.text.hasSuffix(#","availability":[{"days":7,\#(figure),{"days":30,\#(figure)]}"#), "\(answer.text)")
    }

    @Test func ourBlindTimeIsLeftOutAndShownBeside() async throws {
        let fixture = Self.fixture()
        fixture.journal.blind.withLock { $0 = [Self.blindHalf] }
        let answer = try await fixture.send(.get, "/v1/sites/shz-0041", token: Tokens.viewer.text)
        #expect(
            answer.text.contains(
                #"{"days":7,"share":0.1000,"expectedSeconds":1800,"heardSeconds":180,"blindSeconds":1800}"#),
            "\(answer.text)")
    }

    @Test func whatTheStoreHasKeptCounts() async throws {
        let fixture = Self.fixture()
        fixture.journal.spans.withLock {
            $0 += [
                ContactSpan(
                    contact: .reporting, from: DoorFixture.now - .seconds(8 * 86_400), to: DoorFixture.now),
                // The engine's own span, closed after the engine was asked.
                ContactSpan(contact: .silent, from: DoorFixture.now + .seconds(180), to: .distantFuture),
            ]
        }
        let answer = try await fixture.send(.get, "/v1/sites/shz-0041", token: Tokens.viewer.text)
        let week = 7 * 86_400
        let heard = week - 3_600 + 180
        #expect(
            answer.text.contains(
                #""days":7,"share":0.9943,"expectedSeconds":\#(week),"heardSeconds":\#(heard),"blindSeconds":0}"#),
            "\(answer.text)")
    }

    @Test func theOverviewSumsTheOfficesThatItShows() async throws {
        let fixture = Self.fixture()
        fixture.journal.blind.withLock { $0 = [Self.blindHalf] }
        var parts = fixture.parts
        let offices = OfficeAvailability(
            engine: fixture.engine, journal: fixture.journal,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, ticks: PassedClock())
        parts.availability = offices
        let door = try PeoplesDoor(
            parts: parts, settings: .init(host: "127.0.0.1", port: 0), bodies: BodyReader(clock: NeverClock()),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        func overview(_ query: String = "") async throws -> String {
            try await door.application().test(.router) { client in
                try await client.execute(
                    uri: "/v1/overview" + query, method: .get,
                    headers: [.authorization: "Bearer \(Tokens.viewer.text)"]
                ).text
            }
        }
        #expect(try await overview().contains(#""availability":null,"#))
        try await offices.once()
        let sum = #"{"days":7,"share":0.1000,"expectedSeconds":1800,"heardSeconds":180,"blindSeconds":1800}"#
        #expect(try await overview().contains(sum))
        #expect(try await overview("?office=shz").contains(sum))
        // A site that was never heard: nothing was expected of it.
        #expect(
            try await overview("?office=hmm").contains(
                #"{"days":7,"share":null,"expectedSeconds":0,"heardSeconds":0,"blindSeconds":0}"#))
    }
}
