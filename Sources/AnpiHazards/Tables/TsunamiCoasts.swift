/// Prefectures that a coast of the tsunami forecast (津波予報区, 66 of them) washes.
///
/// The forecast has no municipalities, so a coast reaches all sites of its prefectures. Coasts whose names begin with a
/// prefecture's need no row; these are the others, by JMA's code.
enum TsunamiCoasts {
    static func prefectures(code: String, name: String) -> [String] {
        if let codes = byCode[code] { return codes }
        if let prefecture = Prefectures.code(prefixOf: name) { return [prefecture.code] }
        return []
    }

    private static let byCode: [String: [String]] = [
        "120": ["01"],  // オホーツク海沿岸
        "202": ["02"],  // 陸奥湾
        "312": ["12", "13", "14"],  // 東京湾内湾
        "320": ["13"],  // 伊豆諸島
        "321": ["13"],  // 小笠原諸島
        "330": ["14"],  // 相模湾・三浦半島
        "341": ["15"],  // 佐渡
        "391": ["23", "24"],  // 伊勢・三河湾
        "522": ["28"],  // 淡路島南部
        "551": ["32"],  // 隠岐
        "712": ["40", "41", "42", "43"],  // 有明・八代海
        "731": ["42"],  // 壱岐・対馬
        "771": ["46"],  // 種子島・屋久島地方
        "772": ["46"],  // 奄美群島・トカラ列島
        "800": ["47"],  // 沖縄本島地方
        "801": ["47"],  // 大東島地方
        "802": ["47"],  // 宮古島・八重山地方
    ]
}
