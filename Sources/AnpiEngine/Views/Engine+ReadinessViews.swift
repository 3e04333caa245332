package import AnpiModel

/// Which sites a storm would cost their data, the worst first.
extension Engine {
    /// A page of readiness; of one office, and of municipalities whose code begins with `area` (a prefecture's has two
    /// digits).
    package func readiness(
        office: OfficeID? = nil, area: String? = nil, page: Page = Page(), scope: Scope = .all
    ) -> JSON {
        let ranked = rankedReadiness(office: office, area: area, scope: scope)
        return Self.list(ranked, page: page, id: { $0.facts.site.text }) { readiness in
            guard let number = index.number(of: readiness.facts.site), case .object(let members) = readiness.json else {
                return nil
            }
            let site = index.site(number)
            let call = sites[number].tasks.first { tasks[Int($0)]?.readiness != nil }
            return .object(
                members + [
                    JSON.Member("siteName", .string(site.name)), JSON.Member("office", .id(site.office)),
                    JSON.Member("municipality", .string(site.municipality)),
                    JSON.Member("municipalityName", .optional(site.address.flatMap(MunicipalityName.cut))),
                    JSON.Member("phone", .optional(site.phone)),
                    JSON.Member("hazardLevel", .integer(Int(sites[number].hazardLevel))),
                    JSON.Member("asked", askedJSON(of: number)),
                    JSON.Member("task", .id(call.map { TaskID(Int($0)) })),
                ])
        }
    }

    /// The same as one sheet, every site in it.
    package func readinessSheet(
        office: OfficeID? = nil, area: String? = nil, _ language: Language, scope: Scope = .all
    ) -> Sheet {
        let head = ["rank", "site", "name", "place", "loss", "lossInFlood", "lossWithBuilding", "failures"]
        let columns =
            head.map { Labels.text("sheet.column.\($0)", language) }
            + ReadinessClause.allCases.map { Labels.word("readinessClause", $0, language) }
            + ["asked", "reasons"].map { Labels.text("sheet.column.\($0)", language) }
        let ranked = rankedReadiness(office: office, area: area, scope: scope)
        let rows = ranked.enumerated().compactMap { place, readiness -> [String]? in
            guard let number = index.number(of: readiness.facts.site) else { return nil }
            let site = index.site(number)
            let failed = readiness.checks.filter { $0.result == .fail }.map { $0.reason.text(language, asOf: now) }
            let results = readiness.checks.map { Labels.word("readinessResult", $0.result, language) }
            let head = [
                String(place + 1), site.id.text, site.name,
                site.address.flatMap(MunicipalityName.cut) ?? site.municipality,
                JSON.fixed(Double(readiness.loss) / 1_000, digits: 3), "\((readiness.lossInFlood + 5) / 10)%",
                "\((readiness.lossWithBuilding + 5) / 10)%", String(readiness.failures),
            ]
            return head + results + [askedText(of: number, language), failed.joined(separator: "; ")]
        }
        return Sheet(
            name: "readiness", title: Labels.text("sheet.readiness", language), columns: columns, rows: rows)
    }

    private func rankedReadiness(office: OfficeID?, area: String?, scope: Scope) -> [Readiness] {
        Readiness.ranked(
            sites.indices.compactMap { number in
                let own = index.office(of: number)?.id
                guard scope.contains(own), office == nil || office == own,
                    area.map({ municipality(of: number).hasPrefix($0) }) ?? true
                else { return nil }
                return readiness(of: number)
            })
    }
}
