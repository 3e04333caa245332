import AnpiModel
import Testing

@testable import AnpiEngine

/// Findings whose times cannot be, and those that must not be forgotten.
@Suite struct FindingTests {
    private static let site = SiteID(trusted: "s-1")

    private func finding(
        _ kind: FindingKind, _ result: String, _ change: (inout FindingDraft) -> Void = { _ in }
    ) -> Command.Change {
        var draft = FindingDraft(kind: kind, site: Self.site, result: result)
        change(&draft)
        return .addFinding(draft)
    }

    private func silent() -> Story {
        var story = Story()
        story.beats(["a-1", "a-2"], from: 1, minutes: 1)
        story.beats(["a-2"], from: 2, minutes: 6)
        return story
    }

    @Test func aFindingDatedAheadIsRefusedAndHidesNoLaterOne() {
        var story = silent()
        let ahead = Story.at("2032-09-24T00:00:00+09:00")
        let wrong = story.command(finding(.survey, "noDamage") { $0.observedAt = ahead })
        #expect(wrong.status == 422)
        #expect(wrong.body.text.contains(#""path":"observedAt""#), "\(wrong.body.text)")
        #expect(story.command(finding(.survey, "damage")).status == 201)
        #expect(story.assessment("s-1") == .confirmedHit)
    }

    @Test(arguments: [1, 60, 120])
    func aClockALittleAheadIsForgivenAndCountsAsTheReceipt(seconds: Int64) {
        var story = silent()
        let ahead = story.now + .seconds(seconds)
        #expect(story.command(finding(.survey, "noDamage") { $0.observedAt = ahead }).status == 201)
        #expect(story.engine.findings[1]?.observedAt == story.now)
        #expect(story.assessment("s-1") == .confirmedOK)
        // What is seen after it is newer.
        story.pass(.seconds(1))
        _ = story.command(finding(.survey, "damage"))
        #expect(story.assessment("s-1") == .confirmedHit)
    }

    @Test func aReportOfAClockAheadIsJudgedAtOnce() throws {
        var story = silent()
        let ahead = story.now + .seconds(90)
        let report = finding(.report, "damage") { draft in
            draft.site = nil
            draft.place = Coordinate(latitude: 35.0159, longitude: 138.4895)
            draft.observedAt = ahead
        }
        #expect(story.command(report).status == 201)
        let number = try #require(story.engine.index.number(of: Self.site))
        #expect(story.engine.reports(around: number).count == 1)
        #expect(story.names.contains(.siteAssessed))
    }

    @Test(arguments: ["expiresAt", "callBackAt"])
    func aFindingThatHoldsForYearsIsRefused(path: String) {
        var story = silent()
        let later = story.now + .seconds(400 * 86_400)
        let wrong = story.command(
            finding(.phone, "callBack") { draft in
                draft.callBackAt = story.now + .seconds(3_600)
                if path == "expiresAt" { draft.expiresAt = later } else { draft.callBackAt = later }
            })
        #expect(wrong.status == 422)
        #expect(wrong.body.text.contains("\"path\":\"\(path)\""), "\(wrong.body.text)")
    }

    @Test func aFindingIsNotOverBeforeItWasReceived() {
        var story = silent()
        let wrong = story.command(finding(.survey, "noDamage") { $0.expiresAt = story.now - .seconds(60) })
        #expect(wrong.status == 422)
        #expect(wrong.body.text.contains(#""path":"expiresAt""#), "\(wrong.body.text)")
    }

    @Test func aStandingConfirmationOutlivesAnyNumberOfCalls() {
        var story = silent()
        #expect(story.command(finding(.survey, "damage")).status == 201)
        for _ in 0..<(SiteState.findingsMax + 10) {
            #expect(story.command(finding(.phone, "noAnswer")).status == 201)
        }
        #expect(story.assessment("s-1") == .confirmedHit)
        #expect(story.engine.sites[0].findings.count == SiteState.findingsMax)
    }

    @Test func ofConfirmationsAloneTheOneThatStandsIsKept() {
        var story = silent()
        let observed = story.now
        story.pass(.seconds(60))
        #expect(story.command(finding(.survey, "damage")).status == 201)
        // What others saw before it comes later.
        for _ in 0..<SiteState.findingsMax {
            #expect(story.command(finding(.survey, "noDamage") { $0.observedAt = observed }).status == 201)
        }
        #expect(story.assessment("s-1") == .confirmedHit)
    }

    @Test func anOutageOfWaterSaysThatItWeighsNothing() {
        var story = silent()
        let outage = finding(.outage, "down") { draft in
            draft.site = nil
            draft.utility = .water
            draft.area = .init(municipalities: ["22103"])
        }
        let text = story.command(outage).body.text
        #expect(text.contains(#""placed":true"#) && text.contains(#""weighs":false"#), "\(text)")
        let power = finding(.outage, "down") { draft in
            draft.site = nil
            draft.utility = .power
            draft.area = .init(municipalities: ["22103"])
        }
        #expect(story.command(power).body.text.contains(#""weighs":true"#))
    }
}
