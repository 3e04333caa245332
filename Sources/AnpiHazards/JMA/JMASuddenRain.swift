import AnpiModel

/// 記録的短時間大雨情報. Its areas are parts of a prefecture (class10); the municipality stands in the headline's words
/// only: 「２３時１０分静岡県で記録的短時間大雨　静岡市清水区付近で約１１０ミリ」.
struct JMASuddenRain {
    private let report: JMAReport

    init(_ report: JMAReport) { self.report = report }

    /// It is a report of an hour's rain and is never taken back: the water needs a few hours to run off.
    private static let holds: Duration = .seconds(3 * 3_600)

    func statements() throws(HazardError) -> [HazardArea] {
        let items =
            (report.body?.children("Warning").flatMap { $0.children("Item") } ?? [])
            + (report.headline?.children("Information").flatMap { $0.children("Item") } ?? [])
        guard !items.isEmpty else {
            throw HazardError(
                .missing, "it names no area; fetch it again or look at the raw message", at: "Report/Body/Warning")
        }
        var statements: [HazardArea] = []
        for item in items {
            for kind in item.children("Kind") {
                guard let code = kind.code("Code"), JMACode.look(up: code, in: .vpoa50)?.level != 0 else { continue }
                for area in item.areas {
                    let statement = statement(kind, code: code, in: area)
                    // Body and headline name the same areas.
                    if !statements.contains(where: { $0.areaName == statement.areaName && $0.code == code }) {
                        statements.append(statement)
                    }
                }
            }
        }
        return statements
    }

    private func statement(_ kind: MarkupElement, code: String, in area: MarkupElement) -> HazardArea {
        let areaCode = area.code("Code") ?? ""
        let named = Self.municipalities(in: report.headline?.text("Text") ?? "")
            .map { HazardArea.Place.named($0, prefecture: String(areaCode.prefix(2))) }
        return HazardArea(
            phenomenon: .flood, code: OfficialText.line(code, charactersMax: HazardBounds.nameCharactersMax),
            name: OfficialText.line(
                kind.text("Name") ?? "記録的短時間大雨情報", charactersMax: HazardBounds.nameCharactersMax),
            level: JMACode.look(up: code, in: .vpoa50)?.level,
            areaName: OfficialText.line(area.text("Name") ?? areaCode, charactersMax: HazardBounds.nameCharactersMax),
            places: named.isEmpty ? JMAWarnings.places(areaCode) : named, from: report.reportedAt,
            until: report.validUntil ?? report.reportedAt + Self.holds)
    }

    /// Places before 付近で, or before で and an amount, without their prefecture.
    static func municipalities(in text: String) -> [String] {
        var names: [String] = []
        for part in text.split(whereSeparator: { $0.isWhitespace || "、。，．【】［］".contains($0) }) {
            var place: Substring
            if let near = part.firstRange(of: "付近") {
                place = part[..<near.lowerBound]
            } else if part.contains("ミリ"), let at = part.firstRange(of: "で") {
                place = part[..<at.lowerBound]
            } else {
                continue
            }
            // A time may stand before it without a space: 「２３時１０分静岡市…」.
            if let clock = place.lastIndex(where: { "時分頃".contains($0) }), place[..<clock].contains(where: \.isNumber) {
                place = place[place.index(after: clock)...]
            }
            if let prefecture = Prefectures.code(prefixOf: place) { place = place.dropFirst(prefecture.name.count) }
            let name = String(place.prefix(HazardBounds.nameCharactersMax))
            if name.contains(where: "市区町村".contains), !names.contains(name) { names.append(name) }
        }
        return names
    }
}
