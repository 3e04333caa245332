import AnpiModel

extension Engine {
    /// What we believe of a site: the first that applies of CONTRACTS §6; no evidence is never `ok`.
    mutating func assess(_ site: Int, silence: Silence, into step: inout Step) {
        let before = (assessment: sites[site].assessment, attribution: sites[site].attribution)
        var judgement = judgement(of: site, silence: silence)
        let confirmation = confirmation(of: site)?.assessment
        let assessment: Assessment
        if let confirmation {
            assessment = confirmation
        } else {
            assessment = self.assessment(of: site, silence, judgement, before: before.assessment)
        }
        // A site that nobody doubts has no number: a percentage of nothing only frightens.
        let isCounted = judgement.hasSign || confirmation != nil || sites[site].isWarned
        let logOdds = isCounted ? Int32(clamping: judgement.logOdds.count) : SiteState.noLogOdds
        let attribution = attribution(ofSite: site, silence: silence, assessment: assessment, judgement)
        let hasMoved = Self.moved(from: sites[site].toldLogOdds, to: logOdds, by: parameters.tellsAgainFrom)
        sites[site].logOdds = logOdds
        guard assessment != before.assessment || attribution != before.attribution || hasMoved else { return }
        sites[site].assessment = assessment
        sites[site].attribution = attribution
        sites[site].toldLogOdds = logOdds
        if attribution != before.attribution { attributionChanged(of: site, from: before.attribution) }
        siteChanged(site, into: &step)
        addNeighbours(of: site, to: &judgement)
        step.append(
            Decision(
                at: now, name: .siteAssessed, site: index.sites[site].id, offices: offices(of: site),
                details: [
                    JSON.Member("site", .id(index.sites[site].id)), JSON.Member("assessment", .word(assessment)),
                    JSON.Member("probability", probabilityJSON(of: site)),
                    JSON.Member("attribution", attribution.map { .word($0) } ?? .null),
                    JSON.Member("evidence", .array(judgement.evidence.map(\.json))),
                ], sentences: judgement.evidence.map(\.sentence)))
        // Who closes for the night is not worse than by day.
        let isWorse = assessment != .quiet && assessment.severity > before.assessment.severity
        if isWorse { memberGotWorse(site, into: &step) }
        if assessment != before.assessment || hasMoved { assessmentChanged(of: site, into: &step) }
    }

    /// P(hit) as decisions and pages print it; null where nothing raises the question.
    func probabilityJSON(of site: Int) -> JSON {
        guard sites[site].logOdds != SiteState.noLogOdds else { return .null }
        return .decimal(Millinats(Int(sites[site].logOdds)).probability, digits: 3)
    }

    /// Whether a belief is worth telling again although its word is the same: P moved by a tenth.
    private static func moved(from told: Int32, to now: Int32, by least: Double) -> Bool {
        guard told != SiteState.noLogOdds, now != SiteState.noLogOdds else { return false }
        let change = Millinats(Int(now)).probability - Millinats(Int(told)).probability
        return abs(change) >= least
    }

    private func assessment(
        of site: Int, _ silence: Silence, _ judgement: Judgement, before: Assessment
    ) -> Assessment {
        if let flag = AssessmentRule.flag(judgement, before: before) { return flag }
        switch sites[site].contact {
        case .reporting, .late: return .ok
        case .unseen: return .unknown
        case .signedOff:
            if let flag = flagKept(before) { return flag }
            return isQuietPossible(site) ? .quiet : .unknown
        case .silent: break
        }
        switch silence {
        case .none: return .unknown
        case .informative:
            // A new morning's silence is young, and clears nobody whom yesterday's had flagged.
            let isYoung = judgement.tooYoungUntil != nil
            guard isYoung, judgement.probability >= AssessmentRule.suspectLeftBelow else { return .unknown }
            return flagKept(before) ?? .unknown
        case .saysNothing:
            // Closing time clears nobody (inference 10).
            if let flag = flagKept(before) { return flag }
            return sites[site].attribution != .collectorDeaf && isQuietPossible(site) ? .quiet : .unknown
        }
    }

    /// Silence is expected and nothing else is known that could be wrong.
    private func isQuietPossible(_ site: Int) -> Bool {
        sites[site].hazardLevel < 3 && isFeedTrusted
    }

    private func flagKept(_ before: Assessment) -> Assessment? {
        switch before {
        case .suspect, .likelyHit: before
        case .ok, .quiet, .unknown, .confirmedHit, .confirmedOK: nil
        }
    }

    /// The newest finding that says for certain how the site is.
    func confirmation(of site: Int) -> (finding: FindingRecord, assessment: Assessment)? {
        var newest: (finding: FindingRecord, assessment: Assessment)?
        for number in sites[site].findings {
            guard let finding = findings[Int(number)], !finding.isExpired, let assessment = finding.confirmation,
                finding.observedAt >= newest?.finding.observedAt ?? .distantPast
            else { continue }
            newest = (finding, assessment)
        }
        return newest
    }

    /// The facts and terms that the belief rests on, as a page shows them.
    func evidence(of site: Int) -> [Evidence] {
        var judgement = judgement(of: site, silence: silence(of: site))
        addNeighbours(of: site, to: &judgement)
        return judgement.evidence
    }

    /// "This site alone" is said with who else is heard.
    private func addNeighbours(of site: Int, to judgement: inout Judgement) {
        guard sites[site].attribution == .siteOnly else { return }
        judgement.add(.neighboursHeard(count: neighbourhoods[neighbourhood(of: site)].reporting))
    }

    // MARK: Attribution

    /// Why a site is not heard by facts alone, before anything is believed of it: told with its contact.
    func factualAttribution(of site: Int) -> Attribution? {
        switch sites[site].contact {
        case .reporting, .late: return nil
        case .unseen: return .neverHeard
        case .signedOff: return .announced
        case .silent: break
        }
        if sites[site].diedOfPower { return .power }
        if cannotTell(site) { return .collectorDeaf }
        switch silence(of: site) {
        case .none, .informative: return nil
        case .saysNothing: return .closed
        }
    }

    /// Why the site is not heard; nil where it is, or where nothing tells.
    func attribution(
        ofSite site: Int, silence: Silence, assessment: Assessment, _ judgement: Judgement
    ) -> Attribution? {
        switch sites[site].contact {
        case .reporting, .late: return nil
        case .unseen: return .neverHeard
        case .signedOff: return .announced
        case .silent: break
        }
        let isFlagged = assessment.severity >= Assessment.suspect.severity
        let isArea = sites[site].isWarned || incidents[Int(sites[site].incident)]?.isOfArea == true
        if isFlagged, isArea, judgement.probability >= AssessmentRule.likelyFrom { return .area }
        if sites[site].diedOfPower { return .power }
        // What spoke before we went deaf still holds; of everything else we cannot know.
        if cannotTell(site) { return .collectorDeaf }
        switch silence {
        case .none: return nil
        case .saysNothing: return isFlagged && isArea ? .area : .closed
        case .informative: break
        }
        // The rival that explains most, where it explains the greater part.
        let best = rivalBeliefs(of: site, silence: silence).max { $0.share < $1.share }
        if let best, best.share >= parameters.rivalNamedFrom {
            switch best.rival {
            case .power: return .power
            case .carrier: return .carrier
            case .agentRelease: return .agentRelease
            }
        }
        if isFlagged, isArea { return .area }
        // "This site alone" is said only where its neighbours are heard, not wherever nothing else is known: in a
        // flood the first to fall silent must not be explained away as a broken machine.
        let neighbours = neighbourhoods[neighbourhood(of: site)]
        if neighbours.isWell(withoutItself: sites[site].silenceIsTold) { return .siteOnly }
        return incidents[Int(sites[site].incident)]?.isOfArea == true ? .area : nil
    }

    /// Why one agent is not heard.
    func attribution(ofAgent number: Int, siteContact: Contact) -> Attribution? {
        switch agents[number].contact.contact {
        case .reporting, .late: return nil
        case .unseen: return .neverHeard
        case .signedOff: return .announced
        case .silent: break
        }
        if diedOfPower(agent: number) { return .power }
        switch silence(ofAgent: number) {
        case .none: return nil
        case .saysNothing: return .closed
        case .informative: return siteContact == .reporting ? .deviceOnly : nil
        }
    }
}

extension Assessment {
    /// How bad it is, for the question whether a member of an incident got worse.
    var severity: Int {
        switch self {
        case .ok, .confirmedOK: 0
        case .quiet: 1
        case .unknown: 2
        case .suspect: 3
        case .likelyHit: 4
        case .confirmedHit: 5
        }
    }
}
