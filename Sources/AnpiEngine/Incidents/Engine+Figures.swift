import AnpiModel

/// The figures of an incident as of now: what a situation report freezes.
extension Engine {
    func figures(of incident: IncidentRecord) -> [Sitrep.Figure] {
        let members = incident.sites.map { sites[Int($0)] }
        let recoveries = recoveriesOf(incident)
        let states = incident.tasks.compactMap { tasks[Int($0)]?.state }
        var figures = [
            Sitrep.Figure("sitrep", "sites", members.count),
            Sitrep.Figure("sitrep", "restored", recoveries.count { $0.restoredAt != nil }),
            Sitrep.Figure("sitrep", "tasksOpen", states.count { !$0.isFinal }),
        ]
        figures += Assessment.allCases.map { word in
            Sitrep.Figure("assessment", word.rawValue, members.count { $0.assessment == word })
        }
        figures += Contact.allCases.map { word in
            Sitrep.Figure("contact", word.rawValue, members.count { $0.contact == word })
        }
        figures += Rung.allCases.map { word in
            Sitrep.Figure("rung", word.rawValue, recoveries.count { $0.choice?.rung == word })
        }
        figures += TaskState.allCases.map { word in
            Sitrep.Figure("taskState", word.rawValue, states.count { $0 == word })
        }
        let people = engineerNumbers(of: incident)
        figures += Availability.allCases.map { word in
            Sitrep.Figure("availability", word.rawValue, people.count { engineers[$0].availability == word })
        }
        let machines = loanerNumbers(of: incident).map { loanerState($0) }
        figures += LoanerState.allCases.map { word in
            Sitrep.Figure("loanerState", word.rawValue, machines.count { $0 == word })
        }
        let claims = recoveries.map { claimsSheet(of: $0).state }
        return figures
            + ClaimsSheet.states.map { word in
                Sitrep.Figure("claims.state", word, claims.count { $0 == word })
            }
    }

    /// What is in force where its members are, or in its areas while it has none; each statement once.
    func hazardsInForce(for incident: IncidentRecord) -> [Sitrep.Warning] {
        var places: [Int32] = []
        let municipalities = incident.sites.map { index.sites[Int($0)].municipality }
        for (site, municipality) in zip(incident.sites, municipalities)
        where !places.contains(where: { index.sites[Int($0)].municipality == municipality }) {
            places.append(site)
        }
        if places.isEmpty { places = incident.areas.compactMap { members(ofMunicipality: $0).first } }
        var found: [Sitrep.Warning] = []
        for site in places where sites[Int(site)].isWarned {
            for statement in statements(of: Int(site)) {
                let warning = Sitrep.Warning(
                    name: statement.area.name, area: statement.area.areaName, level: statement.level)
                if !found.contains(warning) { found.append(warning) }
            }
        }
        let ranked = found.enumerated().sorted { ($1.element.level, $0.offset) < ($0.element.level, $1.offset) }
        return ranked.prefix(Sitrep.hazardsMax).map(\.element)
    }

    /// The offices whose sites it is about, by id.
    func officeIDs(of incident: IncidentRecord) -> [OfficeID] {
        var list: [OfficeID] = []
        for site in incident.sites {
            for office in offices(of: Int(site)) where !list.contains(office) { list.append(office) }
        }
        return (list.isEmpty ? officesCovered(by: incident) : list).sorted()
    }

    /// Engineers of its offices, and those of none, by id.
    func engineerNumbers(of incident: IncidentRecord) -> [Int] {
        engineerOrder(Scope(offices: officeIDs(of: incident)))
    }

    /// Machines in the depots of its offices, and of none, by id.
    func loanerNumbers(of incident: IncidentRecord) -> [Int] {
        let scope = Scope(offices: officeIDs(of: incident))
        return index.loaners.indices.filter { number in
            scope.contains(index.depots.first { $0.id == index.loaners[number].depot }?.office)
        }
    }

    func loanerState(_ number: Int) -> LoanerState {
        lent(index.loaners[number].id).map { $0.site == nil ? .outOfService : .lent } ?? .inStock
    }
}
