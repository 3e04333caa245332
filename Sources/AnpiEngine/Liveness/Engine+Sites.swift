import AnpiModel

extension Engine {
    /// The contact of an agent is not what it was `before`: told, kept, and its site looked at again.
    mutating func agentContactChanged(_ number: Int, from before: Contact, into step: inout Step) {
        let id = index.id(ofAgent: number)
        let site = Int(index.agents[number].site)
        let contact = agents[number].contact.contact
        if before != .unseen {
            step.history.append(
                .contact(
                    subject: id.text, isSite: false, contact: before, from: agents[number].contactSince, to: now))
        }
        count(agent: number, as: before, -1)
        if before == .silent { silenceEnded(ofAgent: number, since: agents[number].contactSince) }
        if before == .unseen { agents[number].firstHeardAt = now }
        agents[number].contactSince = now
        count(agent: number, as: contact, 1)
        setClock(of: site)

        var details: [JSON.Member] = [
            JSON.Member("agent", .id(id)), JSON.Member("site", .id(index.sites[site].id)),
            JSON.Member("contact", .word(contact)), JSON.Member("since", .time(now)),
            JSON.Member("lastHeardAt", .time(agents[number].contact.lastHeard)),
        ]
        if let attribution = attribution(ofAgent: number, siteContact: contactNow(of: site)) {
            details.append(JSON.Member("attribution", .word(attribution)))
        }
        step.append(
            Decision(
                at: now, name: .agentContact, site: index.sites[site].id, agent: id, offices: offices(of: site),
                details: details))
        siteMayHaveChanged(site, into: &step)
    }

    /// Looks at a site as it is now: contact, belief, incident, phone tasks, and when to look again.
    mutating func siteMayHaveChanged(_ site: Int, into step: inout Step) {
        dirty.touch(site: site)
        setClock(of: site)
        updateContact(of: site, into: &step)
        let silence = index.sites[site].isRetired ? Silence.none : silence(of: site)
        if silence.isInformative, !cannotTell(site) { silenceSpeaks(at: site, silence: silence, into: &step) }
        assess(site, silence: silence, into: &step)
        let single = updateSingle(of: site, silence: silence, into: &step)
        if isHeard(sites[site].contact) || index.sites[site].isRetired { siteIsHeard(site, into: &step) }
        updateIncidentWellness(of: site, into: &step)
        let phone = updatePhoneTasks(of: site, into: &step)
        lookAgain(at: site, silence: silence, phone, single)
    }

    /// Looks again at what is believed of a site, because others have changed.
    mutating func assessAgain(_ site: Int, silence: Silence, into step: inout Step) {
        dirty.touch(site: site)
        assess(site, silence: silence, into: &step)
        lookAgain(at: site, silence: silence, updateSingle(of: site, silence: silence, into: &step))
    }

    /// We are blind, and what fell silent since nobody can judge; what spoke before still holds.
    func cannotTell(_ site: Int) -> Bool { deafSince != nil && !sites[site].silenceIsTold }

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
        let pingedUntil = pings(of: site).until
        if isThere.reporting || pingedUntil > now { return .reporting }
        if isThere.late { return .late }
        if isThere.silent { return .silent }
        if isThere.signedOff { return .signedOff }
        // A site that only ever pinged is judged by its pings.
        return !isThere.agent && pingedUntil > .distantPast ? .silent : .unseen
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
        touchAreas(of: site, always: false)
        siteChanged(site, into: &step)
        var details: [JSON.Member] = [
            JSON.Member("site", .id(index.sites[site].id)), JSON.Member("contact", .word(contact)),
            JSON.Member("since", .time(now)), JSON.Member("lastHeardAt", .time(heardAt(site))),
        ]
        if let attribution = factualAttribution(of: site) {
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
        siteChanged(site)
        step.changed.insert(.site(index.sites[site].id))
    }

    /// The same for what others see only with the next decision about it.
    mutating func siteChanged(_ site: Int) {
        dirty.touch(site: site)
        sites[site].version += 1
    }

    /// An agent told of its power, or its contact changed: its site shows it where areas are judged.
    mutating func powerChanged(at site: Int) {
        let (isOnBattery, diedOfPower) = power(at: site)
        sites[site].powerWasTold(isOnBattery: isOnBattery, diedOfPower: diedOfPower)
    }

    private func power(at site: Int) -> (isOnBattery: Bool, diedOfPower: Bool) {
        var isOnBattery = false
        var diedOfPower = false
        index.forEachAgent(of: site) { number in
            if agents[number].contact.isReporting, agents[number].power == .battery { isOnBattery = true }
            guard !index.agents[number].isCanary, !index.agents[number].isRetired else { return }
            if self.diedOfPower(agent: number) { diedOfPower = true }
        }
        return (isOnBattery, diedOfPower)
    }

    /// An agent is silent, and the last that it told was that its power had gone: by a last gasp, or running on its
    /// battery.
    func diedOfPower(agent number: Int) -> Bool {
        let contact = agents[number].contact
        return contact.diedOfPower || (contact.isSilent && agents[number].power == .battery)
    }

    // MARK: Looking again

    private mutating func lookAgain(
        at site: Int, silence: Silence, _ first: Timestamp?, _ second: Timestamp? = nil
    ) {
        var next = Timestamp.distantFuture
        switch silence {
        case .none, .saysNothing(nil): break
        case .saysNothing(let until?): next = min(next, until)
        case .informative(let telling):
            // It counts, and counts more, when ordinary silences are over (inference 5).
            for at in ageMarks(of: telling, at: site) where at > now { next = min(next, at) }
        }
        // What was put down to ourselves is looked at again when we can hear.
        if sites[site].attribution == .collectorDeaf { next = min(next, now + parameters.looksAgainWhileDeaf) }
        if let first, first > now { next = min(next, first) }
        if let second, second > now { next = min(next, second) }
        let pingedUntil = pings(of: site).until
        if pingedUntil > now { next = min(next, pingedUntil) }
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
    func counts(site: Int) -> Bool {
        if case .canary = index.sites[site].kind { return false }
        return !index.sites[site].isRetired
    }

    private mutating func count(site: Int, _ change: Int) {
        guard counts(site: site) else { return }
        sitesByContact[sites[site].contact.place] += change
        if sites[site].contact == .reporting { neighbourhoods[neighbourhood(of: site)].reporting += change }
    }

    /// Counts anew, after an import or a restart.
    mutating func recount() {
        sitesByContact = [0, 0, 0, 0, 0]
        agentsByContact = [0, 0, 0, 0, 0]
        for number in sites.indices { powerChanged(at: number) }
        recountNeighbours()
        recountConfirmations()
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
