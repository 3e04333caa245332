package import AnpiModel

extension Engine {
    /// The version of the fleet set; 0 before the first import.
    package var fleetVersion: Int { index.version }

    /// The fleet set as last imported; what was retired is not in it.
    package var fleet: Fleet { index.fleet }

    /// What importing `new` would add, change and retire, without doing it.
    package func previewImport(_ new: Fleet) -> JSON {
        let changes = FleetChanges(from: index.fleet, to: new)
        return changes.json(version: changes.isEmpty ? index.version : index.version + 1, isDryRun: true)
    }

    /// True for an agent that is in the fleet and not retired.
    package func isEnrolled(_ agent: AgentID) -> Bool {
        index.number(of: agent).map { !index.agents[$0].isRetired } ?? false
    }

    /// The interval an agent is asked to beat at; nil where the fleet names none.
    package func interval(of agent: AgentID) -> Int? {
        guard let number = index.number(of: agent), index.agents[number].intervalSeconds > 0 else { return nil }
        return Int(index.agents[number].intervalSeconds)
    }

    /// The whole set is replaced; what is gone is retired, never deleted.
    mutating func importFleet(_ new: Fleet, by command: Command, into step: inout Step) -> Answer {
        guard command.actor.role == .admin else { return .notAllowed("only an administrator may import the fleet") }
        if let conflict = conflict(
            command, version: index.version, lastChange: "the fleet was imported since")
        {
            return conflict
        }
        let mistakes = danglingReferences(of: new)
        guard mistakes.isEmpty else { return .invalid(mistakes) }
        let changes = FleetChanges(from: index.fleet, to: new)
        if !changes.isEmpty {
            replaceFleet(by: new, into: &step)
            index.version += 1
            step.changed.insert(.fleet)
        }
        let body = changes.json(version: index.version, isDryRun: false)
        note("command.fleet", command, body: body, into: &step)
        return .done(body, version: index.version)
    }

    /// Files are checked where they are read; this only keeps a faulty caller from breaking what is here.
    private func danglingReferences(of new: Fleet) -> [Answer.Mistake] {
        let sites = Set(new.sites.map(\.id))
        var mistakes: [Answer.Mistake] = []
        for agent in new.agents where !sites.contains(agent.site) {
            mistakes.append(Answer.Mistake(path: "agents.csv", message: "\(agent.id): no site \(agent.site)"))
        }
        for copy in new.copies where !sites.contains(copy.site) {
            mistakes.append(Answer.Mistake(path: "copies.csv", message: "no site \(copy.site)"))
        }
        do {
            var index = FleetIndex()
            try index.put(recovery: new.recovery)
        } catch {
            mistakes.append(Answer.Mistake(path: RecoveryTemplates.file, message: error.description))
        }
        return Array(mistakes.prefix(100))
    }

    private mutating func replaceFleet(by new: Fleet, into step: inout Step) {
        beginHousekeeping()
        index.offices = new.offices.sorted { $0.id < $1.id }
        index.depots = new.depots.sorted { $0.id < $1.id }
        index.loaners = new.loaners.sorted { $0.id < $1.id }
        // It was read before anything was changed.
        try? index.put(recovery: new.recovery)
        index.reserve(sites: new.sites.count, agents: new.agents.count)
        sites.reserveCapacity(new.sites.count)
        agents.reserveCapacity(new.agents.count)
        deadlines.reserve(new.agents.count)
        let touchedSites = replaceSites(by: new)
        replaceAgents(by: new)
        let retiredEngineers = replaceEngineers(by: new, into: &step)
        let areasBefore = index.areas.keys
        index.link()
        areasWereLinked(from: areasBefore)
        dirty.grow(toSites: sites.count)
        dirty.fleetChanged()
        for block in recentSilences.grow(toSites: sites.count, at: now) {
            schedule(recentSilences.blocks[block].dueAt, .learning, block)
        }
        recount()
        for number in agents.indices where !index.agents[number].isRetired { enqueue(agent: number) }
        for number in sites.indices {
            if touchedSites[number] { siteChanged(number, into: &step) }
            siteMayHaveChanged(number, into: &step)
        }
        askings.fleetWasReplaced { [index] in !index.sites[$0].isRetired }
        warnEverySite(into: &step)
        takeBackTasks(from: retiredEngineers, into: &step)
        planning.forgetOffices()
        allPlansMayHaveChanged()
        for number in recoveries.open {
            if let site = recoveries[number]?.site { recoveryMayHaveChanged(at: Int(site)) }
        }
        // Without canaries nothing could ever end the blind time that they began.
        if index.canaries.isEmpty { canaryWasHeard(into: &step) } else { canaryFellBehind(into: &step) }
    }

    /// Who has left can neither answer nor go: their offers end and their tasks are drafts again. Work on site is
    /// finished or given up by a coordinator: the states know no way back from there (CONTRACTS §4).
    private mutating func takeBackTasks(from retired: [Int], into step: inout Step) {
        let gone = Set(retired.map(Int32.init))
        guard !gone.isEmpty else { return }
        for number in tasks.open {
            guard let task = tasks[number] else { continue }
            if let offer = task.offer, gone.contains(offer.engineer) {
                endOffer(of: number, .withdrawn, because: .engineerRetired, into: &step)
            } else if let engineer = task.engineer, gone.contains(engineer), task.state.successors.contains(.draft) {
                tasks[number]?.wasHandedBack(
                    .withdrawn, reason: TaskReason.engineerRetired.rawValue, at: now, by: nil)
                taskChanged(number, into: &step)
            }
        }
    }

    /// True at each site whose row, copies or standing changed.
    private mutating func replaceSites(by new: Fleet) -> [Bool] {
        var isTouched = [Bool](repeating: false, count: sites.count)
        var isThere = [Bool](repeating: false, count: sites.count)
        var copies = new.copies.sorted { ($0.site, $0.tier.place) < ($1.site, $1.tier.place) }[...]
        for site in new.sites.sorted(by: { $0.id < $1.id }) {
            let own = copies.prefix { $0.site == site.id }
            copies = copies.dropFirst(own.count)
            let before = index.number(of: site.id).map { (row: Array(index.row(of: $0)), entry: index.sites[$0]) }
            let number = index.put(site, copies: Array(own))
            if let before {
                isThere[number] = true
                isTouched[number] =
                    before.row[...] != index.row(of: number) || before.entry.isRetired
                    || before.entry.calendar != index.sites[number].calendar
            } else {
                sites.append(SiteState(since: now))
                isTouched.append(true)
                isThere.append(true)
            }
        }
        for number in sites.indices where !isThere[number] {
            isTouched[number] = isTouched[number] || !index.sites[number].isRetired
            index.retire(site: number)
        }
        return isTouched
    }

    private mutating func replaceAgents(by new: Fleet) {
        var isThere = [Bool](repeating: false, count: agents.count)
        for agent in new.agents.sorted(by: { $0.id < $1.id }) {
            guard let number = index.put(agent) else { continue }
            // Files are checked where they are read; a row of the log must not be able to overflow all the same.
            let interval =
                Int64(min(max(agent.intervalSeconds ?? parameters.defaultIntervalSeconds, 1), 86_400)) * 1_000
            let grace = agent.graceSeconds.map { min(max($0, 0), 366 * 86_400) }
            if number == agents.count {
                agents.append(
                    AgentState(contact: AgentContact(interval: interval, declaredGraceSeconds: grace), since: now))
                isThere.append(true)
            } else {
                isThere[number] = true
                agents[number].contact.declaredGraceSeconds = grace
                agents[number].contact.intervalWasDeclared(interval)
            }
        }
        for number in agents.indices where !isThere[number] { index.retire(agent: number) }
    }

    /// The engineers who have left.
    private mutating func replaceEngineers(by new: Fleet, into step: inout Step) -> [Int] {
        var isThere = [Bool](repeating: false, count: engineers.count)
        for engineer in new.engineers.sorted(by: { $0.id < $1.id }) {
            let number = index.put(engineer)
            if number == engineers.count {
                engineers.append(EngineerState(since: now))
                offersWaiting.append(0)
                isThere.append(true)
            } else {
                isThere[number] = true
            }
            step.changed.insert(.engineer(engineer.id))
        }
        var retired: [Int] = []
        for number in engineers.indices where !isThere[number] && !index.engineers[number].isRetired {
            index.engineers[number].isRetired = true
            step.changed.insert(.engineer(index.engineers[number].engineer.id))
            retired.append(number)
        }
        return retired
    }
}
