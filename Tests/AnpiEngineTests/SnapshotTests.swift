import AnpiModel
import FoundationEssentials
import Testing

@testable import AnpiEngine

/// Decisions of a story as text that a change shows in; `ANPI_RECORD_SNAPSHOTS=1 swift test` writes them anew.
@Suite struct SnapshotTests {
    @Test func oneSiteFallsSilentIsWorkedOnAndComesBack() throws {
        var story = Story()
        story.beats(["a-1", "a-2"], from: 1, minutes: 2)
        story.beat("a-1", 3) {
            $0.copies = [CopyReport(tier: .external, state: .good, goodAt: Story.dawn)]
            ($0.notice, $0.power) = (.lastGasp, Beat.Power(source: .battery, charge: 0.1))
        }
        story.beats(["a-2"], from: 3, minutes: 3)
        _ = story.move(1, .declined, as: .engineer("eng-1"), reason: "own house flooded")
        _ = story.move(1, .accepted, as: .engineer("eng-2"))
        story.beats(["a-2"], from: 6, minutes: 2)
        _ = story.move(1, .onSite, as: .engineer("eng-2"))
        var survey = FindingDraft(kind: .survey, site: SiteID(trusted: "s-1"), result: "noDamage")
        survey.text = "UPS exchanged"
        _ = story.command(.addFinding(survey), as: .engineer("eng-2"))
        story.beat("a-1", 1, boot: "boot-2")
        _ = story.move(1, .done, as: .engineer("eng-2"), reason: "UPS exchanged")
        story.beats(["a-1", "a-2"], from: 20, minutes: 1)
        try compare(story.texts, "one-silent-site")
    }

    private func compare(_ lines: [String], _ name: String, file: StaticString = #filePath) throws {
        let path = "\(file)".split(separator: "/").dropLast().joined(separator: "/")
        let url = "/\(path)/Snapshots/\(name).txt"
        let text = lines.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["ANPI_RECORD_SNAPSHOTS"] == "1" {
            try Data(text.utf8).write(to: URL(filePath: url))
        }
        let kept = String(decoding: try Data(contentsOf: URL(filePath: url)), as: UTF8.self)
        let difference = zip(lines, kept.split(separator: "\n")).first { $0.0 != $0.1 }
        #expect(text == kept, "first difference: \(difference.map { "\($0.0) / \($0.1)" } ?? "length")")
    }
}
