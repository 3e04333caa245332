import AnpiModel

/// What neighbours say of one another under a warning of water (inference 6).
extension Engine {
    /// A silent site under such a warning.
    private struct Member {
        let site: Int
        /// Of its silence after what rivals take, as a Bayes factor.
        let factor: Double
        /// A last gasp tells of power and so nothing of its neighbours' water.
        let isSign: Bool
        /// Silent neighbours by their place among the members.
        var silent: [(place: Int, weight: Double)] = []
        /// The warning and those who are heard.
        var base: NeighbourPrior
        var probability: Double
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
            let rivals = rivalShares(of: site, silence: .informative(telling))
            let left = explained(telling, of: site, prior: prior, rivals: rivals).left
            places[site] = members.count
            members.append(
                Member(
                    site: site, factor: left.nats.exponential,
                    isSign: !sites[site].diedOfPower,
                    base: NeighbourPrior(prior: prior.probability),
                    probability: Self.posterior(prior.probability, left.nats.exponential)))
        }
        guard !members.isEmpty else { return }
        for place in members.indices { meetNeighbours(of: place, places, &members) }
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

    private func meetNeighbours(of place: Int, _ places: [Int: Int], _ members: inout [Member]) {
        let site = members[place].site
        let heardFactor = SilenceWeight(device: .server, whenHealthy: parameters.floors.posteriorUnderHazard)
            .heard.nats.exponential
        index.grid.forEachSite(
            within: NeighbourPrior.reachKilometers, of: index.sites[site].place, placeOf: { index.sites[$0].place }
        ) { other, kilometers in
            guard other != site else { return }
            let weight = NeighbourPrior.weight(atKilometers: kilometers)
            if let other = places[other] {
                if members[other].isSign { members[place].silent.append((other, weight)) }
            } else if sites[other].contact == .reporting, !sites[other].isOnBattery {
                let heard = Self.posterior(Double(sites[other].prior), heardFactor)
                members[place].base.add(probability: heard, weight: weight)
            }
        }
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
