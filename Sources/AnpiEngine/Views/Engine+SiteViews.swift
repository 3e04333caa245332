package import AnpiModel

extension Engine {
    /// A page of sites, by id.
    package func sites(_ filter: SiteFilter = SiteFilter(), page: Page = Page(), scope: Scope = .all) -> JSON {
        let text = filter.text?.lowercased()
        return Self.list(index.siteOrder.map(Int.init), page: page, id: { index.sites[$0].id.text }) { number in
            guard matches(number, filter, scope: scope) else { return nil }
            let site = index.site(number)
            if let text, !text.isEmpty {
                let words = [site.id.text, site.name, site.kana ?? "", site.address ?? ""]
                guard words.contains(where: { $0.lowercased().contains(text) }) else { return nil }
            }
            return .object(row(of: number, site))
        }
    }

    private func matches(_ number: Int, _ filter: SiteFilter, scope: Scope) -> Bool {
        let entry = index.sites[number]
        let office = index.office(of: number)?.id
        return scope.contains(office) && (filter.includesRetired || !entry.isRetired)
            && (filter.office == nil || filter.office == office)
            && (filter.contact == nil || filter.contact == sites[number].contact)
            && (filter.assessment == nil || filter.assessment == sites[number].assessment)
    }

    /// One site with everything known of it; nil where there is none in this scope.
    package func site(_ id: SiteID, scope: Scope = .all) -> JSON? {
        guard let number = index.number(of: id), scope.contains(index.office(of: number)?.id) else { return nil }
        let site = index.site(number)
        var members = row(of: number, site)
        members += [
            JSON.Member("keyHolder", .optional(site.keyHolder)),
            JSON.Member("hours", .optional(site.hours?.text)), JSON.Member("beds", .integer(site.beds)),
            JSON.Member("dialysis", .bool(site.dialysis)), JSON.Member("homeOxygen", .bool(site.homeOxygen)),
            JSON.Member("floodDepthMeters", site.floodDepthMeters.map { .decimal($0, digits: 1) } ?? .null),
            JSON.Member("carrier", .optional(site.carrier)), JSON.Member("powerArea", .optional(site.powerArea)),
            JSON.Member("evidence", .array(evidence(of: number).map(\.jsonWithKey))),
            JSON.Member("slot", .word(slot(of: number))), JSON.Member("hazards", hazardsJSON(of: number)),
            JSON.Member("rivals", rivalsJSON(of: number)), JSON.Member("blindSeconds", blindSeconds(of: number)),
            JSON.Member("agents", .array(agentNumbers(of: number).map(agentJSON))),
            JSON.Member("copies", .array(copies(of: number))), JSON.Member("asked", askedJSON(of: number)),
            JSON.Member(
                "findings", .array(sites[number].findings.reversed().compactMap { findings[Int($0)].map(json(of:)) })),
            JSON.Member("tasks", .array(sites[number].tasks.map { taskJSON(Int($0)) })),
            JSON.Member(
                "incidents", .array(sites[number].incident > 0 ? [incidentJSON(Int(sites[number].incident))] : [])),
        ]
        return .object(members)
    }

    /// What is in force for the site, the highest level first.
    private func hazardsJSON(of number: Int) -> JSON {
        guard sites[number].isWarned else { return [] }
        return .array(hazards.statements(at: HazardLocation(index.site(number))).map { .object(Self.members(of: $0)) })
    }

    /// What else than harm may explain its silence: each rival with the share of healthy sites that it is believed to
    /// darken there, and how many other sites under it are heard.
    private func rivalsJSON(of number: Int) -> JSON {
        let isDeaf = sites[number].contact == .silent && cannotTell(number)
        guard sites[number].silenceIsTold || isDeaf else { return [] }
        func json(_ kind: String, _ share: Double, heard: Int?) -> JSON {
            ["kind": .string(kind), "share": .decimal(share, digits: 3), "heard": .optional(heard)]
        }
        let places = index.areas.places(of: number)
        let others = rivalBeliefs(of: number, silence: silence(of: number)).map { rival, share in
            switch rival {
            case .power: json(rival.rawValue, share, heard: heard(in: places.power))
            case .carrier: json(rival.rawValue, share, heard: heard(in: places.carrier))
            case .agentRelease: json(rival.rawValue, share, heard: nil)
            }
        }
        return .array(others + [json("collector", isDeaf ? 1 : 0, heard: nil)])
    }

    /// Sites of an area that report; nil where there is no such area.
    private func heard(in area: Int32) -> Int? {
        guard area >= 0 else { return nil }
        return index.areas.members(of: Int(area)).count { sites[Int($0)].contact == .reporting }
    }

    /// How much of its silence we could not hear ourselves.
    private func blindSeconds(of number: Int) -> JSON {
        guard sites[number].contact == .silent else { return .integer(0) }
        let since = heardAtOrBeforeNow(number)
        let milliseconds = blind.spans(upTo: now).reduce(Int64(0)) { sum, span in
            sum + max(0, min(span.to, now).milliseconds - max(span.from, since).milliseconds)
        }
        return .integer(milliseconds / 1_000)
    }

    private func agentNumbers(of site: Int) -> [Int] { index.agents(of: site) }

    /// The keys of a site in a list.
    func row(of number: Int, _ site: Site) -> [JSON.Member] {
        let state = sites[number]
        let newest = state.copies.filter { $0.goodAt != nil }.max {
            ($0.goodAt ?? .distantPast) < ($1.goodAt ?? .distantPast)
        }
        let task = state.tasks.last.flatMap { tasks[Int($0)] }
        return [
            JSON.Member("id", .id(site.id)), JSON.Member("name", .string(site.name)),
            JSON.Member("kana", .optional(site.kana)), JSON.Member("kind", .word(site.kind)),
            JSON.Member("office", .id(site.office)), JSON.Member("municipality", .string(site.municipality)),
            JSON.Member("municipalityName", .optional(site.address.flatMap(MunicipalityName.cut))),
            JSON.Member("address", .optional(site.address)),
            JSON.Member("latitude", .decimal(site.place.latitude, digits: 6)),
            JSON.Member("longitude", .decimal(site.place.longitude, digits: 6)),
            JSON.Member("contact", .word(state.contact)), JSON.Member("contactSince", .time(state.contactSince)),
            JSON.Member("assessment", .word(state.assessment)),
            JSON.Member("attribution", state.attribution.map { .word($0) } ?? .null),
            JSON.Member("probability", probabilityJSON(of: number)), JSON.Member("reason", reason(of: number)),
            JSON.Member("lastHeardAt", .time(heardAt(number))),
            JSON.Member("newestCopy", newest.map(Self.brief) ?? .null),
            JSON.Member("phone", .optional(site.phone)), JSON.Member("contactName", .optional(site.contactName)),
            JSON.Member("contactPhone", .optional(site.contactPhone)),
            JSON.Member("incident", state.incident > 0 ? .id(IncidentID(Int(state.incident))) : .null),
            JSON.Member("task", task.map(brief) ?? .null),
            JSON.Member("recovery", rungJSON(ofSite: number)), JSON.Member("visit", visitJSON(ofSite: number)),
            JSON.Member("lastCall", findings[Int(state.lastCall)].map(Self.brief) ?? .null),
            JSON.Member("retired", .bool(index.sites[number].isRetired)),
            JSON.Member("version", .integer(Int(state.version))),
        ]
    }

    private static func brief(_ copy: CopyRecord) -> JSON {
        [
            "tier": .word(copy.tier), "state": .word(copy.state), "goodAt": .time(copy.goodAt),
            "verifiedAt": .time(copy.verifiedAt),
        ]
    }

    private func brief(_ task: TaskRecord) -> JSON {
        let engineer = (task.engineer ?? task.offer?.engineer).map { index.engineers[Int($0)].engineer.id }
        return ["id": .id(task.id), "state": .word(task.state), "kind": .word(task.kind), "engineer": .id(engineer)]
    }

    private static func brief(_ call: FindingRecord) -> JSON {
        ["result": .string(call.draft.result), "at": .time(call.observedAt), "author": .string(call.author)]
    }

    // MARK: The sentence

    /// Why the site stands as it does, as a label's key with what it is filled in with.
    private func reason(of number: Int) -> JSON {
        let state = sites[number]
        func sentence(_ key: String, _ arguments: [JSON.Member] = []) -> JSON {
            ["key": .string("reason." + key), "arguments": .object(arguments)]
        }
        if index.sites[number].isRetired { return sentence("retired") }
        if let (finding, assessment) = confirmation(of: number) {
            switch assessment {
            case .confirmedHit, .confirmedOK:
                return sentence(
                    assessment.rawValue,
                    [
                        JSON.Member("person", .string(finding.author)), JSON.Member("at", .time(finding.observedAt)),
                        JSON.Member("until", .time(finding.expiresAt)),
                    ])
            case .ok, .quiet, .unknown, .suspect, .likelyHit: break
            }
        }
        let since = JSON.Member("since", .time(state.lastHeard))
        switch state.contact {
        case .unseen: return sentence(agentNumbers(of: number).isEmpty ? "noAgents" : "unseen")
        case .reporting:
            if let agent = agentNumbers(of: number).first(where: {
                attribution(ofAgent: $0, siteContact: .reporting) == .deviceOnly
            }) {
                return sentence(
                    "deviceOnly",
                    [
                        JSON.Member("device", .word(index.agents[agent].device)),
                        JSON.Member("since", .time(agents[agent].contact.lastHeard)),
                    ])
            }
            return sentence("reporting", [JSON.Member("at", .time(state.lastHeard))])
        case .late:
            return sentence(
                "late", [JSON.Member("n", .integer((now.milliseconds - state.lastHeard.milliseconds) / 60_000))])
        case .signedOff:
            return sentence("signedOff", [since, JSON.Member("until", .time(signedOffUntil(number)))])
        case .silent: break
        }
        if sites[number].diedOfPower { return sentence("lastGasp", [since]) }
        switch silence(of: number) {
        case .saysNothing(let until):
            return sentence("closedHours", [since, JSON.Member("opening", .time(until))])
        case .none, .informative: break
        }
        guard let agent = agentNumbers(of: number).first(where: { silence(ofAgent: $0).isInformative }) else {
            return sentence("silentSince", [since])
        }
        let key = index.agents[agent].rhythm == .always ? "silentAlways" : "silentOpen"
        return sentence(key, [JSON.Member("device", .word(index.agents[agent].device)), since])
    }

    private func signedOffUntil(_ site: Int) -> Timestamp? {
        agentNumbers(of: site).compactMap { number -> Timestamp? in
            guard case .signedOff(let claim) = agents[number].contact.state else { return nil }
            return claim.until
        }.min()
    }

    // MARK: Parts of a site

    private func agentJSON(_ number: Int) -> JSON {
        let entry = index.agents[number]
        let state = agents[number]
        let heard = state.contact.lastHeard == .distantPast ? nil : state.contact.lastHeard
        return [
            "id": .id(index.id(ofAgent: number)), "device": .word(entry.device), "rhythm": .word(entry.rhythm),
            "canary": .bool(entry.isCanary), "contact": .word(state.contact.contact),
            "contactSince": .time(state.contactSince), "lastHeardAt": .time(heard),
            "intervalSeconds": .integer(state.contact.interval / 1_000),
            "graceSeconds": .integer(state.contact.grace(parameters) / 1_000),
            "boot": .optional(state.boot.isEmpty ? nil : state.boot),
            "version": .optional(state.version < 0 ? nil : versions[Int(state.version)]),
            "skewSeconds": .integer(Int(state.skewSeconds)), "dropped": .integer(Int(state.dropped)),
            "power": [
                "source": .word(state.power),
                "charge": state.charge < 0 ? .null : .decimal(Double(state.charge), digits: 2),
                "runtimeSeconds": .optional(state.runtimeSeconds < 0 ? nil : Int(state.runtimeSeconds)),
            ],
            "link": .word(state.link),
            "disk": state.diskTotalBytes < 0
                ? .null : ["freeBytes": .integer(state.diskFreeBytes), "totalBytes": .integer(state.diskTotalBytes)],
        ]
    }

    /// The copies that the fleet files or an agent name, by tier.
    func copies(of number: Int) -> [JSON] {
        CopyTier.allCases.compactMap { tier in
            let place = self.place(of: tier, at: number)
            let record = sites[number].copies.first { $0.tier == tier }
            guard place != nil || record != nil else { return nil }
            let source = record.map { $0.source < 0 ? "ping" : index.id(ofAgent: Int($0.source)).text }
            return [
                "tier": .word(tier), "room": .optional(place?.room),
                "heightMeters": place?.heightMeters.map { .decimal($0, digits: 1) } ?? .null,
                "everyHours": place?.everyHours.map { .decimal($0, digits: 1) } ?? .null,
                "offline": place?.offline.map { .bool($0) } ?? .null,
                "state": .word(record?.state ?? .unknown), "goodAt": .time(record?.goodAt),
                "verifiedAt": .time(record?.verifiedAt),
                "bytes": record.map { $0.bytes < 0 ? .null : .integer($0.bytes) } ?? .null,
                "message": .optional(record == nil ? nil : copyMessages[number, tier]), "source": .optional(source),
                "updatedAt": .time(record?.updatedAt),
                "due": .bool(isDue(place, record)),
            ]
        }
    }

    /// A copy is due when its last good one is older than it may be; one that never was is due where one is asked for.
    private func isDue(_ place: CopyPlace?, _ record: CopyRecord?) -> Bool {
        guard let period = place?.period else { return false }
        guard let goodAt = record?.goodAt else { return true }
        return now > goodAt + period
    }
}
