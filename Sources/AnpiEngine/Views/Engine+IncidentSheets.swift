package import AnpiModel

/// The sheets that a Japanese office uses (被害状況一覧, 要員・代替機表); the timeline (クロノロジー) is the journal's.
extension Engine {
    /// Every member with what is damaged, its rung, its work and its claims, the worst first.
    package func damageSheet(of id: IncidentID, _ language: Language, scope: Scope = .all) -> Sheet? {
        guard let incident = incidents[id.number], isVisible(incident, scope) else { return nil }
        let rows = incident.sites.map(Int.init)
            .filter { scope.contains(index.office(of: $0)?.id) }
            .sorted {
                let (left, right) = (sites[$0].assessment.severity, sites[$1].assessment.severity)
                return left == right ? index.sites[$0].id < index.sites[$1].id : left > right
            }
            .map { damageCells(of: $0, in: incident, language) }
        return Sheet(
            name: "damage", title: title("damage", incident, language),
            columns: Self.columns(
                [
                    "site", "name", "place", "assessment", "contact", "server", "mirror", "external", "peripherals",
                    "building", "power", "network", "depth", "rung", "tasks", "restored", "claims",
                ], language), rows: rows)
    }

    private func damageCells(of site: Int, in incident: IncidentRecord, _ language: Language) -> [String] {
        let row = index.site(site)
        let state = sites[site]
        let recovery = recoveries[Int(state.recovery)]
        let damage = recovery?.damage ?? Damage()
        func word(_ family: String, _ value: (some RawRepresentable<String>)?) -> String {
            value.map { Labels.word(family, $0, language) } ?? ""
        }
        func flag(_ value: Bool?) -> String { value.map { Labels.text($0 ? "sheet.yes" : "sheet.no", language) } ?? "" }
        let work = incident.tasks.compactMap { tasks[Int($0)] }.filter {
            $0.site == Int32(site) && $0.state != .cancelled
        }
        let claims = recovery.map { recovery -> String in
            let sheet = claimsSheet(of: recovery)
            return sheet.facts.clock.due.text + " " + Labels.text("claims.state.\(sheet.state)", language)
        }
        return [
            row.id.text, row.name, row.address.flatMap(MunicipalityName.cut) ?? row.municipality,
            word("assessment", state.assessment), word("contact", state.contact),
            word("damageComponent", damage.server?.value), word("damageComponent", damage.mirror?.value),
            word("damageComponent", damage.external?.value), word("damageComponent", damage.peripherals?.value),
            word("damageBuilding", damage.building?.value), flag(damage.power?.value), flag(damage.network?.value),
            damage.depthMeters.map { JSON.fixed($0.value, digits: 2) } ?? "",
            recovery?.choice.map { "\($0.rung.rawValue) " + Labels.word("rung", $0.rung, language) } ?? "",
            work.map {
                "\($0.id) \(Labels.word("taskKind", $0.kind, language)) \(Labels.word("taskState", $0.state, language))"
            }
            .joined(separator: "; "),
            recovery?.restoredAt.map(\.clockText) ?? "", claims ?? "",
        ]
    }

    /// Engineers and machines of its offices, and how many of each its open work asks for (ICS 215).
    package func resourcesSheet(of id: IncidentID, _ language: Language, scope: Scope = .all) -> Sheet? {
        guard let incident = incidents[id.number], isVisible(incident, scope) else { return nil }
        let open = incident.tasks.compactMap { tasks[Int($0)] }.filter { !$0.state.isFinal && $0.kind != .phone }
        let rows =
            needRows(open, incident, scope, language) + engineerRows(of: incident, scope, language)
            + machineRows(of: incident, scope, language)
        return Sheet(
            name: "resources", title: title("resources", incident, language),
            columns: Self.columns(["what", "id", "name", "state", "where", "required", "have", "need"], language),
            rows: rows)
    }

    private func needRows(
        _ open: [TaskRecord], _ incident: IncidentRecord, _ scope: Scope, _ language: Language
    ) -> [[String]] {
        func row(_ what: String, _ name: String, _ required: Int, _ have: Int) -> [String] {
            [what, "", name, "", "", String(required), String(have), String(max(required - have, 0))]
        }
        let people = engineerNumbers(of: incident).filter { number in
            scope.contains(index.engineers[number].engineer.office) && engineers[number].availability != .unavailable
        }
        let skills = Skill.allCases.compactMap { skill -> [String]? in
            let required = open.count { $0.skills.contains(skill) }
            guard required > 0 else { return nil }
            return row(
                Labels.text("sheet.skill", language), Labels.word("skill", skill, language), required,
                people.count { index.engineers[$0].engineer.has([skill]) })
        }
        let machines = open.count { $0.order.needsLoaner }
        guard machines > 0 else { return skills }
        let stock = loanerNumbers(of: incident).count { loanerState($0) == .inStock }
        return skills + [
            row(Labels.text("sheet.loaner", language), Labels.text("sheet.loaners", language), machines, stock)
        ]
    }

    private func engineerRows(
        of incident: IncidentRecord, _ scope: Scope, _ language: Language
    ) -> [[String]] {
        engineerNumbers(of: incident).filter { scope.contains(index.engineers[$0].engineer.office) }.map { number in
            let engineer = index.engineers[number].engineer
            let task = tasks.open.compactMap { tasks[$0] }.first { $0.engineer == Int32(number) }
            let place = task.map { index.site(Int($0.site)).name } ?? engineer.base ?? ""
            return [
                Labels.text("sheet.engineer", language), engineer.id.text, engineer.name,
                Labels.word("availability", engineers[number].availability, language)
                    + (task.map { " \($0.id) " + Labels.word("taskState", $0.state, language) } ?? ""),
                place, "", "", "",
            ]
        }
    }

    private func machineRows(of incident: IncidentRecord, _ scope: Scope, _ language: Language) -> [[String]] {
        loanerNumbers(of: incident).compactMap { number in
            let loaner = index.loaners[number]
            let depot = index.depots.first { $0.id == loaner.depot }
            guard scope.contains(depot?.office) else { return nil }
            let holder = holder(of: loaner.id).map { TaskID($0).description }
            let place = lent(loaner.id)?.site.map { index.site(Int($0)).name } ?? depot?.name ?? ""
            return [
                Labels.text("sheet.loaner", language), loaner.id.text, loaner.fits.joined(separator: ", "),
                Labels.word("loanerState", loanerState(number), language) + (holder.map { " " + $0 } ?? ""), place, "",
                "", "",
            ]
        }
    }

    /// A sheet's title with the incident that it is of.
    package func sheetTitle(_ name: String, of id: IncidentID, _ language: Language) -> String? {
        incidents[id.number].map { title(name, $0, language) }
    }

    private func title(_ name: String, _ incident: IncidentRecord, _ language: Language) -> String {
        let drill = incident.isDrill ? Labels.text("sitrep.drill", language) + " " : ""
        let called = incident.desk.title ?? Labels.word("incidentKind", incident.kind, language)
        return drill + Labels.text("sheet.\(name)", language) + " \(incident.id) " + called
    }

    private static func columns(_ names: [String], _ language: Language) -> [String] {
        names.map { Labels.text("sheet.column.\($0)", language) }
    }
}
