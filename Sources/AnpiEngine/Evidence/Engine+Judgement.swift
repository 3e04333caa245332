import AnpiModel

extension Engine {
    /// What is believed of a site now, with every term (DESIGN §6, inference.md).
    func judgement(of site: Int, silence: Silence) -> Judgement {
        var judgement = Judgement()
        let prior = prior(of: site)
        let reports = reports(around: site)
        let confirmation = confirmation(of: site)
        // A call that confirms is not a sign beside itself.
        let call = lastCall(of: site).flatMap { $0.number == confirmation?.finding.number ? nil : $0 }
        let contact = sites[site].contact
        let isHeard = contact == .reporting || contact == .late
        let hasTerms =
            silence.isInformative || !reports.isEmpty || prior.isRaised || call != nil || sites[site].isWarned

        // A healthy site on an ordinary day needs one line, not its whole arithmetic.
        if hasTerms { judgement.add(prior.evidence) }
        if silence.isInformative { addNeighbourhood(of: site, prior: prior, to: &judgement) }
        if isHeard {
            heard(site, prior: prior, weighs: hasTerms, into: &judgement)
        } else {
            silent(site, silence, prior: prior, into: &judgement)
        }
        add(reports, prior: prior, to: &judgement)
        if let call {
            let weight = Self.weight(
                ofCall: call.draft.result, isOpen: index.calendar(of: site)?.isOpen(at: call.observedAt) ?? false)
            judgement.add(.call(call, weight: weight))
            // Nobody answers in a dark town: that alone is no sign of the site.
            if weight >= Self.weight(ofCall: "lineDead", isOpen: true) { judgement.hasSign = true }
            if weight > Self.weight(ofCall: "lineDead", isOpen: true) {
                judgement.likelyFrom = AssessmentRule.likelyFrom
            }
        }
        if !isHeard, !isFeedTrusted { judgement.add(.feedStale) }
        if let (finding, assessment) = confirmation { judgement.confirm(finding, assessment) }
        return judgement
    }

    // MARK: Contact

    private func heard(_ site: Int, prior: SitePrior, weighs: Bool, into judgement: inout Judgement) {
        let floor = parameters.floors.floor(underHazard: prior.isRaised)
        let weight = SilenceWeight(device: .server, whenHealthy: floor).heard
        if sites[site].contact == .late { judgement.add(.late(since: heardAtOrBeforeNow(site))) }
        judgement.add(.heard(at: heardAtOrBeforeNow(site), weight: weighs ? weight : .zero))
    }

    private func silent(_ site: Int, _ silence: Silence, prior: SitePrior, into judgement: inout Judgement) {
        let since = heardAtOrBeforeNow(site)
        switch sites[site].contact {
        case .unseen: return judgement.add(.neverHeard)
        case .signedOff: return judgement.add(.signedOff(at: since))
        case .reporting, .late, .silent: break
        }
        switch silence {
        case .none: break
        case .saysNothing:
            judgement.add(
                sites[site].attribution == .collectorDeaf
                    ? .silentWhileDeaf(since: since) : .silentWhileClosed(since: since))
        case .informative(let telling):
            judgement.rivals = rivalShares(of: site, silence: silence)
            if cannotTell(site) { return judgement.add(.silentWhileDeaf(since: since)) }
            if let origin = prior.shookAt, spoke(telling) < origin {
                return judgement.add(.silentBeforeShaking(since: telling.since))
            }
            add(telling, of: site, prior: prior, into: &judgement)
        }
    }

    /// An informative silence, what rivals take away from it, and how old it must be to count.
    private func add(_ telling: Silence.Telling, of site: Int, prior: SitePrior, into judgement: inout Judgement) {
        let entry = telling.agent < 0 ? nil : index.agents[telling.agent]
        let device = entry?.device ?? .server
        let explained = explained(telling, of: site, prior: prior, rivals: judgement.rivals)
        judgement.hasSign = true
        let weight = explained.weight
        let didGasp = entry != nil && diedOfPower(agent: telling.agent)
        if didGasp {
            judgement.add(.silentAfterGasp(since: telling.since, weight: weight))
        } else if let entry {
            judgement.add(
                .silent(
                    device: device, rhythm: entry.rhythm, slot: telling.slot, since: telling.since, weight: weight))
        } else {
            judgement.add(.silentPings(since: telling.since, weight: weight))
        }

        for (rival, share, weight) in explained.taken { judgement.add(.rival(rival, share: share, weight: weight)) }
        suspect(telling, of: site, prior: prior, into: &judgement)
    }

    /// When a silence was one: the next beat, or the morning's start, had been missed.
    private func spoke(_ telling: Silence.Telling) -> Timestamp {
        guard telling.agent >= 0, index.agents[telling.agent].rhythm == .hours else {
            return telling.since + telling.patience
        }
        return telling.since + max(parameters.startUpAllowance, telling.patience)
    }

    /// An informative silence with what rivals take of it.
    func explained(
        _ telling: Silence.Telling, of site: Int, prior: SitePrior, rivals: RivalShares
    ) -> ExplainedSilence {
        let entry = telling.agent < 0 ? nil : index.agents[telling.agent]
        let device = entry?.device ?? .server
        let age = entry?.rhythm == .always ? now - telling.since : .zero
        let floor = parameters.floors.floor(underHazard: prior.isRaised, age: age, isShaken: prior.shookAt != nil)
        return ExplainedSilence(
            SilenceWeight(device: device, whenHealthy: max(floor, telling.whenHealthy)),
            rivals: rivals, countFrom: parameters.rivalCountsFrom,
            inTailAtLeast: isInTail(site) ? parameters.tailWhenHealthy : 0)
    }

    /// A lone silence must outlast ordinary ones before it counts (inference 5).
    private func suspect(_ telling: Silence.Telling, of site: Int, prior: SitePrior, into judgement: inout Judgement) {
        guard prior.isRaised else { return }
        judgement.likelyFrom =
            prior.shookAt == nil ? AssessmentRule.likelyBySilence : AssessmentRule.likelyBySilenceAfterShaking
        // What fell silent with the shaking needs no second opinion.
        if let origin = prior.shookAt, telling.since >= origin - telling.patience,
            telling.since <= origin + parameters.beginsWithin
        {
            return
        }
        let began = sites[site].silenceIsTold ? sites[site].spokeAt : now
        let confirmations = confirmations(of: site, began: began)
        let timeout = SuspicionTimeout(minimum: telling.patience, maximum: ordinarySilence)
        let age = now - telling.since
        let wait = timeout.timeout(confirmations: confirmations)
        if age < wait {
            judgement.tooYoungUntil = telling.since + wait
            judgement.add(.tooYoung(until: telling.since + wait))
        }
    }

    /// When a silence gets a new weight by its age alone.
    func ageMarks(of telling: Silence.Telling, at site: Int) -> [Timestamp] {
        guard sites[site].isWarned else { return [] }
        var marks = [telling.since + ordinarySilence * 2]
        let began = sites[site].silenceIsTold ? sites[site].spokeAt : now
        marks += SilenceFloors.steps.map { telling.since + $0 }
        let timeout = SuspicionTimeout(minimum: telling.patience, maximum: ordinarySilence)
        marks.append(telling.since + timeout.timeout(confirmations: confirmations(of: site, began: began)))
        return marks
    }

    /// Other sites near by whose silence began about then.
    private func confirmations(of site: Int, began: Timestamp) -> Int {
        if sites[site].silenceIsTold, counts(site: site) { return Int(sites[site].confirmations) }
        var count = 0
        forEachConfirming(of: site, began: began) { _ in count += 1 }
        return count
    }

    /// A told silence began or ended: kept at each of those that it confirms, because they are asked far more often.
    mutating func confirm(_ site: Int, _ change: Int32) {
        guard counts(site: site) else { return }
        var others: [Int] = []
        forEachConfirming(of: site, began: sites[site].spokeAt) { others.append($0) }
        for other in others { sites[other].confirmations += change }
        sites[site].confirmations = change > 0 ? Int32(others.count) : 0
    }

    /// Counts anew, after an import or a restart.
    mutating func recountConfirmations() {
        for site in sites.indices { sites[site].confirmations = 0 }
        for site in told.lazy.map(Int.init) where counts(site: site) {
            var count: Int32 = 0
            forEachConfirming(of: site, began: sites[site].spokeAt) { _ in count += 1 }
            sites[site].confirmations = count
        }
    }

    private func forEachConfirming(of site: Int, began: Timestamp, _ body: (Int) -> Void) {
        index.grid.forEachSite(
            within: parameters.confirmationKilometers, of: index.sites[site].place,
            placeOf: { index.sites[$0].place },
            where: { other in
                other != site && sites[other].silenceIsTold
                    && abs((sites[other].spokeAt - began).wholeMilliseconds)
                        <= parameters.confirmationWithin.wholeMilliseconds
            }
        ) { other, _ in body(other) }
    }

    /// The longest that an ordinary silence lasts, 99 % of them.
    var ordinarySilence: Duration { SuspicionTimeout.maximumAtFirst }

    // MARK: Calls and reports

    /// The last phone attempt that counts.
    func lastCall(of site: Int) -> FindingRecord? {
        guard sites[site].lastCall > 0, let call = findings[Int(sites[site].lastCall)], !call.isExpired else {
            return nil
        }
        return call
    }

    /// What a phone attempt weighs (reference §3.3: a dead line 3; the rest proposals of ours). Nobody answers a phone
    /// in a closed clinic; what somebody said there is a confirmation and weighs by itself.
    static func weight(ofCall result: String, isOpen: Bool) -> Millinats {
        switch result {
        case "lineDead": Millinats(factor: 3)
        case "congested": Millinats(factor: 1.2)
        case "noAnswer": isOpen ? Millinats(factor: 1.5) : .zero
        case "damage": Millinats(factor: 100)
        case "noDamage": Millinats(factor: 0.01)
        default: .zero
        }
    }

    /// Reports that reach the site, nearest first.
    func reports(around site: Int) -> [NearReport] {
        guard !placedReports.isEmpty else { return [] }
        let place = index.sites[site].place
        var list: [NearReport] = []
        for number in placedReports {
            guard let finding = findings[Int(number)], !finding.isExpired else { continue }
            let origin = self.place(of: finding)
            let report = NearReport(finding, from: origin, at: place, municipality: municipality(of: site))
            if let report { list.append(report) }
        }
        list.sort { ($0.kilometers ?? 0, $0.finding.number) < ($1.kilometers ?? 0, $1.finding.number) }
        return list
    }

    /// Reports of one event repeat one another: together they weigh no more than `NeighbourFactor.factorMax`.
    private func add(_ reports: [NearReport], prior: SitePrior, to judgement: inout Judgement) {
        // What shook the reporter shook the site: the measured intensity has said most of it already.
        let limit = Millinats(
            factor: prior.shookAt == nil ? NeighbourFactor.factorMax : NeighbourFactor.factorMaxAfterShaking)
        var sum = Millinats.zero
        for report in reports {
            let before = sum
            sum = min(limit, sum + report.weight)
            let weight = sum - before
            let meters = report.kilometers.map { Int(($0 * 1_000 / 10).rounded()) * 10 }
            judgement.add(.report(report.finding, meters: meters, weight: weight))
            if report.weight > .zero { judgement.hasSign = true }
        }
        if judgement.hasSign, sum > .zero, prior.isRaised { judgement.likelyFrom = AssessmentRule.likelyByReport }
        // A report is a sign that has no age.
        if sum >= Millinats(factor: 3) { judgement.tooYoungUntil = nil }
    }

    func municipality(of site: Int) -> String { index.municipalities[Int(index.sites[site].municipality)] }
}

extension SilenceProfile {
    /// A site that only scripts report is silent when a job was skipped: once in twenty days.
    static let ofPings = 0.05
}
