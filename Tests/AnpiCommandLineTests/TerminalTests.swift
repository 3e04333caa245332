import AnpiClient
import AnpiModel
import FoundationEssentials
import Testing

@testable import anpi

@Suite struct TerminalTests {
    @Test(arguments: [
        ("14:00", "2022-09-24T14:00:00.000+09:00"), ("10:30", "2022-09-24T10:30:00.000+09:00"),
        ("9:00", "2022-09-25T09:00:00.000+09:00"), ("24:00", "2022-09-25T00:00:00.000+09:00"),
        ("9/26 08:30", "2022-09-26T08:30:00.000+09:00"), ("2022-10-01T08:30", "2022-10-01T08:30:00.000+09:00"),
        ("2022-10-01 08:30", "2022-10-01T08:30:00.000+09:00"), ("+45m", "2022-09-24T11:50:03.000+09:00"),
        ("+2h", "2022-09-24T13:05:03.000+09:00"), ("+1d", "2022-09-25T11:05:03.000+09:00"),
        ("2022-09-24T05:00:00Z", "2022-09-24T14:00:00.000+09:00"), ("1/2 09:00", "2023-01-02T09:00:00.000+09:00"),
        ("9/23 09:00", "2022-09-23T09:00:00.000+09:00"),
    ])
    func timesAreReadAsPeopleTypeThem(text: String, expected: String) {
        #expect(TimeArgument.parse(text, now: Bench.now)?.rfc3339() == expected)
    }

    @Test(arguments: [
        ("23:30", "2022-09-23T23:30:00.000+09:00"), ("10:30", "2022-09-24T10:30:00.000+09:00"),
        ("9:00", "2022-09-24T09:00:00.000+09:00"), ("14:00", "2022-09-23T14:00:00.000+09:00"),
        ("24:00", "2022-09-24T00:00:00.000+09:00"), ("11:07", "2022-09-24T11:05:03.000+09:00"),
        ("11:08", "2022-09-23T11:08:00.000+09:00"), ("9/23 23:30", "2022-09-23T23:30:00.000+09:00"),
        ("12/31 23:30", "2021-12-31T23:30:00.000+09:00"), ("2022-09-24T05:00:00Z", "2022-09-24T14:00:00.000+09:00"),
    ])
    func whatWasSeenIsTheLastSuchTime(text: String, expected: String) {
        #expect(TimeArgument.parse(text, now: Bench.now, .behind)?.rfc3339() == expected)
    }

    @Test func nothingWasSeenInThreeQuartersOfAnHour() {
        #expect(TimeArgument.parse("+45m", now: Bench.now, .behind) == nil)
    }

    @Test(arguments: [
        "", "soon", "25:00", "12:60", "12:5", "1400", "+", "+m", "+5", "9/31 08:00", "2/30 1:00", "-5m", "+999999999d",
    ])
    func whatIsNoTimeIsRefused(text: String) { #expect(TimeArgument.parse(text, now: Bench.now) == nil) }

    @Test func timesAreSaidShort() {
        let moments = Bench.paper(.ja, 100).moments
        #expect(moments.short(Bench.now) == "11:05")
        #expect(moments.short(Bench.now - .seconds(86_400)) == "昨日 11:05")
        #expect(moments.short(Bench.now + .seconds(86_400)) == "明日 11:05")
        #expect(moments.short(Bench.now - .seconds(6 * 86_400)) == "9/18 11:05")
        #expect(moments.short(nil) == "—")
        #expect(moments.full(Bench.now) == "2022年9月24日(土) 11:05")
        #expect(Bench.paper(.en, 100).moments.full(Bench.now) == "Sat 24 Sep 2022 11:05")
    }

    @Test func linesBreakAtSpacesOrBetweenJapaneseCharacters() {
        #expect(Cells.wrapped("one two three", to: 8) == ["one two", "three"])
        #expect(Cells.wrapped("みほ医院が途絶。", to: 8) == ["みほ医院", "が途絶。"])
        #expect(Cells.wrapped("みほ医院。", to: 8) == ["みほ医院。"])
        #expect(Cells.wrapped("abcdefghij", to: 4) == ["abcd", "efgh", "ij"])
        #expect(Cells.wrapped("", to: 4) == [""])
        #expect(Cells.wrapped("a\n\nb", to: 4) == ["a", "", "b"])
    }

    @Test func tableCutsWhatCanGiveWayThenLeavesOutWhatMattersLeast() {
        var table = Table([
            .init(title: "id"), .init(title: "name", least: 4), .init(title: "phone", rank: 1),
        ])
        table.append([.init("T-1"), .init("巴川内科クリニック"), .init("054-000-0000")])
        #expect(table.lines(on: Bench.paper(.ja, 100))[1] == "T-1  巴川内科クリニック  054-000-0000")
        let narrow = Paper(words: Words(language: .ja), width: 40, now: Bench.now)
        #expect(table.lines(on: narrow).allSatisfy { $0.cellWidth <= 40 })
        table.append([.init("T-2"), .init("とても長い名前のとても大きなとても古い病院の本院"), .init("054-000-0000")])
        let lines = table.lines(on: narrow)
        #expect(lines.allSatisfy { $0.cellWidth <= 40 })
        #expect(lines[2].contains("…"))
    }

    @Test func columnWithoutAnyTextIsNotShown() {
        var table = Table([.init(title: "id"), .init(title: "note"), .init(title: "n", isNumber: true)])
        table.append([.init("a"), .init(nil), .init("5")])
        table.append([.init("b"), .init(""), .init("12")])
        #expect(table.lines(on: Bench.paper(.en, 80)) == ["id   n", "a    5", "b   12"])
    }

    @Test func languageAndColourFollowTheEnvironment() {
        #expect(Language(environment: ["LANG": "ja_JP.UTF-8"]) == .ja)
        #expect(Language(environment: ["LC_ALL": "C", "LANG": "ja_JP.UTF-8"]) == .en)
        #expect(Language(environment: [:]) == .en)
        let address = "http://127.0.0.1:9"
        #expect(
            Bench.run(["queue"], collector: address, environment: ["LANG": "C"]).complaints.hasPrefix("The collector"))
        #expect(
            Bench.run(["queue", "--lang", "ja"], collector: address, environment: ["LANG": "C"]).complaints.hasPrefix(
                "コレクター"))
    }

    @Test func everySentenceTheProgramUsesIsInTheTable() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        let sources = tests.deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/anpi")
        var missing: Set<String> = []
        for folder in try FileManager.default.contentsOfDirectory(atPath: sources.path) {
            let path = sources.path + "/" + folder
            for file in try FileManager.default.contentsOfDirectory(atPath: path) where file.hasSuffix(".swift") {
                let text = String(decoding: try Data(contentsOf: URL(filePath: path + "/" + file)), as: UTF8.self)
                for match in text.matches(of: /"((cli|column|word|copy)\.[A-Za-z.]+)"/)
                where !Labels.has(String(match.1)) {
                    missing.insert(String(match.1))
                }
            }
        }
        #expect(missing.isEmpty)
        for kind in TaskKind.allCases { #expect(Labels.has("cli.steps.\(kind.rawValue)")) }
        for state in TaskState.allCases { #expect(Labels.has("cli.task.did.\(state.rawValue)")) }
    }
}
