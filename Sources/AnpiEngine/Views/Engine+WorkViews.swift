package import AnpiModel

extension Engine {
    // MARK: Lists

    /// `{"items":[…],"next":cursor}`: what `item` gives for the subjects after the cursor, as many as a page holds.
    static func list<Subject>(
        _ subjects: [Subject], page: Page, id: (Subject) -> String, item: (Subject) -> JSON?
    ) -> JSON {
        var items: [JSON] = []
        var last: String?
        var hasReached = page.cursor == nil
        for subject in subjects {
            guard hasReached else {
                hasReached = id(subject) == page.cursor
                continue
            }
            guard let json = item(subject) else { continue }
            if items.count == page.limit { return ["items": .array(items), "next": .optional(last)] }
            items.append(json)
            last = id(subject)
        }
        return ["items": .array(items), "next": .null]
    }

    // MARK: Tasks

    /// A page of tasks, newest first.
    package func tasks(_ filter: TaskFilter = TaskFilter(), page: Page = Page(), scope: Scope = .all) -> JSON {
        let site = filter.site.map { index.number(of: $0) ?? -1 }
        let engineer = filter.engineer.map { index.number(of: $0) ?? -1 }
        // By number, since the task that the page before ended with may not be open any more.
        let before = page.cursor.flatMap { TaskID($0)?.number } ?? .max
        let numbers: [Int] = (filter.openOnly ? tasks.open : tasks.numbers).filter { $0 < before }.reversed()
        return Self.list(numbers, page: Page(limit: page.limit), id: { TaskID($0).description }) { number in
            guard let task = tasks[number], scope.contains(index.office(of: Int(task.site))?.id),
                filter.state == nil || filter.state == task.state, site == nil || site == Int(task.site),
                engineer == nil || engineer == (task.engineer ?? task.offer?.engineer).map(Int.init)
            else { return nil }
            return taskJSON(number)
        }
    }

    /// A page of what an engineer has or is asked for; for everyone else of all open tasks they may see. Oldest first.
    package func queue(for actor: Command.Actor, page: Page = Page()) -> JSON {
        let own = actor.role == .engineer ? actor.engineer.flatMap { index.number(of: $0) } ?? -1 : nil
        let scope = Scope(offices: actor.offices)
        // By number, since the task that the page before ended with may not be open any more.
        let after = page.cursor.flatMap { TaskID($0)?.number } ?? 0
        let numbers = tasks.open.filter { $0 > after }
        return Self.list(numbers, page: Page(limit: page.limit), id: { TaskID($0).description }) { number in
            guard let task = tasks[number] else { return nil }
            // Not `? : nil`: that nil would be JSON's null and stay in the list.
            let isShown =
                own.map { (task.engineer ?? task.offer?.engineer) == Int32($0) }
                ?? scope.contains(index.office(of: Int(task.site))?.id)
            guard isShown else { return nil }
            return taskJSON(number)
        }
    }

    /// One task with what an engineer needs on the way; `timeline` comes from the journal.
    package func task(_ id: TaskID, scope: Scope = .all, timeline: JSON = []) -> JSON? {
        guard let task = tasks[id.number], scope.contains(index.office(of: Int(task.site))?.id),
            case .object(var members) = taskJSON(id.number)
        else { return nil }
        let site = index.site(Int(task.site))
        members += [
            JSON.Member("address", .optional(site.address)),
            JSON.Member("latitude", .decimal(site.place.latitude, digits: 6)),
            JSON.Member("longitude", .decimal(site.place.longitude, digits: 6)),
            JSON.Member("phone", .optional(site.phone)), JSON.Member("contactName", .optional(site.contactName)),
            JSON.Member("contactPhone", .optional(site.contactPhone)),
            JSON.Member("keyHolder", .optional(site.keyHolder)),
            JSON.Member("copies", .array(copies(of: Int(task.site)))), JSON.Member("steps", steps(of: task)),
            JSON.Member("why", why(task)),
            JSON.Member("offers", .array(offers(of: task))), JSON.Member("photos", .array(photos(of: task))),
            JSON.Member("timeline", timeline),
        ]
        return .object(members)
    }

    private func why(_ task: TaskRecord) -> JSON {
        if task.agent >= 0 {
            let agent = Int(task.agent)
            return [
                "key": "task.why.deviceOnly",
                "arguments": [
                    "device": .word(index.agents[agent].device), "since": .time(agents[agent].contact.lastHeard),
                ],
            ]
        }
        if let readiness = task.readiness {
            return [
                "key": "task.why.beforeStorm",
                "arguments": ["readiness": .string(readiness.text)], "readiness": readiness.json,
            ]
        }
        if let rung = task.order.rung { return ["key": "task.why.rung", "arguments": ["rung": .word(rung)]] }
        if task.order.isLook { return ["key": "task.why.look"] }
        return ["key": "task.why.silent", "arguments": ["since": .time(heardAt(Int(task.site)))]]
    }

    private func offers(of task: TaskRecord) -> [JSON] {
        func json(_ offer: TaskRecord.Offer, _ ended: TaskRecord.EndedOffer?) -> JSON {
            [
                "engineer": .id(index.engineers[Int(offer.engineer)].engineer.id), "at": .time(offer.at),
                "until": .time(offer.until), "ended": ended.map { .word($0.end) } ?? .null, "endedAt": .time(ended?.at),
                "reason": words(for: ended?.reason, engineer: offer.engineer),
            ]
        }
        return task.ended.map { json($0.offer, $0) } + (task.offer.map { [json($0, nil)] } ?? [])
    }

    /// The keys of a task in a list.
    func taskJSON(_ number: Int) -> JSON {
        guard let task = tasks[number] else { return .null }
        let site = index.site(Int(task.site))
        let engineer = (task.engineer ?? task.offer?.engineer).map { index.engineers[Int($0)].engineer }
        let offer: JSON =
            task.offer.map {
                ["engineer": .id(index.engineers[Int($0.engineer)].engineer.id), "until": .time($0.until)]
            } ?? .null
        return [
            "id": .id(task.id), "state": .word(task.state), "kind": .word(task.kind), "site": .id(site.id),
            "siteName": .string(site.name), "incident": task.incident > 0 ? .id(IncidentID(Int(task.incident))) : .null,
            "engineer": .id(task.engineer == nil ? nil : engineer?.id),
            "engineerName": .optional(task.engineer == nil ? nil : engineer?.name), "offer": offer,
            "reason": words(
                for: task.reason, engineer: task.next?.engineer ?? task.ended.last?.offer.engineer, next: task.next),
            "eta": .time(task.eta), "retryAt": .time(task.retryAt),
            "skills": .array(task.skills.map { .word($0) }), "durationMinutes": .integer(task.durationMinutes),
            "rung": task.order.rung.map { .word($0) } ?? .null, "recovery": rungJSON(ofSite: Int(task.site)),
            "place": .word(task.order.place),
            "after": .array(
                task.order.after.filter { tasks[Int($0)].map { !$0.state.isFinal } ?? false }.map {
                    .id(TaskID(Int($0)))
                }),
            "plan": planJSON(of: task), "pin": pinJSON(of: task), "createdAt": .time(task.createdAt),
            "version": .integer(task.version),
        ]
    }

    /// A reason of ours as a label's key with arguments, a person's as they wrote it.
    private func words(for text: String?, engineer: Int32?, next: TaskRecord.Next? = nil) -> JSON {
        guard let text else { return .null }
        guard let reason = TaskReason(rawValue: text) else { return .string(text) }
        let person = engineer.map { JSON.Member("person", .string(index.engineers[Int($0)].engineer.name)) }
        let arguments: [JSON.Member?] =
            switch reason {
            case .nextOnDuty, .planned, .waitsForTask: [person, JSON.Member("at", .time(next?.at))]
            case .expired, .engineerUnavailable, .engineerRetired: [person]
            case .nobody, .allDeclined, .noLoaner, .roadClosed, .noTime, .replanned, .rungChanged, .heardAgain,
                .answered, .nobodyPasses, .retired, .incidentClosed, .siteSilent, .carrierOutage,
                .badRelease, .beforeStorm, .othersLoseMore, .warningOver:
                []
            }
        return ["key": .string(reason.labelKey), "arguments": .object(arguments.compactMap(\.self))]
    }

    // MARK: Incidents

    /// A page of incidents, newest first.
    package func incidents(state: IncidentState? = nil, page: Page = Page(), scope: Scope = .all) -> JSON {
        Self.list(incidents.numbers.reversed(), page: page, id: { IncidentID($0).description }) { number in
            guard let incident = incidents[number], state == nil || state == incident.state,
                isVisible(incident, scope)
            else { return nil }
            return incidentJSON(number)
        }
    }

    /// One incident with its sites and tasks; `timeline` comes from the journal.
    package func incident(_ id: IncidentID, scope: Scope = .all, timeline: JSON = []) -> JSON? {
        guard let incident = incidents[id.number], isVisible(incident, scope),
            case .object(var members) = incidentJSON(id.number)
        else { return nil }
        let rows = incident.sites.map { JSON.object(row(of: Int($0), index.site(Int($0)))) }
        members += [
            JSON.Member("siteRows", .array(rows)), JSON.Member("offices", .array(officeRows(of: incident))),
            JSON.Member("unconfirmed", .array(toRing(for: incident))),
            JSON.Member("sitreps", .array(incident.desk.sitreps.map { .object($0.brief) })),
            JSON.Member("tasks", .array(incident.tasks.map { taskJSON(Int($0)) }.filter { $0 != .null })),
            JSON.Member("timeline", timeline),
        ]
        return .object(members)
    }

    /// A candidate has no sites yet: it is shown to those who look after its areas. What is about ourselves is
    /// everyone's.
    func isVisible(_ incident: IncidentRecord, _ scope: Scope) -> Bool {
        incident.kind == .collector || incident.sites.contains { scope.contains(index.office(of: Int($0))?.id) }
            || officesCovered(by: incident).contains { scope.contains($0) }
    }

    /// The keys of an incident in a list.
    func incidentJSON(_ number: Int) -> JSON {
        guard let incident = incidents[number] else { return .null }
        return [
            "id": .id(incident.id), "kind": .word(incident.kind), "state": .word(incident.state),
            "sites": .array(incident.sites.map { .id(index.sites[Int($0)].id) }),
            "areas": .array(
                incident.areas.map { ["municipality": .string($0), "name": .optional(municipalityName(of: $0))] }),
            "cause": .optional(incident.cause),
            "mergedInto": incident.mergedInto > 0 ? .id(IncidentID(Int(incident.mergedInto))) : .null,
            "title": .optional(incident.desk.title),
            "openedAt": .time(incident.openedAt), "declaredAt": .time(incident.declaredAt),
            "stableAt": .time(incident.stableAt), "closedAt": .time(incident.closedAt),
            "drill": .bool(incident.isDrill), "commander": .optional(incident.desk.commander),
            "sitrep": .integer(incident.desk.sitreps.count), "sitrepDue": .time(incident.desk.sitrepDue),
            "claimsDue": .optional(incident.desk.claimsDue?.text), "reason": .optional(incident.reason),
            "version": .integer(incident.version),
        ]
    }

    /// A municipality as the addresses of its first sites call it.
    private func municipalityName(of code: String) -> String? {
        members(ofMunicipality: code).prefix(3).lazy
            .compactMap { index.site(Int($0)).address.flatMap(MunicipalityName.cut) }.first
    }

    // MARK: Engineers

    /// A page of those who can be sent, by id; of one availability where `availability` names it.
    package func engineers(
        availability: Availability? = nil, page: Page = Page(), scope: Scope = .all
    ) -> JSON {
        // By id, since the one that the page before ended with may have left meanwhile.
        let rest = engineerOrder(scope).filter { number in
            (availability == nil || availability == engineers[number].availability)
                && page.cursor.map { index.engineers[number].engineer.id.text > $0 } ?? true
        }
        return Self.list(
            rest, page: Page(limit: page.limit), id: { index.engineers[$0].engineer.id.text },
            item: json(ofEngineer:))
    }

    package func engineer(_ id: EngineerID, scope: Scope = .all) -> JSON? {
        guard let number = index.number(of: id), scope.contains(index.engineers[number].engineer.office) else {
            return nil
        }
        return json(ofEngineer: number)
    }

    /// Those who have not left, by id.
    func engineerOrder(_ scope: Scope) -> [Int] {
        index.engineers.indices
            .filter { !index.engineers[$0].isRetired && scope.contains(index.engineers[$0].engineer.office) }
            .sorted { index.engineers[$0].engineer.id < index.engineers[$1].engineer.id }
    }

    func json(ofEngineer number: Int) -> JSON {
        let engineer = index.engineers[number].engineer
        let state = engineers[number]
        return [
            "id": .id(engineer.id), "name": .string(engineer.name), "office": .id(engineer.office),
            "base": .optional(engineer.base), "phone": .optional(engineer.phone),
            "skills": .array(engineer.skills.map { .word($0) }), "availability": .word(state.availability),
            "reason": .optional(state.reason), "until": .time(state.until), "onDuty": .bool(engineer.isOnDuty(at: now)),
            "nextOnDuty": .time(engineer.isOnDuty(at: now) ? nil : engineer.nextOnDuty(from: now)),
            "task": .id(currentTask(of: number)), "version": .integer(state.version),
        ]
    }

    /// What an engineer works on: the oldest task that they have.
    func currentTask(of engineer: Int) -> TaskID? {
        tasks.open.first { tasks[$0]?.engineer == Int32(engineer) }.map { TaskID($0) }
    }

    /// Whom a task is offered to, while the offer waits.
    package func offeredEngineer(of task: TaskID) -> EngineerID? {
        tasks[task.number]?.offer.map { index.engineers[Int($0.engineer)].engineer.id }
    }

    /// The newest task of a kind at a site that is not final.
    package func newestTask(_ kind: TaskKind, at site: SiteID) -> TaskID? {
        guard let number = index.number(of: site) else { return nil }
        return sites[number].tasks.last { tasks[Int($0)]?.kind == kind }.map { TaskID(Int($0)) }
    }

    // MARK: Findings

    /// A page of findings, newest first; of one site where `site` names it.
    package func findings(site: SiteID? = nil, page: Page = Page(), scope: Scope = .all) -> JSON {
        let wanted = site.map { Int32(index.number(of: $0) ?? -1) }
        return Self.list(findings.numbers.reversed(), page: page, id: { FindingID($0).description }) { number in
            guard let finding = findings[number], wanted == nil || wanted == finding.site, isVisible(finding, scope)
            else { return nil }
            return json(of: finding)
        }
    }

    package func finding(_ id: FindingID, scope: Scope = .all) -> JSON? {
        guard let finding = findings[id.number], isVisible(finding, scope) else { return nil }
        return json(of: finding)
    }

    private func isVisible(_ finding: FindingRecord, _ scope: Scope) -> Bool {
        scope.contains(finding.site.flatMap { index.office(of: Int($0))?.id })
    }

    /// As it was sent: keys that were absent stay absent.
    func json(of finding: FindingRecord) -> JSON {
        let draft = finding.draft
        var members: [JSON.Member] = [
            JSON.Member("id", .id(finding.id)), JSON.Member("kind", .word(draft.kind)),
            JSON.Member("site", .id(draft.site)), JSON.Member("result", .string(draft.result)),
        ]
        func positions(_ list: [[Double]]) -> JSON {
            .array(list.map { .array($0.map { .decimal($0, digits: 6) }) })
        }
        func add(_ key: String, _ value: JSON?) {
            if let value { members.append(JSON.Member(key, value)) }
        }
        add(
            "place",
            draft.place.map {
                ["latitude": .decimal($0.latitude, digits: 6), "longitude": .decimal($0.longitude, digits: 6)]
            })
        add("area", draft.area.map { ["municipalities": .array($0.municipalities.map { .string($0) })] })
        add("polygon", draft.polygon.map(positions))
        add("line", draft.line.map(positions))
        add("direction", draft.direction.map { .word($0) })
        add("callBackAt", draft.callBackAt.map { .time($0) })
        add("utility", draft.utility.map { .word($0) })
        add("provider", draft.provider.map { .string($0) })
        add("phenomenon", draft.phenomenon.map { .word($0) })
        add("radiusKilometers", draft.radiusKilometers.map { .decimal($0, digits: 3) })
        add("trusted", draft.trusted.map { .bool($0) })
        add("text", draft.text.map { .string($0) })
        members += [
            JSON.Member("author", .string(finding.author)), JSON.Member("at", .time(finding.at)),
            JSON.Member("observedAt", .time(finding.observedAt)), JSON.Member("expiresAt", .time(finding.expiresAt)),
            JSON.Member("placed", .bool(finding.isPlaced)), JSON.Member("weighs", .bool(finding.weighs)),
        ]
        return .object(members)
    }
}
