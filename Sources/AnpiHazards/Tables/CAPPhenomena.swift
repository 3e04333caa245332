import AnpiModel

/// What a CAP alert is about: its event code, else words of its event and headline.
enum CAPPhenomena {
    static func phenomenon(codes: [String], words: [String]) -> HazardArea.Phenomenon {
        for code in codes {
            if let known = byCode[code] { return known }
        }
        for text in (words + codes).map({ $0.lowercased() }) {
            if let row = byWord.first(where: { row in row.words.contains(where: text.contains) }) {
                return row.phenomenon
            }
        }
        return .other
    }

    /// SAME codes (47 CFR 11.31), as senders outside of Japan give them.
    private static let byCode: [String: HazardArea.Phenomenon] = [
        "TSW": .tsunami, "TSA": .tsunami,
        "EQW": .quake,
        "FFW": .flood, "FFA": .flood, "FFS": .flood, "FLW": .flood, "FLA": .flood, "FLS": .flood,
        "CFW": .surge, "CFA": .surge, "SSW": .surge, "SSA": .surge,
        "HUW": .wind, "HUA": .wind, "TRW": .wind, "TRA": .wind, "TOR": .wind, "TOA": .wind, "HWW": .wind, "HWA": .wind,
        "EWW": .wind,
        "BZW": .snow, "WSW": .snow, "WSA": .snow, "AVW": .snow,
        "SVR": .other, "SVA": .other,
    ]

    /// The first row that has a word of the text decides, so the order matters: a storm surge is not a storm, a snow
    /// storm not wind, a thunderstorm neither.
    private static let byWord: [(phenomenon: HazardArea.Phenomenon, words: [String])] = [
        (.tsunami, ["tsunami", "津波"]),
        (.surge, ["surge", "coastal flood", "高潮"]),
        (.landslide, ["landslide", "land slide", "mudslide", "debris flow", "土砂", "がけ崩れ", "土石流", "地すべり"]),
        (.quake, ["earthquake", "quake", "seismic", "地震", "震度"]),
        (.flood, ["flood", "inundation", "rain", "dam break", "洪水", "大雨", "豪雨", "浸水", "氾濫", "はん濫", "河川"]),
        (.snow, ["snow", "blizzard", "ice storm", "avalanche", "雪", "なだれ"]),
        (.other, ["thunder", "lightning", "雷"]),
        (.wind, ["wind", "typhoon", "hurricane", "cyclone", "tornado", "storm", "gale", "暴風", "強風", "台風", "竜巻"]),
    ]
}
