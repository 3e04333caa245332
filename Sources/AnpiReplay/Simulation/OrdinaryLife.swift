import AnpiModel

/// What happens in every year without a disaster.
struct OrdinaryLife {
    let plan: SimulationPlan
    let world: SimulatedFleet

    /// The release that agents run on the first day.
    static let firstVersion = "2.0.0"

    func happen(to ledger: inout OutageLedger) {
        lines(&ledger)
        power(&ledger)
        machines(&ledger)
        guard plan.hasSharedCauses else { return }
        exchanges(&ledger)
        feeders(&ledger)
        releases(&ledger)
    }

    /// Moments of a process that comes once in `meanDays`, as seconds from the start.
    private func moments(_ random: inout SimulationRandom, meanDays: Double) -> [Timestamp] {
        var moments: [Timestamp] = []
        var day = random.exponential(mean: meanDays)
        while day < Double(plan.days) {
            moments.append(plan.start.later(day * 86_400))
            day += random.exponential(mean: meanDays)
        }
        return moments
    }

    /// Blips of one line, mostly too short to notice.
    private func lines(_ ledger: inout OutageLedger) {
        for site in world.sites.indices {
            var random = SimulationRandom(seed: plan.seed, .outages, site, 1)
            for moment in moments(&random, meanDays: 20) {
                let seconds =
                    switch random.index(of: [0.85, 0.135, 0.015]) {
                    case 0: random.logNormal(median: 75, sigma: 0.8)
                    case 1: random.logNormal(median: 1_200, sigma: 0.8)
                    default: random.logNormal(median: 14_000, sigma: 0.9)
                    }
                ledger.cutLine(of: site, Span(from: moment, seconds: min(seconds, 259_200)))
            }
        }
    }

    /// Exchanges whose lines are down at once, mostly by night.
    private func exchanges(_ ledger: inout OutageLedger) {
        let sites = Dictionary(grouping: world.sites.indices) { world.sites[$0].exchange }
        for exchange in world.landscape.exchanges.indices {
            var random = SimulationRandom(seed: plan.seed, .outages, exchange, 2)
            for moment in moments(&random, meanDays: 150) {
                let from = random.chance(0.85) ? night(of: moment, &random) : moment
                let seconds = random.within(60...1_500)
                for site in sites[exchange] ?? [] where random.chance(0.8) {
                    ledger.cutLine(of: site, Span(from: from, seconds: seconds + random.within(0...90)))
                }
            }
        }
    }

    private func feeders(_ ledger: inout OutageLedger) {
        let sites = Dictionary(grouping: world.sites.indices) { world.sites[$0].feeder }
        for feeder in world.landscape.feeders.indices {
            var random = SimulationRandom(seed: plan.seed, .outages, feeder, 3)
            for moment in moments(&random, meanDays: 700) {
                let seconds = min(random.logNormal(median: 1_500, sigma: 1), 43_200)
                for site in sites[feeder] ?? [] { ledger.cutPower(of: site, Span(from: moment, seconds: seconds)) }
            }
        }
    }

    /// Blown fuses of one building.
    private func power(_ ledger: inout OutageLedger) {
        for site in world.sites.indices {
            var random = SimulationRandom(seed: plan.seed, .outages, site, 4)
            for moment in moments(&random, meanDays: 500) {
                ledger.cutPower(of: site, Span(from: moment, seconds: random.logNormal(median: 2_400, sigma: 0.9)))
            }
        }
    }

    /// Restarts, machines that die, and the monthly updates of the operating system in the same nights everywhere.
    private func machines(_ ledger: inout OutageLedger) {
        for (number, agent) in world.agents.enumerated() where agent.site >= 0 && agent.rhythm == .always {
            var random = SimulationRandom(seed: plan.seed, .outages, number, 5)
            for moment in moments(&random, meanDays: 45) {
                restart(number, at: moment, seconds: random.within(150...700), .restart, agent, &ledger)
            }
            for moment in moments(&random, meanDays: 900) {
                let seconds = random.logNormal(median: 30_000, sigma: 0.9)
                ledger.stop(number, Outage(from: moment, to: moment.later(seconds), restarts: true))
            }
            guard plan.hasSharedCauses, agent.device == .server, random.chance(0.7) else { continue }
            for day in 0..<plan.days {
                let date = plan.firstDay.adding(days: day)
                // The night after the second Wednesday, or one of the two that follow.
                guard (9...17).contains(date.day), (8...14).contains(date.adding(days: -1 - date.day % 3).day),
                    date.adding(days: -1 - date.day % 3).weekday == .wednesday, random.chance(0.6)
                else { continue }
                restart(
                    number, at: Timestamp(date, minuteOfDay: 180).later(random.within(0...3_600)),
                    seconds: random.logNormal(median: 420, sigma: 0.6), .restart, agent, &ledger)
            }
        }
    }

    private func restart(
        _ number: Int, at moment: Timestamp, seconds: Double, _ reason: GoodbyeReason, _ agent: SimulatedAgent,
        _ ledger: inout OutageLedger
    ) {
        ledger.stop(
            number,
            Outage(
                from: moment, to: moment.later(seconds), restarts: true,
                ending: agent.saysGoodbye ? .goodbye(reason, onBattery: false) : .none))
    }

    /// A new release of the agent, put out over the whole fleet within one hour; some devices restart for it.
    private func releases(_ ledger: inout OutageLedger) {
        var random = SimulationRandom(seed: plan.seed, .releases)
        for (number, moment) in moments(&random, meanDays: 110).enumerated() {
            let day = moment.civil().date
            let from = Timestamp(day, minuteOfDay: random.chance(0.5) ? 180 : 780)
            for (index, agent) in world.agents.enumerated() where agent.site >= 0 {
                let at = from.later(random.within(0...3_600))
                let seconds = random.chance(0.05) ? random.within(240...600) : random.within(15...70)
                ledger.stop(
                    index,
                    Outage(
                        from: at, to: at.later(seconds), restarts: agent.rhythm == .always && seconds > 200,
                        ending: agent.saysGoodbye ? .goodbye(.update, onBattery: false) : .none,
                        version: "2.0.\(number + 1)"))
            }
        }
    }

    /// Between one and five in the morning of the same day.
    private func night(of moment: Timestamp, _ random: inout SimulationRandom) -> Timestamp {
        Timestamp(moment.civil().date, minuteOfDay: 60).later(random.within(0...14_400))
    }
}
