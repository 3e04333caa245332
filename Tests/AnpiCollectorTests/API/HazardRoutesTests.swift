import AnpiEngine
import AnpiHazards
import AnpiModel
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Synchronization
import Testing

@testable import AnpiCollector

@Suite struct HazardRoutesTests {
    private static let alert = """
        <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>a-1</identifier><sender>s@example.jp</sender>\
        <sent>2022-09-23T20:00:00+09:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info>\
        <event>大雨</event><severity>Severe</severity><certainty>Observed</certainty><area><areaDesc>清水区</areaDesc>\
        <geocode><valueName>JIS X0402</valueName><value>22103</value></geocode></area></info></alert>
        """

    private func input(_ text: String) throws -> Input {
        let message = try HazardParser.parse(Array(text.utf8), receivedAt: DoorFixture.now)
        return .hazard(
            HazardInput(receivedAt: DoorFixture.now, feed: FeedState.submitted, digest: [1], message: message))
    }

    @Test func aMessageIsStoredAndToldWhatItSays() async throws {
        let fixture = DoorFixture()
        let answer = try await fixture.send(
            .post, "/v1/hazards?name=a.cap", token: DoorFixture.Tokens.coordinator.text, body: Self.alert)
        #expect(answer.status == .created)
        #expect(answer.text.contains(#""outcome":"parsed""#) && answer.text.contains(#""level":4"#))
        #expect(fixture.hazards.seen.withLock { $0 } == [Array(Self.alert.utf8)])
    }

    @Test func aPoisonMessageIsStoredWithItsReason() async throws {
        let answer = try await DoorFixture().send(
            .post, "/v1/hazards", token: DoorFixture.Tokens.coordinator.text, body: "<!DOCTYPE x><alert/>")
        #expect(answer.status == .created)
        #expect(answer.text.contains(#""outcome":"quarantined""#) && answer.text.contains("entities are refused"))
    }

    @Test func onlyACoordinatorOfTheWholeFleetMayHandIn() async throws {
        for token in [
            DoorFixture.Tokens.viewer, DoorFixture.Tokens.engineer, DoorFixture.Tokens.agent,
            DoorFixture.Tokens.hamamatsuCoordinator,
        ] {
            let answer = try await DoorFixture().send(.post, "/v1/hazards", token: token.text, body: Self.alert)
            #expect(answer.status == .forbidden)
        }
        #expect(try await DoorFixture().send(.post, "/v1/hazards", body: Self.alert).status == .unauthorized)
    }

    @Test func aBodyBeyondTheBoundIsRefused() async throws {
        let body = String(repeating: " ", count: HazardBounds.bytesMax + 1)
        let answer = try await DoorFixture().send(
            .post, "/v1/hazards", token: DoorFixture.Tokens.admin.text, body: body)
        #expect(answer.status == .contentTooLarge)
    }

    @Test func theListHasFreshnessMessagesAndQuarantine() async throws {
        let fixture = DoorFixture()
        let input = try input(Self.alert)
        fixture.engine.change { engine, step in
            engine.apply(input, at: DoorFixture.now, into: &step)
            let poison = QuarantinedHazard(
                receivedAt: DoorFixture.now, feed: "submitted", digest: [2], reason: "alert: why", name: "bad.xml")
            engine.apply(.hazardQuarantined(poison), at: DoorFixture.now, into: &step)
        }
        let answer = try await fixture.send(.get, "/v1/hazards", token: DoorFixture.Tokens.viewer.text)
        #expect(answer.status == .ok)
        for part in [
            #""freshness":"fresh""#, #""state":"acting""#, #""areas":["清水区"]"#, #""reason":"alert: why""#,
            #""name":"submitted""#,
        ] {
            #expect(answer.text.contains(part), "\(part) in \(answer.text)")
        }
        let none = try await fixture.send(.get, "/v1/hazards?state=stored", token: DoorFixture.Tokens.viewer.text)
        #expect(none.text.contains(#""items":[]"#))
        let wrong = try await fixture.send(.get, "/v1/hazards?state=x", token: DoorFixture.Tokens.viewer.text)
        #expect(wrong.status == .unprocessableContent)
    }

    @Test func theRawMessageIsTextOfSomebodyElse() async throws {
        let fixture = DoorFixture()
        let made = try await fixture.send(
            .post, "/v1/hazards", token: DoorFixture.Tokens.admin.text, body: Self.alert)
        let digest = try #require(
            made.text.firstMatch(of: try Regex("[0-9a-f]{64}")).map { String(made.text[$0.range]) })
        let raw = try await fixture.send(.get, "/v1/hazards/\(digest)", token: DoorFixture.Tokens.viewer.text)
        #expect(raw.text == Self.alert)
        #expect(raw.header("content-type") == "text/plain; charset=utf-8")
        for unknown in ["00", String(repeating: "0", count: 64), "x"] {
            let answer = try await fixture.send(.get, "/v1/hazards/\(unknown)", token: DoorFixture.Tokens.viewer.text)
            #expect(answer.status == .notFound)
        }
    }
}
