import AnpiModel

@testable import AnpiReplay

/// A made-up fleet of equal clinics, and the feed of what is received from them.
///
/// Every site has one server, `s-1-server`, which beats each minute; two canaries beat every 20 s. Sites lie on a grid,
/// about a kilometre from one to the next, each municipality in a block of its own.
struct Town {
    private(set) var fleet: Fleet
    private var received: [FeedLine] = []

    /// - Parameters:
    ///   - municipalities: codes; the sites are dealt out to them in turn.
    ///   - carriers: dealt out too, by the round that a site comes in.
    ///   - hours: of sites with PCs that are on only then; nil for servers that are always on.
    init(
        sites count: Int, municipalities: [String] = ["22101"], carriers: [String] = ["NTT"], hours: String? = nil
    ) throws {
        fleet = Fleet(offices: [Office(id: Self.office, name: "本部", place: Self.place(0, 0))])
        let hours = try hours.map { try OpeningHours(parsing: $0) }
        for number in 0..<count {
            let municipality = number % municipalities.count
            let round = number / municipalities.count
            let code = municipalities[municipality]
            fleet.sites.append(
                Site(
                    id: Self.site(number + 1), name: "第\(number + 1)医院", office: Self.office,
                    place: Self.place(municipality, round), municipality: code, weatherArea: code + "00",
                    seismicCity: code + "00", carrier: carriers[round % carriers.count],
                    powerArea: "\(code)-\(round % 3)",
                    hours: hours))
            fleet.agents.append(
                Agent(
                    id: Self.agent(number + 1), site: Self.site(number + 1), device: .server,
                    rhythm: hours == nil ? .always : .hours, intervalSeconds: 60))
        }
        for number in 1...2 {
            let site = SiteID(trusted: "canary-\(number)")
            fleet.sites.append(
                Site(
                    id: site, name: "監視\(number)", kind: .canary, office: Self.office, place: Self.place(0, 0),
                    municipality: "13101"))
            fleet.agents.append(
                Agent(
                    id: Self.canary(number), site: site, device: .server, rhythm: .always, intervalSeconds: 20,
                    graceSeconds: 20, canary: true))
        }
    }

    private static let office = OfficeID(trusted: "office")
    static func site(_ number: Int) -> SiteID { SiteID(trusted: "s-\(number)") }
    static func agent(_ number: Int) -> AgentID { AgentID(trusted: "s-\(number)-server") }
    private static func canary(_ number: Int) -> AgentID { AgentID(trusted: "canary-\(number)-server") }

    private static func place(_ block: Int, _ number: Int) -> Coordinate {
        // Columns of twelve: a hundredth of a degree is about a kilometre.
        Coordinate(
            latitude: 34.90 + Double(number / 12) * 0.01,
            longitude: 137 + Double(block) * 0.3 + Double(number % 12) * 0.01)
    }

    /// An instant of September 2022 in Japan, such as `"23 08:30"`.
    static func at(_ text: String) -> Timestamp {
        let parts = text.split(separator: " ")
        return Timestamp(rfc3339: "2022-09-\(parts[0])T\(parts[1]):00.000+09:00") ?? .distantPast
    }

    // MARK: What is received

    /// Each beats once a minute from `from` to `until`, at its own second of the minute.
    mutating func beat(_ numbers: some Sequence<Int>, from: Timestamp, until: Timestamp) {
        for number in numbers {
            let first = from + .milliseconds(Int64(number) * 7_919 % 60_000)
            let count = (until - first).wholeMilliseconds / 60_000
            guard count >= 0 else { continue }
            let last = first + .milliseconds(count * 60_000)
            add(FeedLine(at: first, .heard(Self.agent(number), until: last)))
        }
    }

    /// Both canaries are heard from `from` to `until`.
    mutating func canariesBeat(from: Timestamp, until: Timestamp) {
        for number in 1...2 {
            let first = from + .milliseconds(Int64(number) * 3_000)
            add(FeedLine(at: first, .heard(Self.canary(number), until: until)))
        }
    }

    mutating func official(_ xml: String, at: Timestamp) { add(FeedLine(at: at, .hazard(xml: xml))) }

    mutating func add(_ line: FeedLine) { received.append(line) }

    /// The feed in order of time, up to and including `end`.
    func feed(until end: Timestamp) -> [FeedLine] {
        let numbered = received.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
        return numbered.map(\.element).filter { $0.at <= end } + [FeedLine(at: end, .time)]
    }
}
