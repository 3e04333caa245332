import AnpiEngine
import AnpiModel

@testable import AnpiCollector

/// A fleet as large as a region's, with rows as long as real ones.
enum LargeFleet {
    static func fleet(sites count: Int) -> Fleet {
        let office = Office(
            id: OfficeID(trusted: "shz"), name: "静岡営業所", place: Coordinate(latitude: 34.97, longitude: 138.38))
        var fleet = Fleet(offices: [office])
        for number in 0..<count {
            let ward = ["葵区", "駿河区", "清水区"][number % 3]
            let id = SiteID(trusted: "shz-\(number)")
            var site = Site(
                id: id, name: "試験クリニック\(number)", office: office.id,
                place: Coordinate(
                    latitude: 34.9 + Double(number % 100) / 1_000, longitude: 138.3 + Double(number / 100) / 1_000),
                municipality: "2210\(number % 3 + 1)")
            site.kana = "しけんくりにっく\(number)"
            site.address = "静岡県静岡市\(ward)追手町\(number)-6"
            site.phone = "054-200-\(number)"
            site.contactName = "院長 鈴木\(number)"
            site.contactPhone = "090-0000-\(number)"
            fleet.sites.append(site)
            fleet.agents.append(
                Agent(
                    id: AgentID(trusted: "shz-\(number)-server"), site: id, device: .server, rhythm: .always,
                    intervalSeconds: 60))
        }
        return fleet
    }

    /// The first sites are heard once and then no more.
    static func fallSilent(sites count: Int, _ engine: inout Engine, _ step: inout Step) {
        let now = DoorFixture.now
        for number in 0..<count {
            let request = HeartbeatRequest(
                agent: AgentID(trusted: "shz-\(number)-server"), boot: "b", beats: [Beat(seq: 1, at: now, interval: 60)]
            )
            engine.apply(.heartbeats(Heartbeats(receivedAt: now, request: request)), at: now, into: &step)
        }
        engine.advance(to: now + .seconds(3_600), into: &step)
    }
}
