import AnpiModel

/// One thing that a site should have before the storm: 3-2-1-1-0, and what was learned in 2022.
enum ReadinessClause: String, CaseIterable, Hashable, Sendable {
    /// Three copies of the data.
    case copies
    /// On two kinds of media; a mirror is of the server's.
    case media
    /// One away from the building.
    case offsite
    /// One that the site cannot overwrite: offline or write-locked.
    case offline
    /// None that was not read back lately, or whose job fails.
    case verified
    /// The external storage stands above the water that the map expects.
    case externalHeight
    /// A power supply that bridges a cut.
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

    case copiesCounted, mediaCounted
    case offsiteExists, noOffsite
    case offlineKept, offlineNotTold, allOnline, noOfflineCopy
    case allVerified, neverVerified, verifiedLongAgo, jobFails, copyMissing, noBackup, nothingTold
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
    /// Nil where nobody knows.
    var hasUPS: Bool?
    /// `Site.careWeight`.
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
    /// What would be lost, in thousandths of an ordinary site: its weight × (how the map exposes it × the loss in a flood
    /// + the loss with the building).
    let loss: Int

    init(_ facts: ReadinessFacts, at now: Timestamp) {
        self.facts = facts
        checks = ReadinessClause.allCases.map { ReadinessChecks(facts: facts, now: now).check($0) }
        let model = SurvivalModel(
            of: facts.copies, under: Harm(hitChance: 1_000, mappedDepthMeters: facts.mappedDepthMeters))
        lossInFlood = 1_000 - model.anyChance
        lossWithBuilding = model.copies.indices.filter { !model.copies[$0].isInBuilding }.reduce(1_000) { loss, copy in
            (loss * (1_000 - model.chance(of: copy)) + 500) / 1_000
        }
        let exposed = Self.exposure(facts.mappedDepthMeters) * lossInFlood + 1_000 * lossWithBuilding
        loss = facts.weight * exposed / 1_000_000
    }

    /// How much likelier water is than where the map says nothing, in thousandths: as the prior of a hit has it.
    private static func exposure(_ mappedDepthMeters: Double?) -> Int {
        guard let depth = mappedDepthMeters else { return 1_000 }
        return depth <= 0 ? 300 : depth > HazardPrior.deepWaterMeters ? 3_000 : 1_000
    }

    /// Clauses that fail.
    var failures: Int { checks.count { $0.result == .fail } }

    /// Who would lose most comes first; then who fails more clauses, then by id.
    static func ranked(_ all: [Readiness]) -> [Readiness] {
        all.sorted {
            $0.loss != $1.loss
                ? $0.loss > $1.loss
                : $0.failures != $1.failures ? $0.failures > $1.failures : $0.facts.site < $1.facts.site
        }
    }

    /// As lists and pages have it, keys in this order.
    var json: JSON {
        .object([
            .init("site", .string(facts.site.text)), .init("loss", .thousandths(loss)),
            .init("lossInFlood", .thousandths(lossInFlood)),
            .init("lossWithBuilding", .thousandths(lossWithBuilding)),
            .init("failures", .integer(failures)),
            .init(
                "checks",
                .array(
                    checks.map { check in
                        .object([
                            .init("clause", .word(check.clause)), .init("result", .word(check.result)),
                            .init("reason", check.reason.json),
                        ])
                    })),
        ])
    }
}

extension Site {
    /// What the site weighs in thousandths of an ordinary one: people lie there, or live by machines (reference §3.6).
    var careWeight: Int { 1_000 + (beds > 0 ? 3_000 : 0) + (dialysis || homeOxygen ? 3_000 : 0) }
}
