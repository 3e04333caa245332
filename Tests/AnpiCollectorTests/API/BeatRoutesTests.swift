import AnpiEngine
import AnpiModel
import HTTPTypes
import HummingbirdTesting
import Synchronization
import Testing

@testable import AnpiCollector

struct BeatRoutesTests {
    typealias Tokens = DoorFixture.Tokens

    @Test func anAgentsBeatReachesTheLogsWay() async throws {
        let fixture = DoorFixture()
        let answer = try await fixture.send(.post, "/v1/heartbeats", token: Tokens.agent.text, body: "{}")
        #expect(answer.status == .ok)
        #expect(fixture.beats.seen.withLock { $0 } == [.init(agent: "shz-0041-server", bytes: 2)])
    }

    @Test func anAgentAndAPingAddressThatComeTooOftenAreToldToWait() async throws {
        let fixture = DoorFixture()
        let admission = fixture.parts.admission
        // What the other door has let in counts here, too.
        for _ in 1..<Admission.agentRate.burst {
            #expect(admission.agents.take(AgentID(trusted: "shz-0041-server"), at: DoorFixture.now) == nil)
        }
        let place = PingPlace(site: SiteID(trusted: "shz-0041"), tier: .external)
        for _ in 1..<Admission.pingRate.burst { #expect(admission.pings.take(place, at: DoorFixture.now) == nil) }
        for status in [HTTPResponse.Status.ok, .tooManyRequests] {
            let beat = try await fixture.send(.post, "/v1/heartbeats", token: Tokens.agent.text, body: "{}")
            #expect(beat.status == status)
            let ping = try await fixture.send(.get, "/ping/\(Tokens.pingUUID)")
            #expect(ping.status == status)
            if status == .tooManyRequests { #expect(ping.header("retry-after") == "1") }
        }
    }

    @Test func onlyAgentsBeat() async throws {
        let fixture = DoorFixture()
        #expect(try await fixture.send(.post, "/v1/heartbeats", body: "{}").status == .unauthorized)
        #expect(try await fixture.send(.post, "/v1/heartbeats", token: "x", body: "{}").status == .unauthorized)
        let admin = try await fixture.send(.post, "/v1/heartbeats", token: Tokens.admin.text, body: "{}")
        #expect(admin.status == .forbidden)
    }

    @Test(arguments: [
        ("", Ping.Kind.success), ("/start", .start), ("/fail", .fail), ("/log", .log), ("/0", .success), ("/1", .fail),
        ("/255", .fail),
    ])
    func aPingSaysHowTheJobWent(suffix: String, kind: Ping.Kind) async throws {
        let fixture = DoorFixture()
        let answer = try await fixture.send(.get, "/ping/\(Tokens.pingUUID)\(suffix)?rid=r-1")
        #expect(answer.text == "OK")
        #expect(answer.header("ping-body-limit") == "10000")
        #expect(
            fixture.beats.seen.withLock { $0 } == [
                .init(place: "shz-0041 external", kind: kind, run: "r-1", bytes: 0)
            ])
    }

    @Test func aLongPingBodyIsCutAndTaken() async throws {
        let fixture = DoorFixture()
        let answer = try await fixture.send(
            .post, "/ping/\(Tokens.pingKey)/shz-0041-external/fail", body: String(repeating: "x", count: 20_000))
        #expect(answer.status == .ok)
        #expect(fixture.beats.seen.withLock { $0.first?.bytes } == 10_000)
    }

    @Test(arguments: [
        "/ping/3f0c2f6e-9a53-4f0e-8b0a-000000000000", "/ping/\(DoorFixture.Tokens.pingUUID)/256",
        "/ping/\(DoorFixture.Tokens.pingUUID)/what", "/ping/\(DoorFixture.Tokens.pingKey)/shz-0041-cloud",
        "/ping/unknown/shz-0041-external", "/ping/x",
    ])
    func anUnknownPingAddressIsNotFound(path: String) async throws {
        let fixture = DoorFixture()
        #expect(try await fixture.send(.get, path).status == .notFound)
        #expect(fixture.beats.seen.withLock { $0.isEmpty })
    }

    @Test func aSlugOfTwoCopiesIsAmbiguous() async throws {
        let fixture = DoorFixture()
        var fleet = DoorFixture.fleet
        var twin = fleet.sites[1]
        twin.id = SiteID(trusted: "SHZ-0041")
        fleet.sites.append(twin)
        fleet.copies.append(CopyPlace(site: twin.id, tier: .external))
        fixture.access.pings.replacePlaces(from: fleet)
        let answer = try await fixture.send(.get, "/ping/\(Tokens.pingKey)/shz-0041-external")
        #expect(answer.status == .conflict)
    }
}
