import Foundation
import Testing

@testable import AnpiModel

@Suite struct TimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T09:00:00.001+09:00", 1),
        ("2022-09-24T05:58:00.250+09:00", 1_663_966_680_250),
        ("2022-09-23T20:58:00.25Z", 1_663_966_680_250), ("2022-09-23t20:58:00.2509999z", 1_663_966_680_250),
        ("1969-12-31T23:59:59.999Z", -1), ("2016-12-31T23:59:60Z", 1_483_228_799_999),
        ("2024-02-29T00:00:00-00:00", 1_709_164_800_000),
        ("0000-01-01T00:00:00Z", -62_167_219_200_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ])
    func dateTimesAreReadExactly(_ text: String, _ milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2022", "2022-09-24", "2022-09-24T05:58:00", "2022-13-24T05:58:00Z", "2022-02-29T05:58:00Z",
        "2022-09-24T24:00:00Z",
        "2022-09-24T05:60:00Z", "2022-09-24T05:58:61Z", "2022-09-24T05:58:00.Z", "2022-09-24T05:58:00.5",
        "2022-09-24T05:58:00+0900",
        "2022-09-24T05:58:00+24:00", "2022-09-24T05:58:00Zx", "2022-09-24T05:58:00+09:00 ", "２022-09-24T05:58:00Z",
        "-022-09-24T05:58:00Z",
        "2022/09/24T05:58:00Z", "+2022-09-24T05:58:00Z", "2022-09-00T05:58:00Z",
    ])
    func whatIsNoDateTimeIsRefused(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func everyMillisecondIsWrittenAndReadBack(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<2_000 {
            let instant = Timestamp(
                milliseconds: .random(in: -62_167_219_200_000...253_402_300_799_999, using: &random))
            let offset = UTCOffset(minutes: .random(in: -1_439...1_439, using: &random))
            let text = instant.rfc3339(at: offset)
            #expect(Timestamp(rfc3339: text) == instant, "seed \(seed): \(text)")
        }
    }

    @Test func instantsBeyondFourDigitsOfAYearAreStillWritten() {
        #expect(Timestamp(rfc3339: Timestamp.distantFuture.rfc3339()) == .distantFuture)
        #expect(Timestamp.distantFuture.rfc3339() == "9999-12-31T23:59:59.999+00:00")
        #expect(Timestamp(milliseconds: .max).rfc3339() == "9999-12-31T23:59:59.999+00:00")
        #expect(Timestamp(milliseconds: .min).rfc3339() == "0000-01-01T09:00:00.000+09:00")
        #expect(Timestamp(milliseconds: .min).rfc3339(at: UTCOffset(minutes: -60)) == "0000-01-01T00:00:00.000+00:00")
    }

    @Test func datesGoToDaysAndBack() throws {
        var previous = CivilDate(daysSinceEpoch: -800_000)
        for day in -799_999...800_000 where day % 7 == 0 || abs(day) < 1_000 {
            let date = CivilDate(daysSinceEpoch: day)
            if date.daysSinceEpoch != day || date <= previous
                || CivilDate(year: date.year, month: date.month, day: date.day) != date
            {
                Issue.record("day \(day)")
            }
            previous = date
        }
        #expect(CivilDate(year: 1900, month: 2, day: 29) == nil && CivilDate(year: 2000, month: 2, day: 29) != nil)
        #expect(CivilDate(year: 2022, month: 9, day: 24)?.weekday == .saturday)
        #expect(CivilDate(year: 1969, month: 12, day: 31)?.weekday == .wednesday)
    }

    @Test func aClockOfJapanShowsTheNextDay() throws {
        let instant = try #require(Timestamp(rfc3339: "2022-09-23T15:00:00.001Z"))
        let (date, millisecond) = instant.civil()
        #expect(date == CivilDate(year: 2022, month: 9, day: 24) && millisecond == 1)
        #expect(Timestamp(date) == instant - .milliseconds(1))
        #expect(Timestamp(milliseconds: -1).civil(at: .utc).millisecondOfDay == 86_399_999)
    }

    @Test func durationsAreWholeMilliseconds() {
        let instant = Timestamp(milliseconds: 1_000)
        #expect(instant + .seconds(1.5) == Timestamp(milliseconds: 2_500))
        #expect(instant - .microseconds(1_900) == Timestamp(milliseconds: 999))
        #expect(Timestamp(milliseconds: 5) - instant == .milliseconds(-995))
        #expect(Duration.milliseconds(-1_500).wholeMilliseconds == -1_500)
    }
}

@Suite struct ValueTests {
    @Test(arguments: ["a", "shz-0041-server", "A-9", String(repeating: "x", count: 40)])
    func identifiersAreLettersDigitsAndHyphens(_ text: String) { #expect(SiteID(text)?.text == text) }

    @Test(arguments: ["", "a b", "a_b", "施設", "a/b", "á", String(repeating: "x", count: 41), "a\u{0}"])
    func otherTextIsNoIdentifier(_ text: String) { #expect(SiteID(text) == nil) }

    @Test(arguments: [("T-412", 412), ("t-412", 412), ("t412", 412), ("412", 412), ("T-7", 7), ("0412", 412)])
    func spokenIDsAreReadAsPeopleTypeThem(_ text: String, _ number: Int) { #expect(TaskID(text)?.number == number) }

    @Test(arguments: ["", "T-", "I-7", "T--7", "-7", "T-0", "T-1x", "T-１", "T-1234567890123", "T 7"])
    func otherTextIsNoSpokenID(_ text: String) { #expect(TaskID(text) == nil) }

    @Test func identifiersAndInstantsAreTextOnTheWire() throws {
        let json = Data(
            #"{"agent":"shz-0041-server","boot":"b","beats":[{"seq":1,"at":"2022-09-24T05:58:00.250+09:00","interval":60,"new":1}]}"#
                .utf8)
        let request = try JSONDecoder().decode(HeartbeatRequest.self, from: json)
        #expect(request.agent.text == "shz-0041-server" && request.beats[0].at.milliseconds == 1_663_966_680_250)
        #expect(try JSONDecoder().decode(HeartbeatRequest.self, from: JSONEncoder().encode(request)) == request)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([SiteID].self, from: Data(#"["a b"]"#.utf8)) }
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([TaskID].self, from: Data(#"["I-7"]"#.utf8)) }
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Timestamp].self, from: Data(#"["now"]"#.utf8)) }
    }

    @Test func openingHoursAreTheirTextOnTheWire() throws {
        let hours = try JSONDecoder().decode([OpeningHours].self, from: Data(#"["24/7","Mo 09:00-12:00"]"#.utf8))
        #expect(hours.map(\.text) == ["24/7", "Mo 09:00-12:00"])
        #expect(try JSONDecoder().decode([OpeningHours].self, from: JSONEncoder().encode(hours)) == hours)
        let error = try #require(throws: DecodingError.self) {
            try JSONDecoder().decode([OpeningHours].self, from: Data(#"["Mon"]"#.utf8))
        }
        guard case .dataCorrupted(let context) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(context.debugDescription.contains("\"Mon\" at character 1"))
    }

    @Test func distancesAreThoseOfTheGlobe() {
        let shizuoka = Coordinate(latitude: 34.9769, longitude: 138.3831)
        let hamamatsu = Coordinate(latitude: 34.7108, longitude: 137.7261)
        #expect(abs(shizuoka.distanceKilometers(to: hamamatsu) - 66.9) < 0.5)
        #expect(shizuoka.distanceKilometers(to: shizuoka) == 0)
        let antipode = Coordinate(latitude: -34.9769, longitude: 138.3831 - 180)
        #expect(abs(shizuoka.distanceKilometers(to: antipode) - 20_015.1) < 0.1)
        let west = Coordinate(latitude: 0, longitude: -179.9)
        #expect(abs(west.distanceKilometers(to: Coordinate(latitude: 0, longitude: 179.9)) - 22.24) < 0.01)
        #expect(!Coordinate(latitude: .nan, longitude: 0).isValid && !Coordinate(latitude: 0, longitude: 181).isValid)
    }

    @Test(arguments: [
        (0.93, 3, "0.930"), (0.0005, 3, "0.001"), (-0.0001, 3, "0.000"), (2.5, 0, "3"), (-2.5, 0, "-3"),
        (1.005e10, 1, "10050000000.0"),
        (.nan, 2, "0.00"), (.infinity, 1, "0.0"), (-1.25, 1, "-1.3"), (0.999_9, 3, "1.000"),
    ])
    func decimalsHaveFixedDigits(_ value: Double, _ digits: Int, _ text: String) {
        #expect(JSON.fixed(value, digits: digits) == text)
    }

    @Test func jsonKeepsOrderAndEscapes() throws {
        let value: JSON = ["b": 1, "a": ["x\"\\\n\u{1}\u{7F}\u{2028}施", nil, true], "c": .decimal(0.5, digits: 3)]
        #expect(value.text == #"{"b":1,"a":["x\"\\\n\u0001\u007f\u2028施",null,true],"c":0.500}"#)
        let parsed = try JSONSerialization.jsonObject(with: Data(value.text.utf8))
        #expect((parsed as? [String: Any])?["b"] as? Int == 1)
        #expect(value["b"] == 1 && value["z"] == nil && JSON.null["b"] == nil)
    }

    @Test(arguments: [4, 5] as [UInt64])
    func anyTextIsJSONThatFoundationReadsBack(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let scalars = (0..<6).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0...0x2FFF, using: &random)) }
            let text = String(String.UnicodeScalarView(scalars))
            let read = try JSONDecoder().decode([String].self, from: Data(JSON.array([.string(text)]).text.utf8))
            #expect(read == [text], "seed \(seed)")
        }
    }

    @Test func finalTaskStatesLeadNowhere() {
        #expect(TaskState.allCases.filter(\.isFinal) == [.done, .failed, .cancelled])
    }
}
