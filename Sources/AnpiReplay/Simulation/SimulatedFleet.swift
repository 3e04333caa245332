import AnpiModel

/// A site as it really is, beside the row of the fleet file that describes it.
struct SimulatedSite {
    var id: SiteID
    /// Where it really stands; the fleet file is wrong about two in a hundred.
    var place: Coordinate
    var municipality: Int
    var feeder: Int
    var exchange: Int
    /// The hours lived by; the fleet file is wrong about one in ten.
    var hours: HoursPattern
    /// Days of closures that nobody declared, as days since 1970.
    var suddenClosures: Set<Int>
    /// How much higher than its neighbourhood it stands.
    var elevationMeters: Double
    /// Above its own floor.
    var deviceHeightMeters: Double
    /// How easily it is damaged by shaking, in units of intensity.
    var frailty: Double
    var ups: UPS?
    var agents: Range<Int>

    struct UPS {
        var runtimeSeconds: Double
        /// The router hangs on it too: the line survives the first minutes, and a last gasp gets out.
        var carriesRouter: Bool
        /// The agent can read it.
        var isRead: Bool
    }

    /// Minutes of a day at which people are there.
    func staffed(on date: CivilDate) -> ClosedRange<Int>? {
        suddenClosures.contains(date.daysSinceEpoch) ? nil : hours.staffed(on: date)
    }
}

/// An agent as it really behaves.
struct SimulatedAgent {
    var id: AgentID
    var site: Int
    var device: Device
    var rhythm: Rhythm
    var intervalSeconds: Int
    /// Probability that it is left on in the evening.
    var leftOn: Double
    /// It tells when it is shut down.
    var saysGoodbye: Bool
    /// How far its clock is ahead.
    var clockAheadSeconds: Double
    /// It has a battery of its own and does not need the site's line.
    var isIndependent: Bool
}

/// Makes up a fleet and what is true of it.
struct SimulatedFleet {
    private(set) var fleet = Fleet()
    private(set) var sites: [SimulatedSite] = []
    private(set) var agents: [SimulatedAgent] = []
    let landscape: Landscape
    private let plan: SimulationPlan

    init(_ plan: SimulationPlan) throws(OpeningHoursError) {
        self.plan = plan
        landscape = Landscape(plan)
        for prefecture in plan.prefectures {
            let name = "第\(prefecture)営業所"
            let place = landscape.municipalities.first { $0.prefecture == prefecture }?.place
            fleet.offices.append(
                Office(
                    id: OfficeID(trusted: "office-\(Landscape.padded(prefecture, 2))"), name: name,
                    place: place ?? Coordinate(latitude: 35, longitude: 138)))
        }
        for number in 0..<plan.sites { try addSite(number) }
        addCanaries()
        addPeople()
        fleet.agents.sort { $0.id < $1.id }
    }

    private mutating func addSite(_ number: Int) throws(OpeningHoursError) {
        var random = SimulationRandom(seed: plan.seed, .sites, number)
        let municipality = random.index(of: landscape.municipalities.map(\.weight))
        let area = landscape.municipalities[municipality]
        let hub = area.hubs[Int(random.unit() * 4)]
        let angle = random.within(0...(2 * .pi))
        let radius = random.exponential(mean: 1.1)
        let place = hub.moved(
            east: radius * SimulationRandom.cosine(angle), north: radius * SimulationRandom.sine(angle))
        let isPharmacy = random.chance(0.1)
        let hours = HoursPattern.usual(isPharmacy: isPharmacy, &random)
        let noted = random.chance(0.1) ? hours.misnoted(&random) : hours
        let notedPlace =
            random.chance(0.02) ? place.moved(east: random.normal() * 12, north: random.normal() * 12) : place
        let id = SiteID(trusted: "s\(Landscape.padded(number + 1, 5))")
        let carrier = random.index(of: Landscape.carrierShares)
        let feeder = landscape.feeder(for: place, in: municipality)
        let elevation = 0.15 + 0.3 * random.normal()
        let riverDepth = 3.5 * SimulationRandom.exponentiate(-landscape.riverKilometers(from: place) / 0.9) - elevation
        let firstAgent = agents.count
        let height = addAgents(of: id, number: number, isPharmacy: isPharmacy, &random)
        sites.append(
            SimulatedSite(
                id: id, place: place, municipality: municipality, feeder: feeder,
                exchange: area.exchanges.lowerBound + carrier, hours: hours, suddenClosures: closures(&random),
                elevationMeters: elevation, deviceHeightMeters: height, frailty: 0.25 * random.normal(),
                ups: ups(&random), agents: firstAgent..<agents.count))
        var site = Site(
            id: id, name: "\(area.name)第\(number + 1)" + (isPharmacy ? "薬局" : "医院"),
            kind: isPharmacy ? .pharmacy : .clinic,
            office: OfficeID(trusted: "office-\(Landscape.padded(area.prefecture, 2))"), place: notedPlace,
            municipality: area.code)
        site.weatherArea = area.weatherArea
        site.seismicCity = area.seismicCity
        site.carrier = Landscape.carriers[carrier]
        site.powerArea = landscape.feeders[feeder].powerArea
        site.hours = try OpeningHours(parsing: noted.hoursText)
        if let closures = noted.closuresText, random.chance(0.6) { site.closures = try OpeningHours(parsing: closures) }
        site.floodDepthMeters =
            random.chance(0.9) ? (riverDepth < 0.1 ? 0 : riverDepth < 0.5 ? 0.5 : riverDepth < 3 ? 3 : 5) : nil
        site.dialysis = random.chance(0.02)
        site.homeOxygen = random.chance(0.05)
        site.beds = random.chance(0.06) ? 19 : 0
        site.system = "emr-1"
        site.dataGigabytes = random.logNormal(median: 90, sigma: 0.8).rounded()
        fleet.sites.append(site)
        addCopies(of: id, height: height, &random)
    }

    /// A server day and night, a mirror that works when people do, or nothing but such a PC; sometimes a gateway.
    private mutating func addAgents(
        of site: SiteID, number: Int, isPharmacy: Bool, _ random: inout SimulationRandom
    ) -> Double {
        let hasServer = random.chance(isPharmacy ? 0.3 : 0.62)
        if hasServer { addAgent(of: site, number, .server, .always, &random) }
        if !hasServer || random.chance(0.4) { addAgent(of: site, number, .mirror, .hours, &random) }
        if random.chance(0.12) { addAgent(of: site, number, .gateway, .always, &random) }
        // On the floor, on a desk, in a rack, on the second floor.
        return [0.1, 0.7, 1.2, 3.5][random.index(of: [0.45, 0.3, 0.12, 0.13])]
    }

    private mutating func addAgent(
        of site: SiteID, _ number: Int, _ device: Device, _ rhythm: Rhythm, _ random: inout SimulationRandom
    ) {
        let id = AgentID(trusted: "\(site.text)-\(device.rawValue)")
        let interval = random.chance(0.8) ? 60 : 300
        agents.append(
            SimulatedAgent(
                id: id, site: number, device: device, rhythm: rhythm, intervalSeconds: interval,
                leftOn: rhythm == .always ? 1 : random.chance(0.1) ? 0.9 : 0.015, saysGoodbye: random.chance(0.5),
                clockAheadSeconds: random.chance(0.03) ? random.normal() * 1_800 : random.normal() * 0.4,
                isIndependent: device == .gateway && random.chance(0.4)))
        fleet.agents.append(
            Agent(id: id, site: site, device: device, rhythm: rhythm, intervalSeconds: interval))
    }

    private func closures(_ random: inout SimulationRandom) -> Set<Int> {
        let first = plan.firstDay.daysSinceEpoch
        var days: Set<Int> = []
        var day = random.exponential(mean: 90)
        while day < Double(plan.days) {
            for extra in 0..<(random.chance(0.2) ? 4 : 1) { days.insert(first + Int(day) + extra) }
            day += 1 + random.exponential(mean: 90)
        }
        return days
    }

    /// From one that lasts two minutes to one that lasts an hour; at a good third there is none.
    private func ups(_ random: inout SimulationRandom) -> SimulatedSite.UPS? {
        guard random.chance(0.62) else { return nil }
        return SimulatedSite.UPS(
            runtimeSeconds: min(7_200, max(60, random.logNormal(median: 480, sigma: 0.8))),
            carriesRouter: random.chance(0.45), isRead: random.chance(0.6))
    }

    private mutating func addCopies(of site: SiteID, height: Double, _ random: inout SimulationRandom) {
        fleet.copies.append(
            CopyPlace(site: site, tier: .primary, room: "受付", heightMeters: height + 0.2, everyHours: 1))
        if random.chance(0.7) {
            fleet.copies.append(
                CopyPlace(
                    site: site, tier: .external, room: "受付", heightMeters: random.chance(0.4) ? 1.8 : 0.4,
                    everyHours: 24))
        }
        if random.chance(0.5) { fleet.copies.append(CopyPlace(site: site, tier: .offsite, everyHours: 24)) }
    }

    /// Three places outside that only prove that we can hear.
    private mutating func addCanaries() {
        guard let office = fleet.offices.first else { return }
        for number in 1...3 {
            let id = SiteID(trusted: "z-canary-\(number)")
            fleet.sites.append(
                Site(
                    id: id, name: "カナリア\(number)", kind: .canary, office: office.id,
                    place: Coordinate(latitude: 35.7 + Double(number), longitude: 139.7), municipality: "13101"))
            let agent = AgentID(trusted: "z-canary-\(number)-gateway")
            fleet.agents.append(
                Agent(id: agent, site: id, device: .gateway, rhythm: .always, intervalSeconds: 20, canary: true))
            agents.append(
                SimulatedAgent(
                    id: agent, site: -1, device: .gateway, rhythm: .always, intervalSeconds: 20, leftOn: 1,
                    saysGoodbye: false, clockAheadSeconds: 0, isIndependent: true))
        }
    }

    private mutating func addPeople() {
        for office in fleet.offices {
            for number in 1...max(2, plan.sites / 120 / fleet.offices.count) {
                fleet.engineers.append(
                    Engineer(
                        id: EngineerID(trusted: "\(office.id.text)-e\(Landscape.padded(number, 2))"),
                        name: "保守\(number)", office: office.id, place: office.place,
                        skills: number % 2 == 0 ? Skill.allCases : [.inspect, .hardware]))
            }
        }
    }
}
