import AnpiModel

/// One disaster at work: what it does to sites, what is officially said of it, and what is true afterwards.
struct Catastrophe {
    let number: Int
    let disaster: SimulationPlan.Disaster
    let plan: SimulationPlan
    let world: SimulatedFleet
    var random: SimulationRandom

    private(set) var truths: [Int: SiteTruth] = [:]
    private(set) var messages: [FeedLine] = []
    /// When power and lines that it took are back.
    private(set) var to: Timestamp
    /// Spans without power by feeder, for what the utility announces.
    private(set) var feedersOut: [(feeder: Int, span: Span)] = []

    init(number: Int, plan: SimulationPlan, world: SimulatedFleet) {
        self.number = number
        disaster = plan.disasters[number]
        self.plan = plan
        self.world = world
        random = SimulationRandom(seed: plan.seed, .disasters, number)
        to = disaster.at.later(3_600)
    }

    var landscape: Landscape { world.landscape }

    mutating func strike(_ ledger: inout OutageLedger) {
        switch disaster.kind {
        case .flood: flood(centres: random.chance(0.6) ? 1 : 2, darkShare: random.within(0.02...0.2), &ledger)
        case .typhoon:
            flood(centres: 3, darkShare: random.within(0.15...0.5), &ledger)
            loseExchanges(share: random.within(0.05...0.25), of: nil, hours: 6, &ledger)
        case .quake: quake(&ledger)
        case .blackout:
            let share = random.within(0.3...0.95)
            cutFeeders(hours: random.within(1...9), chances: landscape.feeders.map { _ in share }, &ledger)
        case .carrierOutage:
            let carrier = random.index(of: Landscape.carrierShares)
            loseExchanges(share: random.within(0.6...0.95), of: carrier, hours: random.within(1...8), &ledger)
        case .agentRelease: badRelease(&ledger)
        }
    }

    // MARK: Shared by several

    /// Feeders fail with a probability each, at about the same time, and return in clumps.
    mutating func cutFeeders(hours: Double, chances: [Double], _ ledger: inout OutageLedger) {
        let sites = Dictionary(grouping: world.sites.indices) { world.sites[$0].feeder }
        let common = random.within(0...7_200)
        for feeder in landscape.feeders.indices {
            guard random.chance(chances[feeder]) else { continue }
            let from = disaster.at.later(feederDelaySeconds(common: common))
            // Crews bring back a substation at a time: whole hours, with a few minutes between its feeders.
            let back = (random.logNormal(median: hours, sigma: 0.6) * 2).rounded() / 2 + 0.4
            let span = Span(from: from, seconds: min(back, 96) * 3_600 + random.within(0...600))
            feedersOut.append((feeder, span))
            to = max(to, span.to)
            for site in sites[feeder] ?? [] { losePower(site, span, &ledger) }
        }
    }

    /// When a feeder fails: at once in a quake or a blackout, one by one in a flood, most with the same mast in a typhoon.
    private mutating func feederDelaySeconds(common: Double) -> Double {
        switch disaster.kind {
        case .quake: random.within(0...30)
        case .blackout, .carrierOutage, .agentRelease: random.within(0...300)
        case .flood: random.within(0...14_400)
        case .typhoon: random.chance(0.6) ? common + random.within(0...120) : random.within(0...14_400)
        }
    }

    mutating func losePower(_ site: Int, _ span: Span, _ ledger: inout OutageLedger) {
        ledger.cutPower(of: site, span)
        guard truths[site] == nil else { return }
        truths[site] = SiteTruth(
            site: world.sites[site].id, disaster: number, hit: false, powerOnly: true, cause: disaster.kind)
    }

    /// Exchanges of one carrier, or of all, lose their lines for hours; a few of their sites go another way.
    mutating func loseExchanges(share: Double, of carrier: Int?, hours: Double, _ ledger: inout OutageLedger) {
        let sites = Dictionary(grouping: world.sites.indices) { world.sites[$0].exchange }
        let from = disaster.at.later(random.within(0...120))
        for (index, exchange) in landscape.exchanges.enumerated() where carrier == nil || exchange.carrier == carrier {
            guard random.chance(share) else { continue }
            let seconds = random.logNormal(median: hours, sigma: 0.4) * 3_600
            for site in sites[index] ?? [] where random.chance(0.95) {
                let span = Span(from: from.later(random.within(0...60)), seconds: seconds + random.within(0...240))
                ledger.cutLine(of: site, span)
                to = max(to, span.to)
                if truths[site] == nil {
                    truths[site] = SiteTruth(
                        site: world.sites[site].id, disaster: number, hit: false, cause: disaster.kind)
                }
            }
        }
    }

    /// Everything at a site that the harm reaches is still until somebody has repaired it.
    mutating func harm(
        _ site: Int, at: Timestamp, depthMeters: Double?, devicesDieAt: Timestamp?, _ ledger: inout OutageLedger
    ) {
        let repaired = at.later(random.within(3...15) * 86_400)
        if let devicesDieAt {
            for agent in world.sites[site].agents {
                ledger.stop(agent, Outage(from: devicesDieAt, to: repaired, restarts: true))
            }
        }
        truths[site] = SiteTruth(
            site: world.sites[site].id, disaster: number, hit: true, hitAt: at, repairedAt: repaired,
            unreachable: random.chance(depthMeters.map { $0 > 0.5 } ?? true ? 0.45 : 0.2), depthMeters: depthMeters,
            cause: disaster.kind)
    }

    mutating func say(_ lines: [FeedLine]) { messages += lines }

    // MARK: A bad release

    /// Most servers take it within an hour; each stops some minutes after its start, until all are mended at once.
    private mutating func badRelease(_ ledger: inout OutageLedger) {
        let share = random.within(0.3...0.8)
        let mended = disaster.at.later(random.within(2...8) * 3_600)
        to = mended.later(3_600)
        for (number, agent) in world.agents.enumerated() where agent.site >= 0 && agent.rhythm == .always {
            guard random.chance(share) else { continue }
            let updated = disaster.at.later(random.within(0...3_600))
            ledger.stop(
                number,
                Outage(
                    from: updated, to: updated.later(random.within(10...40)), restarts: false,
                    ending: agent.saysGoodbye ? .goodbye(.update, onBattery: false) : .none, version: "2.1.0"))
            let crashed = updated.later(random.within(240...2_400))
            ledger.stop(
                number,
                Outage(from: crashed, to: mended.later(random.within(0...3_600)), restarts: false, version: "2.1.1"))
            truths[agent.site] = SiteTruth(
                site: world.sites[agent.site].id, disaster: self.number, hit: false, cause: .agentRelease)
        }
    }
}
