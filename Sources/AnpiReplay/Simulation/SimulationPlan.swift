package import AnpiModel

/// What is to be simulated. The same plan gives the same fleet, feed and truth on every machine.
package struct SimulationPlan: Hashable, Sendable {
    /// Print it with every figure: it brings the world back.
    package var seed: UInt64
    /// Sites that are looked after; canaries come on top.
    package var sites: Int
    /// Numbers of prefectures as JIS X 0401 counts them, 1…47.
    package var prefectures: [Int]
    /// The first day, from its midnight in Japan.
    package var firstDay: CivilDate
    package var days: Int
    package var disasters: [Disaster]
    /// Whether a support office logs phone calls, reports and outages while it happens.
    package var hasFindings: Bool
    /// Whether exchanges and feeders fail, storms come and releases go out. Without them every silence is one site's own,
    /// as the null of the area tests has it.
    package var hasSharedCauses = true

    package init(
        seed: UInt64, sites: Int, prefectures: [Int] = [22], firstDay: CivilDate, days: Int,
        disasters: [Disaster] = [], hasFindings: Bool = false
    ) {
        self.seed = seed
        self.sites = max(1, sites)
        self.prefectures = prefectures.isEmpty ? [22] : prefectures
        self.firstDay = firstDay
        self.days = max(1, days)
        self.disasters = disasters
        self.hasFindings = hasFindings
    }

    /// One thing that happens to the fleet.
    package struct Disaster: Hashable, Codable, Sendable {
        package var kind: DisasterKind
        /// Water begins to rise, the ground shakes, the lights go out.
        package var at: Timestamp

        package init(_ kind: DisasterKind, at: Timestamp) {
            self.kind = kind
            self.at = at
        }
    }

    package var start: Timestamp { Timestamp(firstDay) }
    package var end: Timestamp { Timestamp(firstDay.adding(days: days)) }
}

package enum DisasterKind: String, Hashable, Codable, CaseIterable, Sendable {
    case flood, quake
    /// Power fails over a wide area; nobody is hit.
    case blackout
    /// A carrier fails, in part.
    case carrierOutage
    /// A release of the agent that stops minutes after its start.
    case agentRelease
    /// Flood, wide power failure and lost exchanges together.
    case typhoon
}

extension SimulationPlan {
    /// A world in which one disaster of `kind` comes after four weeks of ordinary life, and three days follow.
    ///
    /// Its season, day and hour are drawn from the seed.
    package static func disaster(
        _ kind: DisasterKind, seed: UInt64, sites: Int = 600, prefectures: [Int] = [22], hasFindings: Bool = false
    ) -> SimulationPlan {
        var random = SimulationRandom(seed: seed, .disasters, -1)
        let base = CivilDate(daysSinceEpoch: 20_819)  // 2027-01-01
        let firstDay = base.adding(days: Int(random.unit() * 365))
        let at = Timestamp(firstDay.adding(days: 28), minuteOfDay: Int(random.unit() * 1_440))
        return SimulationPlan(
            seed: seed, sites: sites, prefectures: prefectures, firstDay: firstDay, days: 32,
            disasters: [Disaster(kind, at: at)], hasFindings: hasFindings)
    }

    /// A year of ordinary life.
    package static func quietYear(seed: UInt64, sites: Int = 2_000, prefectures: [Int] = [21, 22, 23]) -> SimulationPlan
    {
        SimulationPlan(
            seed: seed, sites: sites, prefectures: prefectures, firstDay: CivilDate(daysSinceEpoch: 20_819), days: 365)
    }
}
