import AnpiModel

/// 津波警報・注意報・予報 and 津波情報: each lists all coasts that have anything.
struct JMATsunami {
    private let report: JMAReport

    init(_ report: JMAReport) { self.report = report }

    /// Nil where the report has no forecast (observations only): it changes nothing that is in force.
    func statements() throws(HazardError) -> [HazardArea]? {
        guard let forecast = report.body?.descendant("Tsunami", "Forecast") else {
            guard report.telegram == .vtse51 else {
                throw HazardError(
                    .missing, "it holds no forecast; fetch it again or look at the raw message",
                    at: "Report/Body/Tsunami/Forecast")
            }
            return nil
        }
        return forecast.children("Item").compactMap { item in
            guard let kind = item.descendant("Category", "Kind"), let code = kind.code("Code") else { return nil }
            let row = JMACode.look(up: code, in: report.telegram)
            if row?.level == 0 { return nil }
            let coast = item.child("Area")
            let name = coast?.text("Name") ?? ""
            return HazardArea(
                phenomenon: .tsunami, code: OfficialText.line(code, charactersMax: HazardBounds.nameCharactersMax),
                name: OfficialText.line(kind.text("Name") ?? code, charactersMax: HazardBounds.nameCharactersMax),
                level: row?.level, areaName: OfficialText.line(name, charactersMax: HazardBounds.nameCharactersMax),
                places: TsunamiCoasts.prefectures(code: coast?.code("Code") ?? "", name: name).map { .prefecture($0) },
                from: report.reportedAt, until: report.validUntil)
        }
    }
}
