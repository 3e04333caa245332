import AnpiModel
import AnpiReplay
import Foundation
import Testing

@testable import AnpiCollector

@Suite struct DrillLibraryTests {
    @Test(arguments: [
        ("typhoon-15", true), ("a", true), ("2022", true), ("", false), ("Typhoon", false), ("../x", false),
        (".", false), ("..", false), ("a/b", false), ("a b", false), ("台風", false),
        (String(repeating: "a", count: 40), true), (String(repeating: "a", count: 41), false),
    ])
    func aNameIsNeverAPath(_ text: String, _ isName: Bool) {
        #expect(DrillLibrary.isName(text) == isName)
    }

    @Test func withoutAFolderThereAreNoDrills() {
        #expect(DrillLibrary(folder: nil).names.isEmpty)
        #expect(DrillLibrary(folder: "/no/such/folder").names.isEmpty)
    }

    @Test func onlyFoldersWithAFeedAreDrillsAndMistakesDoNotTellTheServersPaths() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("anpi-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["flood", "empty", "Not-A-Name"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        func write(_ text: String, _ name: String) throws {
            try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        try write("{\"at\":\"2022-09-24T05:00:00+09:00\"}\n", "Not-A-Name/feed.jsonl")
        try write("{\"at\":\"2022-09-24T05:00:00+09:00\"}\n{\"at\":7}\n", "flood/feed.jsonl")
        let library = DrillLibrary(folder: folder)
        #expect(library.names == ["flood"])

        for (name, text) in FleetFiles.write(DoorFixture.fleet) { try write(text, "flood/\(name)") }
        let error = #expect(throws: DrillLibrary.Mistakes.self) { try library.read("flood") }
        #expect(error?.lines.first?.hasPrefix("feed.jsonl:2: ") == true)

        try write(
            "{\"at\":\"2022-09-24T05:00:00+09:00\"}\n{\"at\":\"2022-09-24T06:00:00+09:00\"}\n", "flood/feed.jsonl")
        let drill = try library.read("flood")
        #expect(drill.to - drill.from == .seconds(3_600))
        #expect(drill.fleet.sites.count == DoorFixture.fleet.sites.count)
    }
}
