import AnpiModel

extension Engine {
    /// `POST /v1/sites/{id}/damage`: replaces what it names, and confirms what it shows.
    mutating func reportDamage(
        _ report: DamageReport, at id: SiteID, by command: Command, into step: inout Step
    ) -> Answer {
        guard command.actor.role.mayAddFindings else {
            return .notAllowed("\(command.actor.role.rawValue) may not report damage")
        }
        guard let site = index.number(of: id), !index.sites[site].isRetired else { return .notFound("no site \(id)") }
        guard command.actor.mayAct(for: index.office(of: site)?.id) else {
            return .notAllowed("\(id) belongs to another office")
        }
        let mistakes = report.mistakes
        guard mistakes.isEmpty else { return .invalid(mistakes) }
        let known = openRecovery(of: site)
        let lastChange = known.map { "somebody reported damage at \($0.changedAt)" } ?? "nobody has reported damage"
        if let conflict = conflict(command, version: known?.version ?? 0, lastChange: lastChange) { return conflict }
        let number = known?.number ?? beginRecovery(of: site)
        let wasProvisional = recoveries[number]?.isProvisional ?? true
        let author = report.by ?? command.actor.name
        _ = recoveries[number]?.damageWasReported(report, by: author, at: command.receivedAt)
        note(
            "command.damage", command, site: site,
            body: ["site": .id(id), "damage": report.json], into: &step)
        if let result = report.surveyResult {
            var survey = FindingDraft(kind: .survey, site: id, result: result)
            survey.author = author
            survey.observedAt = min(report.at ?? command.receivedAt, command.receivedAt)
            record(survey, at: site, by: command, into: &step)
        }
        chooseRung(ofSite: site, wasProvisional: wasProvisional, into: &step)
        siteChanged(site, into: &step)
        planMayHaveChanged(at: site)
        return .done(recoveryJSON(of: site), version: recoveries[number]?.version)
    }
}

extension DamageReport {
    /// What it says as a survey: harm, or that all is well; nil where it shows neither.
    fileprivate var surveyResult: String? {
        let components = [server, mirror, external, peripherals]
        let isHarmed =
            components.contains { $0 == .wet || $0 == .lost } || building == .damaged || building == .noEntry
            || (depthMeters ?? 0) > 0
        if isHarmed { return "damage" }
        return server == .works ? "noDamage" : nil
    }

    /// What is wrong with it, by path.
    fileprivate var mistakes: [Answer.Mistake] {
        guard self != DamageReport(by: by, at: at) else {
            return [Answer.Mistake(path: "", message: "names nothing that was seen")]
        }
        var mistakes: [Answer.Mistake] = []
        if let depthMeters, !(0...100).contains(depthMeters) {
            mistakes.append(Answer.Mistake(path: "depthMeters", message: "must be 0 to 100"))
        }
        for (path, text) in [("keyHolder", keyHolder), ("by", by)] {
            guard let text, !(1...200).contains(text.utf8.count) else { continue }
            mistakes.append(Answer.Mistake(path: path, message: "must have 1 to 200 bytes"))
        }
        return mistakes
    }
}
