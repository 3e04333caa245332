import AnpiModel

extension Engine {
    /// A person adds a finding (CONTRACTS §3).
    mutating func addFinding(_ draft: FindingDraft, by command: Command, into step: inout Step) -> Answer {
        guard command.actor.role.mayAddFindings else {
            return .notAllowed("\(command.actor.role.rawValue) may not add findings")
        }
        var site: Int?
        if let id = draft.site {
            guard let number = index.number(of: id) else { return .notFound("no site \(id)") }
            guard command.actor.mayAct(for: index.office(of: number)?.id) else {
                return .notAllowed("\(id) belongs to another office")
            }
            site = number
        }
        let mistakes = self.mistakes(of: draft, receivedAt: command.receivedAt)
        guard mistakes.isEmpty else { return .invalid(mistakes) }
        let finding = record(draft, at: site, by: command, into: &step)
        return .created(json(of: finding), version: 1)
    }

    /// Keeps a finding that was checked, judges by it, and writes it down.
    @discardableResult
    mutating func record(
        _ draft: FindingDraft, at site: Int?, by command: Command, into step: inout Step
    ) -> FindingRecord {
        // A clock a little ahead: nothing is seen after it was told.
        let observedAt = min(draft.observedAt ?? command.receivedAt, command.receivedAt, now)
        let expiresAt = draft.expiresAt ?? observedAt + (draft.kind.defaultExpiry ?? .zero)
        let finding = FindingRecord(
            number: findings.next, draft: draft, site: site.map(Int32.init),
            author: draft.author ?? command.actor.name, at: now, observedAt: observedAt, expiresAt: expiresAt,
            isExpired: expiresAt <= now)
        findings.append(finding)
        step.changed.insert(.finding(finding.id))
        if finding.isExpired {
            findings.close(finding.number)
        } else {
            schedule(expiresAt, .finding, finding.number)
        }
        if finding.draft.kind == .outage, finding.draft.result == "restored" {
            endOutages(endedBy: finding, into: &step)
        }
        if finding.draft.kind == .road, finding.draft.result == "open" {
            openRoads(openedBy: finding, into: &step)
        }
        if !finding.isExpired { remember(finding) }
        if let site { hold(finding, at: site, into: &step) }
        judgeAround(finding, into: &step)
        note("command.finding", command, site: site, body: json(of: finding), into: &step)
        return finding
    }

    private mutating func hold(_ finding: FindingRecord, at site: Int, into step: inout Step) {
        if finding.draft.kind == .phone,
            finding.observedAt >= findings[Int(sites[site].lastCall)]?.observedAt ?? .distantPast
        {
            sites[site].lastCall = Int32(finding.number)
        }
        if !finding.isExpired {
            sites[site].findings.append(Int32(finding.number))
            forgetOldest(at: site)
        }
        markUnusual(site)
        siteChanged(site, into: &step)
        siteMayHaveChanged(site, into: &step)
    }

    /// A site keeps so many findings; what says for certain how it is stays longest, and what stands stays always.
    private mutating func forgetOldest(at site: Int) {
        guard sites[site].findings.count > SiteState.findingsMax else { return }
        let standing = confirmation(of: site)?.finding.number
        let held = sites[site].findings
        let oldest =
            held.firstIndex { findings[Int($0)]?.confirmation == nil } ?? held.firstIndex { Int($0) != standing }
        if let oldest { sites[site].findings.remove(at: oldest) }
    }

    /// A finding's time is over.
    mutating func findingDeadlinePassed(_ number: Int, into step: inout Step) {
        guard let finding = findings[number], !finding.isExpired, finding.expiresAt <= now else { return }
        findings[number]?.isExpired = true
        findings.close(number)
        forget(finding)
        step.changed.insert(.finding(finding.id))
        judgeAround(finding, into: &step)
        guard let site = finding.site.map(Int.init) else { return }
        sites[site].findings.removeAll { $0 == Int32(number) }
        siteChanged(site, into: &step)
        siteMayHaveChanged(site, into: &step)
    }

    /// Power, water or line is back: what was reported of the same utility in the same place is over.
    private mutating func endOutages(endedBy restored: FindingRecord, into step: inout Step) {
        let covered = sites(covered: restored).map(Int32.init)
        for number in findings.open {
            guard let finding = findings[number], finding.draft.kind == .outage, finding.draft.result == "down",
                finding.draft.utility == restored.draft.utility, number != restored.number,
                finding.observedAt <= restored.observedAt
            else { continue }
            let members = sites(covered: finding).map(Int32.init)
            guard !members.isEmpty, members.allSatisfy({ covered.contains($0, ascending: true) }) else { continue }
            findings[number]?.isExpired = true
            findings.close(number)
            forget(finding)
            step.changed.insert(.finding(finding.id))
            judgeAround(finding, into: &step)
        }
    }

    /// A road is open again: what was said of a closure that it reaches is over.
    private mutating func openRoads(openedBy opened: FindingRecord, into step: inout Step) {
        for number in roads.map(Int.init) {
            guard let finding = findings[number], finding.observedAt <= opened.observedAt,
                finding.concernsSameRoad(as: opened)
            else { continue }
            findings[number]?.isExpired = true
            findings.close(number)
            forget(finding)
            step.changed.insert(.finding(finding.id))
        }
    }

    /// What is wrong with a draft, by path.
    func mistakes(of draft: FindingDraft, receivedAt: Timestamp) -> [Answer.Mistake] {
        var mistakes: [Answer.Mistake] = []
        func check(_ isRight: Bool, _ path: String, _ message: String) {
            if !isRight { mistakes.append(Answer.Mistake(path: path, message: message)) }
        }
        let words = draft.kind.results
        check(words.contains(draft.result), "result", "is not one of \(words.joined(separator: ", "))")
        switch draft.kind {
        case .phone:
            check(draft.site != nil, "site", "is needed")
            check(draft.result != "callBack" || draft.callBackAt != nil, "callBackAt", "is needed with callBack")
        case .survey: check(draft.site != nil, "site", "is needed")
        case .override:
            check(draft.site != nil, "site", "is needed")
            check(draft.expiresAt != nil, "expiresAt", "is needed: an override says how long it holds")
            check(!(draft.text ?? "").isEmpty, "text", "is needed: an override gives its reason")
        case .outage: check(draft.utility != nil, "utility", "is needed")
        case .report, .road: break
        }
        check(draft.place?.isValid ?? true, "place", "is not a place on the earth")
        check((draft.text ?? "").unicodeScalars.count <= 2_000, "text", "is longer than 2000 characters")
        check((draft.polygon?.count ?? 4) >= 4, "polygon", "needs at least four positions")
        check((draft.line?.count ?? 2) >= 2, "line", "needs at least two positions")
        for (path, positions) in [("polygon", draft.polygon), ("line", draft.line)] {
            let areRight = (positions ?? []).allSatisfy {
                $0.count == 2 && Coordinate(latitude: $0[1], longitude: $0[0]).isValid
            }
            check(areRight, path, "has a position that is not [longitude, latitude]")
        }
        check(draft.radiusKilometers.map { $0 > 0 && $0 <= 100 } ?? true, "radiusKilometers", "is not in 0…100")
        if let wrong = draft.mistakeInTimes(receivedAt: receivedAt) { check(false, wrong.path, wrong.message) }
        return mistakes
    }
}
