import AnpiModel

/// Where the belief about a site starts.
struct SitePrior: Sendable {
    var probability: Double
    var evidence: Evidence
    /// Of the shaking that the prior is about; nil where it is about anything else.
    var shookAt: Timestamp?
    /// It is about water, which comes to some streets and not to others (inference 6).
    var isLocal = false

    /// Some hazard lifts it above what every site has.
    var isRaised: Bool { probability > HazardPrior.base }

    static let base = SitePrior(probability: HazardPrior.base, evidence: .base(HazardPrior.base))
}

extension Engine {
    /// P(hit) by official warnings, by where the site stands, and by whether it was heard since (inference 4).
    func prior(of site: Int) -> SitePrior {
        guard sites[site].isWarned else { return .base }
        let inForce = warnedPrior(of: site) ?? .base
        // A warning that is over still counts for whoever was not heard since it fell away (three days).
        let endedAt = sites[site].warningEndedAt
        let before = Double(sites[site].priorBefore)
        guard before > inForce.probability, endedAt > now - parameters.warningHoldsFor,
            heardAtOrBeforeNow(site) <= endedAt
        else { return inForce }
        return SitePrior(
            probability: before, evidence: .hazardOver(at: endedAt, probability: before),
            isLocal: sites[site].priorIsLocal)
    }

    /// The same by what is in force now; nil where nothing that sets a prior is.
    func warnedPrior(of site: Int) -> SitePrior? {
        let entry = index.sites[site]
        let heardAt = heardAtOrBeforeNow(site)
        let exposure = HazardPrior(
            floodDepthMeters: entry.floodDepthMeters.isNaN ? nil : Double(entry.floodDepthMeters),
            serverHeightMeters: entry.serverHeightMeters.isNaN ? nil : Double(entry.serverHeightMeters))
        var best: SitePrior?
        for statement in statements(of: site) {
            guard var probability = exposure.probability(under: statement.area) else { continue }
            let origin = statement.area.phenomenon == .quake ? statement.message.originAt ?? statement.area.from : nil
            if let origin {
                // Who is heard after the shaking stood it.
                if heardAt > origin + parameters.beginsWithin { probability *= parameters.heardAfterShaking }
            }
            guard probability > best?.probability ?? HazardPrior.base else { continue }
            best = SitePrior(
                probability: probability,
                evidence: origin.map { .shaking(statement.area, at: $0, probability: probability) }
                    ?? .hazard(statement.area, probability: probability),
                shookAt: origin, isLocal: statement.area.phenomenon == .flood)
        }
        return best
    }

    /// The last that was heard of a site, at or before now: a span that is told beforehand reaches beyond.
    func heardAtOrBeforeNow(_ site: Int) -> Timestamp { min(sites[site].lastHeard, now) }
}
