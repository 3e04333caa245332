/// The kinds of JMA reports that are read. The XML does not carry the telegram's name: it follows from `Control/Title`.
enum JMATelegram: String, CaseIterable {
    // 気象警報・注意報: until 2026 all hazards in one (50 and 53 in older and parallel forms of 54) …
    case vpww50 = "VPWW50"
    case vpww53 = "VPWW53"
    case vpww54 = "VPWW54"
    // … since 2026-05-28 one telegram for each hazard.
    case vpww55 = "VPWW55"
    case vpww56 = "VPWW56"
    case vpww57 = "VPWW57"
    case vpww58 = "VPWW58"
    case vpww59 = "VPWW59"
    case vpww60 = "VPWW60"
    case vpww61 = "VPWW61"
    /// 土砂災害警戒情報.
    case vxww50 = "VXWW50"
    /// 指定河川洪水予報, VXKO50–89: the number only tells the river's place.
    case vxko = "VXKO"
    /// 記録的短時間大雨情報.
    case vpoa50 = "VPOA50"
    /// 震度速報.
    case vxse51 = "VXSE51"
    /// 震源・震度に関する情報.
    case vxse53 = "VXSE53"
    /// 津波警報・注意報・予報.
    case vtse41 = "VTSE41"
    /// 津波情報.
    case vtse51 = "VTSE51"

    /// By the title, else by the name in the file's; nil where neither is known.
    init?(title: String, fileName: String?) {
        if let known = Self.byTitle(title) {
            self = known
        } else if let known = fileName.flatMap(Self.byFileName) {
            self = known
        } else {
            return nil
        }
    }

    private static func byTitle(_ title: String) -> JMATelegram? {
        let title = OfficialText.code(title)
        if title.hasPrefix("気象警報・注意報") {
            if title.contains("(H27)") { return .vpww54 }
            guard let range = title.firstRange(of: "(R06)") else { return .vpww50 }
            return second(generation: title[range.upperBound...])
        }
        return titles.first { title.hasPrefix($0.title) }?.telegram
    }

    private static let titles: [(title: String, telegram: JMATelegram)] = [
        ("気象特別警報・警報・注意報", .vpww53),
        ("土砂災害警戒情報", .vxww50),
        ("指定河川洪水予報", .vxko),
        ("記録的短時間大雨情報", .vpoa50),
        ("震度速報", .vxse51),
        ("震源・震度に関する情報", .vxse53),
        ("津波警報・注意報・予報", .vtse41),
        ("津波情報", .vtse51),
    ]

    /// What stands behind （Ｒ０６）: 大雨, 土砂災害, 高潮, 暴風…, 波浪, 大雪, and the others together.
    private static func second(generation hazard: Substring) -> JMATelegram {
        if hazard.contains("土砂") { return .vpww56 }
        if hazard.contains("大雨") { return .vpww55 }
        if hazard.contains("高潮") { return .vpww57 }
        if hazard.contains("風") { return .vpww58 }
        if hazard.contains("波") { return .vpww59 }
        if hazard.contains("雪") { return .vpww60 }
        return .vpww61
    }

    /// `20260701020304_0_VXKO62_340000.xml`, `JMA_15_17_01_250630_VPWW55.xml`.
    private static func byFileName(_ fileName: String) -> JMATelegram? {
        for part in fileName.split(whereSeparator: { "_./-".contains($0) }).map({ $0.uppercased() }) {
            if let telegram = JMATelegram(rawValue: part) { return telegram }
            if part.count == 6, part.hasPrefix("VXKO") { return .vxko }
        }
        return nil
    }
}
