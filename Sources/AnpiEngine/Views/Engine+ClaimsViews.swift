package import AnpiModel

/// Claims as people read them: of every site that was hit, also of those that work again.
extension Engine {
    /// A page of claims, oldest first; of one incident where `incident` names it.
    package func claims(of incident: IncidentID? = nil, page: Page = Page(), scope: Scope = .all) -> JSON {
        let after = page.cursor.flatMap { Int($0) } ?? 0
        let numbers = claimsNumbers(of: incident, scope: scope).filter { $0 > after }
        return Self.list(numbers, page: Page(limit: page.limit), id: { String($0) }) { claimsJSON($0) }
    }

    /// The same as one sheet.
    package func claimsTable(of incident: IncidentID? = nil, _ language: Language, scope: Scope = .all) -> Sheet {
        let rows = claimsNumbers(of: incident, scope: scope).compactMap { number -> [String]? in
            guard let recovery = recoveries[number] else { return nil }
            let site = index.site(Int(recovery.site))
            return claimsSheet(of: recovery).cells(site: site.id, name: site.name, language, asOf: now)
        }
        return Sheet(
            name: "claims", title: Labels.text("sheet.claims", language),
            columns: ClaimsSheet.columns.map { Labels.text("claims.column.\($0)", language) }, rows: rows)
    }

    /// All recoveries but those of sites that turned out well; of a merged incident those of the one that took it in.
    private func claimsNumbers(of incident: IncidentID?, scope: Scope) -> [Int] {
        let wanted = incident.map { Int32(successor(of: $0.number)) }
        return recoveries.numbers.filter { number in
            guard let recovery = recoveries[number] else { return false }
            return (recovery.endedAt == nil || recovery.damage.tellsHarm)
                && (wanted == nil || wanted == recovery.incident)
                && scope.contains(index.office(of: Int(recovery.site))?.id)
        }
    }

    func claimsJSON(_ number: Int) -> JSON {
        guard let recovery = recoveries[number], case .object(let sheet) = claimsSheet(of: recovery).json(asOf: now)
        else { return .null }
        let site = index.site(Int(recovery.site))
        let head: [JSON.Member] = [
            JSON.Member("site", .id(site.id)), JSON.Member("siteName", .string(site.name)),
            JSON.Member("incident", recovery.incident > 0 ? .id(IncidentID(Int(recovery.incident))) : .null),
            JSON.Member("openedAt", .time(recovery.openedAt)), JSON.Member("restoredAt", .time(recovery.restoredAt)),
            JSON.Member("endedAt", .time(recovery.endedAt)),
        ]
        let isTaskDone = recovery.done.contains(.claims)
        return .object(
            head + sheet + [
                JSON.Member("entries", recovery.claims.json), JSON.Member("taskDone", .bool(isTaskDone)),
                JSON.Member("version", .integer(recovery.version)),
            ])
    }
}
