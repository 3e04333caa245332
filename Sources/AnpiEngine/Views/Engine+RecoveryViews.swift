package import AnpiModel

/// Damage, copies, rung, stock and plan as people read them.
extension Engine {
    // MARK: Recoveries

    /// What is known and planned for a site; nil where there is no such site.
    package func recovery(of id: SiteID, scope: Scope = .all) -> JSON? {
        guard let site = index.number(of: id), scope.contains(index.office(of: site)?.id) else { return nil }
        return recoveryJSON(of: site)
    }

    /// A page of recoveries, newest first; with `openOnly` those that are not over.
    package func recoveries(openOnly: Bool = true, page: Page = Page(), scope: Scope = .all) -> JSON {
        let numbers: [Int] = (openOnly ? recoveries.open : recoveries.numbers).reversed()
        return Self.list(numbers, page: page, id: { String($0) }) { number in
            guard let recovery = recoveries[number], scope.contains(index.office(of: Int(recovery.site))?.id) else {
                return nil
            }
            return recoveryJSON(of: Int(recovery.site), recovery)
        }
    }

    func recoveryJSON(of site: Int) -> JSON { recoveryJSON(of: site, recoveries[Int(sites[site].recovery)]) }

    private func recoveryJSON(of site: Int, _ recovery: RecoveryRecord?) -> JSON {
        let row = index.site(site)
        // Before anything happened the card answers the office's first question all the same.
        let record = recovery ?? RecoveryRecord(number: 0, site: site, openedAt: now)
        let survival = survival(of: record)
        let minutes = record.choice.map { recoveryMinutes(of: site, record, $0) }
        return [
            "site": .id(row.id), "siteName": .string(row.name), "openedAt": .time(recovery?.openedAt),
            "restoredAt": .time(recovery?.restoredAt), "endedAt": .time(recovery?.endedAt),
            "damage": record.damage.json, "provisional": .bool(recovery != nil && record.isProvisional),
            "choice": record.choice.map(\.json) ?? .null,
            "card": SurvivalCard(survival, recoveryMinutes: minutes).json,
            "claims": recovery.map { claimsJSON($0.number) } ?? .null,
            "tasks": .array(sites[site].tasks.map { taskJSON(Int($0)) }),
            "loaner": .id(lentLoaners.first { $0.site == Int32(site) }?.loaner),
            "version": .integer(recovery?.version ?? 0),
        ]
    }

    /// Minutes until the site works again, by the rung's tasks and the way from the office.
    private func recoveryMinutes(of site: Int, _ recovery: RecoveryRecord, _ choice: RungChoice) -> Int {
        let graph = TaskGraph(
            for: choice, index.recoveryTemplates, gigabytes: index.site(site).dataGigabytes, done: recovery.done)
        let office = index.office(of: site)?.place ?? index.sites[site].place
        let kilometers = office.distanceKilometers(to: index.sites[site].place) * 1.4
        let speed = sites[site].hazardLevel >= 3 ? 25.0 : 40.0
        return graph.recoveryMinutes(travelMinutes: Int((kilometers / speed * 60).rounded()))
    }

    /// The rung of a site for the rows that are about it; null where none is chosen, and where it works again.
    func rungJSON(ofSite site: Int) -> JSON {
        guard let recovery = recoveries[Int(sites[site].recovery)], recovery.endedAt == nil,
            let choice = recovery.choice
        else { return .null }
        return ["rung": .word(choice.rung), "provisional": .bool(recovery.isProvisional)]
    }

    // MARK: Stock

    /// A page of loaners, by id.
    package func loaners(page: Page = Page(), scope: Scope = .all) -> JSON {
        let rest = index.loaners.indices.filter { number in
            let loaner = index.loaners[number]
            if let cursor = page.cursor, loaner.id.text <= cursor { return false }
            return scope.contains(depot(of: loaner)?.office)
        }
        return Self.list(
            rest, page: Page(limit: page.limit), id: { index.loaners[$0].id.text }, item: json(ofLoaner:))
    }

    private func depot(of loaner: Loaner) -> Depot? { index.depots.first { $0.id == loaner.depot } }

    func json(ofLoaner number: Int) -> JSON {
        let loaner = index.loaners[number]
        let lent = lent(loaner.id)
        let depot = depot(of: loaner)
        return [
            "id": .id(loaner.id), "state": .word(loanerState(number)), "depot": .id(loaner.depot),
            "depotName": .optional(depot?.name), "fits": .array(loaner.fits.map { .string($0) }),
            "imageVersion": .optional(loaner.imageVersion),
            "site": .id(lent?.site.map { index.sites[Int($0)].id }), "since": .time(lent?.since),
            "task": .id(holder(of: loaner.id).map { TaskID($0) }), "note": .optional(lent?.note),
        ]
    }

    // MARK: The plan

    /// What the plan and the rung say of a task, for its list row.
    func planJSON(of task: TaskRecord) -> JSON {
        guard let assignment = task.assignment else { return .null }
        let engineer = index.engineers[Int(assignment.engineer)].engineer
        let loaner = assignment.loaner.flatMap { index.number(of: $0) }
        let depot = loaner.flatMap { self.depot(of: index.loaners[$0]) }
        return [
            "engineer": .id(engineer.id), "engineerName": .string(engineer.name),
            "startsAt": .time(assignment.startsAt), "endsAt": .time(assignment.endsAt),
            "loaner": .id(assignment.loaner), "depotName": .optional(depot?.name),
        ]
    }

    /// Who stands at the site next, of all who have its work, are asked or are planned; null where nobody is to come.
    ///
    /// Who is there already comes first, then by arrival; work at the office or a depot brings nobody.
    func visitJSON(ofSite site: Int) -> JSON {
        typealias Visit = (task: TaskRecord, engineer: Int32, at: Timestamp?)
        let visits = sites[site].tasks.compactMap { number -> Visit? in
            guard let task = tasks[Int(number)], task.kind != .phone, task.order.place == .site,
                let engineer = task.engineer ?? task.offer?.engineer ?? task.assignment?.engineer
            else { return nil }
            let planned = task.assignment.flatMap { $0.engineer == engineer ? $0.startsAt : nil }
            return (task, engineer, task.state == .onSite ? nil : task.eta ?? planned)
        }
        let next = visits.min { left, right in
            let (isThere, isOtherThere) = (left.task.state == .onSite, right.task.state == .onSite)
            return isThere == isOtherThere ? (left.at ?? .distantFuture) < (right.at ?? .distantFuture) : isThere
        }
        guard let next else { return .null }
        let engineer = index.engineers[Int(next.engineer)].engineer
        return [
            "task": .id(next.task.id), "state": .word(next.task.state), "kind": .word(next.task.kind),
            "engineer": .id(engineer.id), "engineerName": .string(engineer.name), "arrivesAt": .time(next.at),
        ]
    }

    func pinJSON(of task: TaskRecord) -> JSON {
        guard let pin = task.pin else { return .null }
        return [
            "engineer": .id(index.engineers[Int(pin.engineer)].engineer.id), "reason": .optional(pin.reason),
            "by": .string(pin.by), "at": .time(pin.at),
        ]
    }

    /// The checklist of a task, in both languages.
    func steps(of task: TaskRecord) -> JSON {
        let template = index.recoveryTemplates.tasks.first { $0.rung == task.order.rung && $0.kind == task.kind }
        return .array((template?.steps ?? []).map { ["ja": .string($0.ja), "en": .string($0.en)] })
    }

    /// Why a task is planned as it is: who else could go and how much later, or what keeps each engineer away and what
    /// would help. Worked out when asked, on the plan as it stands.
    package func whyPlanned(_ id: TaskID, scope: Scope = .all) -> JSON? {
        guard let task = tasks[id.number], scope.contains(index.office(of: Int(task.site))?.id) else { return nil }
        let head: [JSON.Member] = [
            JSON.Member("task", .id(task.id)), JSON.Member("state", .word(task.state)),
            JSON.Member("plan", planJSON(of: task)),
            JSON.Member("pin", pinJSON(of: task)),
        ]
        let office = planningOffice(ofSite: Int(task.site))
        let numbers = plannableTasks(of: office)
        guard numbers.contains(task.number) else { return .object(head + [JSON.Member("outcome", "notPlanned")]) }
        let problem = planningProblem(numbers, of: office)
        let plan = plan(of: problem)
        guard let explanation = Planner.explain(job: task.number, in: plan, of: problem) else {
            return .object(head + [JSON.Member("outcome", "notPlanned")])
        }
        return .object(
            head + outcome(explanation.outcome, of: problem)
                + [JSON.Member("reachableFrom", .time(explanation.reachableFrom))])
    }

    private func person(_ number: Int) -> [JSON.Member] {
        let engineer = index.engineers[number].engineer
        return [JSON.Member("engineer", .id(engineer.id)), JSON.Member("engineerName", .string(engineer.name))]
    }

    private func outcome(_ outcome: PlanExplanation.Outcome, of problem: PlanningProblem) -> [JSON.Member] {
        switch outcome {
        case .frozen(let engineer):
            return [JSON.Member("outcome", "begun")] + person(engineer)
        case .assigned(let engineer, let runnerUp):
            let next: JSON =
                runnerUp.map {
                    .object(
                        person($0.engineer) + [
                            JSON.Member("laterMinutes", .integer($0.laterMinutes)),
                            JSON.Member("costMinutes", .integer($0.costMinutes)),
                        ])
                } ?? .null
            return [JSON.Member("outcome", "assigned")] + person(engineer) + [JSON.Member("runnerUp", next)]
        case .unassigned(let obstacles, let relaxations):
            return [
                JSON.Member("outcome", "unassigned"),
                JSON.Member(
                    "obstacles",
                    .array(obstacles.map { .object(person($0.engineer) + members(of: $0.obstacle, problem)) })),
                JSON.Member("relaxations", .array(relaxations.map(json(of:)))),
            ]
        }
    }

    private func members(of obstacle: PlanExplanation.Obstacle, _ problem: PlanningProblem) -> [JSON.Member] {
        func kind(_ word: String) -> JSON.Member { JSON.Member("obstacle", .string(word)) }
        switch obstacle {
        case .noSkill(let skills): return [kind("noSkill"), JSON.Member("skills", .array(skills.map { .word($0) }))]
        case .pinned(let engineer):
            return [kind("pinned"), JSON.Member("to", .id(index.engineers[engineer].engineer.id))]
        case .refused: return [kind("refused")]
        case .unavailable: return [kind("unavailable")]
        case .waitsFor(let job): return [kind("waitsFor"), JSON.Member("task", .id(TaskID(job)))]
        case .noLoaner:
            let stock = problem.depots.map { depot -> JSON in
                let here = problem.loaners.count { $0.depot == depot.id }
                return ["depot": .string(index.depots[depot.id].name), "machines": .integer(here)]
            }
            return [kind("noLoaner"), JSON.Member("stock", .array(stock))]
        case .roadClosed(let until): return [kind("roadClosed"), JSON.Member("until", .time(until))]
        case .windowMissed: return [kind("windowMissed")]
        case .shiftEnds(let minutes): return [kind("shiftEnds"), JSON.Member("minutes", .integer(minutes))]
        }
    }

    private func json(of relaxation: PlanExplanation.Relaxation) -> JSON {
        switch relaxation {
        case .loaner(let depot):
            ["change": "loaner", "depot": .id(index.depots[depot].id), "depotName": .string(index.depots[depot].name)]
        case .longerShift(let engineer, let minutes):
            .object(
                [JSON.Member("change", "longerShift")] + person(engineer) + [JSON.Member("minutes", .integer(minutes))])
        }
    }
}
