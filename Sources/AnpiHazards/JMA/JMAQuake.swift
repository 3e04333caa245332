import AnpiModel

/// 震度速報 (regions) and 震源・震度に関する情報 (cities).
struct JMAQuake {
    private let report: JMAReport

    init(_ report: JMAReport) { self.report = report }

    /// What the shaking did shows within days; a report of it is never taken back.
    private static let holds: Duration = .seconds(72 * 3_600)

    /// When it shook; 震度速報 has it as its target time.
    var originAt: Timestamp {
        let origin = report.body?.descendant("Earthquake")?.text("OriginTime")
        return origin.flatMap { Timestamp(rfc3339: OfficialText.code($0)) } ?? report.targetAt ?? report.reportedAt
    }

    func statements() throws(HazardError) -> [HazardArea] {
        guard let observation = report.body?.descendant("Intensity", "Observation") else {
            throw HazardError(
                .missing, "it holds no intensities; fetch it again or look at the raw message",
                at: "Report/Body/Intensity/Observation")
        }
        let origin = originAt
        return observation.children("Pref").flatMap { prefecture in
            prefecture.children("Area").flatMap { area -> [HazardArea] in
                let cities = area.children("City")
                if cities.isEmpty {
                    // A region has no list of its municipalities: it reaches the sites of its prefecture.
                    let places = JMAWarnings.places(prefecture.code("Code"))
                    return statement(area, places: places, origin: origin).map { [$0] } ?? []
                }
                return cities.compactMap { city in
                    let code = city.code("Code") ?? ""
                    let isCity = OfficialText.isDigits(code) && code.utf8.count == 7
                    return statement(city, places: isCity ? [.seismic(code)] : [], origin: origin)
                }
            }
        }
    }

    private func statement(_ area: MarkupElement, places: [HazardArea.Place], origin: Timestamp) -> HazardArea? {
        guard let intensity = Self.intensity(of: area) else { return nil }
        return HazardArea(
            phenomenon: .quake, code: intensity.rawValue, name: Self.name(intensity), level: Self.level(intensity),
            intensity: intensity,
            areaName: OfficialText.line(area.text("Name") ?? "", charactersMax: HazardBounds.nameCharactersMax),
            places: places, from: origin, until: origin + Self.holds)
    }

    /// The highest of what was measured and what is missing: a city whose meters do not answer where 5- or more is
    /// expected counts as 5-. `欠測` and empty values are no intensity, and not intensity 0.
    static func intensity(of area: MarkupElement) -> HazardArea.Intensity? {
        let measured = area.code("MaxInt").flatMap(HazardArea.Intensity.init(official:))
        let isMissing = OfficialText.code(area.text("Condition") ?? "").contains("5弱以上未入電")
        let order = HazardArea.Intensity.allCases
        guard isMissing, (measured.flatMap(order.firstIndex(of:)) ?? -1) < (order.firstIndex(of: .fiveLower) ?? 0)
        else {
            return measured
        }
        return .fiveLower
    }

    private static func level(_ intensity: HazardArea.Intensity) -> Int {
        switch intensity {
        case .one, .two, .three: 0
        case .four: 1
        case .fiveLower: 2
        case .fiveUpper: 3
        case .sixLower: 4
        case .sixUpper, .seven: 5
        }
    }

    private static func name(_ intensity: HazardArea.Intensity) -> String {
        switch intensity {
        case .one: "震度１"
        case .two: "震度２"
        case .three: "震度３"
        case .four: "震度４"
        case .fiveLower: "震度５弱"
        case .fiveUpper: "震度５強"
        case .sixLower: "震度６弱"
        case .sixUpper: "震度６強"
        case .seven: "震度７"
        }
    }
}

extension HazardArea.Intensity {
    /// As telegrams write it: `5-`, with padding, full width, or in words (`震度５弱`).
    init?(official text: String) {
        var text = OfficialText.code(text)
        if text.hasPrefix("震度") { text.removeFirst(2) }
        if text.hasSuffix("弱") { text = text.dropLast() + "-" }
        if text.hasSuffix("強") { text = text.dropLast() + "+" }
        self.init(rawValue: text)
    }
}
