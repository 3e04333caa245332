import AnpiModel

/// What hearing or not hearing a device weighs (reference §3.3, DESIGN §6.5).
///
/// The two probabilities of silence that a Bayes factor compares; a rival that darkens healthy sites raises the one
/// and so takes weight from the silence.
struct SilenceWeight: Hashable, Sendable {
    /// P(silent | hit), s_h.
    let whenHit: Double
    /// P(silent | healthy) in this slot with what rivals explain, p′.
    private(set) var whenHealthy: Double

    init(whenHit: Double, whenHealthy: Double) {
        self.whenHit = whenHit
        self.whenHealthy = whenHealthy
    }

    init(device: Device, whenHealthy: Double) {
        self.init(whenHit: Self.whenHit(device), whenHealthy: whenHealthy)
    }

    /// s_h: a server more often stands where the water does not come, and lives on.
    static func whenHit(_ device: Device) -> Double {
        switch device {
        case .server: 0.97
        case .mirror, .gateway: 0.98
        }
    }

    /// The same under a rival: p′ = p + (1 − p)·q·c.
    ///
    /// - Parameter share: q·c, the share of healthy sites that it is believed to darken (the mean of f, inference 3).
    ///   Of several rivals each takes its share of what the others leave lit.
    func explained(byShare share: Double) -> SilenceWeight {
        SilenceWeight(whenHit: whenHit, whenHealthy: whenHealthy + (1 - whenHealthy) * share)
    }

    /// The same with p′ no less than this.
    func atLeast(_ whenHealthy: Double) -> SilenceWeight {
        SilenceWeight(whenHit: whenHit, whenHealthy: max(self.whenHealthy, whenHealthy))
    }

    /// Silence: BF = s_h / p′, never below 1, for silence does not speak for health.
    var silent: Millinats { Millinats(factor: max(1, whenHit / whenHealthy)) }

    /// Hearing: BF = (1 − s_h) / (1 − p′), never above 1: a lit device under a blackout, or on a closed day, is no sign
    /// of harm.
    var heard: Millinats { Millinats(factor: min(1, (1 - whenHit) / (1 - whenHealthy))) }
}

/// A silence's weight, and what each rival takes of it in turn: the terms add up to what is left.
struct ExplainedSilence {
    /// Without any rival.
    let weight: Millinats
    private(set) var taken: [(rival: Rival, share: Double, weight: Millinats)] = []
    private(set) var left: Millinats

    /// - Parameters:
    ///   - least: a rival that darkens less is what every site has.
    ///   - tail: where a rival has ended of late, p′ is no less than this; 0 elsewhere.
    init(_ plain: SilenceWeight, rivals: RivalShares, countFrom least: Double, inTailAtLeast tail: Double) {
        weight = plain.silent
        left = weight
        var share = 0.0
        for (rival, own) in rivals where own >= least {
            share = 1 - (1 - share) * (1 - own)
            let explained = plain.explained(byShare: share).atLeast(tail).silent
            if explained != left { taken.append((rival, own, explained - left)) }
            left = explained
        }
    }
}
