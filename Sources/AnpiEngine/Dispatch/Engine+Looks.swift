import AnpiModel

/// Short looks at suspects by whoever passes (coordination §4).
///
/// Suspects are rung up first. A look is no task until a plan has somebody who passes; then it is drafted for them and
/// offered to them alone. One look a site and incident: who declines it is not followed by another.
extension Engine {
    /// The plan with the looks that pay; each of them is a task now.
    mutating func workInLooks(
        _ plan: Plan, of problem: PlanningProblem, office: Int32, into step: inout Step
    ) -> Plan {
        let sites = doubtfulSites(of: office)
        let looks = sites.enumerated().map { place, site in look(at: site, number: -1 - place) }
        var (worked, taken) = PassingLooks.workIn(looks, into: plan, of: problem)
        for number in taken {
            let site = sites[-1 - number]
            var order = WorkOrder()
            order.isLook = true
            let task = draft(
                TaskRecord(
                    number: tasks.next, kind: .inspect, site: site, incident: Int(self.sites[site].incident),
                    skills: [.inspect], durationMinutes: parameters.lookMinutes, order: order, createdAt: now),
                into: &step)
            for place in worked.visits.indices where worked.visits[place].job == number {
                worked.visits[place].job = task
            }
        }
        return worked
    }

    /// Suspects of incidents whose harm can be seen, at which nobody looks and nobody was sent to look, those first of
    /// whom a look would tell most.
    private func doubtfulSites(of office: Int32) -> [Int] {
        var found: [(site: Int, worth: Double)] = []
        for number in incidents.open {
            guard let incident = incidents[number], incident.state == .active,
                incident.kind == .hazard || incident.kind == .cluster
            else { continue }
            for site in incident.sites.map(Int.init) {
                guard sites[site].assessment == .suspect, sites[site].incident == Int32(number),
                    planningOffice(ofSite: site) == office, counts(site: site),
                    !incident.tasks.contains(where: {
                        tasks[Int($0)].map { $0.site == site && $0.kind == .inspect } ?? false
                    })
                else { continue }
                found.append((site, worthOfLook(at: site)))
            }
        }
        found.sort { ($0.worth, $1.site) > ($1.worth, $0.site) }
        return found.prefix(parameters.looksMax).map(\.site)
    }

    private func look(at site: Int, number: Int) -> PassingLooks.Look {
        PassingLooks.Look(
            job: PlanningProblem.Job(
                id: number, weightThousandths: 1,
                to: PlanningProblem.Place(index.sites[site].place, isInHazardArea: sites[site].hazardLevel >= 3),
                minutes: parameters.lookMinutes),
            worthMinutes: worthOfLook(at: site))
    }

    /// What a look tells, in minutes of an ordinary site's waiting: P · (1 − P) · w for as long as it would be found out
    /// later without one.
    private func worthOfLook(at site: Int) -> Double {
        let chance = Millinats(Int(sites[site].logOdds)).probability
        let minutes = Double(parameters.lookSaves.wholeMilliseconds) / 60_000
        return chance * (1 - chance) * Double(weight(ofSite: site)) / 1_000 * minutes
    }
}
