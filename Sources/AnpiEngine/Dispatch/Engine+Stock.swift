import AnpiModel

/// Loaners: what is in stock, held by a task, or lent (decision 13).
extension Engine {
    /// Machines of an office's depots that are neither lent nor out of service, and those that the tasks to be planned
    /// hold; what a task of another office holds is not there to be given away.
    func loanersToPlan(of depots: [Int], for planned: [Int]) -> [PlanningProblem.Loaner] {
        index.loaners.indices.compactMap { number in
            let loaner = index.loaners[number]
            guard let depot = index.depots.firstIndex(where: { $0.id == loaner.depot }), depots.contains(depot),
                lent(loaner.id) == nil, holder(of: loaner.id).map(planned.contains) ?? true
            else { return nil }
            return PlanningProblem.Loaner(id: number, depot: depot, fits: loaner.fits)
        }
    }

    /// Machines that a site can have: those that fit its system and that are free, held for it, or lent to it already.
    func loanersFree(for site: Int) -> Int {
        let system = index.site(site).system
        return index.loaners.count { loaner in
            guard loaner.fits(system) else { return false }
            if let lent = lent(loaner.id) { return lent.site == Int32(site) }
            return holder(of: loaner.id).map { Int(tasks[$0]?.site ?? -1) == site } ?? true
        }
    }

    /// Why a loaner is not in stock; nil where it is.
    func lent(_ loaner: LoanerID) -> LentLoaner? { lentLoaners.first { $0.loaner == loaner } }

    /// The open task that holds a loaner; nil where none does.
    func holder(of loaner: LoanerID) -> Int? {
        tasks.open.first { tasks[$0]?.assignment?.loaner == loaner }
    }

    /// The fetch is done: the machine stands at the site until a person says otherwise.
    mutating func wasLent(_ loaner: LoanerID, to site: Int) {
        lentLoaners.removeAll { $0.loaner == loaner }
        insert(LentLoaner(loaner: loaner, site: Int32(site), since: now, by: nil))
    }

    private mutating func insert(_ lent: LentLoaner) {
        lentLoaners.insert(lent, at: lentLoaners.firstIndex { $0.loaner > lent.loaner } ?? lentLoaners.count)
    }

    /// Somebody takes a task that needs a machine which no plan gave it: the first that fits and is free, of the office's own
    /// depots before others.
    mutating func holdLoaner(for number: Int) {
        guard let task = tasks[number], task.order.needsLoaner, task.assignment?.loaner == nil,
            let engineer = task.engineer
        else { return }
        let system = index.site(Int(task.site)).system
        let office = planningOffice(ofSite: Int(task.site))
        let free = index.loaners.filter { $0.fits(system) && lent($0.id) == nil && holder(of: $0.id) == nil }
        let own = free.first { loaner in
            index.depots.contains { $0.id == loaner.depot && planningOffice($0.office, at: $0.place) == office }
        }
        guard let free = own ?? free.first else { return }
        tasks[number]?.assignment = TaskRecord.Assignment(
            engineer: engineer, startsAt: now, endsAt: now + .seconds(60 * Int64(task.durationMinutes)),
            loaner: free.id)
    }

    /// `POST /v1/loaners/{id}`: a machine is back in stock, lent or out of service, as a person says.
    mutating func setLoaner(
        _ id: LoanerID, _ change: LoanerChange, by command: Command, into step: inout Step
    ) -> Answer {
        guard let number = index.number(of: id) else { return .notFound("no loaner \(id)") }
        let depot = index.depots.first { $0.id == index.loaners[number].depot }
        guard command.actor.role.mayCoordinate, command.actor.mayAct(for: depot?.office) else {
            return .notAllowed("only coordinators of its office may move \(id)")
        }
        // Or the task would go on with a machine that is elsewhere, and take the loan from whoever has it when it is done.
        if change.state != .inStock, let task = holder(of: id).flatMap({ tasks[$0] }), !task.isUntouched {
            return .conflict("\(task.id) holds \(id): hand it back or cancel it first")
        }
        var site: Int?
        switch change.state {
        case .inStock: lentLoaners.removeAll { $0.loaner == id }
        case .lent:
            guard let named = change.site, let known = index.number(of: named) else {
                return .invalid([Answer.Mistake(path: "site", message: "must name a site of the fleet")])
            }
            site = known
            fallthrough
        case .outOfService:
            lentLoaners.removeAll { $0.loaner == id }
            insert(
                LentLoaner(
                    loaner: id, site: site.map(Int32.init), since: now, by: command.actor.name, note: change.note))
        }
        note(
            "command.loaner", command, site: site,
            body: ["loaner": .id(id), "state": .word(change.state), "note": .optional(change.note)], into: &step)
        stockChanged()
        return .done(json(ofLoaner: number), version: nil)
    }

    /// More or fewer machines than before: rungs and plans may be others.
    private mutating func stockChanged() {
        for number in recoveries.open {
            if let site = recoveries[number]?.site { recoveryMayHaveChanged(at: Int(site)) }
        }
        allPlansMayHaveChanged()
    }
}

extension Loaner {
    /// Whether it runs a records system; any where nobody knows which.
    func fits(_ system: String?) -> Bool { system.map { fits.contains($0) } ?? true }
}

extension FleetIndex {
    /// The place of a loaner in the fleet.
    func number(of loaner: LoanerID) -> Int? { loaners.firstIndex { $0.id == loaner } }
}
