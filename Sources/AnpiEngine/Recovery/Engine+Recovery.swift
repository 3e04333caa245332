import AnpiModel

/// From a site that is hit to the rung that brings it back (decision 13).
extension Engine {
    // MARK: Life

    /// The recovery of a site that is not over.
    func openRecovery(of site: Int) -> RecoveryRecord? {
        recoveries[Int(sites[site].recovery)].flatMap { $0.endedAt == nil ? $0 : nil }
    }

    @discardableResult
    mutating func beginRecovery(of site: Int) -> Int {
        let number = recoveries.next
        recoveries.append(RecoveryRecord(number: number, site: site, openedAt: now))
        sites[site].recovery = Int32(number)
        recoveryJoinsIncident(ofSite: site)
        siteChanged(site)
        return number
    }

    /// The belief about a site changed: harm that is likely is planned for, harm that is not is let go.
    mutating func recoveryFollowsBelief(at site: Int) {
        let isLikely = sites[site].assessment.severity >= Assessment.likelyHit.severity
        if isLikely, counts(site: site), openRecovery(of: site) == nil { beginRecovery(of: site) }
        recoveryMayHaveChanged(at: site)
    }

    private mutating func endRecovery(of site: Int, into step: inout Step) {
        let number = Int(sites[site].recovery)
        recoveries[number]?.ended(at: now)
        recoveries.close(number)
        siteChanged(site, into: &step)
    }

    // MARK: The rung

    /// Chooses the rung of a site anew, tells it where it is another, and lays out its work.
    mutating func chooseRung(ofSite site: Int, wasProvisional: Bool? = nil, into step: inout Step) {
        guard let recovery = openRecovery(of: site) else { return }
        let number = recovery.number
        guard isNeeded(recovery) else {
            cancelRungTasks(of: site, but: [], into: &step)
            endRecovery(of: site, into: &step)
            return
        }
        let situation = RungSituation(
            survival: survival(of: recovery), damage: recovery.damage, fittingLoaners: loanersFree(for: site))
        let isNews =
            recoveries[number]?.wasChosen(
                RungChoice(situation), anyCopyChance: situation.survival.anyChance,
                wasProvisional: wasProvisional ?? recovery.isProvisional, at: now) ?? false
        if isNews { tellPlanned(site, into: &step) }
        if !recovery.isProvisional { layOutTasks(of: site, into: &step) }
    }

    /// Harm is told and its work is not over, or harm is still believed.
    private func isNeeded(_ recovery: RecoveryRecord) -> Bool {
        let site = Int(recovery.site)
        if index.sites[site].isRetired { return false }
        if recovery.damage.tellsHarm {
            return recovery.restoredAt == nil || sites[site].tasks.contains { tasks[Int($0)]?.order.rung != nil }
        }
        return sites[site].assessment.severity >= Assessment.likelyHit.severity
    }

    func survival(of recovery: RecoveryRecord) -> Survival {
        let site = Int(recovery.site)
        return Survival(of: storedCopies(of: site), under: harm(to: site, damage: recovery.damage))
    }

    /// The copies of a site: where the fleet file puts them, and what was last told of them.
    func storedCopies(of site: Int) -> [StoredCopy] {
        CopyTier.allCases.compactMap { tier in
            let place = place(of: tier, at: site)
            let record = sites[site].copies.first { $0.tier == tier }
            guard place != nil || record != nil else { return nil }
            return StoredCopy(
                tier: tier, room: place?.room, heightMeters: place?.heightMeters, state: record?.state ?? .unknown,
                goodAt: record?.goodAt, verifiedAt: record?.verifiedAt,
                bytes: record.flatMap { $0.bytes < 0 ? nil : $0.bytes }, isOffline: place?.offline,
                period: place?.period)
        }
    }

    private func harm(to site: Int, damage: Damage) -> Harm {
        let isSeismic = incidents[Int(sites[site].incident)]?.isSeismic ?? false
        let depth = index.sites[site].floodDepthMeters
        return Harm(
            phenomenon: isSeismic ? .quake : .flood, hitChance: hitChance(of: site),
            mappedDepthMeters: depth.isNaN ? nil : Double(depth), damage: damage)
    }

    /// P(hit) in thousandths.
    private func hitChance(of site: Int) -> Int {
        switch sites[site].assessment {
        case .confirmedHit: return 1_000
        case .confirmedOK: return 0
        case .ok, .quiet, .unknown, .suspect, .likelyHit:
            guard sites[site].logOdds != SiteState.noLogOdds else { return 0 }
            return Int((Millinats(Int(sites[site].logOdds)).probability * 1_000).rounded())
        }
    }

    private func tellPlanned(_ site: Int, into step: inout Step) {
        guard let recovery = openRecovery(of: site), let choice = recovery.choice else { return }
        let id = index.sites[site].id
        step.append(
            Decision(
                at: now, name: .sitePlanned, site: id, offices: offices(of: site),
                details: [
                    JSON.Member("site", .id(id)), JSON.Member("rung", .word(choice.rung)),
                    JSON.Member("runnerUp", choice.runnerUp.map { .word($0) } ?? .null),
                    JSON.Member("reasons", .array(choice.reasons.map { .string($0.text) })),
                    JSON.Member("provisional", .bool(recovery.isProvisional)),
                    JSON.Member("meanwhile", choice.meanwhile.map { _ in .word(Rung.cloud) } ?? .null),
                    JSON.Member("dataLost", .bool(choice.isDataLost)),
                ]))
    }
}
