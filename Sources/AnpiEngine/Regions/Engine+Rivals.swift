import AnpiModel

/// How much of a site's silence something else than harm explains (DESIGN §6.5, inference 3).
extension Engine {
    /// Each rival's share of healthy sites as it may take from the silence's weight, the site's own vote left out.
    ///
    /// A rival explains only what began with it: later it may explain less, never more.
    func rivalShares(of site: Int, silence: Silence) -> RivalShares {
        let shares = rivalBeliefs(of: site, silence: silence)
        guard sites[site].silenceIsTold, now > sites[site].spokeAt + parameters.beginsWithin else { return shares }
        return shares.capped(at: Double(sites[site].explained))
    }

    /// The same as it is believed now, however late it was learned: what the cause is named by.
    func rivalBeliefs(of site: Int, silence: Silence) -> RivalShares {
        let power =
            sites[site].diedOfPower
            ? parameters.shareAfterGasp
            : SharedStart.share(
                max(powerShare(of: site, silence), outageShare(of: site, .power)),
                times: Double(sites[site].sharedStart))
        return RivalShares(
            power: power, carrier: max(carrierShare(of: site, silence), outageShare(of: site, .line)),
            agentRelease: releaseShare(of: silence))
    }

    /// Together: 1 − Π(1 − f).
    func explainedShare(of site: Int, silence: Silence) -> Double {
        1 - rivalShares(of: site, silence: silence).reduce(1) { $0 * (1 - $1.share) }
    }

    /// Whether a power failure is believed by what other sites and people say alone.
    func isPowerOut(around site: Int, _ silence: Silence) -> Bool {
        max(powerShare(of: site, silence), outageShare(of: site, .power)) >= parameters.rivalNamedFrom
    }

    /// Whether there are others who can show a power failure: a person reported it, another site of its area told of it
    /// with its last gasp, or the area has at least three other sites of ours to go by. Two or three neighbours that
    /// merely fall silent together may be one fire: somebody looks.
    func isPowerShown(around site: Int) -> Bool {
        if outageShare(of: site, .power) >= parameters.rivalNamedFrom { return true }
        let area = Int(index.areas.places(of: site).power)
        guard area >= 0 else { return false }
        let others = index.areas.members(of: area).map(Int.init).filter { $0 != site }
        return others.count >= 3 || others.contains { sites[$0].diedOfPower }
    }

    private func powerShare(of site: Int, _ silence: Silence) -> Double {
        let area = Int(index.areas.places(of: site).power)
        guard area >= 0, let share = rivals[area].share else { return 0 }
        guard let vote = vote(of: site, for: .power, onset: .distantPast, silence) else { return share.mean }
        let mean = share.mean(without: vote)
        return wouldHaveGasped(silence) && !sites[site].diedOfPower ? mean * parameters.silenceWithoutGasp : mean
    }

    private func carrierShare(of site: Int, _ silence: Silence) -> Double {
        let area = Int(index.areas.places(of: site).carrier)
        guard area >= 0, rivals[area].isEstablished, let share = rivals[area].share else { return 0 }
        guard let vote = vote(of: site, for: .carrier, onset: .distantPast, silence) else { return share.mean }
        return share.mean(without: vote)
    }

    /// An outage that somebody reported is believed as far as its own area is still dark.
    func outageShare(of site: Int, _ utility: Utility) -> Double {
        var share = 0.0
        for outage in outages {
            guard let finding = findings[outage.finding], !finding.isExpired,
                finding.draft.utility == utility, outage.members.contains(Int32(site), ascending: true)
            else { continue }
            share = max(share, min(0.9, outage.darkShare(without: index.sites[site].municipality)))
        }
        return share
    }

    /// A reported outage of lines explains the greater part of a site's silence: nobody drives there for it.
    func isCutOff(_ site: Int) -> Bool { outageShare(of: site, .line) >= parameters.rivalNamedFrom }

    func releaseShare(of silence: Silence) -> Double {
        guard !releases.isEmpty, case .informative(let telling) = silence, telling.agent >= 0,
            let key = releaseKey(ofAgent: telling.agent)
        else { return 0 }
        return releases.first { $0.key == key }?.share ?? 0
    }

    /// Its power area was dark within the last three days.
    func isInTail(_ site: Int) -> Bool {
        let area = Int(index.areas.places(of: site).power)
        return area >= 0 && rivals[area].darkUntil > now
    }

    /// A device with a UPS that was up would have said that its power went: its silence without that tells less of a
    /// power failure. A device that was off cannot gasp.
    private func wouldHaveGasped(_ silence: Silence) -> Bool {
        guard case .informative(let telling) = silence, telling.agent >= 0 else { return false }
        return index.agents[telling.agent].rhythm == .always && agents[telling.agent].charge >= 0
    }

    // MARK: Votes

    /// What a site says of a rival; nil where it says nothing.
    ///
    /// - Parameters:
    ///   - onset: when the silence in question began: who was not heard since then has no vote yet.
    ///   - silence: what the site's silence says, where the caller knows it already.
    func vote(
        of site: Int, for kind: AreaTable.Kind, onset: Timestamp, _ silence: Silence? = nil
    ) -> RivalVote? {
        let isPower = kind != .carrier
        switch sites[site].contact {
        case .reporting:
            if isPower, sites[site].isOnBattery { return .lastGasp }
            guard heardAtOrBeforeNow(site) > onset else { return nil }
            return .heard(voter(site, for: kind, whenHealthy: parameters.floors.posterior))
        case .silent: break
        case .unseen, .late, .signedOff: return nil
        }
        guard sites[site].silenceIsTold, now - sites[site].spokeAt <= parameters.silenceVotesFor else { return nil }
        if sites[site].diedOfPower { return isPower ? .lastGasp : nil }
        let silence = silence ?? self.silence(of: site)
        guard case .informative(let telling) = silence else { return nil }
        var voter = voter(site, for: kind, whenHealthy: telling.whenHealthy)
        if isPower, wouldHaveGasped(silence) { voter.weightOfSilence = parameters.silenceWithoutGasp }
        return .silent(voter)
    }

    private func voter(_ site: Int, for kind: AreaTable.Kind, whenHealthy: Double) -> RivalVote.Site {
        var voter = RivalVote.Site(
            prior: Double(sites[site].prior), silentWhenHit: SilenceWeight.whenHit(.server),
            silentWhenHealthy: max(whenHealthy, parameters.floors.area))
        let places = index.areas.places(of: site)
        let other = kind == .carrier ? places.power : places.carrier
        if other >= 0, kind == .carrier || rivals[Int(other)].isEstablished {
            voter.othersShare = rivals[Int(other)].mean
        }
        return voter
    }

    // MARK: Areas

    /// When the silence of an area had surely begun: the first beat that was missed of those that fell silent lately.
    /// A beat before that may have come through just before the line or the power went.
    func onset(of area: Int) -> Timestamp {
        var onset = Timestamp.distantFuture
        // Only who is told spoke, and these are few.
        let kind = index.areas.keys[area].kind
        for site in told.lazy.map(Int.init)
        where index.areas.places(of: site)[kind] == Int32(area) && spokeLately(site) {
            onset = min(onset, missedSince(site))
        }
        return onset == .distantFuture ? .distantPast : onset
    }

    /// When the next beat of a silent site was due.
    func missedSince(_ site: Int) -> Timestamp {
        guard case .informative(let telling) = silence(of: site), telling.agent >= 0 else {
            return heardAtOrBeforeNow(site)
        }
        return telling.since.adding(agents[telling.agent].contact.interval)
    }

    func spokeLately(_ site: Int) -> Bool {
        sites[site].silenceIsTold && now - sites[site].spokeAt <= parameters.confirmationWithin
    }

    /// Judges an area's rival anew from its sites' votes.
    mutating func judgeRival(of area: Int) {
        let kind = index.areas.keys[area].kind
        let onset = onset(of: area)
        let (ballot, hasSign, isWarned) = votes(of: area, kind, onset: onset)
        guard hasSign else {
            if area < ballots.count { ballots[area] = nil }
            let darkUntil = rivals[area].darkUntil
            rivals[area] = RivalState()
            rivals[area].darkUntil = darkUntil > now ? darkUntil : .distantPast
            return
        }
        let posterior = rivalPrior(of: area, kind, isWarned: isWarned)
            .updated(by: likelihood(of: ballot, in: area))
        rivals[area].share = posterior
        rivals[area].mean = posterior.mean
        if kind == .power, posterior.mean > 0.5 { rivals[area].darkUntil = now + parameters.tailLasts }
        if kind == .carrier {
            // What was taken for real stays so until hardly any of its sites is dark.
            rivals[area].isEstablished =
                rivals[area].isEstablished
                ? posterior.mean >= parameters.rivalEndsBelow
                : posterior.mean >= parameters.rivalOpensFrom
                    && carrierGain(of: area, mean: posterior.mean, onset: onset) >= parameters.carrierGain
        }
    }

    private mutating func likelihood(of ballot: RivalBallot, in area: Int) -> RivalLikelihood {
        if ballots.count != rivals.count { ballots = Array(repeating: nil, count: rivals.count) }
        if let known = ballots[area], known.ballot == ballot { return known.likelihood }
        let likelihood = RivalLikelihood(of: ballot, &voteLogarithms)
        ballots[area] = JudgedBallot(ballot: ballot, likelihood: likelihood)
        return likelihood
    }

    /// What the sites of an area say of its rival; whether any of them shows it, and whether any is warned.
    private func votes(
        of area: Int, _ kind: AreaTable.Kind, onset: Timestamp
    ) -> (ballot: RivalBallot, hasSign: Bool, isWarned: Bool) {
        var ballot = RivalBallot()
        var hasSign = false
        var isWarned = false
        for site in index.areas.members(of: area).lazy.map(Int.init) {
            if sites[site].hazardLevel >= 3 { isWarned = true }
            guard let vote = vote(of: site, for: kind, onset: onset) else { continue }
            if sites[site].silenceIsTold || vote == .lastGasp { hasSign = true }
            ballot.cast(vote)
        }
        return (ballot, hasSign, isWarned)
    }

    private func rivalPrior(of area: Int, _ kind: AreaTable.Kind, isWarned: Bool) -> RivalShare {
        switch kind {
        case .carrier: return RivalPrior.carrier.share(underHazard: isWarned)
        case .prefecture: return RivalPrior.prefecture.share(underHazard: isWarned)
        case .municipality, .power:
            let own = RivalPrior.powerArea.share(underHazard: isWarned)
            guard let first = index.areas.members(of: area).first else { return own }
            let prefecture = Int(index.areas.places(of: Int(first)).prefecture)
            guard let wider = rivals[prefecture].share else { return own }
            return own.mixed(with: wider)
        }
    }

    /// How much better "the carrier is down" explains its sites than "their municipalities suffer": against the other
    /// carriers' sites of the same municipality, shrunk to those of the prefecture.
    private func carrierGain(of area: Int, mean: Double, onset: Timestamp) -> Double {
        guard let first = index.areas.members(of: area).first else { return 0 }
        let prefecture = Int(index.areas.places(of: Int(first)).prefecture)
        var others = DarkCounts()
        // By municipality; looked up, never iterated.
        var byMunicipality: [Int32: DarkCounts] = [:]
        for site in index.areas.members(of: prefecture).lazy.map(Int.init)
        where Int(index.areas.places(of: site).carrier) != area {
            guard let isDark = isDark(site, onset: onset) else { continue }
            others.add(isDark)
            byMunicipality[index.areas.places(of: site).municipality, default: DarkCounts()].add(isDark)
        }
        let wide = others.share(shrunkTo: parameters.floors.area, by: 2)
        var gain = 0.0
        for site in index.areas.members(of: area).lazy.map(Int.init) {
            guard let isDark = isDark(site, onset: onset) else { continue }
            let near = byMunicipality[index.areas.places(of: site).municipality] ?? DarkCounts()
            let expected = near.share(shrunkTo: wide, by: 2)
            func likelihood(_ share: Double) -> Double {
                let dark = 1 - (1 - parameters.floors.area) * (1 - share)
                return isDark ? dark : 1 - dark
            }
            gain += likelihood(mean).naturalLogarithm - likelihood(expected).naturalLogarithm
        }
        return gain
    }

    /// Whether a site went dark lately; nil where it has not shown either.
    func isDark(_ site: Int, onset: Timestamp) -> Bool? {
        switch sites[site].contact {
        case .reporting: return heardAtOrBeforeNow(site) > onset ? false : nil
        case .silent: return spokeLately(site) ? true : nil
        case .unseen, .late, .signedOff: return nil
        }
    }
}

/// Dark and lit sites, counted.
struct DarkCounts: Hashable, Sendable {
    private(set) var dark = 0
    private(set) var lit = 0

    mutating func add(_ isDark: Bool) { if isDark { dark += 1 } else { lit += 1 } }

    /// The share that is dark, with so many sites of the wider share added.
    func share(shrunkTo wider: Double, by sites: Double) -> Double {
        (Double(dark) + sites * wider) / (Double(dark + lit) + sites)
    }
}

extension [Int32] {
    /// Whether an ascending list has the value.
    func contains(_ value: Int32, ascending: Bool) -> Bool {
        let place = lowerBound(value)
        return place < count && self[place] == value
    }

    /// The first place whose value is not below `value`.
    func lowerBound(_ value: Int32) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Puts a value into its place; nothing where it is there.
    mutating func insert(ascending value: Int32) {
        let place = lowerBound(value)
        if place == count || self[place] != value { insert(value, at: place) }
    }

    /// Takes a value out of an ascending list.
    mutating func remove(ascending value: Int32) {
        let place = lowerBound(value)
        if place < count, self[place] == value { remove(at: place) }
    }
}
