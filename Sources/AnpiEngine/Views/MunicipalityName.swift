/// The name of a municipality as it stands in an address: the fleet files carry its code only.
///
/// The name is the one that belongs to the five digits of JIS X 0402: city (静岡市), special ward (千代田区), town or
/// village without its county (吉田町), and for the cities that have wards with codes of their own, city and ward
/// (静岡市葵区).
enum MunicipalityName {
    /// Nil where the address does not begin with prefecture and municipality, or with the municipality.
    ///
    /// Names contain the very characters that end them (四日市市, 武蔵村山市, 玉村町), so the rules are: a county, then
    /// its town or village; else a ward, where it comes before any 市; else a city, whose 市 may be doubled; else a town
    /// or village without a county (islands of Tokyo).
    static func cut(from address: String) -> String? {
        var text = address.filter { !$0.isWhitespace }.prefix(addressCharactersMax)
        // Once for each row that is shown or stored: the ending is looked for before 47 names are.
        for end in text.prefix(4).indices where "都道府県".contains(text[end]) && prefectures.contains(text[...end]) {
            text = text[text.index(after: end)...]
            break
        }
        if let county = county(text) {
            return end(of: text.dropFirst(county), at: "町村", within: townCharactersMax).map(String.init)
        }
        if let ward = end(of: text, at: "区市", within: wardCharactersMax), ward.last == "区" { return String(ward) }
        if var city = end(of: text, at: "市", within: cityCharactersMax) {
            let rest = text.dropFirst(city.count)
            if rest.first == "市" { city = text.prefix(city.count + 1) }
            guard citiesWithWards.contains(String(city)),
                let ward = end(of: text.dropFirst(city.count), at: "区", within: wardCharactersMax)
            else { return String(city) }
            return String(city + ward)
        }
        return end(of: text, at: "町村", within: townCharactersMax).map(String.init)
    }

    private static let addressCharactersMax = 40
    private static let townCharactersMax = 8
    private static let wardCharactersMax = 6
    private static let cityCharactersMax = 8

    /// The length of the county that `text` begins with; nil where it begins with a city or ward.
    private static func county(_ text: Substring) -> Int? {
        if citiesLikeCounties.contains(where: text.hasPrefix) { return nil }
        if let known = countiesWithCity.first(where: text.hasPrefix) { return known.count }
        guard let name = end(of: text, at: "郡市区", within: 6), name.last == "郡" else { return nil }
        return name.count
    }

    /// `text` up to the first of `ends` that is not its first character; a village's 村 may be followed by 町 (玉村町).
    private static func end(of text: Substring, at ends: String, within charactersMax: Int) -> Substring? {
        guard let last = text.prefix(charactersMax).dropFirst().firstIndex(where: ends.contains) else { return nil }
        let after = text.index(after: last)
        if text[last] == "村", after < text.endIndex, text[after] == "町", ends.contains("町") { return text[...after] }
        return text[...last]
    }

    /// Cities that contain 郡 and no county.
    private static let citiesLikeCounties = ["大和郡山市", "蒲郡市", "小郡市", "郡山市", "郡上市"]
    /// Counties that contain 市.
    private static let countiesWithCity = ["余市郡", "高市郡"]
    /// Designated cities: their wards have codes.
    private static let citiesWithWards: Set = [
        "札幌市", "仙台市", "さいたま市", "千葉市", "横浜市", "川崎市", "相模原市", "新潟市", "静岡市", "浜松市", "名古屋市", "京都市",
        "大阪市", "堺市", "神戸市", "岡山市", "広島市", "北九州市", "福岡市", "熊本市",
    ]
    private static let prefectures: Set<Substring> = [
        "北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県", "栃木県", "群馬県", "埼玉県", "千葉県", "東京都",
        "神奈川県", "新潟県", "富山県", "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県", "愛知県", "三重県", "滋賀県", "京都府",
        "大阪府", "兵庫県", "奈良県", "和歌山県", "鳥取県", "島根県", "岡山県", "広島県", "山口県", "徳島県", "香川県", "愛媛県", "高知県",
        "福岡県", "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県",
    ]
}
