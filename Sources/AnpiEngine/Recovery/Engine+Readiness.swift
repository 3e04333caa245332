import AnpiModel

/// How sites stand before the storm, and whom to ring when one is coming.
extension Engine {
    // MARK: Facts

    /// Nil for what holds no records: canaries, offices, what has left the fleet.
    func readiness(of site: Int) -> Readiness? {
        guard counts(site: site), index.sites[site].kind != .office else { return nil }
        let depth = index.sites[site].floodDepthMeters
        return Readiness(
            ReadinessFacts(
                site: index.sites[site].id, copies: storedCopies(of: site),
                mappedDepthMeters: depth.isNaN ? nil : Double(depth), hasUPS: hasUPS(site),
                weight: index.site(site).careWeight), at: now)
    }

    /// A device that told of a battery or ran on one has a supply that bridges a cut; one that tells of its mains and of no
    /// battery has none. Who tells nothing of power is not known.
    private func hasUPS(_ site: Int) -> Bool? {
        let devices = index.agents(of: site)
        let tells = devices.contains { number in
            agents[number].charge >= 0 || agents[number].runtimeSeconds >= 0 || agents[number].power == .battery
        }
        if tells || sites[site].diedOfPower { return true }
        return devices.contains { agents[$0].power == .mains } ? false : nil
    }

    // MARK: Before a storm

    /// Warnings for these sites are not what they were: at level 3 and above the agents of those whose data may be lost are
    /// asked for a backup away from the building, and the people of those that would lose it are rung up, once while the
    /// warning stands.
    mutating func prepare(_ warned: [Int], into step: inout Step) {
        var safe: [Int] = []
        var threatened: [Int] = []
        for site in warned {
            if isStormComing(to: site) {
                threatened.append(site)
            } else if sites[site].preparation != .none {
                sites[site].preparation = .none
                siteChanged(site)
                safe.append(site)
                cancelCallsBeforeStorm(at: site, because: .warningOver, into: &step)
            }
        }
        prepare(threatened: threatened, nowSafe: safe, into: &step)
    }

    /// What is told of a site's copies is not what it was: while it is warned it is judged again.
    mutating func copiesChangedBeforeStorm(at site: Int, into step: inout Step) {
        // Of whom the worst is known there is nothing more to find.
        guard sites[site].preparation != .none, sites[site].preparation < .threatened, isStormComing(to: site) else {
            return
        }
        prepare(threatened: [site], nowSafe: [], into: &step)
    }

    /// Looks at sites in the way of a storm; who stands worse than was known is asked, or rung up, for what is new of it.
    private mutating func prepare(threatened: [Int], nowSafe safe: [Int], into step: inout Step) {
        var asked: [Int] = []
        var offices: Set<Int32> = []
        for site in threatened where sites[site].preparation < .threatened {
            let found = readiness(of: site)?.beforeStorm(at: now) ?? .safe
            guard found > sites[site].preparation else { continue }
            sites[site].preparation = found
            siteChanged(site)
            if found >= .asked { asked.append(site) }
            if found == .threatened { offices.insert(index.sites[site].office) }
        }
        ask(asked, nowSafe: safe, into: &step)
        for office in offices.sorted() { ringUp(ofOffice: office, into: &step) }
    }

    /// Warned of at level 3 or above by what can be seen coming; a quake cannot.
    private func isStormComing(to site: Int) -> Bool {
        guard sites[site].hazardLevel >= 3, counts(site: site) else { return false }
        return statements(of: site).contains { $0.level >= 3 && !$0.area.phenomenon.isSeismic }
    }
}

extension Readiness {
    /// Why the site would lose its data in a storm: the clause to speak about on the phone; nil where a copy plausibly
    /// survives, and where nobody knows of any.
    ///
    /// No copy away from the building that plausibly survives it, or an external storage that the expected water reaches.
    var wouldLoseData: Worded<ReadinessReason>? {
        // Without a row in the fleet files and without a word of an agent there is nothing to speak about.
        guard !facts.copies.isEmpty else { return nil }
        func failed(_ clause: ReadinessClause) -> Worded<ReadinessReason>? {
            checks.first { $0.clause == clause && $0.result == .fail }?.reason
        }
        if let belowWater = failed(.externalHeight) { return belowWater }
        guard lossWithBuilding > Self.plausibleLoss else { return nil }
        return failed(.offsite) ?? failed(.verified)
    }

    /// How it is to be prepared for a storm that comes `now`.
    func beforeStorm(at now: Timestamp) -> StormPreparation {
        wouldLoseData != nil ? .threatened : isAwayInDoubt(at: now) ? .asked : .safe
    }

    /// The newest copy away from the building that plausibly survives was never read back, or is older than it may be: a
    /// job that runs before the storm is worth more than the doubt.
    private func isAwayInDoubt(at now: Timestamp) -> Bool {
        let away = facts.copies.filter { !$0.isInBuilding && $0.chanceAway * 1_000 >= Double(Survival.plausible) }
        guard let newest = away.max(by: { ($0.goodAt ?? .distantPast) < ($1.goodAt ?? .distantPast) }) else {
            return false
        }
        guard newest.verifiedAt != nil, let goodAt = newest.goodAt else { return true }
        return newest.period.map { now - goodAt > $0 } ?? false
    }

    /// From here on, in thousandths, no copy plausibly survives the loss of the building.
    private static let plausibleLoss = 1_000 - Survival.plausible
}
