import AnpiEngine
import AnpiModel

/// The same fleet and the same beats at every run; nothing is drawn.
enum BenchmarkFleet {
    /// Seconds between two beats.
    static let interval = 60
    static let start = Timestamp(milliseconds: 1_663_966_680_000)
    /// Agents that the fleet gives up first: those that fall silent when everybody stops.
    static let hastyMax = 100

    static func agent(_ number: Int) -> AgentID { AgentID(trusted: "site-\(number)-server") }

    static func make(sites count: Int) -> Fleet {
        let office = OfficeID(trusted: "office-1")
        var fleet = Fleet(offices: [Office(id: office, name: "静岡支店", place: place(0))])
        for number in 0..<count {
            let id = SiteID(trusted: "site-\(number)")
            fleet.sites.append(
                Site(
                    id: id, name: "第\(number)診療所", kana: "だい\(number)しんりょうじょ", kind: .clinic, office: office,
                    address: "静岡県静岡市葵区追手町\(number)", place: place(number),
                    municipality: String(22_100 + number % 1_700), phone: "054-000-\(number)", system: "ORCA"))
            fleet.agents.append(
                Agent(
                    id: agent(number), site: id, device: .server, rhythm: .always, intervalSeconds: interval,
                    graceSeconds: number < hastyMax ? 60 : 3_600))
            for tier in [CopyTier.primary, .external, .offsite] {
                fleet.copies.append(CopyPlace(site: id, tier: tier, room: "1F", everyHours: 24))
            }
        }
        return fleet
    }

    private static func place(_ number: Int) -> Coordinate {
        Coordinate(latitude: 34.5 + Double(number % 1_000) / 1_000, longitude: 138 + Double(number / 1_000) / 1_000)
    }

    /// The beat of one agent, as a server with three copies sends it each minute.
    static func beat(of number: Int, _ sequence: Int64, at instant: Timestamp) -> Input {
        var beat = Beat(seq: sequence, at: instant, interval: interval, uptimeSeconds: sequence * 60)
        beat.power = Beat.Power(source: .mains)
        beat.link = .fixed
        beat.disk = Beat.Disk(freeBytes: 412_000_000_000, totalBytes: 1_000_000_000_000)
        beat.copies = [CopyTier.primary, .external, .offsite].map { tier in
            CopyReport(tier: tier, state: .good, goodAt: start, bytes: 8_123_456_789)
        }
        return .heartbeats(
            Heartbeats(
                receivedAt: instant,
                request: HeartbeatRequest(
                    agent: agent(number), boot: "5b1f0c52-9f0d-4a68-9a0e-1f2b8f7f3a11", sentAt: instant,
                    version: "1.4.0", beats: [beat])))
    }
}
