import AnpiModel

/// 気象警報・注意報 of both generations and 土砂災害警戒情報: a complete list of what is in force in each municipality.
struct JMAWarnings {
    private let report: JMAReport

    init(_ report: JMAReport) { self.report = report }

    func statements() throws(HazardError) -> [HazardArea] {
        try items().flatMap { item in
            item.areas.flatMap { area in
                item.children("Kind").compactMap { statement($0, in: area) }
            }
        }
    }

    /// The items of the one list that counts: the wider lists and the coasts' repeat the same warnings.
    ///
    /// A report in which the list cannot be found is refused: read as "nothing in force" it would clear a prefecture.
    private func items() throws(HazardError) -> [MarkupElement] {
        let type = report.telegram == .vxww50 ? "土砂災害警戒情報" : "気象警報・注意報（市町村等）"
        let isList = { (element: MarkupElement) in
            element.attributes["type"].map(OfficialText.code) == OfficialText.code(type)
        }
        if let lists = report.body?.children("Warning").filter(isList), !lists.isEmpty {
            return lists.flatMap { $0.children("Item") }
        }
        // Without a body there is the headline, which lists the warnings (not the advisories) of each municipality.
        let isEmpty = report.body?.children("Warning").isEmpty ?? true
        if isEmpty, let lists = report.headline?.children("Information").filter(isList), !lists.isEmpty {
            return lists.flatMap { $0.children("Item") }
        }
        throw HazardError(
            .missing,
            "the list of warnings by municipality (市町村等) is missing; fetch it again or look at the raw message",
            at: "Report/Body/Warning")
    }

    private func statement(_ kind: MarkupElement, in area: MarkupElement) -> HazardArea? {
        let state = kind.text("Status") ?? kind.text("Condition") ?? ""
        // 発表警報・注意報はなし carries neither name nor code.
        guard let code = kind.code("Code"), !Self.ended.contains(state) else { return nil }
        let row = JMACode.look(up: code, in: report.telegram)
        if row?.level == 0 { return nil }
        let level = [row?.level, significancy(kind)].compactMap(\.self).max()
        return HazardArea(
            phenomenon: row?.phenomenon ?? JMACode.subject(of: report.telegram),
            code: OfficialText.line(code, charactersMax: HazardBounds.nameCharactersMax),
            name: OfficialText.line(kind.text("Name") ?? code, charactersMax: HazardBounds.nameCharactersMax),
            level: level,
            areaName: OfficialText.line(area.text("Name") ?? "", charactersMax: HazardBounds.nameCharactersMax),
            places: Self.places(area.code("Code")), from: report.reportedAt, until: report.validUntil)
    }

    private static let ended: Set = ["解除", "なし", "発表警報・注意報はなし"]

    /// 警戒レベル of the 2026 generation: 21, 31, 41, 51; the legacy one's 00, 20, 30 say nothing of levels.
    private func significancy(_ kind: MarkupElement) -> Int? {
        let levels = ["21": 2, "31": 3, "41": 4, "51": 5]
        return kind.children("Property").flatMap { $0.all("Significancy") }
            .compactMap { $0.code("Code").flatMap { levels[$0] } }.max()
    }

    /// A class20 code; `26xxxx` and other placeholders are shown and match nothing.
    static func places(_ code: String?) -> [HazardArea.Place] {
        guard let code, OfficialText.isDigits(code), code.contains(where: { $0 != "0" }) else { return [] }
        switch code.utf8.count {
        case 7: return [.weather(code)]
        case 5: return [.municipality(code)]
        case 6, 2: return [.prefecture(code)]
        default: return []
        }
    }
}
