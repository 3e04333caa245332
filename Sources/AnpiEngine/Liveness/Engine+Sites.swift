import AnpiModel

extension Engine {
    /// The contact of an agent is not what it was `before`: told, kept, and its site looked at again.
    mutating func agentContactChanged(_ number: Int, from before: Contact, into step: inout Step) {
        let entry = index.agents[number]
        let site = Int(entry.site)
        let contact = agents[number].contact.contact
        if before != .unseen {
            step.history.append(
                .contact(
                    subject: entry.id.text, isSite: false, contact: before, from: agents[number].contactSince, to: now))
        }
        count(agent: number, as: before, -1)
        agents[number].contactSince = now
        count(agent: number, as: contact, 1)

        var details: [JSON.Member] = [
            JSON.Member("agent", .id(entry.id)), JSON.Member("site", .id(index.sites[site].id)),
            JSON.Member("contact", .word(contact)), JSON.Member("since", .time(now)),
            JSON.Member("lastHeardAt", .time(agents[number].contact.lastHeard)),
        ]
        if let attribution = attribution(ofAgent: number, siteContact: contactNow(of: site)) {
            details.append(JSON.Member("attribution", .word(attribution)))
        }
        step.append(
            Decision(
                at: now, name: .agentContact, site: index.sites[site].id, agent: entry.id, offices: offices(of: site),
                details: details))
        siteMayHaveChanged(site, into: &step)
    }

    /// Looks at a site as it is now: contact, belief, incident, phone tasks, and when to look again.
    mutating func siteMayHaveChanged(_ site: Int, into step: inout Step) {
        dirty.touch(site: site)
        updateContact(of: site, into: &step)
        let silence = index.sites[site].isRetired ? Silence.none : silence(of: site)
        assess(site, silence: silence, into: &step)
        switch silence {
        case .informative: silenceSpeaks(at: site, into: &step)
        case .none, .saysNothing: break
        }
        if isHeard(sites[site].contact) || index.sites[site].isRetired { siteIsHeard(site, into: &step) }
        updateIncidentWellness(of: site, into: &step)
        let phone = updatePhoneTasks(of: site, into: &step)
        lookAgain(at: site, silence: silence, phoneTaskAt: phone)
    }

    /// The site's one entry fired: an opening has passed its allowance, an office opens, a ping's worth is over.
    mutating func siteDeadlinePassed(_ site: Int, into step: inout Step) {
        sites[site].queuedAt = .distantFuture
        siteMayHaveChanged(site, into: &step)
    }

    // MARK: Contact

    /// `reporting` if any agent is, else `late`, else `silent` if any is, else `signedOff`, else `unseen`
    /// (CONTRACTS §6).
    func contactNow(of site: Int) -> Contact {
        var isThere = (reporting: false, late: false, silent: false, signedOff: false, agent: false)
        index.forEachAgent(of: site) { number in
            guard !index.agents[number].isCanary, !index.agents[number].isRetired else { return }
            isThere.agent = true
            switch agents[number].contact.contact {
            case .unseen: break
            case .reporting: isThere.reporting = true
            case .late: isThere.late = true
            case .silent: isThere.silent = true
            case .signedOff: isThere.signedOff = true
            }
        }
        if isThere.reporting || sites[site].pingedUntil > now { return .reporting }
        if isThere.late { return .late }
        if isThere.silent { return .silent }
        if isThere.signedOff { return .signedOff }
        // A site that only ever pinged is judged by its pings.
        return !isThere.agent && sites[site].pingedUntil > .distantPast ? .silent : .unseen
    }

    /// A goodbye is heard too: it ends a silence as a beat does.
    private func isHeard(_ contact: Contact) -> Bool {
        switch contact {
        case .reporting, .signedOff: true
        case .unseen, .late, .silent: false
        }
    }

    private mutating func updateContact(of site: Int, into step: inout Step) {
        let contact = contactNow(of: site)
        let before = sites[site].contact
        guard contact != before else { return }
        if before != .unseen {
            step.history.append(
                .contact(
                    subject: index.sites[site].id.text, isSite: true, contact: before, from: sites[site].contactSince,
                    to: now))
        }
        count(site: site, -1)
        sites[site].contact = contact
        sites[site].contactSince = now
        count(site: site, 1)
        siteChanged(site, into: &step)
        var details: [JSON.Member] = [
            JSON.Member("site", .id(index.sites[site].id)), JSON.Member("contact", .word(contact)),
            JSON.Member("since", .time(now)), JSON.Member("lastHeardAt", .time(heardAt(site))),
        ]
        if let attribution = attribution(ofSite: site, contact: contact, silence: silence(of: site)) {
            details.append(JSON.Member("attribution", .word(attribution)))
        }
        step.append(
            Decision(
                at: now, name: .siteContact, site: index.sites[site].id, offices: offices(of: site), details: details))
    }

    func heardAt(_ site: Int) -> Timestamp? {
        sites[site].lastHeard == .distantPast ? nil : sites[site].lastHeard
    }

    func offices(of site: Int) -> [OfficeID] { index.office(of: site).map { [$0.id] } ?? [] }

    /// A row that others query has changed.
    mutating func siteChanged(_ site: Int, into step: inout Step) {
        dirty.touch(site: site)
        sites[site].version += 1
        step.changed.insert(.site(index.sites[site].id))
    }

    // MARK: What silence says

    /// What the silence of a site says.
    enum Silence: Equatable {
        /// It is not silent.
        case none
        /// Expected at this time; looked at again then.
        case saysNothing(until: Timestamp?)
        case informative

        /// The same, looked at again no later than `other`.
        func sooner(_ other: Timestamp?) -> Silence {
            guard case .saysNothing(let until?) = self else { return .saysNothing(until: other) }
            return .saysNothing(until: other.map { min($0, until) } ?? until)
        }
    }

    /// Silence of an `always` device always says something, that of an `hours` device once the site has been open for
    /// the start-up allowance.
    func silence(of site: Int) -> Silence {
        guard contactNow(of: site) == .silent else { return .none }
        var result = Silence.saysNothing(until: nil)
        index.forEachAgent(of: site) { number in
            guard result != .informative else { return }
            switch silence(ofAgent: number) {
            case .none: break
            case .saysNothing(let until): result = result.sooner(until)
            case .informative:
                // A ping since then: the device is down, the site was not, and the next ping will tell.
                let wasHeardSince = agents[number].contact.lastHeard < sites[site].pingedAt
                result =
                    wasHeardSince && now < sites[site].pingDueAt ? result.sooner(sites[site].pingDueAt) : .informative
            }
        }
        return result
    }

    /// What the silence of one device says by its rhythm alone.
    func silence(ofAgent number: Int) -> Silence {
        let entry = index.agents[number]
        guard !entry.isCanary, !entry.isRetired, agents[number].contact.contact == .silent else { return .none }
        switch entry.rhythm {
        case .always: return .informative
        case .hours:
            // Unknown hours say nothing about a device that follows them.
            guard let calendar = index.calendar(of: Int(entry.site)), calendar.isKnown else {
                return .saysNothing(until: nil)
            }
            let allowance = parameters.startUpAllowance
            let isOpen = calendar.isOpen(at: now)
            guard isOpen, calendar.isOpen(at: now - allowance) else {
                let opening = calendar.nextOpening(after: isOpen ? now - allowance : now)
                return .saysNothing(until: opening.map { $0 + allowance })
            }
            return unheard(number, since: calendar, allowance: allowance)
        }
    }

    /// A device whose site has been open for the allowance: its silence says something unless we could not hear when
    /// it should have come up.
    private func unheard(_ number: Int, since calendar: SiteCalendar, allowance: Duration) -> Silence {
        guard !blind.isEmpty else { return .informative }
        let contact = agents[number].contact
        // The last opening; within a day, for who has been open longer was heard or missed in that time.
        var opening = now - .seconds(86_400)
        while let next = calendar.nextOpening(after: opening), next <= now { opening = next }
        let deadline = BlindLedger.Deadline(
            at: opening + allowance, since: max(opening, contact.lastHeard), grace: contact.grace(parameters),
            interval: contact.interval, isTimeOfDay: true)
        switch blind.allow(for: deadline) {
        case .at(let at): return at > now ? .saysNothing(until: at) : .informative
        case .whenWeHearAgain: return .saysNothing(until: now + parameters.looksAgainWhileDeaf)
        }
    }

    // MARK: Looking again

    private mutating func lookAgain(at site: Int, silence: Silence, phoneTaskAt: Timestamp?) {
        var next = Timestamp.distantFuture
        if case .saysNothing(let until?) = silence { next = min(next, until) }
        // What was put down to ourselves is looked at again when we can hear.
        if sites[site].attribution == .collectorDeaf { next = min(next, now + parameters.looksAgainWhileDeaf) }
        if let phoneTaskAt { next = min(next, phoneTaskAt) }
        if sites[site].pingedUntil > now { next = min(next, sites[site].pingedUntil) }
        guard next < sites[site].queuedAt else { return }
        sites[site].queuedAt = next
        schedule(next, .site, site)
    }

    // MARK: Counting

    private mutating func count(agent number: Int, as contact: Contact, _ change: Int) {
        guard !index.agents[number].isCanary, !index.agents[number].isRetired else { return }
        agentsByContact[contact.place] += change
    }

    /// False for a site that left the fleet files or only proves that we can hear.
    func counts(site: Int) -> Bool { !index.sites[site].isRetired && index.sites[site].kind != .canary }

    private mutating func count(site: Int, _ change: Int) {
        guard counts(site: site) else { return }
        sitesByContact[sites[site].contact.place] += change
        if sites[site].contact == .reporting { neighbourhoods[neighbourhood(of: site)].reporting += change }
    }

    /// Counts anew, after an import or a restart.
    mutating func recount() {
        sitesByContact = [0, 0, 0, 0, 0]
        agentsByContact = [0, 0, 0, 0, 0]
        recountNeighbours()
        for number in sites.indices where counts(site: number) { sitesByContact[sites[number].contact.place] += 1 }
        for number in agents.indices { count(agent: number, as: agents[number].contact.contact, 1) }
    }
}

extension Contact {
    /// Its place in `allCases`.
    var place: Int {
        switch self {
        case .unseen: 0
        case .reporting: 1
        case .late: 2
        case .silent: 3
        case .signedOff: 4
        }
    }
}
