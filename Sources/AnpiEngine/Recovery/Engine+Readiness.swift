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

    /// Warnings for these sites are not what they were: at level 3 and above the agents of those that would lose their
    /// data are asked for a backup away from the building, and their people are rung up, once while it lasts, the worst
    /// `callsBeforeStormMax` of each office.
    mutating func prepare(_ warned: [Int], into step: inout Step) {
        var candidates: [(site: Int, readiness: Readiness)] = []
        var safe: [Int] = []
        for site in warned {
            guard isStormComing(to: site) else {
                guard sites[site].isPrepared else { continue }
                sites[site].isPrepared = false
                siteChanged(site)
                safe.append(site)
                cancelCallsBeforeStorm(at: site, because: .warningOver, into: &step)
                continue
            }
            guard !sites[site].isPrepared else { continue }
            sites[site].isPrepared = true
            siteChanged(site)
            guard let readiness = readiness(of: site), readiness.wouldLoseData != nil else { continue }
            candidates.append((site, readiness))
        }
        ask(candidates.map(\.site), nowSafe: safe, into: &step)
        // Who is silent already cannot move anything any more.
        callUp(candidates.filter { !sites[$0.site].silenceIsTold }, into: &step)
    }

    private mutating func callUp(_ threatened: [(site: Int, readiness: Readiness)], into step: inout Step) {
        let ranked = Readiness.ranked(threatened.map(\.readiness))
        // Looked up, never iterated.
        let numbers = Dictionary(threatened.map { ($0.readiness.facts.site, $0.site) }) { first, _ in first }
        var calls = callsBeforeStorm
        for readiness in ranked {
            guard let site = numbers[readiness.facts.site], let reason = readiness.wouldLoseData,
                calls[Int(index.sites[site].office) + 1] < parameters.callsBeforeStormMax
            else { continue }
            calls[Int(index.sites[site].office) + 1] += 1
            var task = TaskRecord(
                number: tasks.next, kind: .phone, site: site, incident: 0, skills: [.inspect], durationMinutes: 10,
                readiness: reason, createdAt: now)
            task.reason = TaskReason.beforeStorm.rawValue
            draft(task, into: &step)
        }
    }

    /// Open calls of each office; first those of sites without one.
    private var callsBeforeStorm: [Int] {
        var calls = [Int](repeating: 0, count: index.offices.count + 1)
        for number in tasks.open {
            guard let task = tasks[number], task.readiness != nil else { continue }
            calls[Int(index.sites[Int(task.site)].office) + 1] += 1
        }
        return calls
    }

    /// Warned of at level 3 or above by what can be seen coming; a quake cannot.
    private func isStormComing(to site: Int) -> Bool {
        guard sites[site].hazardLevel >= 3, counts(site: site) else { return false }
        return statements(of: site).contains { $0.level >= 3 && !$0.area.phenomenon.isSeismic }
    }

    /// Nobody needs to ring any more; a call that somebody has taken is theirs.
    mutating func cancelCallsBeforeStorm(at site: Int, because reason: TaskReason, into step: inout Step) {
        for number in sites[site].tasks.map(Int.init) {
            guard let task = tasks[number], task.readiness != nil, task.isUntouched else { continue }
            cancel(number, because: reason, into: &step)
        }
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

    /// From here on, in thousandths, no copy plausibly survives the loss of the building.
    private static let plausibleLoss = 1_000 - Survival.plausible
}
