import AnpiModel

/// Tests of whole areas: whether so many fall silent together by chance (reference §3.4, inference 7).
extension Engine {
    /// What has just begun to speak, weighed with its neighbours; each silence is in one test at most as its cause.
    mutating func raiseAlarms(_ news: [Int], into step: inout Step) {
        openCarrierIncidents(into: &step)
        openReleaseIncidents(into: &step)
        var rest: [Int] = []
        for site in news {
            if joinRivalIncident(site, silence: silence(of: site), into: &step) || isCutOff(site) { continue }
            // Mass silence where an incident of the area is open waits for that.
            if let number = areaIncident(of: site) {
                joinCluster(site, number, into: &step)
                continue
            }
            rest.append(site)
        }
        guard !rest.isEmpty else { return }
        setClocks()
        var inAlarm: [Int32] = []
        var asked: [Int32] = []
        for site in rest {
            let places = index.areas.places(of: site)
            for area in [places.municipality, places.power] where area >= 0 && !asked.contains(area) {
                asked.append(area)
                for member in tail(of: Int(area)) { inAlarm.insert(ascending: Int32(member)) }
            }
        }
        for member in scan(around: rest) { inAlarm.insert(ascending: Int32(member)) }
        guard inAlarm.count >= parameters.alarmSites else { return }
        if let carrier = carrier(holding: inAlarm.map(Int.init)) {
            rivals[carrier].isEstablished = true
            openCarrierIncidents(into: &step)
            inAlarm.removeAll { index.areas.places(of: Int($0)).carrier == Int32(carrier) }
            guard inAlarm.count >= parameters.alarmSites else { return }
        }
        // All alarms of one instant are one incident.
        openAreaIncident(inAlarm.map(Int.init), into: &step)
    }

    /// What falls silent within minutes of a cluster, in its area, is of it; later ones must be suspect by themselves.
    private mutating func joinCluster(_ site: Int, _ number: Int, into step: inout Step) {
        guard let incident = incidents[number], incident.kind == .cluster,
            now - incident.openedAt <= parameters.beginsWithin
        else { return }
        join(site, number, into: &step)
        updateWork(of: site, in: number, into: &step)
    }

    /// The carrier that holds so many of the silent sites that chance does not explain it by its share of all sites there
    /// (inference 3); nil where none does, or where all there is one carrier's.
    func carrier(holding silent: [Int]) -> Int? {
        var carriers: [Int32] = []
        for site in silent { carriers.insert(ascending: index.areas.places(of: site).carrier) }
        var municipalities: [Int32] = []
        for site in silent { municipalities.insert(ascending: index.areas.places(of: site).municipality) }
        for carrier in carriers where carrier >= 0 {
            let held = silent.count { index.areas.places(of: $0).carrier == carrier }
            guard held >= parameters.alarmSites else { continue }
            var all = 0
            var own = 0
            for area in municipalities {
                for site in index.areas.members(of: Int(area)) {
                    all += 1
                    if index.areas.places(of: Int(site)).carrier == carrier { own += 1 }
                }
            }
            let share = Double(own) / Double(all)
            let tail = PoissonBinomial.upperTail(
                of: Array(repeating: share, count: silent.count), atLeast: held, enough: parameters.carrierTail)
            if tail < parameters.carrierTail { return Int(carrier) }
        }
        return nil
    }

    /// Whether a site's silence is still nobody else's: lately begun, in no larger incident, not a rival's.
    func isUnclaimed(_ site: Int) -> Bool {
        guard spokeLately(site) else { return false }
        guard let incident = incidents[Int(sites[site].incident)] else { return true }
        return incident.kind == .single
    }

    /// Whether a silence asks for an alarm of its own: nobody else's, not waiting for an incident of its area, and not a
    /// reported line's.
    private func isUnexplained(_ site: Int) -> Bool {
        isUnclaimed(site) && areaIncident(of: site) == nil && !isCutOff(site)
    }

    /// The silent sites of an area whose number chance does not explain; empty where it does.
    private func tail(of area: Int) -> [Int] {
        let test = test(of: area, leavingOut: { !isUnexplained($0) })
        guard test.silent.count >= parameters.alarmSites else { return [] }
        return test.tail(enough: parameters.areaTail) < parameters.areaTail ? test.silent : []
    }

    /// An area's sites that show whether they are dark, without those dark ones that something else explains.
    private func test(of area: Int, leavingOut isExplained: (Int) -> Bool) -> AreaTest {
        let onset = onset(of: area)
        var test = AreaTest()
        for site in index.areas.members(of: area).lazy.map(Int.init) {
            guard let isDark = isDark(site, onset: onset), !isDark || !isExplained(site) else { continue }
            let probability = probabilityOfSilence(ofSite: site)
            guard probability < Silence.informativeBelow else { continue }
            test.add(site, isSilent: isDark, probability: probability)
        }
        return test
    }

    /// What every municipality and power area would be tested by at this instant, each silence counted whatever explains
    /// it: how often chance alone makes such tails is the null of the alarm (docs/detection.md).
    package func areaTests() -> [AreaTest] {
        // Clocks are asked for every site of the fleet: set once, in a copy.
        var engine = self
        engine.setClocks()
        return index.areas.keys.indices.compactMap { area in
            switch index.areas.keys[area].kind {
            case .municipality, .power: engine.test(of: area, leavingOut: { _ in false })
            case .prefecture, .carrier: nil
            }
        }
    }

    /// The rings in which an anchor's nearest sites are looked for: where they stand close the first ones are enough, and
    /// not everybody within the last has to be put in order.
    private static let ringsKilometers = [1, 2, 4, 8, 16, ScanStatistic.radiusKilometers]

    /// Sites of a ring around an anchor, the nearest first.
    private func sites(around anchor: Int, beyond inner: Double, within outer: Double) -> [Int] {
        var around: [(kilometers: Double, site: Int)] = []
        index.grid.forEachSite(
            within: outer, of: index.sites[anchor].place, placeOf: { index.sites[$0].place }
        ) { site, kilometers in
            if site != anchor, kilometers > inner { around.append((kilometers, site)) }
        }
        around.sort { ($0.kilometers, $0.site) < ($1.kilometers, $1.site) }
        return around.map(\.site)
    }

    /// The silent sites of the set around one of `anchors` that is most unlike chance; empty where none is.
    private func scan(around anchors: [Int]) -> [Int] {
        // Sites of the scan by place in `members`; looked up, never iterated.
        var places: [Int: Int] = [:]
        var members: [Int] = []
        var probabilities: [Double] = []
        var isSilent: [Bool] = []
        var nearest: [[Int32]] = []
        func place(of site: Int, isDark: Bool) -> Int {
            if let place = places[site] { return place }
            places[site] = members.count
            members.append(site)
            probabilities.append(probabilityOfSilence(ofSite: site))
            isSilent.append(isDark)
            return members.count - 1
        }
        var starts: [Int] = []
        for anchor in anchors.prefix(parameters.anchorsAtOnce) where isUnclaimed(anchor) {
            let onset = missedSince(anchor)
            starts.append(place(of: anchor, isDark: true))
            while nearest.count < members.count { nearest.append([]) }
            var chosen: [Int32] = []
            var inner = -1.0
            rings: for ring in Self.ringsKilometers {
                for site in sites(around: anchor, beyond: inner, within: ring) {
                    guard let isDark = isDark(site, onset: onset), !isDark || isUnexplained(site) else { continue }
                    chosen.append(Int32(place(of: site, isDark: isDark)))
                    if chosen.count == ScanStatistic.sitesMax - 1 { break rings }
                }
                inner = ring
            }
            while nearest.count < members.count { nearest.append([]) }
            nearest[starts[starts.count - 1]] = chosen
        }
        let scan = ScanStatistic(probabilities: probabilities)
        guard
            let best = scan.bestCluster(
                around: starts, isSilent: { isSilent[$0] }, nearest: { nearest[$0] }),
            best.score.nats > scanThreshold
        else { return [] }
        let silent = best.sites.filter { isSilent[$0] }.map { members[$0] }
        return silent.count >= parameters.alarmSites ? silent : []
    }

    /// P(silent | healthy) of a site now: of its device that is most surely on.
    func probabilityOfSilence(ofSite site: Int) -> Double {
        let slot = slot(of: site)
        var least = SilenceProfile.saysNothing
        var hasAgents = false
        index.forEachAgent(of: site) { number in
            let entry = index.agents[number]
            guard !entry.isCanary, !entry.isRetired else { return }
            hasAgents = true
            least = min(least, probabilityOfSilence(ofAgent: number, in: slot))
        }
        return hasAgents ? least : SilenceProfile.ofPings
    }
}
