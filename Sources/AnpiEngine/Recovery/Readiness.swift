import AnpiModel

/// One thing that a site should have before the storm: 3-2-1-1-0 and what the office learned in 2022.
enum ReadinessClause: String, CaseIterable, Hashable, Sendable {
    /// Three copies of the data.
    case copies
    /// On two kinds of media; a mirror is of the server's kind.
    case media
    /// One away from the building.
    case offsite
    /// One that cannot be overwritten from the site: offline or write-locked.
    case offline
    /// No copy that was not read back, or whose job fails.
    case verified
    /// The external storage stands above the water that the map expects.
    case externalHeight
    /// An uninterruptible power supply that tells of itself.
    case ups
    /// A restore was tested in the last half year.
    case restoreTest
}

enum ReadinessResult: String, CaseIterable, Hashable, Sendable {
    case pass, fail, unknown
}

/// Why a clause is met, or not.
enum ReadinessReason: String, SentenceWord {
    static let family = "readiness.reason"

    case copiesCounted
    case mediaCounted
    case offsiteExists, noOffsite
    case offlineNotTold, noOfflineCopy
    case allVerified, neverVerified, verifiedLongAgo, jobFails, copyMissing, nothingTold
    case externalAboveWater, externalBelowWater, externalHeightUnknown, mapUnknown, noFloodExpected, noExternal
    case upsTells, upsAbsent, upsUnknown
    case restoreTested, restoreTestedLongAgo, restoreNeverTested
}

/// What readiness looks at.
struct ReadinessFacts: Hashable, Sendable {
    var site: SiteID
    var copies: [StoredCopy]
    /// Deepest water that the hazard map expects, in metres; nil where the map says nothing.
    var mappedDepthMeters: Double?
    /// Whether there is a power supply that bridges a cut; nil where nobody knows.
    var hasUPS: Bool?
    /// What the site weighs in thousandths: beds, dialysis, oxygen (reference §3.6).
    var weight: Int
}

/// How a site stands before a storm: every clause with its reason, and what would be lost.
struct Readiness: Hashable, Sendable {
    struct Check: Hashable, Sendable {
        let clause: ReadinessClause
        let result: ReadinessResult
        let reason: Worded<ReadinessReason>
    }

    let facts: ReadinessFacts
    /// One for each clause, in their order.
    let checks: [Check]
    /// That no copy survives water as the map expects it, in thousandths.
    let lossInFlood: Int
    /// That no copy survives the loss of the building, in thousandths.
    let lossWithBuilding: Int
    /// What would be lost: the rank's first key.
    let loss: Int

    /// Clauses that fail.
    var failures: Int { checks.count { $0.result == .fail } }
}
