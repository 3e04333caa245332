import AnpiModel

/// One copy as recovery looks at it: where it stands (fleet file) and what was last told of it (agents, pings).
struct StoredCopy: Hashable, Sendable {
    var tier: CopyTier
    var room: String?
    /// Above the ground outside.
    var heightMeters: Double?
    var state: CopyState = .unknown
    /// When the newest usable copy was made.
    var goodAt: Timestamp?
    /// When data of it was last read back and matched.
    var verifiedAt: Timestamp?
    var bytes: Int64?
    /// The site's own devices cannot overwrite it; nil where nobody said.
    var isOffline: Bool?

    /// After how long a new one is due; nil where none is asked for.
    var period: Duration?

    /// It is lost with the building.
    var isInBuilding: Bool { tier.isInBuilding }

    /// An agent or a ping has ever told of it.
    var isToldOf: Bool { state != .unknown || goodAt != nil || verifiedAt != nil }
}

extension CopyTier {
    /// Copies of this tier stand in the site's building.
    var isInBuilding: Bool {
        switch self {
        case .primary, .mirror, .external: true
        case .offsite, .cloud: false
        }
    }
}

extension StoredCopy {
    /// Above the ground outside, that of a desk where nobody told it.
    var height: Double { heightMeters ?? WaterDepths.deskMeters }

    /// A job found that there is none; a server that runs cannot say so of itself.
    var isSaidMissing: Bool { tier != .primary && state == .missing }

    /// 0.99 × P(the last job is what it says), for a copy outside of the hazard (reference §3.7).
    ///
    /// The second factor falls with the time between the last proof that the copy can be read and its newest job; the
    /// steps are proposals of ours.
    var chanceAway: Double {
        if isSaidMissing { return 0 }
        let proven: Double =
            switch (verifiedAt, goodAt) {
            case (nil, _): 0.6
            case (_?, nil): 0.9
            case (let verifiedAt?, let goodAt?):
                switch goodAt - verifiedAt {
                case ...Duration.zero: 1
                case ...Duration.seconds(7 * 86_400): 0.98
                case ...Duration.seconds(30 * 86_400): 0.95
                case ...Duration.seconds(90 * 86_400): 0.9
                default: 0.8
                }
            }
        return 0.99 * proven * (state == .failing ? 0.9 : 1)
    }

    var reasonsAway: [Worded<SurvivalReason>] {
        if isSaidMissing { return [Worded(.missing)] }
        let proof = verifiedAt.map { Worded<SurvivalReason>(.offsiteVerified, [.time("at", $0)]) }
        return [proof ?? Worded(.offsiteNeverVerified)] + (state == .failing ? [Worded(.jobFails)] : [])
    }
}
