import AnpiModel

extension Engine {
    /// What we believe of a site, first form: what a person said, else hearing; no evidence is never `ok`.
    mutating func assess(_ site: Int, silence: Silence, into step: inout Step) {
        let contact = sites[site].contact
        let assessment = confirmation(of: site)?.assessment ?? Self.assessment(of: contact)
        let attribution = attribution(ofSite: site, contact: contact, silence: silence)
        guard assessment != sites[site].assessment || attribution != sites[site].attribution else { return }
        let before = (assessment: sites[site].assessment, attribution: sites[site].attribution)
        sites[site].assessment = assessment
        sites[site].attribution = attribution
        if attribution != before.attribution { attributionChanged(of: site, from: before.attribution) }
        siteChanged(site, into: &step)
        var details: [JSON.Member] = [
            JSON.Member("site", .id(index.sites[site].id)), JSON.Member("assessment", .word(assessment)),
            JSON.Member("probability", .null),
        ]
        details.append(JSON.Member("attribution", attribution.map { .word($0) } ?? .null))
        details.append(JSON.Member("evidence", .array(evidence(of: site).map(\.json))))
        step.append(
            Decision(
                at: now, name: .siteAssessed, site: index.sites[site].id, offices: offices(of: site), details: details))
        if assessment.severity > before.assessment.severity { memberGotWorse(site, into: &step) }
    }

    private static func assessment(of contact: Contact) -> Assessment {
        switch contact {
        case .reporting, .late: .ok
        case .unseen, .silent, .signedOff: .unknown
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

    // MARK: Attribution

    /// Why the site is not heard; nil where it is, or where nothing tells.
    func attribution(ofSite site: Int, contact: Contact, silence: Silence) -> Attribution? {
        switch contact {
        case .reporting, .late: return nil
        case .unseen: return .neverHeard
        case .signedOff: return .announced
        case .silent: break
        }
        var diedOfPower = false
        index.forEachAgent(of: site) { number in
            guard !index.agents[number].isCanary, !index.agents[number].isRetired else { return }
            if agents[number].contact.diedOfPower { diedOfPower = true }
        }
        if diedOfPower { return .power }
        // What spoke before we went deaf still holds; of everything else we cannot know.
        if deafSince != nil, !sites[site].silenceIsTold { return .collectorDeaf }
        switch silence {
        case .none: return nil
        case .saysNothing: return .closed
        case .informative:
            // "This site alone" is said only where its neighbours are heard, not wherever nothing else is known: in a
            // flood the first to fall silent must not be explained away as a broken machine. Without neighbours, or
            // when they fall silent too, nothing is said (areas come with the next form of the engine).
            let isWell = neighbourhoods[neighbourhood(of: site)].isWell(withoutItself: sites[site].silenceIsTold)
            return isWell ? .siteOnly : nil
        }
    }

    /// Why one agent is not heard.
    func attribution(ofAgent number: Int, siteContact: Contact) -> Attribution? {
        switch agents[number].contact.contact {
        case .reporting, .late: return nil
        case .unseen: return .neverHeard
        case .signedOff: return .announced
        case .silent: break
        }
        if agents[number].contact.diedOfPower { return .power }
        switch silence(ofAgent: number) {
        case .none: return nil
        case .saysNothing: return .closed
        case .informative: return siteContact == .reporting ? .deviceOnly : nil
        }
    }

    // MARK: Evidence

    /// The facts that the belief rests on, the weightiest first; in this form they carry no weight yet.
    func evidence(of site: Int) -> [Evidence] {
        var list: [Evidence] = []
        if let (finding, assessment) = confirmation(of: site) {
            list.append(.confirmation(assessment, by: finding.author, at: finding.observedAt, until: finding.expiresAt))
        }
        switch sites[site].contact {
        case .reporting: list.append(.heard(at: sites[site].lastHeard))
        case .late: list.append(.late(since: sites[site].lastHeard))
        case .unseen: list.append(.neverHeard)
        case .signedOff: list.append(.signedOff(at: sites[site].lastHeard))
        case .silent:
            switch sites[site].attribution {
            case .power: list.append(.silentAfterGasp(since: sites[site].lastHeard))
            case .closed: list.append(.silentWhileClosed(since: sites[site].lastHeard))
            case .collectorDeaf: list.append(.silentWhileDeaf(since: sites[site].lastHeard))
            case .siteOnly:
                list.append(.silent(since: sites[site].lastHeard))
                list.append(.neighboursHeard(count: neighbourhoods[neighbourhood(of: site)].reporting))
            case .announced, .carrier, .area, .deviceOnly, .agentRelease, .neverHeard, nil:
                list.append(.silent(since: sites[site].lastHeard))
            }
        }
        if sites[site].lastCall > 0, let call = findings[Int(sites[site].lastCall)], !call.isExpired {
            list.append(.call(result: call.draft.result, by: call.author, at: call.observedAt))
        }
        return list
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
