import Testing

@testable import AnpiModel

@Suite struct LabelsTests {
    @Test func everyKeyIsThereOnceInBothLanguagesWithTheSamePlaces() {
        var seen: Set<String> = []
        for label in Labels.all {
            #expect(seen.insert(label.key).inserted, "\(label.key) is there twice")
            #expect(!label.ja.isEmpty && !label.en.isEmpty, "\(label.key)")
            #expect(Set(Labels.places(in: label.ja)) == Set(Labels.places(in: label.en)), "\(label.key)")
            for language in Language.allCases {
                let text = label.text(language)
                #expect(text.count { $0 == "{" } == Labels.places(in: text).count, "\(label.key)")
                #expect(text.count { $0 == "{" } == text.count { $0 == "}" }, "\(label.key)")
            }
        }
    }

    @Test func everyWordOfTheVocabularyHasALabel() {
        func check<Word: RawRepresentable<String> & CaseIterable>(_ family: String, _: Word.Type) {
            for word in Word.allCases {
                #expect(Labels.has("\(family).\(word.rawValue)"), "\(family).\(word.rawValue)")
            }
        }
        check("contact", Contact.self)
        check("assessment", Assessment.self)
        check("attribution", Attribution.self)
        check("taskState", TaskState.self)
        check("taskKind", TaskKind.self)
        check("rung", Rung.self)
        check("taskPlace", TaskPlace.self)
        check("accessWindow", AccessWindow.self)
        check("offer", OfferEnd.self)
        check("tier", CopyTier.self)
        check("copyState", CopyState.self)
        check("incidentState", IncidentState.self)
        check("incidentKind", IncidentKind.self)
        check("findingKind", FindingKind.self)
        check("availability", Availability.self)
        check("skill", Skill.self)
        check("role", Role.self)
        check("device", Device.self)
        check("rhythm", Rhythm.self)
        check("siteKind", SiteKind.self)
        check("power", PowerSource.self)
        check("link", Link.self)
        check("goodbye", GoodbyeReason.self)
        check("slot", Slot.self)
        check("holiday", JapaneseHolidays.Holiday.self)
        check("utility", Utility.self)
        check("phenomenon", Phenomenon.self)
        check("direction", CallDirection.self)
        check("freshness", FeedFreshness.self)
        check("hazardStatus", HazardMessage.Status.self)
        check("hazardPhenomenon", HazardArea.Phenomenon.self)
        check("intensity", HazardArea.Intensity.self)
        for weekday in Weekday.allCases { #expect(Labels.has("weekday.\(weekday)")) }
        for kind in FindingKind.allCases where kind != .override {
            for result in kind.results { #expect(Labels.has("result.\(result)"), "\(result)") }
        }
        for result in FindingKind.phone.results { #expect(Labels.has("callResult.\(result)"), "\(result)") }
    }

    @Test func aSingleOneHasItsOwnForm() {
        for label in Labels.all where label.key.hasSuffix(".one") {
            #expect(Labels.has(String(label.key.dropLast(4))), "\(label.key)")
        }
        #expect(Labels.text("headline.silent", .en, ["n": "1"]) == "1 site silent")
        #expect(Labels.text("headline.silent", .en, ["n": "3"]) == "3 sites silent")
        #expect(Labels.text("headline.silent", .ja, ["n": "1"]) == "途絶 1施設")
    }

    @Test func placesAreFilledOnceAndUnknownKeysShowThemselves() {
        #expect(Labels.text("contact.silent", .ja) == "途絶")
        #expect(Labels.text("no.such.key", .ja) == "no.such.key")
        #expect(
            Labels.text("attribution.carrier.long", .en, ["carrier": "{carrier}"]) == "Probably an outage of {carrier}")
        #expect(Labels.text("attribution.carrier.long", .en) == "Probably an outage of {carrier}")
        #expect(Labels.word("contact", Contact.late, .ja) == "遅れ" && Labels.word("contact", "other", .ja) == "other")
    }

    @Test func sentencesShowTimesAndWordsAsPeopleSayThem() throws {
        let asOf = try japan("2022-09-24 06:02")
        let arguments = ["device": "server", "since": try japan("2022-09-23 22:10").rfc3339()]
        #expect(
            Labels.sentence("reason.deviceOnly", .ja, arguments, asOf: asOf) == "施設とは通信中、サーバーだけが昨日 22:10から途絶")
        #expect(Labels.when(try japan("2022-09-24 03:05"), asOf: asOf, .ja) == "03:05")
        #expect(Labels.when(try japan("2022-09-18 03:05"), asOf: asOf, .en) == "9/18 03:05")
        #expect(Labels.when(try japan("2021-09-18 03:05"), asOf: asOf, .en) == "2021/9/18 03:05")
        #expect(Labels.span(.seconds(10_620), .ja) == "2時間57分" && Labels.span(.seconds(-3), .en) == "0 s")
        #expect(Labels.span(.seconds(59 * 60), .en) == "59 min" && Labels.span(.seconds(200_000), .ja) == "2日")
    }

    @Test func theTableAsJSONHasBothLanguages() {
        #expect(Labels.json["ja"]?["contact.silent"] == "途絶" && Labels.json["en"]?["contact.silent"] == "silent")
        #expect(Labels.json.text.utf8.count < 200_000)
    }

    @Test(
        arguments: [
            ("ja_JP.UTF-8", .ja), ("ja", .ja), ("JA_JP", .ja), ("en_US.UTF-8", .en), ("C", .en), ("", .en),
            ("jam_JM", .en), (nil, .en),
        ] as [(String?, Language)])
    func theEnvironmentChoosesTheLanguage(_ value: String?, _ language: Language) {
        #expect(Language(environment: value) == language)
    }

    @Test func theFirstVariableThatIsSetCounts() {
        #expect(Language(environment: ["LC_ALL": "", "LANG": "ja_JP.UTF-8"]) == .ja)
        #expect(Language(environment: ["LC_ALL": "C", "LANG": "ja_JP.UTF-8"]) == .en)
        #expect(Language(environment: [:]) == .en)
    }

    @Test(arguments: [
        ("abc", 3), ("みほ医院", 8), ("ﾐﾎ", 2), ("ＡＢ", 4), ("T-412 ▶", 7), ("か\u{3099}", 2), ("👩‍⚕️", 2), ("🇯🇵", 2), ("é", 1),
        ("e\u{301}", 1), ("\u{7}", 0), ("", 0), ("？", 2), ("…", 1), ("⏻", 1), ("，、。", 6), ("한", 2), ("𠮷", 2),
        ("葛\u{E0100}", 2),
    ])
    func widthsAreCountedInCells(_ text: String, _ width: Int) {
        #expect(text.cellWidth == width)
    }

    @Test func textIsPaddedAndCutByCells() {
        #expect("みほ".padded(toCells: 6) == "みほ  " && "みほ".padded(toCells: 6, atStart: true) == "  みほ")
        #expect("みほ医院".padded(toCells: 3) == "みほ医院")
        #expect("みほ医院".truncated(toCells: 8) == "みほ医院" && "みほ医院".truncated(toCells: 7) == "みほ医…")
        #expect(
            "みほ医院".truncated(toCells: 6) == "みほ…" && "みほ".truncated(toCells: 1) == "…"
                && "みほ".truncated(toCells: 0) == "")
        for cells in 0...9 { #expect("aみほ医院b".truncated(toCells: cells).cellWidth <= cells) }
    }

    @Test func widthTablesAreAscending() {
        for table in CellWidth.tables {
            for (left, right) in zip(table, table.dropFirst()) { #expect(left.upperBound < right.lowerBound) }
        }
    }

    @Test(arguments: [
        ("カード", "かあと"), ("がっこう", "かつこう"), ("ﾊﾟﾝ", "はん"), ("ヴィラ", "ういら"), ("ぢづど", "ちつと"), ("ABCクリニック", "abcくりにつく"),
        ("ＡＢ", "ab"), ("しみず　ないか", "しみすないか"), ("みほ・いいん", "みほいいん"), ("ゎゕゖ", "わかけ"), ("ぴぷぺぽ", "ひふへほ"),
    ])
    func readingsAreFolded(_ reading: String, _ folded: String) {
        #expect(KanaKey(reading).folded == folded)
    }

    @Test func namesComeInJapaneseOrder() {
        let names = ["さくら", "カワイ", "ガーデン", "かわい", "あおき", "きょうりつ", "きよた", "みほ"]
        let sorted = names.sorted { KanaKey($0) < KanaKey($1) }
        #expect(sorted == ["あおき", "ガーデン", "かわい", "カワイ", "きょうりつ", "きよた", "さくら", "みほ"])
    }
}
