import AnpiModel

/// A site's insurance claims: what is entered, by when they are due, and what is missing.
extension Engine {
    /// `POST /v1/sites/{id}/claims`: replaces what it names.
    mutating func enterClaims(
        _ change: ClaimsChange, at id: SiteID, by command: Command, into step: inout Step
    ) -> Answer {
        guard command.actor.role.mayAddFindings else {
            return .notAllowed("\(command.actor.role.rawValue) may not enter claims")
        }
        guard let site = index.number(of: id) else { return .notFound("no site \(id)") }
        guard command.actor.mayAct(for: index.office(of: site)?.id) else {
            return .notAllowed("\(id) belongs to another office")
        }
        // Claims are seen through after the site works again: an ended recovery takes them too.
        let number = Int(sites[site].recovery)
        guard let recovery = recoveries[number] else {
            return .conflict("no harm is known at \(id): there are no claims to see through")
        }
        let mistakes = mistakes(in: change)
        guard mistakes.isEmpty else { return .invalid(mistakes) }
        if let conflict = conflict(
            command, version: recovery.version, lastChange: "it was changed at \(recovery.changedAt)")
        {
            return conflict
        }
        var entries = recovery.claims
        entries.apply(change)
        recoveries[number]?.claimsWereEntered(entries, at: now)
        note(
            "command.claims", command, site: site, incident: Int(recovery.incident),
            body: ["site": .id(id), "claims": change.json], into: &step)
        siteChanged(site, into: &step)
        return .done(claimsJSON(number), version: recoveries[number]?.version)
    }

    /// More yen than any site is paid in three months.
    private static let yenMax = 1_000_000_000_000

    private func mistakes(in change: ClaimsChange) -> [Answer.Mistake] {
        guard change != ClaimsChange() else { return [Answer.Mistake(path: "", message: "names nothing to enter")] }
        var mistakes: [Answer.Mistake] = []
        for (path, yen) in [("outpatientYen", change.outpatientYen), ("inpatientYen", change.inpatientYen)] {
            guard let yen, !(0...Self.yenMax).contains(yen) else { continue }
            mistakes.append(Answer.Mistake(path: path, message: "must be 0 to \(Self.yenMax)"))
        }
        for (path, days) in [("openDays", change.openDays), ("inpatientDays", change.inpatientDays)] {
            guard let days, !(0...31).contains(days) else { continue }
            mistakes.append(Answer.Mistake(path: path, message: "must be 0 to 31"))
        }
        if let submittedAt = change.submittedAt, submittedAt > now {
            mistakes.append(Answer.Mistake(path: "submittedAt", message: "lies in the future"))
        }
        return mistakes
    }

    // MARK: The due date

    /// A recovery takes the incident of its site, and with it a due date that was moved.
    mutating func recoveryJoinsIncident(ofSite site: Int) {
        let incident = Int(sites[site].incident)
        guard incident > 0, let recovery = openRecovery(of: site) else { return }
        recoveries[recovery.number]?.belongs(to: incident, claimsDue: incidents[incident]?.desk.claimsDue, at: now)
    }

    /// The date of an incident was moved, or it took in what belonged to another one.
    mutating func claimsDueChanged(ofIncident number: Int, and merged: Int? = nil) {
        let due = incidents[number]?.desk.claimsDue
        for other in recoveries.numbers {
            guard let recovery = recoveries[other],
                recovery.incident == Int32(number) || merged.map({ recovery.incident == Int32($0) }) ?? false
            else { continue }
            recoveries[other]?.belongs(to: number, claimsDue: due, at: now)
            // The nearer the date, the more the work weighs.
            if recovery.endedAt == nil { planMayHaveChanged(at: Int(recovery.site)) }
        }
    }

    // MARK: The sheet

    /// What a recovery's claims look like as of now.
    func claimsSheet(of recovery: RecoveryRecord) -> ClaimsSheet {
        let site = index.site(Int(recovery.site))
        let kept = kept(recovery)
        return ClaimsSheet(
            ClaimsFacts(
                disasterAt: recovery.openedAt, clock: recovery.claimsClock, hasBeds: site.beds > 0,
                damage: recovery.damage, rung: recovery.choice?.rung, keptUntil: kept?.until,
                keptIsVerified: kept?.isVerified ?? true, restoredAt: recovery.restoredAt,
                restoredBy: expectedRestoration(recovery),
                submittedAt: recovery.claims.submittedAt,
                estimate: ClaimsFacts.Estimate(recovery.claims)))
    }

    /// Up to when records are kept: all of them where the server or its mirror lives on, else as the survival card says, up
    /// to the newest verified copy that plausibly survives. Where none was read back it is the newest that a job made.
    /// Nil where nobody knows.
    private func kept(_ recovery: RecoveryRecord) -> (until: Timestamp, isVerified: Bool)? {
        guard let choice = recovery.choice else { return nil }
        switch choice.rung {
        case .peripherals, .restart, .promoteMirror: return (recovery.openedAt, true)
        case .external, .dataCentre, .cloud:
            let backups = survival(of: recovery).copies.filter {
                $0.stored.tier != .primary && $0.stored.tier != .mirror
            }
            if let kept = SurvivalCard.kept(of: backups) { return (kept.until, true) }
            return backups.filter { $0.chance >= Survival.plausible }.compactMap(\.stored.goodAt).max().map {
                ($0, false)
            }
        case .rebuild: return nil
        }
    }

    /// When the last of its open tasks ends by the plan; nil while one of them has no place in it.
    private func expectedRestoration(_ recovery: RecoveryRecord) -> Timestamp? {
        let site = Int(recovery.site)
        guard recovery.restoredAt == nil, Int(sites[site].recovery) == recovery.number else { return nil }
        let open = sites[site].tasks.compactMap { tasks[Int($0)] }.filter { $0.order.rung != nil && $0.kind != .claims }
        let ends = open.compactMap { $0.assignment?.endsAt }
        return ends.count == open.count ? ends.max() : nil
    }
}

extension ClaimsFacts.Estimate {
    init(_ entries: ClaimsEntries) {
        self.init(
            isNamedByNotice: entries.isNamedByNotice, hasCertificate: entries.hasCertificate,
            hasPhotos: entries.hasPhotos, outpatientYen: entries.outpatientYen, inpatientYen: entries.inpatientYen,
            openDays: entries.openDays, inpatientDays: entries.inpatientDays)
    }
}
