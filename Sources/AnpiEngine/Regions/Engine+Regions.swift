import AnpiModel

/// The judgement of areas: what many sites say together.
///
/// Whatever changes a site's vote marks its areas; at the next full second all marked areas are judged at once, however
/// many sites fell silent in between. So the cost goes with what changed, and a burst is judged as one.
extension Engine {
    /// Something that others are judged by has changed at a site.
    ///
    /// - Parameter always: also where nobody in its areas is silent; else a PC going off at closing time would have the
    ///   whole prefecture counted.
    mutating func touchAreas(of site: Int, always: Bool) {
        guard counts(site: site) else { return }
        let places = index.areas.places(of: site)
        for kind in [AreaTable.Kind.prefecture, .carrier, .power] where places[kind] >= 0 {
            let area = Int(places[kind])
            guard always || rivals[area].share != nil, !isTouched[area] else { continue }
            isTouched[area] = true
            touched.append(Int32(area))
        }
        if !touched.isEmpty { judgeSoon() }
    }

    /// Areas are judged at the next full second.
    mutating func judgeSoon() {
        guard judgementAt == .distantFuture else { return }
        judgementAt = Timestamp(milliseconds: (now.milliseconds / 1_000 + 1) * 1_000)
        schedule(judgementAt, .judgement, 0)
    }

    /// The second is over: rivals first, then the sites that they may explain, then alarms.
    mutating func judgementIsDue(into step: inout Step) {
        guard judgementAt <= now else { return }
        judgementAt = .distantFuture
        let areas = touched.sorted()
        for area in areas { isTouched[Int(area)] = false }
        touched = []
        let prefectures = self.areas(areas, of: .prefecture)
        let sites = told(in: prefectures)
        for site in sites.lazy.map(Int.init) {
            setClock(of: site)
            keepWarnings(of: site)
        }
        for area in prefectures { judgeRival(of: Int(area)) }
        for area in self.areas(areas, of: .carrier) { judgeRival(of: Int(area)) }
        // An area's prior hangs on its prefecture: all that have somebody silent are judged with it.
        var powers = self.areas(areas, of: .power)
        for site in sites { powers.insert(ascending: index.areas.places(of: Int(site)).power) }
        for area in powers where area >= 0 { judgeRival(of: Int(area)) }
        for number in outages.indices { countOutage(number) }
        judgeReleases()

        judgeNeighbours()

        var news: [Int] = []
        for site in newlyTold.lazy.map(Int.init) where self.sites[site].silenceIsTold { news.append(site) }
        newlyTold = []
        raiseAlarms(news, into: &step)
        for site in sites.lazy.map(Int.init) where self.sites[site].silenceIsTold {
            let silence = silence(of: site)
            explain(site, silence: silence)
            assessAgain(site, silence: silence, into: &step)
        }
    }

    // A closure within a mutating function would copy the whole engine: these ask from outside of it.

    private func areas(_ areas: [Int32], of kind: AreaTable.Kind) -> [Int32] {
        areas.filter { index.areas.keys[Int($0)].kind == kind }
    }

    /// Sites of these prefectures whose silence is told, ascending.
    private func told(in prefectures: [Int32]) -> [Int32] {
        told.filter { prefectures.contains(index.areas.places(of: Int($0)).prefecture, ascending: true) }
    }

    /// Keeps the most that rivals explained of a silence while they could have begun with it.
    mutating func explain(_ site: Int, silence: Silence) {
        guard now <= sites[site].spokeAt + parameters.beginsWithin else { return }
        sites[site].explained = max(sites[site].explained, Float(explainedShare(of: site, silence: silence)))
        dirty.touch(site: site)
    }

    /// Counts an outage finding's sites: who is silent, who is heard.
    mutating func countOutage(_ number: Int) {
        var counts: [OutageArea.Count] = []
        for site in outages[number].members.lazy.map(Int.init) {
            let isSilent: Bool
            switch sites[site].contact {
            case .reporting: isSilent = sites[site].isOnBattery
            case .silent where sites[site].silenceIsTold: isSilent = true
            case .silent, .unseen, .late, .signedOff: continue
            }
            let municipality = index.sites[site].municipality
            let place = counts.firstIndex { $0.municipality == municipality } ?? counts.count
            if place == counts.count { counts.append(OutageArea.Count(municipality: municipality)) }
            if isSilent { counts[place].silent += 1 } else { counts[place].heard += 1 }
        }
        outages[number].counts = counts
    }

    // MARK: Releases

    /// Releases after which agents stay away: against the agents of other releases.
    mutating func judgeReleases() {
        releases = []
        // A bad release shows at three sites at least; before that nothing is counted.
        var keys: [ReleaseKey] = []
        var silent: [Int] = []
        for site in told.lazy.map(Int.init) where spokeLately(site) && hasNewRelease(site) {
            guard case .informative(let telling) = silence(of: site), telling.agent >= 0,
                let key = releaseKey(ofAgent: telling.agent)
            else { continue }
            if let place = keys.firstIndex(of: key) {
                silent[place] += 1
            } else {
                keys.append(key)
                silent.append(1)
            }
        }
        for (key, count) in zip(keys, silent) where count >= 3 { judge(release: key) }
    }

    private mutating func judge(release key: ReleaseKey) {
        var own = DarkCounts()
        var others = DarkCounts()
        for site in sites.indices where counts(site: site) {
            guard let isDark = isDark(site, onset: now - parameters.confirmationWithin) else { continue }
            var isOwn = false
            index.forEachAgent(of: site) { if releaseKey(ofAgent: $0) == key { isOwn = true } }
            if isOwn { own.add(isDark) } else { others.add(isDark) }
        }
        let share = own.share(shrunkTo: parameters.floors.area, by: 0.5)
        let expected = others.share(shrunkTo: parameters.floors.area, by: 2)
        func likelihood(_ share: Double) -> Double {
            Double(own.dark) * share.naturalLogarithm + Double(own.lit) * (1 - share).naturalLogarithm
        }
        let gain = likelihood(share) - likelihood(expected)
        guard gain >= parameters.carrierGain, share >= parameters.rivalOpensFrom else { return }
        releases.append(ReleaseState(key: key, share: share))
    }

    /// The release that an agent changed to lately; nil where it runs what it ran for a day.
    func releaseKey(ofAgent number: Int) -> ReleaseKey? {
        guard now - agents[number].versionSince <= parameters.releaseIsNewFor else { return nil }
        return agents[number].leftForUpdate ? .update : .version(Int32(agents[number].version))
    }

    private func hasNewRelease(_ site: Int) -> Bool {
        var hasNew = false
        index.forEachAgent(of: site) { if releaseKey(ofAgent: $0) != nil { hasNew = true } }
        return hasNew
    }

    func name(of key: ReleaseKey) -> String {
        switch key {
        case .update: "update"
        case .version(let number): number < 0 ? "?" : versions[Int(number)]
        }
    }
}

/// Agents that changed their release of late: to a version they told, or away from one that they said goodbye with.
enum ReleaseKey: Hashable, Sendable {
    case update
    case version(Int32)
}

/// A release that is believed to be bad, and the share of its agents that it silences.
struct ReleaseState: Hashable, Sendable {
    let key: ReleaseKey
    let share: Double
}
