import AnpiModel

/// The clauses of readiness, one by one.
struct ReadinessChecks {
    let facts: ReadinessFacts
    let now: Timestamp

    /// A copy counts as read back for so long.
    private static let verifiedFor: Duration = .seconds(90 * 86_400)
    /// A restore test counts for so long.
    private static let testedFor: Duration = .seconds(183 * 86_400)

    private typealias Finding = (result: ReadinessResult, reason: Worded<ReadinessReason>)

    func check(_ clause: ReadinessClause) -> Readiness.Check {
        let finding: Finding =
            switch clause {
            case .copies: copies
            case .media: media
            case .offsite: offsite
            case .offline: offline
            case .verified: verified
            case .externalHeight: externalHeight
            case .ups: ups
            case .restoreTest: restoreTest
            }
        return Readiness.Check(clause: clause, result: finding.result, reason: finding.reason)
    }

    /// What there is beside the server's own data.
    private var others: [StoredCopy] { facts.copies.filter { $0.tier != .primary && $0.state != .missing } }

    /// Copies that are backups; a mirror repeats every mistake at once and is none.
    private var backups: [StoredCopy] { facts.copies.filter { $0.tier != .primary && $0.tier != .mirror } }

    private var copies: Finding {
        let count = others.count + 1
        return (count >= 3 ? .pass : .fail, Worded(.copiesCounted, [.integer("n", count)]))
    }

    private var media: Finding {
        let hasExternal = others.contains { $0.tier == .external }
        let hasAway = others.contains { !$0.isInBuilding }
        let count = 1 + (hasExternal ? 1 : 0) + (hasAway ? 1 : 0)
        return (count >= 2 ? .pass : .fail, Worded(.mediaCounted, [.integer("n", count)]))
    }

    private var offsite: Finding {
        guard let copy = others.first(where: { !$0.isInBuilding }) else { return (.fail, Worded(.noOffsite)) }
        return (.pass, Worded(.offsiteExists, [.word("tier", copy.tier)]))
    }

    /// No agent tells whether a medium was unplugged or is write-locked: the fleet file does.
    private var offline: Finding {
        let possible = others.filter { $0.tier == .external || !$0.isInBuilding }
        if let kept = possible.first(where: { $0.isOffline == true }) {
            return (.pass, Worded(.offlineKept, [.word("tier", kept.tier)]))
        }
        if let untold = possible.first(where: { $0.isOffline == nil }) {
            return (.unknown, Worded(.offlineNotTold, [.word("tier", untold.tier)]))
        }
        return (.fail, Worded(possible.isEmpty ? .noOfflineCopy : .allOnline))
    }

    /// The first backup that is not as it should be tells.
    private var verified: Finding {
        guard !backups.isEmpty else { return (.fail, Worded(.noBackup)) }
        for copy in backups {
            let tier = Worded<ReadinessReason>.Argument.word("tier", copy.tier)
            switch copy.state {
            case .missing: return (.fail, Worded(.copyMissing, [tier]))
            case .failing: return (.fail, Worded(.jobFails, [tier]))
            case .good, .old, .unknown: break
            }
            guard let verifiedAt = copy.verifiedAt else {
                return copy.isToldOf
                    ? (.fail, Worded(.neverVerified, [tier])) : (.unknown, Worded(.nothingTold, [tier]))
            }
            if now - verifiedAt > Self.verifiedFor {
                return (.fail, Worded(.verifiedLongAgo, [tier, .time("at", verifiedAt)]))
            }
        }
        let oldest = backups.compactMap(\.verifiedAt).min() ?? now
        return (.pass, Worded(.allVerified, [.time("at", oldest)]))
    }

    private var externalHeight: Finding {
        guard let copy = others.first(where: { $0.tier == .external }) else { return (.pass, Worded(.noExternal)) }
        guard let depth = facts.mappedDepthMeters else { return (.unknown, Worded(.mapUnknown)) }
        guard depth > 0 else { return (.pass, Worded(.noFloodExpected)) }
        let water = Worded<ReadinessReason>.Argument.meters("depth", depth)
        guard let height = copy.heightMeters else { return (.unknown, Worded(.externalHeightUnknown, [water])) }
        let isAbove = height > depth
        return (
            isAbove ? .pass : .fail,
            Worded(isAbove ? .externalAboveWater : .externalBelowWater, [.meters("meters", height), water])
        )
    }

    private var ups: Finding {
        switch facts.hasUPS {
        case true?: (.pass, Worded(.upsTells))
        case false?: (.fail, Worded(.upsAbsent))
        case nil: (.unknown, Worded(.upsUnknown))
        }
    }

    private var restoreTest: Finding {
        guard let newest = backups.compactMap(\.verifiedAt).max() else {
            guard let untold = backups.first, !backups.contains(where: \.isToldOf) else {
                return (.fail, Worded(.restoreNeverTested))
            }
            return (.unknown, Worded(.nothingTold, [.word("tier", untold.tier)]))
        }
        let isRecent = now - newest <= Self.testedFor
        return (
            isRecent ? .pass : .fail,
            Worded(isRecent ? .restoreTested : .restoreTestedLongAgo, [.time("at", newest)])
        )
    }
}
