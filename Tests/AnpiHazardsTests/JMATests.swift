import AnpiHazards
import AnpiModel
import Testing

@Suite struct JMATests {
    /// One line a statement: `telegram code level phenomenon areaName places`.
    private func lines(_ message: HazardMessage) -> [String] {
        message.areas.map { area in
            let places = area.places.map { place in
                switch place {
                case .municipality(let code): "m\(code)"
                case .weather(let code): "w\(code)"
                case .seismic(let code): "s\(code)"
                case .prefecture(let code): "p\(code)"
                case .named(let name, let prefecture): "\(prefecture):\(name)"
                case .polygon, .circle: "shape"
                }
            }
            return "\(area.code) \(area.level.map(String.init) ?? "?") \(area.phenomenon) \(area.areaName) "
                + places.joined(separator: "+")
        }
    }

    @Test(arguments: [
        (
            "VPWW54",
            [
                "03 3 flood 静岡市南部 w2210001", "04 3 flood 静岡市南部 w2210001", "14 2 other 静岡市南部 w2210001",
                "03 3 flood 焼津市 w2221200", "08 4 surge 焼津市 w2221200", "33 5 flood 川根本町 w2242900",
                "77 ? other 吉田町 w2242400",
            ]
        ),
        (
            "VPWW55",
            [
                "43 4 flood 静岡市南部 w2210001", "03 3 flood 焼津市 w2221200", "10 2 flood 藤枝市 w2221400",
                "33 5 flood 島田市 w2220900",
            ]
        ),
        (
            "VPWW56",
            [
                "49 4 landslide 静岡市北部 w2210002", "09 3 landslide 島田市 w2220900", "29 2 landslide 藤枝市 w2221400",
                "39 5 landslide 川根本町 w2242900",
            ]
        ),
        ("VPWW57", ["48 4 surge 静岡市南部 w2210001", "08 3 surge 焼津市 w2221200"]),
        ("VPWW58", ["05 3 wind 静岡市南部 w2210001", "15 2 wind 焼津市 w2221200"]),
        ("VPWW59", ["07 3 other 静岡市南部 w2210001", "16 2 other 焼津市 w2221200"]),
        ("VPWW60", ["06 3 snow 静岡市北部 w2210002", "12 2 snow 島田市 w2220900"]),
        ("VPWW61", ["14 2 other 静岡市南部 w2210001", "20 2 other 静岡市南部 w2210001"]),
        ("VXWW50", ["3 4 landslide 静岡市北部 w2210002"]),
        ("VXWW50-2026", ["3 4 landslide 静岡市北部 w2210002"]),
        ("VXKO", ["41 4 flood 大井川下流 w2220900+w2221200"]),
        ("VXKO-empty-body", ["41 4 flood 大井川下流 p220000"]),
        ("VPOA50", ["1 4 flood 中部南 22:静岡市清水区+22:静岡市駿河区南部+22:焼津市"]),
        (
            "VXSE51",
            ["6- 4 quake 静岡県伊豆 p22", "5+ 3 quake 静岡県中部 p22", "4 1 quake 愛知県東部 p23"]
        ),
        (
            "VXSE53",
            [
                "4 1 quake 静岡市葵区 s2210100", "6- 4 quake 静岡市駿河区 s2210200", "6+ 5 quake 静岡市清水区 s2210300",
                "5- 2 quake 焼津市 s2221200", "5- 2 quake 藤枝市 s2221400", "5+ 3 quake 島田市 s2220900", "3 0 quake 牧之原市 ",
            ]
        ),
        (
            "VTSE41",
            [
                "53 5 tsunami 静岡県 p22", "51 4 tsunami 相模湾・三浦半島 p14", "62 2 tsunami 伊勢・三河湾 p23+p24",
                "71 1 tsunami 高知県 p39",
            ]
        ),
    ])
    func eachTelegramSaysWhatItSays(name: String, expected: [String]) throws {
        let message = try Fixture.message("\(name).xml")
        #expect(message.telegram == String(name.prefix(name.hasPrefix("VXKO") ? 4 : 6)))
        #expect(lines(message) == expected)
        #expect(message.action == (name == "VPOA50" ? .add : .replace))
        #expect(message.status == .actual)
    }

    @Test func onlyTheListByMunicipalityIsRead() throws {
        // The same warnings stand under the prefecture and its parts too.
        #expect(try Fixture.text("VPWW54.xml").contains("<Code>220000</Code>"))
        #expect(try !Fixture.message("VPWW54.xml").areas.contains { $0.places == [.prefecture("220000")] })
    }

    @Test func aReportWithoutThatListIsRefusedAndNotAllClear() throws {
        let text = try Fixture.text("VPWW54.xml").replacing("（市町村等）", with: "（別の一覧）")
        let error = try #require(refusal(text))
        #expect(error.code == .missing)
        #expect(error.reason.contains("Report/Body/Warning"))
    }

    @Test func withoutABodyTheHeadlineIsRead() throws {
        let list = """
            <Information type="気象警報・注意報（市町村等）"><Item><Kind><Name>大雨警報</Name><Code>03</Code></Kind><Areas \
            codeType="気象・地震・火山情報／市町村等"><Area><Name>焼津市</Name><Code>2221200</Code></Area></Areas></Item></Information></Headline>
            """
        var text = try Fixture.text("VPWW54.xml").replacing("</Headline>", with: list)
        let body = try #require(text.firstRange(of: "<Body"))
        text = text[..<body.lowerBound] + "<Body/></Report>"
        #expect(lines(try parse(text)) == ["03 3 flood 焼津市 w2221200"])
    }

    @Test func anOriginStandsInQuakes() throws {
        #expect(try Fixture.message("VXSE51.xml").originAt == time("2026-08-12T01:02:00+09:00"))
        #expect(try Fixture.message("VXSE53.xml").originAt == time("2026-08-12T01:02:00+09:00"))
        #expect(try Fixture.message("VXSE51.xml").series == Fixture.message("VXSE53.xml").series)
    }

    @Test func aDrillIsADrill() throws {
        #expect(try Fixture.message("VTSE51.xml").status == .exercise)
        #expect(try parse(Fixture.text("VXSE53.xml").replacing("通常", with: "試験")).status == .test)
        #expect(try parse(Fixture.text("VXSE53.xml").replacing("通常", with: "？")).status == .test)
    }

    @Test func observationsChangeNothingInForce() throws {
        #expect(try Fixture.message("VTSE51-observation.xml").action == .note)
    }

    @Test func twoEventsInOneIdAreOneSeries() throws {
        let both = try Fixture.message("VTSE41.xml")
        let one = try Fixture.message("VTSE51.xml")
        #expect(both.series == one.series)
        #expect(both.identifier.contains("20260812010203 20260812013000"))
    }

    @Test func aTakenBackReportNamesWhatItTakesBack() throws {
        let cancel = try Fixture.message("VPWW54-cancel.xml")
        #expect(cancel.action == .cancel)
        let reference = try #require(cancel.references.first)
        #expect(try Fixture.message("VPWW54.xml").identifier.hasPrefix(reference + ","))
    }

    @Test func aTakenBackEventNamesTheEvent() throws {
        let cancel = try parse(Fixture.text("VXSE53.xml").replacing("発表", with: "取消"))
        #expect(try Fixture.message("VXSE53.xml").identifier.hasPrefix(try #require(cancel.references.first) + ","))
        #expect(cancel.areas.isEmpty)
    }

    @Test(arguments: ["訂正", "遅延"])
    func aCorrectedOrDelayedReportIsAReportOfItsOwn(type: String) throws {
        let text = try Fixture.text("VPWW55.xml").replacing("<InfoType>発表", with: "<InfoType>\(type)")
        let message = try parse(text)
        let first = try Fixture.message("VPWW55.xml")
        #expect(message.areas == first.areas)
        #expect(message.series == first.series)
        #expect(message.identifier != first.identifier)
    }

    @Test(arguments: [
        ("気象警報・注意報（Ｈ２７）", "VPWW54"), ("気象警報・注意報", "VPWW50"), ("気象特別警報・警報・注意報", "VPWW53"),
        ("気象警報・注意報（Ｒ０６）（大雨）", "VPWW55"), ("気象警報・注意報（R06）（土砂災害）", "VPWW56"), ("気象警報・注意報（Ｒ０６）（高潮）", "VPWW57"),
        ("気象警報・注意報（Ｒ０６）（暴風・暴風雪）", "VPWW58"), ("気象警報・注意報（Ｒ０６）（波浪）", "VPWW59"), ("気象警報・注意報（Ｒ０６）（大雪）", "VPWW60"),
        ("気象警報・注意報（Ｒ０６）（雷等）", "VPWW61"),
    ])
    func theTitleTellsTheTelegram(title: String, telegram: String) throws {
        let text = try Fixture.text("VPWW54.xml").replacing("気象警報・注意報（Ｈ２７）", with: title)
        #expect(try parse(text).telegram == telegram)
    }

    @Test func theSameCodeMeansOtherThingsInOtherTelegrams() throws {
        let legacy = try Fixture.message("VPWW54.xml").areas.first { $0.code == "08" }
        let surge = try Fixture.message("VPWW57.xml").areas.first { $0.code == "08" }
        #expect(legacy?.level == 4)
        #expect(surge?.level == 3)
    }

    @Test func anUnknownTitleFallsBackToTheFileName() throws {
        let text = try Fixture.text("VPWW54.xml").replacing("気象警報・注意報（Ｈ２７）", with: "気象○○")
        #expect(refusal(text)?.code == .telegram)
        let message = try HazardParser.parse(
            Array(text.utf8), receivedAt: Fixture.receivedAt, fileName: "20220923140510_0_VPWW54_220000.xml")
        #expect(message.telegram == "VPWW54")
    }

    @Test func fullWidthAndPaddedCodesAreRead() throws {
        let text = try Fixture.text("VPWW54.xml").replacing("<Code>03</Code>", with: "<Code>\n０３ </Code>")
        #expect(lines(try parse(text)) == lines(try Fixture.message("VPWW54.xml")))
    }

    @Test(arguments: ["22xxxx", "0000000", "", "99"])
    func aPlaceholderIsShownAndMatchesNothingItDoesNotName(code: String) throws {
        let text = try Fixture.text("VPWW57.xml").replacing("<Code>2221200</Code>", with: "<Code>\(code)</Code>")
        let area = try #require(try parse(text).areas.first { $0.areaName == "焼津市" })
        #expect(area.places == (code == "99" ? [.prefecture("99")] : []))
    }

    @Test func aMissingIntensityIsNotNone() throws {
        let message = try Fixture.message("VXSE53.xml")
        #expect(message.areas.first { $0.areaName == "焼津市" }?.intensity == .fiveLower)
        #expect(!message.areas.contains { $0.areaName == "吉田町" })
    }

    @Test func theHighestSignificancyCountsWhereTheCodeIsUnknown() throws {
        let area = try #require(try Fixture.message("VPWW55.xml").areas.first { $0.code == "33" })
        #expect(area.level == 5)
        let text = try Fixture.text("VPWW55.xml").replacing("<Code>51</Code>", with: "<Code>99</Code>")
        #expect(try parse(text).areas.first { $0.code == "33" }?.level == nil)
    }

    @Test func anUnknownCodeOfARiverIsLevelUnknown() throws {
        let text = try Fixture.text("VXKO.xml").replacing("<Code>41</Code>", with: "<Code>45</Code>")
        #expect(lines(try parse(text)) == ["45 ? flood 大井川下流 w2220900+w2221200"])
    }

    @Test func theEndOfARiversWarningPutsNothingInForce() throws {
        #expect(try parse(Fixture.text("VXKO.xml").replacing("<Code>41</Code>", with: "<Code>10</Code>")).areas.isEmpty)
    }

    @Test func suddenRainEndsByItself() throws {
        let area = try #require(try Fixture.message("VPOA50.xml").areas.first)
        #expect(area.until == time("2022-09-24T02:15:00+09:00"))
    }

    @Test func suddenRainWithoutNamesReachesThePrefecture() throws {
        let text = try Fixture.text("VPOA50.xml").replacing("付近", with: "あたり").replacing("ミリ", with: "mm")
        #expect(try parse(text).areas.first?.places == [.prefecture("220011")])
    }

    @Test(arguments: [
        ("<Control>", HazardError.Code.missing), ("<Head xmlns", .missing), ("<Status>", .missing),
        ("<ReportDateTime>", .value),
    ])
    func aReportWithoutItsHeadIsRefused(tag: String, code: HazardError.Code) throws {
        let name = tag.dropFirst().prefix { $0.isLetter }
        let text = try Fixture.text("VPWW54.xml").replacing("<\(name)>", with: "<X>").replacing(
            "<\(name) xmlns", with: "<X xmlns"
        )
        .replacing("</\(name)>", with: "</X>")
        #expect(refusal(text)?.code == code)
    }
}
