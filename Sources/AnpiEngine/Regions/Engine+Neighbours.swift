import AnpiModel

/// What neighbours say of one another under a warning of water (inference 6).
extension Engine {
    /// A silent site under such a warning.
    private struct Member {
        let site: Int
        let telling: Silence.Telling
        let prior: SitePrior
        /// When it fell silent: after its last beat, and before the one that was missed; nil where a morning's start was.
        let beganWithin: Range<Timestamp>?
        /// Of its silence after what rivals take, as a Bayes factor.
        var factor = 1.0
        /// A last gasp tells of power and so nothing of its neighbours' water.
        let isSign: Bool
        /// Silent neighbours by their place among the members.
        var silent: [(place: Int, weight: Double)] = []
        /// The warning and those who are heard.
        var base: NeighbourPrior
        var probability = 0.0
    }

    /// Judges all silent sites under warnings of water by each other; nobody's own silence raises his own prior.
    mutating func judgeNeighbours() {
        var members: [Member] = []
        // By site, looked up and never iterated.
        var places: [Int: Int] = [:]
        for site in told.lazy.map(Int.init) {
            guard sites[site].isWarned, case .informative(let telling) = silence(of: site) else { continue }
            let prior = prior(of: site)
            guard prior.isLocal, prior.isRaised else { continue }
            // A checkpoint holds what is found here.
            dirty.touch(site: site)
            places[site] = members.count
            members.append(
                Member(
                    site: site, telling: telling, prior: prior, beganWithin: beginning(of: telling),
                    isSign: !sites[site].diedOfPower, base: NeighbourPrior(prior: prior.probability)))
        }
        guard !members.isEmpty else { return }
        for place in members.indices {
            sites[members[place].site].sharedStart = Float(meetNeighbours(of: place, places, &members))
            let (site, telling, prior) = (members[place].site, members[place].telling, members[place].prior)
            let rivals = rivalShares(of: site, silence: .informative(telling))
            members[place].factor = explained(telling, of: site, prior: prior, rivals: rivals).left.nats.exponential
            members[place].probability = Self.posterior(prior.probability, members[place].factor)
        }
        for _ in 0..<NeighbourPrior.passes {
            let before = members.map(\.probability)
            for place in members.indices {
                var own = members[place].base
                for (other, weight) in members[place].silent { own.add(probability: before[other], weight: weight) }
                sites[members[place].site].priorAmongNeighbours = Float(own.probability)
                members[place].probability = Self.posterior(own.probability, members[place].factor)
            }
        }
    }

    /// When a silent device fell silent; nil where it did not come up, or where only scripts tell of the site.
    func beginning(of telling: Silence.Telling) -> Range<Timestamp>? {
        guard telling.agent >= 0 else { return nil }
        let contact = agents[telling.agent].contact
        guard contact.lastHeard == telling.since else { return nil }
        return telling.since - Self.sameMoment..<telling.since + .milliseconds(contact.interval) + Self.sameMoment
    }

    /// Receipts vary, and not all machines of a house die in the same second.
    private static let sameMoment = Duration.seconds(30)

    /// Who is around a silent site; how much likelier something shared than chance makes who fell silent with it.
    ///
    /// A closure within a mutating function would copy the whole engine: this one changes the members alone.
    private func meetNeighbours(of place: Int, _ places: [Int: Int], _ members: inout [Member]) -> Double {
        let site = members[place].site
        var start = SharedStart()
        let heardFactor = SilenceWeight(device: .server, whenHealthy: parameters.floors.posteriorUnderHazard)
            .heard.nats.exponential
        index.grid.forEachSite(
            within: NeighbourPrior.reachKilometers, of: index.sites[site].place, placeOf: { index.sites[$0].place }
        ) { other, kilometers in
            guard other != site else { return }
            let weight = NeighbourPrior.weight(atKilometers: kilometers)
            if let other = places[other] {
                if let mine = members[place].beganWithin, let its = members[other].beganWithin {
                    let isTogether = mine.overlaps(its)
                    let apart = abs((sites[members[other].site].spokeAt - sites[site].spokeAt).wholeMilliseconds)
                    if isTogether || apart <= parameters.confirmationWithin.wholeMilliseconds {
                        start.addSilent(isTogether: isTogether)
                    }
                }
                if members[other].isSign { members[place].silent.append((other, weight)) }
            } else if sites[other].contact == .reporting, !sites[other].isOnBattery {
                start.addHeard()
                let heard = Self.posterior(Double(sites[other].prior), heardFactor)
                members[place].base.add(probability: heard, weight: weight)
            }
        }
        guard let mine = members[place].beganWithin else { return 1 }
        // Two such windows overlap over the sum of their lengths.
        let window = (mine.upperBound - mine.lowerBound) * 2
        return start.ratio(window: window, span: parameters.confirmationWithin * 2)
    }

    private static func posterior(_ prior: Double, _ factor: Double) -> Double {
        let odds = prior / (1 - prior) * factor
        return odds / (1 + odds)
    }

    /// The term by which neighbours move the prior of a silent site; nothing where it is too small to tell.
    func addNeighbourhood(of site: Int, prior: SitePrior, to judgement: inout Judgement) {
        let among = Double(sites[site].priorAmongNeighbours)
        guard among > 0, prior.isLocal, prior.isRaised else { return }
        let weight = Millinats(probability: among) - Millinats(probability: prior.probability)
        guard abs(weight.count) >= 50 else { return }
        var silent = 0
        var heard = 0
        index.grid.forEachSite(
            within: NeighbourPrior.reachKilometers, of: index.sites[site].place, placeOf: { index.sites[$0].place }
        ) { other, _ in
            guard other != site else { return }
            if sites[other].silenceIsTold { silent += 1 } else if sites[other].contact == .reporting { heard += 1 }
        }
        judgement.add(.neighbourhood(silent: silent, heard: heard, weight: weight))
    }
}
