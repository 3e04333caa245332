/// What one site says of a rival: how likely the rival makes what the site shows, as a line in f, the share of healthy
/// sites that the rival darkens (inference 3).
struct RivalVote: Hashable, Sendable {
    /// The likelihood at f = 0.
    let atNone: Double
    /// What each unit of f adds.
    let slope: Double

    func likelihood(at share: Double) -> Double { atNone + slope * share }

    /// A site seen under what else is believed of it.
    struct Site: Hashable, Sendable {
        /// π, P(hit) before any sign of the site itself.
        var prior: Double
        /// s_h, P(silent | hit).
        var silentWhenHit: Double
        /// p, P(silent | healthy) without any rival.
        var silentWhenHealthy: Double
        /// The share that the other rivals darken together: 1 − Π(1 − f).
        var othersShare = 0.0
        /// 0.1 at a site whose UPS reported before through a device that was up: a power cut would have made it gasp.
        var weightOfSilence = 1.0

        init(prior: Double, silentWhenHit: Double, silentWhenHealthy: Double) {
            self.prior = prior
            self.silentWhenHit = silentWhenHit
            self.silentWhenHealthy = silentWhenHealthy
        }

        /// P(it would be heard | healthy) at f = 0.
        fileprivate var lit: Double { (1 - silentWhenHealthy) * (1 - othersShare) }
    }

    /// π·s + (1 − π)·[1 − (1 − p)(1 − f)(1 − f_others)].
    static func silent(_ site: Site) -> RivalVote {
        let healthy = 1 - site.prior
        return RivalVote(
            atNone: site.prior * site.silentWhenHit + healthy * (1 - site.lit),
            slope: healthy * site.lit * site.weightOfSilence)
    }

    /// One less that of silence; here the UPS changes nothing.
    static func heard(_ site: Site) -> RivalVote {
        let healthy = 1 - site.prior
        return RivalVote(
            atNone: site.prior * (1 - site.silentWhenHit) + healthy * site.lit, slope: -healthy * site.lit)
    }

    /// f; at f = 0 a thousandth instead of nought, for a single house loses its power too.
    static let lastGasp = RivalVote(atNone: 0.001, slope: 0.999)
}
