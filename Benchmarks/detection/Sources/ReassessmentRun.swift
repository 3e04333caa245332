import AnpiEngine
import AnpiModel
import AnpiReplay

/// 10,000 sites of one prefecture, a tenth of which stops in the same instant.
struct ReassessmentRun {
    private static let sites = 10_000
    private static let silent = 1_000
    private static let start = Timestamp(milliseconds: 1_795_000_000_000)

    /// The figure with its conditions.
    let line: String

    init() {
        var step = Step()
        var replay = Replay(fleet: Self.fleet, start: Self.start, into: &step)
        // Evenly spread through the fleet, so that every area has some.
        let lastBeat = Self.start.adding(milliseconds: 3_600_000)
        for number in 0..<Self.sites {
            let isLost = number.isMultiple(of: Self.sites / Self.silent)
            let until = isLost ? lastBeat : lastBeat.adding(milliseconds: 3_600_000)
            replay.take(FeedLine(at: Self.start, .heard(Self.agent(number), until: until)), into: &step)
        }
        var dearest = Duration.zero
        var all = Duration.zero
        for second in 0..<600 {
            step = Step()
            let began = Processor.used
            replay.take(FeedLine(at: lastBeat.adding(milliseconds: Int64(second) * 1_000), .time), into: &step)
            let taken = Processor.used - began
            dearest = max(dearest, taken)
            all += taken
        }
        let told = replay.engine.statistics.sitesByContact[Contact.allCases.firstIndex(of: .silent) ?? 0]
        line =
            "Re-assessment: \(Self.sites) sites, \(told) silent at once: dearest second "
            + "\(JSON.fixed(dearest / .milliseconds(1), digits: 1)) ms, ten minutes "
            + "\(JSON.fixed(all / .milliseconds(1), digits: 1)) ms"
    }

    private static func agent(_ number: Int) -> AgentID { AgentID(trusted: "site-\(number)-server") }

    private static var fleet: Fleet {
        let office = OfficeID(trusted: "office-1")
        let carriers = ["ntt", "kddi", "softbank"]
        func place(_ number: Int) -> Coordinate {
            Coordinate(latitude: 34.6 + Double(number % 100) * 0.008, longitude: 137.6 + Double(number / 100) * 0.012)
        }
        var fleet = Fleet(offices: [Office(id: office, name: "静岡支店", place: place(0))])
        for number in 0..<sites {
            let id = SiteID(trusted: "site-\(number)")
            fleet.sites.append(
                Site(
                    id: id, name: "第\(number)診療所", kana: "だい\(number)しんりょうじょ", kind: .clinic, office: office,
                    address: "静岡県", place: place(number), municipality: String(22_100 + number % 40),
                    phone: "054-000-\(number)", system: "ORCA"))
            fleet.sites[number].carrier = carriers[number % carriers.count]
            fleet.agents.append(
                Agent(
                    id: agent(number), site: id, device: .server, rhythm: .always, intervalSeconds: 60,
                    graceSeconds: 120))
        }
        return fleet
    }
}

extension Timestamp {
    fileprivate func adding(milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: self.milliseconds + milliseconds)
    }
}
