import AnpiEngine
import AnpiModel
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import AnpiCollector

struct QueueTests {
    typealias Tokens = DoorFixture.Tokens

    /// Five silent sites make five tasks.
    private func fixture() -> DoorFixture {
        let fixture = DoorFixture()
        fixture.engine.importFleet(LargeFleet.fleet(sites: 5))
        fixture.engine.change { engine, step in LargeFleet.fallSilent(sites: 5, &engine, &step) }
        return fixture
    }

    private func ids(_ text: String) -> [String] {
        text.split(separator: #"{"id":"T-"#).dropFirst().map { String($0.prefix { $0 != "\"" }) }
    }

    @Test func theQueueComesInPages() async throws {
        let fixture = fixture()
        let token = Tokens.coordinator.text
        let whole = try await fixture.send(.get, "/v1/queue", token: token)
        #expect(ids(whole.text) == ["1", "2", "3", "4", "5"])
        #expect(whole.text.hasSuffix(#""next":null}"#))
        let first = try await fixture.send(.get, "/v1/queue?limit=2", token: token)
        #expect(ids(first.text) == ["1", "2"])
        #expect(first.text.hasSuffix(#""next":"T-2"}"#))
        let second = try await fixture.send(.get, "/v1/queue?limit=2&cursor=T-2", token: token)
        #expect(ids(second.text) == ["3", "4"])
    }

    @Test func aPageGoesOnWhereItsLastTaskHasBeenClosedMeanwhile() async throws {
        let fixture = fixture()
        fixture.engine.change { engine, step in
            let at = engine.now + .seconds(1)
            let request = HeartbeatRequest(
                agent: AgentID(trusted: "shz-1-server"), boot: "b", beats: [Beat(seq: 2, at: at, interval: 60)])
            engine.apply(.heartbeats(Heartbeats(receivedAt: at, request: request)), at: at, into: &step)
        }
        let token = Tokens.coordinator.text
        let whole = ids(try await fixture.send(.get, "/v1/queue", token: token).text)
        #expect(whole.count == 4)
        let gone = try #require(["1", "2", "3", "4", "5"].first { !whole.contains($0) })
        let rest = try await fixture.send(.get, "/v1/queue?cursor=T-\(gone)", token: token)
        #expect(ids(rest.text) == whole.filter { $0 > gone })
        let open = try await fixture.send(.get, "/v1/tasks?open=true&cursor=T-\(gone)", token: token)
        #expect(ids(open.text) == whole.filter { $0 < gone }.reversed())
    }
}
