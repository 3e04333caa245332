import AnpiModel

/// 指定河川洪水予報. The level stands in the headline, because the body may be empty or garbled; the body's
/// 浸水想定地区 names the municipalities.
struct JMARiver {
    private let report: JMAReport

    init(_ report: JMAReport) { self.report = report }

    func statements() throws(HazardError) -> [HazardArea] {
        let items = self.items
        guard !items.isEmpty else {
            throw HazardError(
                .missing, "the headline does not say the level; fetch it again or look at the raw message",
                at: "Report/Head/Headline/Information")
        }
        let places = self.places
        return items.flatMap { item in
            item.children("Kind").compactMap { kind -> HazardArea? in
                guard let code = kind.code("Code") else { return nil }
                let row = JMACode.look(up: code, in: .vxko)
                if row?.level == 0 { return nil }
                let name = item.areas.compactMap { $0.text("Name") }.joined(separator: "・")
                return HazardArea(
                    phenomenon: .flood, code: OfficialText.line(code, charactersMax: HazardBounds.nameCharactersMax),
                    name: OfficialText.line(kind.text("Name") ?? code, charactersMax: HazardBounds.nameCharactersMax),
                    level: row?.level, areaName: OfficialText.line(name, charactersMax: HazardBounds.nameCharactersMax),
                    places: places, from: report.reportedAt, until: report.validUntil)
            }
        }
    }

    /// Of the forecast's own section; the lists of rivers and prefectures repeat it.
    private var items: [MarkupElement] {
        let lists = report.headline?.children("Information") ?? []
        let section = lists.first { $0.attributes["type"]?.contains("予報区域") == true } ?? lists.first
        return section?.children("Item") ?? []
    }

    private var places: [HazardArea.Place] {
        var places: [HazardArea.Place] = []
        for area in report.body?.children("Warning").flatMap({ $0.all("Area") }) ?? [] {
            for place in JMAWarnings.places(area.code("CityCode")) where !places.contains(place) {
                places.append(place)
            }
        }
        if !places.isEmpty { return places }
        // Empty body: as wide as the headline says.
        for list in report.headline?.children("Information") ?? []
        where list.attributes["type"]?.contains("府県予報区") == true {
            for area in list.all("Area") {
                for place in JMAWarnings.places(area.code("Code")) where !places.contains(place) {
                    places.append(place)
                }
            }
        }
        return places
    }
}
