import AnpiModel

/// What a code says, by telegram: the same number means other things in other telegrams and generations (10, 03, 08,
/// 33, 48 …), so there is no table of codes alone. A code that is not here keeps its raw form and has no level.
struct JMACode {
    /// What threatens.
    var phenomenon: HazardArea.Phenomenon
    /// 0 where the code ends or denies a warning.
    var level: Int
    /// JMA's name, for whoever reads the table; people are shown the message's own.
    var name: String

    private init(_ phenomenon: HazardArea.Phenomenon, _ level: Int, _ name: String) {
        self.phenomenon = phenomenon
        self.level = level
        self.name = name
    }

    /// Nil where the telegram has no such code.
    static func look(up code: String, in telegram: JMATelegram) -> JMACode? {
        switch telegram {
        case .vpww50, .vpww53, .vpww54: legacy[code]
        case .vpww55: rain[code]
        case .vpww56: landslide[code]
        case .vpww57: surge[code]
        case .vpww58: wind[code]
        case .vpww59: waves[code]
        case .vpww60: snow[code]
        case .vpww61: others[code]
        case .vxww50: landslideAlert[code]
        case .vxko: river[code]
        case .vpoa50: suddenRain[code]
        case .vtse41, .vtse51: tsunami[code]
        case .vxse51, .vxse53: nil
        }
    }

    /// What a code that is not in the table is about: all but the legacy telegrams have one subject.
    static func subject(of telegram: JMATelegram) -> HazardArea.Phenomenon {
        switch telegram {
        case .vpww50, .vpww53, .vpww54, .vpww59, .vpww61: .other
        case .vpww55, .vxko, .vpoa50: .flood
        case .vpww56, .vxww50: .landslide
        case .vpww57: .surge
        case .vpww58: .wind
        case .vpww60: .snow
        case .vtse41, .vtse51: .tsunami
        case .vxse51, .vxse53: .quake
        }
    }

    // MARK: Until 2026: VPWW50, 53, 54. 注意報 2, 警報 3 (高潮警報 4), 特別警報 5.

    private static let legacy: [String: JMACode] = [
        "00": JMACode(.other, 0, "解除"),
        "02": JMACode(.snow, 3, "暴風雪警報"),
        "03": JMACode(.flood, 3, "大雨警報"),
        "04": JMACode(.flood, 3, "洪水警報"),
        "05": JMACode(.wind, 3, "暴風警報"),
        "06": JMACode(.snow, 3, "大雪警報"),
        "07": JMACode(.other, 3, "波浪警報"),
        "08": JMACode(.surge, 4, "高潮警報"),
        "32": JMACode(.snow, 5, "暴風雪特別警報"),
        "33": JMACode(.flood, 5, "大雨特別警報"),
        "35": JMACode(.wind, 5, "暴風特別警報"),
        "36": JMACode(.snow, 5, "大雪特別警報"),
        "37": JMACode(.other, 5, "波浪特別警報"),
        "38": JMACode(.surge, 5, "高潮特別警報"),
        "10": JMACode(.flood, 2, "大雨注意報"),
        "12": JMACode(.snow, 2, "大雪注意報"),
        "13": JMACode(.snow, 2, "風雪注意報"),
        "14": JMACode(.other, 2, "雷注意報"),
        "15": JMACode(.wind, 2, "強風注意報"),
        "16": JMACode(.other, 2, "波浪注意報"),
        "17": JMACode(.other, 2, "融雪注意報"),
        "18": JMACode(.flood, 2, "洪水注意報"),
        "19": JMACode(.surge, 2, "高潮注意報"),
        "20": JMACode(.other, 2, "濃霧注意報"),
        "21": JMACode(.other, 2, "乾燥注意報"),
        "22": JMACode(.other, 2, "なだれ注意報"),
        "23": JMACode(.other, 2, "低温注意報"),
        "24": JMACode(.other, 2, "霜注意報"),
        "25": JMACode(.other, 2, "着氷注意報"),
        "26": JMACode(.other, 2, "着雪注意報"),
    ]

    // MARK: Since 2026: VPWW55–61. The Significancy beside a code carries the level too; the higher one counts.

    private static let rain: [String: JMACode] = [
        "00": JMACode(.flood, 0, "解除"),
        "10": JMACode(.flood, 2, "レベル２大雨注意報"),
        "03": JMACode(.flood, 3, "レベル３大雨警報"),
        "43": JMACode(.flood, 4, "レベル４大雨危険警報"),
        // 33 (大雨特別警報 until 2026) was in no sample of this telegram: it has no row until it is read somewhere.
    ]
    private static let landslide: [String: JMACode] = [
        "00": JMACode(.landslide, 0, "解除"),
        "29": JMACode(.landslide, 2, "レベル２土砂災害注意報"),
        "09": JMACode(.landslide, 3, "レベル３土砂災害警報"),
        "49": JMACode(.landslide, 4, "レベル４土砂災害危険警報"),
        "39": JMACode(.landslide, 5, "レベル５土砂災害特別警報"),
    ]
    private static let surge: [String: JMACode] = [
        "00": JMACode(.surge, 0, "解除"),
        "19": JMACode(.surge, 2, "レベル２高潮注意報"),
        "08": JMACode(.surge, 3, "レベル３高潮警報"),
        "48": JMACode(.surge, 4, "レベル４高潮危険警報"),
        "38": JMACode(.surge, 5, "レベル５高潮特別警報"),
    ]
    private static let wind: [String: JMACode] = [
        "00": JMACode(.wind, 0, "解除"),
        "15": JMACode(.wind, 2, "強風注意報"),
        "05": JMACode(.wind, 3, "暴風警報"),
    ]
    private static let waves: [String: JMACode] = [
        "00": JMACode(.other, 0, "解除"),
        "16": JMACode(.other, 2, "波浪注意報"),
        "07": JMACode(.other, 3, "波浪警報"),
    ]
    private static let snow: [String: JMACode] = [
        "00": JMACode(.snow, 0, "解除"),
        "12": JMACode(.snow, 2, "大雪注意報"),
        "06": JMACode(.snow, 3, "大雪警報"),
    ]
    private static let others: [String: JMACode] = [
        "00": JMACode(.other, 0, "解除"),
        "14": JMACode(.other, 2, "雷注意報"),
        "17": JMACode(.other, 2, "融雪注意報"),
        "20": JMACode(.other, 2, "濃霧注意報"),
        "21": JMACode(.other, 2, "乾燥注意報"),
        "22": JMACode(.other, 2, "なだれ注意報"),
        "23": JMACode(.other, 2, "低温注意報"),
        "24": JMACode(.other, 2, "霜注意報"),
        "25": JMACode(.other, 2, "着氷注意報"),
        "26": JMACode(.other, 2, "着雪注意報"),
    ]

    // MARK: Both generations

    private static let landslideAlert: [String: JMACode] = [
        "0": JMACode(.landslide, 0, "なし"),
        "1": JMACode(.landslide, 0, "解除"),
        "3": JMACode(.landslide, 4, "警戒"),
    ]
    private static let river: [String: JMACode] = [
        "10": JMACode(.flood, 0, "氾濫注意情報（警報解除）"),
        "20": JMACode(.flood, 2, "氾濫注意情報"),
        "30": JMACode(.flood, 3, "氾濫警戒情報"),
        "40": JMACode(.flood, 4, "氾濫危険情報"),
        "41": JMACode(.flood, 4, "氾濫危険情報"),
        "50": JMACode(.flood, 5, "氾濫発生情報"),
        "51": JMACode(.flood, 5, "氾濫発生情報"),
        "52": JMACode(.flood, 5, "氾濫発生情報"),
        "53": JMACode(.flood, 5, "氾濫発生情報"),
    ]
    private static let suddenRain: [String: JMACode] = [
        "0": JMACode(.flood, 0, "なし"),
        "1": JMACode(.flood, 4, "記録的短時間大雨情報"),
    ]
    private static let tsunami: [String: JMACode] = [
        "00": JMACode(.tsunami, 0, "津波なし"),
        "50": JMACode(.tsunami, 0, "警報解除"),
        "60": JMACode(.tsunami, 0, "津波注意報解除"),
        "51": JMACode(.tsunami, 4, "津波警報"),
        "52": JMACode(.tsunami, 5, "大津波警報"),
        "53": JMACode(.tsunami, 5, "大津波警報：発表"),
        "62": JMACode(.tsunami, 2, "津波注意報"),
        "71": JMACode(.tsunami, 1, "津波予報（若干の海面変動）"),
        "72": JMACode(.tsunami, 1, "津波予報（若干の海面変動）"),
        "73": JMACode(.tsunami, 1, "津波予報（若干の海面変動）"),
    ]
}
