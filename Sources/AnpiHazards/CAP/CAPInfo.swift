import AnpiModel

/// One info block of an alert: what is said, for how long, in one language.
struct CAPInfo {
    /// Lower case, `en` where none is given (the standard's default).
    var language: String
    var event: String
    /// Values of `eventCode`, as sent.
    var eventCodes: [String]
    var headline: String?
    var phenomenon: HazardArea.Phenomenon
    var level: Int?
    var from: Timestamp
    var until: Timestamp
    /// The danger is over: the block says so and puts nothing in force.
    var isAllClear: Bool
    var areas: [Area]

    struct Area {
        var name: String
        var places: [HazardArea.Place]
        /// Of the series: geocodes where there are any, else the description.
        var keys: [String]
    }

    var areaKeys: [String] { areas.flatMap(\.keys) }

    static func all(of alert: MarkupElement, sent: Timestamp) -> [CAPInfo] {
        alert.children("info").map { CAPInfo($0, sent: sent) }
    }

    private init(_ info: MarkupElement, sent: Timestamp) {
        language = info.text("language")?.lowercased() ?? "en"
        event = info.text("event") ?? ""
        eventCodes = info.children("eventCode").compactMap { $0.text("value") }
        headline = info.text("headline")
        phenomenon = CAPPhenomena.phenomenon(codes: eventCodes, words: [event, headline ?? ""])
        level = Self.level(severity: info.text("severity"), certainty: info.text("certainty"))
        // An optional time that cannot be read counts as absent.
        from = Self.time(info, "onset") ?? Self.time(info, "effective") ?? sent
        until = Self.end(expires: Self.time(info, "expires"), from: from, sent: sent)
        isAllClear = info.texts("responseType").contains("AllClear")
        areas = info.children("area").map { area in
            let codes = area.children("geocode").flatMap { geocode in
                geocode.texts("value").map { (geocode.text("valueName") ?? "", $0) }
            }
            let name = area.text("areaDesc") ?? ""
            return Area(
                name: OfficialText.line(name, charactersMax: HazardBounds.nameCharactersMax),
                places: CAPPlaces.places(of: area), keys: codes.isEmpty ? [name] : codes.map { "\($0.0)=\($0.1)" })
        }
    }

    private static func time(_ info: MarkupElement, _ name: String) -> Timestamp? {
        info.text(name).flatMap { Timestamp(rfc3339: $0) }
    }

    /// Without an end, or with one that lies before its own beginning or sending, a warning holds a day; and none
    /// longer than 31 days, because senders forget to take them back.
    private static func end(expires: Timestamp?, from: Timestamp, sent: Timestamp) -> Timestamp {
        guard let expires, expires > sent, expires > from else { return from + .seconds(86_400) }
        return min(expires, from + .seconds(31 * 86_400))
    }

    /// Minor 2, Moderate 3, Severe 4, Extreme 5, one less when not even likely; anything else is "level ?".
    private static func level(severity: String?, certainty: String?) -> Int? {
        let level: Int
        switch severity {
        case "Minor": level = 2
        case "Moderate": level = 3
        case "Severe": level = 4
        case "Extreme": level = 5
        default: return nil
        }
        return certainty == "Possible" || certainty == "Unlikely" ? level - 1 : level
    }

    // MARK: Several blocks

    /// The block that is shown: Japanese, else the first.
    static func forPeople(_ infos: [CAPInfo]) -> CAPInfo? {
        infos.first { $0.language.hasPrefix("ja") } ?? infos.first
    }

    /// What is said of each area, once: blocks in several languages repeat one another, and their words and names of
    /// areas differ. So the first statement of a place, level and time in one language is the first of it in the other.
    static func statements(of infos: [CAPInfo]) -> [HazardArea] {
        let shown = infos.filter { $0.language.hasPrefix("ja") } + infos.filter { !$0.language.hasPrefix("ja") }
        var statements: [HazardArea] = []
        var kept: [Claim: [(index: Int, language: String)]] = [:]
        var counts: [Claim: [String: Int]] = [:]
        for info in shown where !info.isAllClear {
            for area in info.areas {
                let claim = Claim(info, area)
                let statement = info.statement(of: area)
                let same = kept[claim] ?? []
                if same.contains(where: { $0.language == info.language && statements[$0.index] == statement }) {
                    continue
                }
                let count = counts[claim]?[info.language] ?? 0
                counts[claim, default: [:]][info.language] = count + 1
                if count < same.count {
                    let index = same[count].index
                    // A block in a language whose words are not in the table says `other`.
                    if statements[index].phenomenon == .other { statements[index].phenomenon = info.phenomenon }
                } else {
                    kept[claim] = same + [(statements.count, info.language)]
                    statements.append(statement)
                }
            }
        }
        return statements
    }

    private func statement(of area: Area) -> HazardArea {
        HazardArea(
            phenomenon: phenomenon,
            code: OfficialText.line(eventCodes.first ?? event, charactersMax: HazardBounds.nameCharactersMax),
            name: OfficialText.line(event, charactersMax: HazardBounds.nameCharactersMax), level: level,
            areaName: area.name, places: area.places, from: from, until: until)
    }

    /// What a statement says in every language.
    private struct Claim: Hashable {
        var level: Int?
        var from: Timestamp
        var until: Timestamp
        var places: [HazardArea.Place]
        var codes: [String]

        init(_ info: CAPInfo, _ area: Area) {
            level = info.level
            from = info.from
            until = info.until
            places = area.places
            codes = info.eventCodes
        }
    }
}
