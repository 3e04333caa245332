import AnpiHazards
import AnpiModel
import Testing

@Suite struct CAPTests {
    // MARK: Fixtures

    @Test func aPrefixedAlertWithASignatureIsRead() throws {
        let message = try Fixture.message("cap12.cap")
        #expect(message.identifier == "bousai@example.jp,example-2022-0001,2022-09-23T14:30:00.000+00:00")
        #expect(message.action == .add)
        #expect(message.status == .actual)
        #expect(message.headline == "巴川流域で浸水が発生しています")
        let area = try #require(message.areas.first)
        #expect(area.phenomenon == .flood)
        #expect(area.level == 4)
        #expect(area.places.contains(.municipality("22103")))
        #expect(area.until == time("2022-09-24T09:00:00+09:00"))
    }

    @Test func anAlertOfTheOlderVersionWithAPointAndNoEndIsRead() throws {
        let message = try Fixture.message("cap11.cap")
        let area = try #require(message.areas.first)
        #expect(area.phenomenon == .quake)
        #expect(area.level == nil)
        #expect(area.places == [.circle(Coordinate(latitude: 34.90, longitude: 138.55), radiusKilometers: 0)])
        #expect(area.until == area.from + .seconds(86_400))
    }

    @Test func latinOneIsRead() throws {
        let message = try Fixture.message("cap-latin1.cap")
        #expect(message.headline == "Risque d'inondation à Orléans")
        #expect(message.areas.first?.areaName == "Orléans")
        #expect(message.areas.first?.level == 2)
    }

    // MARK: Levels

    @Test(arguments: [
        ("Minor", "Observed", 2), ("Moderate", "Likely", 3), ("Severe", "Observed", 4), ("Extreme", "Observed", 5),
        ("Severe", "Possible", 3), ("Minor", "Unlikely", 1), ("Extreme", "Unknown", 5), ("Unknown", "Observed", nil),
        ("Unknown", "Possible", nil), ("severe", "Observed", nil),
    ])
    func severityAndCertaintyGiveTheLevel(severity: String, certainty: String, level: Int?) throws {
        let message = try parse(CAPText(infos: [.init(severity: severity, certainty: certainty)]).text)
        #expect(message.areas.first?.level == level)
    }

    @Test(arguments: [
        ("Storm Surge Warning", HazardArea.Phenomenon.surge), ("Tsunami Advisory", .tsunami), ("津波注意報", .tsunami),
        ("Flash Flood Watch", .flood), ("土砂災害警戒情報", .landslide), ("Blizzard", .snow), ("Severe Thunderstorm", .other),
        ("台風", .wind), ("震度５強", .quake), ("Heat", .other),
    ])
    func theWordsOfTheEventTellWhatThreatens(event: String, phenomenon: HazardArea.Phenomenon) throws {
        #expect(try parse(CAPText(infos: [.init(event: event)]).text).areas.first?.phenomenon == phenomenon)
    }

    @Test func anEventCodeComesBeforeWords() throws {
        let info = CAPText.Info(
            event: "Watch", more: "<eventCode><valueName>SAME</valueName><value>FFA</value></eventCode>")
        #expect(try parse(CAPText(infos: [info]).text).areas.first?.phenomenon == .flood)
    }

    // MARK: Times

    @Test(arguments: [
        ("", "2022-09-24T23:30:00+09:00"),
        ("<onset>2022-09-24T03:00:00+09:00</onset>", "2022-09-25T03:00:00+09:00"),
        ("<effective>2022-09-24T01:00:00+09:00</effective>", "2022-09-25T01:00:00+09:00"),
        // Before it was sent.
        ("<expires>2022-09-23T20:00:00+09:00</expires>", "2022-09-24T23:30:00+09:00"),
        // Before it begins.
        (
            "<onset>2022-09-24T03:00:00+09:00</onset><expires>2022-09-24T01:00:00+09:00</expires>",
            "2022-09-25T03:00:00+09:00"
        ),
        ("<expires>tomorrow</expires>", "2022-09-24T23:30:00+09:00"),
        // Longer than a month.
        ("<expires>2023-09-23T23:30:00+09:00</expires>", "2022-10-24T23:30:00+09:00"),
        ("<expires>\n2022-09-24T09:00:00+09:00 </expires>", "2022-09-24T09:00:00+09:00"),
    ])
    func everyStatementHasAnEnd(times: String, until: String) throws {
        #expect(try parse(CAPText(infos: [.init(more: times)]).text).areas.first?.until == time(until))
    }

    // MARK: Areas

    private func places(_ area: String) throws -> [HazardArea.Place] {
        try #require(
            try parse(CAPText(infos: [.init(areas: "<area><areaDesc>x</areaDesc>\(area)</area>")]).text).areas.first
        )
        .places
    }

    private static let triangle = HazardArea.Place.polygon([
        Coordinate(latitude: 35.0, longitude: 138.4), Coordinate(latitude: 35.1, longitude: 138.4),
        Coordinate(latitude: 35.1, longitude: 138.5),
    ])

    @Test(arguments: [
        "35.0,138.4 35.1,138.4 35.1,138.5 35.0,138.4",
        // Not closed.
        "35.0,138.4 35.1,138.4 35.1,138.5",
        "\n35.0,138.4\n35.1,138.4\n35.1,138.5\n",
        // Longitude first.
        "138.4,35.0 138.4,35.1 138.5,35.1 138.4,35.0",
    ])
    func aRingIsReadHoweverItIsWritten(polygon: String) throws {
        #expect(try places("<polygon>\(polygon)</polygon>") == [Self.triangle])
    }

    @Test(arguments: [
        "", "35.0,138.4", "35.0,138.4 35.0,138.4 35.0,138.4", "35.0;138.4 x", "nan,138 35,138 35,139", "95,200 1,2 3,4",
    ])
    func aRingThatIsNoneLeavesTheAreaWithoutAPlace(polygon: String) throws {
        #expect(try places("<polygon>\(polygon)</polygon>").isEmpty)
    }

    @Test func aRingThatCrossesItselfIsKept() throws {
        let bow = try places("<polygon>35,138 36,139 36,138 35,139 35,138</polygon>")
        guard case .polygon(let ring)? = bow.first else { return #expect(Bool(false)) }
        #expect(ring.count == 4)
    }

    @Test(arguments: [
        ("35.0,138.4 12.5", 12.5 as Double?), ("35.0,138.4 0", 0), ("35.0,138.4 0.0", 0), ("35.0,138.4", 0),
        ("35.0,138.4 -1", nil),
        ("35.0,138.4 nan", nil), ("35.0 138.4 3", 3), ("138.4,35.0 3", 3), ("x", nil),
    ])
    func aCircleNeedsAPlaceAndNoRadius(circle: String, radius: Double?) throws {
        let expected = radius.map {
            HazardArea.Place.circle(Coordinate(latitude: 35.0, longitude: 138.4), radiusKilometers: $0)
        }
        #expect(try places("<circle>\(circle)</circle>") == (expected.map { [$0] } ?? []))
    }

    @Test(arguments: [
        ("JIS X0402", "22103", HazardArea.Place.municipality("22103") as HazardArea.Place?),
        ("全国地方公共団体コード", "221031", .municipality("22103")), ("JMA class20", "2210001", .weather("2210001")),
        ("気象庁 市町村等", "\n2210001", .weather("2210001")), ("JMA seismic city", "2210300", .seismic("2210300")),
        ("JMA class10", "220010", .prefecture("220010")), ("FIPS6", "030049", nil), ("UGC", "MTZ014", nil),
    ])
    func geocodesOfSchemesThatFleetsKnowAreMatched(scheme: String, value: String, place: HazardArea.Place?) throws {
        let found = try places("<geocode><valueName>\(scheme)</valueName><value>\(value)</value></geocode>")
        #expect(found == (place.map { [$0] } ?? []))
    }

    @Test func anAreaWithoutShapeOrKnownCodeIsKeptByName() throws {
        let area = try #require(
            try parse(CAPText(infos: [.init(areas: "<area><areaDesc>Lewis and Clark</areaDesc></area>")]).text).areas
                .first)
        #expect(area.areaName == "Lewis and Clark")
        #expect(area.places.isEmpty)
    }

    @Test func anAlertWithoutAnyAreaIsKept() throws {
        #expect(try parse(CAPText(infos: [.init(areas: "")]).text).areas.isEmpty)
    }

    // MARK: Several blocks

    @Test func languagesAreMergedAndJapaneseIsShown() throws {
        let english = CAPText.Info(language: "en-US", event: "Heavy rain")
        let french = CAPText.Info(language: "fr", event: "Pluies")
        let message = try parse(CAPText(infos: [english, french, .init()]).text)
        #expect(message.areas.count == 1)
        #expect(message.areas.first?.name == "大雨")
        #expect(message.areas.first?.phenomenon == .flood)
    }

    @Test func aLanguageWhoseWordsAreUnknownLearnsFromTheOther() throws {
        let french = CAPText.Info(language: "fr", event: "Inondation")
        let message = try parse(CAPText(infos: [.init(language: "en", event: "Flood"), french]).text)
        #expect(message.areas.map(\.phenomenon).contains(.flood))
    }

    @Test func blocksOfOneLanguageAboutDifferentThingsStayApart() throws {
        let wind = CAPText.Info(event: "暴風")
        let higher = CAPText.Info(severity: "Extreme")
        #expect(try parse(CAPText(infos: [.init(), wind, higher]).text).areas.count == 3)
    }

    // MARK: What it does

    @Test(arguments: [
        ("Alert", HazardMessage.Action.add), ("Update", .replace), ("Cancel", .cancel), ("Ack", .note),
        ("Error", .note),
    ])
    func theTypeTellsWhatItDoes(type: String, action: HazardMessage.Action) throws {
        #expect(try parse(CAPText(msgType: type).text).action == action)
    }

    @Test(arguments: [
        ("Actual", HazardMessage.Status.actual), ("Exercise", .exercise), ("Test", .test), ("System", .test),
        ("Draft", .test),
        ("Whatever", .test),
    ])
    func onlyActualActs(status: String, expected: HazardMessage.Status) throws {
        #expect(try parse(CAPText(status: status).text).status == expected)
    }

    @Test func referencesAreKeyedLikeIdentifiers() throws {
        let first = try parse(CAPText(identifier: "urn:a,1", sent: "2022-09-23T23:30:00-00:00").text)
        let update = try parse(
            CAPText(
                identifier: "a-2", msgType: "Update",
                references: "s@example.jp,urn:a,1,2022-09-23T23:30:00Z\n x@y,b,2022-09-23T00:00:00+09:00 odd"
            ).text)
        #expect(update.references.first == first.identifier)
        #expect(update.references.count == 3)
    }

    @Test func expiredReferencesCountToo() throws {
        let info = CAPText.Info(
            more:
                "<parameter><valueName>expiredReferences</valueName><value>s@example.jp,a-0,2022-09-23T20:00:00+09:00</value></parameter>"
        )
        let message = try parse(CAPText(msgType: "Update", infos: [info]).text)
        #expect(message.references == ["s@example.jp,a-0,2022-09-23T11:00:00.000+00:00"])
    }

    @Test func anAllClearPutsNothingInForce() throws {
        let info = CAPText.Info(more: "<responseType>AllClear</responseType>")
        #expect(try parse(CAPText(msgType: "Update", infos: [info]).text).areas.isEmpty)
    }

    @Test func seriesAreSenderEventAndAreaWhateverTheLanguage() throws {
        let geocode =
            "<area><areaDesc>%</areaDesc><geocode><valueName>JIS</valueName><value>22103</value></geocode></area>"
        let code = "<eventCode><valueName>jma</valueName><value>rain</value></eventCode>"
        func series(_ name: String, _ event: String) throws -> String {
            let areas = geocode.replacing("%", with: name)
            return try parse(CAPText(infos: [.init(event: event, more: code, areas: areas)]).text).series
        }
        #expect(try series("清水区", "大雨") == series("Shimizu", "Rain"))
        #expect(try series("清水区", "大雨") != parse(CAPText().text).series)
    }

    @Test(arguments: ["identifier", "sender", "sent", "status", "msgType"])
    func aMissingElementIsNamed(name: String) throws {
        let text = CAPText().text.replacing(try Regex("<\(name)>[^<]*</\(name)>"), with: "")
        let error = try #require(refusal(text))
        #expect(error.code == .missing)
        #expect(error.reason.contains("alert/\(name)"))
    }

    @Test(arguments: ["2022-09-23", "2022-09-23T23:30:00", "now"])
    func aSendingTimeWithoutOffsetIsRefused(sent: String) {
        #expect(refusal(CAPText(sent: sent).text)?.code == .value)
    }

    @Test func aMessageFromTheFutureIsRefused() {
        #expect(refusal(CAPText(sent: "2099-01-01T00:00:00+09:00").text)?.code == .value)
    }
}
