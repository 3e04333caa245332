import AnpiModel

extension Engine {
    /// The fleet has other areas than before: what was known of those that stay goes with their keys.
    mutating func areasWereLinked(from before: [AreaTable.Key]) {
        var moved = Array(repeating: RivalState(), count: index.areas.keys.count)
        var isMarked = Array(repeating: false, count: index.areas.keys.count)
        for (number, key) in before.enumerated() where number < rivals.count {
            guard let now = index.areas.number(of: key) else { continue }
            moved[now] = rivals[number]
            isMarked[now] = isTouched[number]
        }
        rivals = moved
        isTouched = isMarked
        touched = isMarked.indices.filter { isMarked[$0] }.map(Int32.init)
        hazardIndex = nil
        warnings = [:]
        recountPlaced()
    }

    /// Reports and outages that name places, with the sites they reach; made anew after an import or a restart.
    mutating func recountPlaced() {
        let counts = outages
        placedReports = []
        outages = []
        for number in findings.open {
            guard let finding = findings[number], !finding.isExpired else { continue }
            remember(finding)
        }
        for place in outages.indices {
            if let old = counts.first(where: { $0.finding == outages[place].finding }) {
                outages[place].counts = old.counts
            }
        }
    }

    /// A finding that others than its own site are judged by.
    mutating func remember(_ finding: FindingRecord) {
        switch finding.draft.kind {
        case .report where finding.isPlaced:
            placedReports.insert(ascending: Int32(finding.number))
        case .outage where finding.draft.result == "down" && finding.isPlaced:
            outages.append(OutageArea(finding: finding.number, members: members(ofOutage: finding)))
        case .road where finding.draft.result != "open" && finding.isPlaced:
            roads.insert(ascending: Int32(finding.number))
            allPlansMayHaveChanged()
        case .report, .outage, .phone, .road, .survey, .override: break
        }
    }

    mutating func forget(_ finding: FindingRecord) {
        placedReports.remove(ascending: Int32(finding.number))
        outages.removeAll { $0.finding == finding.number }
        guard finding.draft.kind == .road else { return }
        roads.remove(ascending: Int32(finding.number))
        allPlansMayHaveChanged()
    }

    /// Where a finding was made: at the place it names; a report that names a site instead, at that site.
    func place(of finding: FindingRecord) -> Coordinate? {
        guard finding.draft.kind == .report, finding.draft.place == nil else { return finding.draft.place }
        return finding.site.map { index.sites[Int($0)].place }
    }

    /// The sites that an outage takes: where a carrier of theirs is named as the one whose lines fail, only its own.
    private func members(ofOutage finding: FindingRecord) -> [Int32] {
        let all = sites(covered: finding).map(Int32.init)
        guard finding.draft.utility == .line, let provider = finding.draft.provider else { return all }
        let own = all.filter { site in
            let carrier = Int(index.areas.places(of: Int(site)).carrier)
            // A carrier's area is named by its prefecture and itself.
            return carrier >= 0 && index.areas.keys[carrier].text.dropFirst(3) == provider
        }
        return own.isEmpty ? all : own
    }

    /// The sites that a finding's area or polygon holds, or that its place reaches, or the one that it is about; ascending.
    func sites(covered finding: FindingRecord) -> [Int] {
        if let site = finding.site, finding.draft.kind != .report { return [Int(site)] }
        let draft = finding.draft
        if let place = place(of: finding) {
            let reach = draft.radiusKilometers ?? NearReport.reachKilometers(of: draft)
            var list: [Int] = []
            index.grid.forEachSite(within: reach, of: place, placeOf: { index.sites[$0].place }) { site, _ in
                list.append(site)
            }
            return list.sorted()
        }
        if let area = draft.area, draft.polygon == nil {
            var list: [Int32] = []
            for code in area.municipalities {
                guard let number = index.areas.number(of: AreaTable.Key(kind: .municipality, text: code)) else {
                    continue
                }
                list += index.areas.members(of: number)
            }
            return list.sorted().map(Int.init)
        }
        return sites.indices.filter {
            counts(site: $0) && draft.covers(index.sites[$0].place, municipality: municipality(of: $0))
        }
    }

    /// A finding came or went: every site that it reaches is judged again.
    mutating func judgeAround(_ finding: FindingRecord, into step: inout Step) {
        switch finding.draft.kind {
        case .report, .outage: break
        case .phone, .road, .survey, .override: return
        }
        for place in outages.indices where outages[place].finding == finding.number { countOutage(place) }
        for site in sites(covered: finding) where counts(site: site) && !index.sites[site].isRetired {
            if finding.draft.kind == .report { markUnusual(site) }
            if sites[site].silenceIsTold { explain(site, silence: silence(of: site)) }
            siteMayHaveChanged(site, into: &step)
            if finding.draft.utility == .line, sites[site].attribution == .carrier, isCutOff(site) {
                cancelVisits(at: site, explainedBy: .carrier, into: &step)
            }
        }
    }
}
