import AnpiModel

/// Incidents of more than one site: which silence belongs to which event (CONTRACTS §5, inference 7).
extension Engine {
    // MARK: Finding the incident

    /// The open incident of an area that a site's silence waits for: it covers the site's municipality or prefecture,
    /// or has a member near by.
    func areaIncident(of site: Int) -> Int? {
        incidents.open.first { number in
            guard let incident = incidents[number], incident.isOfArea, !incident.isUnconfirmedCluster,
                takesMembers(incident)
            else { return false }
            return reaches(site, incident, at: now)
        }
    }

    /// The open incident of an area that a site's silence began in, also when that has calmed down since.
    func pastIncident(of site: Int) -> Int? {
        incidents.open.first { number in
            guard let incident = incidents[number], incident.isOfArea, began(site, during: incident) else {
                return false
            }
            return reaches(site, incident, at: sites[site].spokeAt)
        }
    }

    /// Whether what happens at a site at that moment may be an incident's: in its municipalities, and in its first day
    /// also in their prefectures and near its members.
    private func reaches(_ site: Int, _ incident: IncidentRecord, at instant: Timestamp) -> Bool {
        let municipality = municipality(of: site)
        if incident.areas.contains(municipality) { return true }
        guard instant - incident.openedAt <= parameters.areaHoldsFor else { return false }
        let prefecture = municipality.prefix(2)
        return incident.areas.contains { $0.prefix(2) == prefecture } || isNearMember(site, of: incident)
    }

    /// Whether a site's silence began while the incident was worked on: it is of that event and of no other.
    private func began(_ site: Int, during incident: IncidentRecord) -> Bool {
        guard sites[site].silenceIsTold else { return false }
        let spokeAt = sites[site].spokeAt
        switch incident.state {
        case .active: return incident.openedAt <= spokeAt
        case .stable: return incident.openedAt <= spokeAt && spokeAt <= incident.stableAt ?? .distantPast
        case .candidate, .closed, .merged: return false
        }
    }

    /// A silence that its event has left behind and that nothing explains: it is of that incident, and is rung up.
    mutating func takeInLeftOver(_ site: Int, _ number: Int, into step: inout Step) {
        join(site, number, into: &step)
        draft(.phone, at: site, incident: number, into: &step)
    }

    /// The open incident that a flagged site is a member of: in one of its municipalities, or near a member.
    private func coveringIncident(of site: Int) -> Int? {
        let municipality = municipality(of: site)
        return incidents.open.first { number in
            guard let incident = incidents[number], incident.isOfArea,
                takesMembers(incident) || began(site, during: incident)
            else { return false }
            return incident.areas.contains(municipality) || isNearMember(site, of: incident)
        }
    }

    /// Whether what happens now may be part of it: what has calmed down or was never confirmed takes in nobody new,
    /// unless its warnings are still in force. The next storm is another event.
    private func takesMembers(_ incident: IncidentRecord) -> Bool {
        let age = now - incident.openedAt
        guard age <= parameters.eventLastsAtMost else { return false }
        switch incident.state {
        case .active: return true
        case .candidate: return incident.kind == .hazard || age <= parameters.areaHoldsFor
        case .stable:
            return incident.kind == .hazard && age <= parameters.warningHoldsFor
                && incident.areas.contains { isWarned(municipality: $0) }
        case .closed, .merged: return false
        }
    }

    private func isNearMember(_ site: Int, of incident: IncidentRecord) -> Bool {
        let place = index.sites[site].place
        return incident.sites.contains {
            Int($0) != site && index.sites[Int($0)].place.distanceKilometers(to: place) <= parameters.memberKilometers
        }
    }

    // MARK: Alarms

    /// So many silent at once is no chance: one incident, of the kind that is best supported.
    ///
    /// No chance is not harm yet: exchanges are maintained and feeders fail all year. A few sites of which none is flagged
    /// are a candidate, and each is looked after as if it were alone; it is real as soon as sites are flagged, when more
    /// fall silent than one feeder or exchange carries, or when it has lasted longer than such failures do.
    mutating func openAreaIncident(_ members: [Int], into step: inout Step) {
        let areas = municipalities(of: members)
        let near = incidents.open.first { number in
            guard let incident = incidents[number], incident.isOfArea, takesMembers(incident) else { return false }
            // What begins within the same minutes so near is one event, also over several prefectures.
            if now - incident.openedAt <= parameters.beginsWithin,
                isSameEvent(number, areas, isSeismic: incident.isSeismic)
            {
                return true
            }
            return members.contains { incident.areas.contains(municipality(of: $0)) || isNearMember($0, of: incident) }
        }
        let number: Int
        if let near {
            number = near
            incidents[number]?.covers(areas)
            for site in members { join(site, number, into: &step) }
            candidateGrew(number, into: &step)
        } else {
            let isPower = isPowerFailure(members)
            let state: IncidentState =
                isPower || isLarge(members) || isReal(members, isSeismic: false) ? .active : .candidate
            number = open(isPower ? .power : .cluster, state, members, areas: areas, into: &step)
        }
        for site in members {
            if incidents[number]?.isUnconfirmedCluster == true {
                workAsAlone(site, in: number, into: &step)
            } else {
                updateWork(of: site, in: number, into: &step)
            }
        }
    }

    /// More have joined a candidate cluster: what it is may be clear now.
    private mutating func candidateGrew(_ number: Int, into step: inout Step) {
        guard let cluster = incidents[number], cluster.isUnconfirmedCluster else { return }
        let members = cluster.sites.map(Int.init)
        let silent = members.filter { sites[$0].silenceIsTold }
        if silent.count >= parameters.alarmSites, isPowerFailure(silent) {
            turns(number, into: .power, &step)
            activate(number, by: nil, into: &step)
        } else if isLarge(members), carrier(holding: members) == nil {
            // An exchange is no disaster, however many hang on it: its carrier will be named.
            activate(number, by: nil, into: &step)
        }
    }

    /// More than one feeder or exchange carries, and than restarts of an update do: so many that fell silent at once, not
    /// nearly all of one municipality, and a good part of all that would be heard there.
    private func isLarge(_ members: [Int]) -> Bool {
        let all = members.filter { sites[$0].silenceIsTold }
        let newest = all.map { sites[$0].spokeAt }.max() ?? now
        // What has been silent for hours is another failure: two of them in one day are no disaster.
        let silent = all.filter { newest - sites[$0].spokeAt <= parameters.beginsWithin }
        guard silent.count >= parameters.clusterRealFrom else { return false }
        // By municipality; looked up, and compared by their counts alone.
        var counts: [Int: Int] = [:]
        var heard = 0
        for site in silent {
            let place = neighbourhood(of: site)
            if counts[place] == nil { heard += neighbourhoods[place].reporting }
            counts[place, default: 0] += 1
        }
        let count = Double(silent.count)
        return Double(counts.values.max() ?? 0) < parameters.oneMunicipality * count
            && count >= parameters.clusterRealShare * (count + Double(heard))
    }

    /// What a single would have had done.
    private mutating func workAsAlone(_ site: Int, in number: Int, into step: inout Step) {
        let isDone = incidents[number]?.tasks.contains { tasks[Int($0)]?.site == Int32(site) } ?? true
        if !isDone { draft(.inspect, at: site, incident: number, into: &step) }
    }

    /// A cluster of which nothing else is known is real once it has outlasted ordinary failures.
    mutating func clusterMayBeReal(_ number: Int, into step: inout Step) {
        guard let incident = incidents[number], incident.isUnconfirmedCluster,
            incident.openedAt + parameters.clusterRealAfter <= now,
            incident.sites.count(where: { sites[Int($0)].silenceIsTold }) >= parameters.alarmSites
        else { return }
        activate(number, by: nil, into: &step)
    }

    /// Two last gasps, or an outage that somebody reported, and most of the members dark by it: a power failure needs
    /// evidence.
    private func isPowerFailure(_ members: [Int]) -> Bool {
        let gasps = members.count { sites[$0].diedOfPower }
        let isReported = outages.contains { outage in
            findings[outage.finding]?.draft.utility == .power
                && members.contains { outage.members.contains(Int32($0), ascending: true) }
        }
        guard gasps >= 2 || isReported else { return false }
        let dark = members.count { explainedShare(of: $0, silence: silence(of: $0)) > parameters.rivalNamedFrom }
        return dark * 2 > members.count
    }

    private func municipalities(of sites: [Int]) -> [String] {
        var codes: [String] = []
        for site in sites {
            let code = municipality(of: site)
            if !codes.contains(code) { codes.append(code) }
        }
        return codes.sorted()
    }

    // MARK: Rivals

    /// A carrier whose outage is believed has an incident of its own, and nobody is sent.
    mutating func openCarrierIncidents(into step: inout Step) {
        for area in rivals.indices where rivals[area].isEstablished {
            let members = index.areas.members(of: area).map(Int.init).filter { isUnclaimed($0) }
            openRivalIncident(.carrier, cause: index.areas.keys[area].text, members, into: &step)
        }
    }

    mutating func openReleaseIncidents(into step: inout Step) {
        for release in releases {
            let members = told.map(Int.init).filter { isUnclaimed($0) && releaseShare(of: silence(of: $0)) > 0 }
            openRivalIncident(.agentRelease, cause: name(of: release.key), members, into: &step)
        }
    }

    private mutating func openRivalIncident(
        _ kind: IncidentKind, cause: String, _ members: [Int], into step: inout Step
    ) {
        guard members.count >= parameters.alarmSites, openIncident(kind, cause: cause) == nil else { return }
        open(kind, .active, members, cause: cause, into: &step)
        for site in members { cancelVisits(at: site, explainedBy: kind, into: &step) }
    }

    private func openIncident(_ kind: IncidentKind, cause: String) -> Int? {
        incidents.open.first { incidents[$0]?.kind == kind && incidents[$0]?.cause == cause }
    }

    /// A silence that a carrier's outage or a bad release explains belongs to that incident; true where it does.
    mutating func joinRivalIncident(_ site: Int, silence: Silence, into step: inout Step) -> Bool {
        guard sites[site].assessment.severity < Assessment.suspect.severity else { return false }
        let carrier = Int(index.areas.places(of: site).carrier)
        var number: Int?
        if carrier >= 0, rivals[carrier].isEstablished {
            number = openIncident(.carrier, cause: index.areas.keys[carrier].text)
        }
        if number == nil, releaseShare(of: silence) > 0, case .informative(let telling) = silence,
            let key = releaseKey(ofAgent: telling.agent)
        {
            number = openIncident(.agentRelease, cause: name(of: key))
        }
        guard let number, let kind = incidents[number]?.kind else { return false }
        join(site, number, into: &step)
        cancelVisits(at: site, explainedBy: kind, into: &step)
        return true
    }

    /// Nobody drives to a site that another cause silences.
    mutating func cancelVisits(at site: Int, explainedBy kind: IncidentKind, into step: inout Step) {
        let reason = kind == .carrier ? TaskReason.carrierOutage : .badRelease
        for number in sites[site].tasks.map(Int.init) {
            guard let task = tasks[number], task.isUntouched, task.order.rung == nil else { continue }
            cancel(number, because: reason, into: &step)
        }
    }

    // MARK: Members

    /// What is believed of a site has changed: it may belong to an incident, and the incident may become real.
    mutating func assessmentChanged(of site: Int, into step: inout Step) {
        let assessment = sites[site].assessment
        recoveryFollowsBelief(at: site)
        cancelAnswered(at: site, into: &step)
        guard assessment.severity >= Assessment.suspect.severity, counts(site: site) else { return }
        let own = incidents[Int(sites[site].incident)]
        if own == nil || own?.isOfArea == false, let number = coveringIncident(of: site) {
            let code = municipality(of: site)
            incidents[number]?.covers([code])
            join(site, number, into: &step)
        }
        if sites[site].incident == 0, !sites[site].hadIncident {
            // Flagged without a silence of its own (a neighbour's report): somebody has to look at it all the same.
            openSingle(site, assessment == .suspect ? .phone : .inspect, into: &step)
            return
        }
        let number = Int(sites[site].incident)
        guard number > 0 else { return }
        if let incident = incidents[number], incident.state == .candidate,
            isReal(incident.sites.map(Int.init), isSeismic: incident.isSeismic)
        {
            activate(number, by: nil, into: &step)
        } else if let incident = incidents[number], incident.kind == .power,
            isReal(incident.sites.map(Int.init), isSeismic: incident.isSeismic)
        {
            wasMoreThanPower(number, into: &step)
        } else {
            updateWork(of: site, in: number, into: &step)
        }
    }

    /// Water comes to those that a power failure has silenced, too: once harm is likely somewhere, it is a disaster's.
    private mutating func wasMoreThanPower(_ number: Int, into step: inout Step) {
        guard let incident = incidents[number] else { return }
        let isWarned = incident.sites.contains { sites[Int($0)].hazardLevel >= 3 }
        turns(number, into: isWarned ? .hazard : .cluster, &step)
        for member in incident.sites { updateWork(of: Int(member), in: number, into: &step) }
    }

    /// What it is has become clearer.
    private mutating func turns(_ number: Int, into kind: IncidentKind, _ step: inout Step) {
        incidents[number]?.kind = kind
        incidents[number]?.version += 1
        tellIncident(.incidentChanged, number, details: [JSON.Member("kind", .word(kind))], into: &step)
    }

    /// A flagged member has somebody to ring or to go: one task of a kind at a time.
    mutating func updateWork(of site: Int, in number: Int, into step: inout Step) {
        guard let incident = incidents[number], incident.isOfArea, incident.state != .candidate else { return }
        let kind: TaskKind
        switch sites[site].assessment {
        case .suspect: kind = .phone
        case .likelyHit, .confirmedHit: kind = .inspect
        // Many are silent and nobody knows why: the office rings them up.
        case .unknown where incident.kind == .cluster && sites[site].silenceIsTold: kind = .phone
        case .ok, .quiet, .unknown, .confirmedOK: return
        }
        // Who is visited need not be rung up.
        let isDone = incident.tasks.contains { number in
            guard let task = tasks[Int(number)], task.site == Int32(site), task.state != .cancelled else {
                return false
            }
            return task.kind == kind || task.kind == .inspect
        }
        if !isDone { draft(kind, at: site, incident: number, into: &step) }
    }

    /// A candidate is real with its first `likelyHit`. After shaking also with two suspects near each other or with three
    /// (inference 7); else when it is likely that one of its suspects at least is hit.
    private func isReal(_ members: [Int], isSeismic: Bool) -> Bool {
        let flagged = members.filter { sites[$0].assessment.severity >= Assessment.suspect.severity }
        if flagged.contains(where: { sites[$0].assessment.severity >= Assessment.likelyHit.severity }) { return true }
        guard isSeismic else { return probabilityOfAny(flagged) >= parameters.incidentRealFrom }
        if flagged.count >= 3 { return true }
        guard flagged.count == 2 else { return false }
        return index.sites[flagged[0]].place.distanceKilometers(to: index.sites[flagged[1]].place)
            <= parameters.memberKilometers
    }

    /// P(one of these is hit), of those that fell silent within minutes of one another the likeliest alone: a feeder or an
    /// exchange takes all of its sites at once, but water comes to one after the other. Of those that did not come up in
    /// the morning nobody knows when they fell silent: together they count as one, too.
    private func probabilityOfAny(_ flagged: [Int]) -> Double {
        var none = 1.0
        var likeliest = 0.0
        var likeliestOfMorning = 0.0
        var last: Timestamp?
        for site in flagged.sorted(by: { (sites[$0].spokeAt, $0) < (sites[$1].spokeAt, $1) }) {
            // Who is not silent was told of by somebody, and stands alone.
            let spokeAt = sites[site].silenceIsTold ? sites[site].spokeAt : nil
            let probability = Millinats(Int(sites[site].logOdds)).probability
            if case .informative(let telling) = silence(of: site), beginning(of: telling) == nil {
                likeliestOfMorning = max(likeliestOfMorning, probability)
                continue
            }
            if let last, let spokeAt, spokeAt - last <= parameters.beginsWithin {
                likeliest = max(likeliest, probability)
            } else {
                none *= 1 - likeliest
                likeliest = probability
            }
            last = spokeAt
        }
        return 1 - none * (1 - likeliest) * (1 - likeliestOfMorning)
    }

    /// A candidate becomes active: told once as opened, and its members get their work.
    mutating func activate(_ number: Int, by actor: String?, into step: inout Step) {
        guard let incident = incidents[number], incident.state == .candidate else { return }
        incidents[number]?.activated(at: now)
        var details: [JSON.Member] = [
            JSON.Member("kind", .word(incident.kind)),
            JSON.Member("sites", .array(incident.sites.map { .id(index.sites[Int($0)].id) })),
            JSON.Member("areas", .array(incident.areas.map { .string($0) })),
        ]
        if let actor { details.append(JSON.Member("by", .string(actor))) }
        tellIncident(.incidentOpened, number, details: details, into: &step)
        enqueue(incident: number)
        incidentMayBeBig(number, into: &step)
        for site in incident.sites { updateWork(of: Int(site), in: number, into: &step) }
        takeInSingles(number, into: &step)
    }

    // MARK: Hazards

    /// Municipalities with sites are warned at level 4 or above: an incident is proposed, or one that is open covers
    /// them too.
    mutating func areasWereWarned(_ areas: [String], isSeismic: Bool, into step: inout Step) {
        guard !areas.isEmpty else { return }
        guard let number = incidents.open.first(where: { isSameEvent($0, areas, isSeismic: isSeismic) }) else {
            let number = open(.hazard, .candidate, [], areas: areas, into: &step)
            incidents[number]?.isSeismic = isSeismic
            return takeInSingles(number, into: &step)
        }
        let before = incidents[number]?.areas ?? []
        incidents[number]?.covers(areas)
        var details: [JSON.Member] = []
        if incidents[number]?.kind == .cluster {
            incidents[number]?.kind = .hazard
            incidents[number]?.isSeismic = isSeismic
            details.append(JSON.Member("kind", .word(IncidentKind.hazard)))
        }
        let after = incidents[number]?.areas ?? []
        if after != before || !details.isEmpty {
            details.append(JSON.Member("areas", .array(after.map { .string($0) })))
            incidents[number]?.version += 1
            tellIncident(.incidentChanged, number, details: details, into: &step)
        }
        takeInSingles(number, into: &step)
    }

    /// One event over several prefectures is one incident: the same kind of force, in the same or a near area.
    private func isSameEvent(_ number: Int, _ areas: [String], isSeismic: Bool) -> Bool {
        guard let incident = incidents[number], takesMembers(incident) else { return false }
        switch incident.kind {
        case .hazard: guard incident.isSeismic == isSeismic else { return false }
        case .cluster, .power: break
        case .carrier, .agentRelease, .collector, .single: return false
        }
        if areas.contains(where: { code in incident.areas.contains { $0.prefix(2) == code.prefix(2) } }) { return true }
        let mine = incident.areas.compactMap(centre(ofMunicipality:))
        return areas.compactMap(centre(ofMunicipality:)).contains { place in
            mine.contains { $0.distanceKilometers(to: place) <= parameters.sameEventKilometers }
        }
    }

    /// Where a municipality's sites are: the first of them.
    private func centre(ofMunicipality code: String) -> Coordinate? {
        members(ofMunicipality: code).first.map { index.sites[Int($0)].place }
    }

    func members(ofMunicipality code: String) -> ArraySlice<Int32> {
        index.areas.number(of: AreaTable.Key(kind: .municipality, text: code)).map { index.areas.members(of: $0) } ?? []
    }

    /// Singles that the incident covers are part of it: at once where it is real, flagged ones also in a candidate.
    private mutating func takeInSingles(_ number: Int, into step: inout Step) {
        for other in incidents.open where incidents[other]?.kind == .single {
            guard let site = incidents[other]?.sites.first.map(Int.init), coveringIncident(of: site) == number else {
                continue
            }
            if sites[site].assessment.severity >= Assessment.suspect.severity {
                assessmentChanged(of: site, into: &step)
            } else if incidents[number]?.state != .candidate {
                join(site, number, into: &step)
            }
        }
    }

    /// A candidate whose warnings are over goes as it came.
    mutating func closeIdleCandidates(into step: inout Step) {
        for number in incidents.open {
            guard let incident = incidents[number], incident.state == .candidate, !incident.isUnconfirmedCluster,
                !incident.areas.contains(where: { isWarned(municipality: $0) }),
                incident.sites.allSatisfy({ sites[Int($0)].assessment.severity < Assessment.suspect.severity })
            else { continue }
            close(number, reason: "hazardOver", by: nil, into: &step)
        }
    }

    private func isWarned(municipality code: String) -> Bool {
        members(ofMunicipality: code).contains { sites[Int($0)].hazardLevel >= 4 }
    }

    /// The offices that look after the areas of an incident without members.
    func officesCovered(by incident: IncidentRecord) -> [OfficeID] {
        var list: [OfficeID] = []
        for code in incident.areas {
            for site in members(ofMunicipality: code) {
                for office in offices(of: Int(site)) where !list.contains(office) { list.append(office) }
            }
        }
        return list
    }

    // MARK: Ourselves

    /// All canaries are late: our own line is cut. One incident, no site is blamed.
    mutating func openCollectorIncident(into step: inout Step) {
        guard !incidents.open.contains(where: { incidents[$0]?.kind == .collector }) else { return }
        open(.collector, .active, [], into: &step)
    }

    mutating func closeCollectorIncident(into step: inout Step) {
        for number in incidents.open where incidents[number]?.kind == .collector {
            close(number, reason: "heardAgain", by: nil, into: &step)
        }
    }
}
