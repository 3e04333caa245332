import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct HeardTimeTests {
    private static let minute: Int64 = 60_000

    /// The last seven days of a site, from what the engine knows and what a store would have kept of it.
    private func figure(_ site: String, in story: Story, engine: Engine? = nil, place: Int = 0) -> HeardTime? {
        var closed: [ContactSpan] = []
        var blind: [Input.Span] = []
        for row in story.step.history {
            switch row {
            case .contact(let subject, true, let contact, let from, let to) where subject == site:
                closed.append(ContactSpan(contact: contact, from: from, to: to))
            case .blind(let from, let to): blind.append(Input.Span(from: from, to: to))
            case .contact, .copy, .lateRun: break
            }
        }
        return (engine ?? story.engine).time(of: SiteID(trusted: site))?.heard(closed: closed, blind: blind)[place]
    }

    @Test func silenceLowersItFromItsDeadlineOn() throws {
        var story = Story()
        story.beats(["a-1"], from: 1, minutes: 60)
        story.pass(.seconds(180 * 60))
        let heard = try #require(figure("s-1", in: story))
        // The last beat in minute 59, a minute of interval and two of grace.
        #expect(heard.heard == 62 * Self.minute)
        #expect(heard.missed == 178 * Self.minute)
        #expect(heard.share == 0.2583)
        #expect(heard.blind == 0)
    }

    @Test func aBlindHourDoesNotLowerIt() throws {
        var story = Story()
        story.beats(["a-1"], from: 1, minutes: 60)
        story.deaf(story.now, story.now + .seconds(3_600))
        story.pass(.seconds(3_600))
        story.beats(["a-1"], from: 61, minutes: 60)
        let heard = try #require(figure("s-1", in: story))
        #expect(heard.share == 1)
        #expect(heard.heard == 120 * Self.minute)
        #expect(heard.blind == 60 * Self.minute)
    }

    @Test func aBlindHourWithinASilenceIsNotHeldAgainstTheSite() throws {
        var story = Story()
        story.beats(["a-1"], from: 1, minutes: 60)
        story.pass(.seconds(30 * 60))
        story.deaf(story.now, story.now + .seconds(3_600))
        story.pass(.seconds(3_600))
        let heard = try #require(figure("s-1", in: story))
        #expect(heard.missed == 28 * Self.minute)
        #expect(heard.blind == 60 * Self.minute)
    }

    @Test func blindTimeOfTheStoreAndOfTheEngineIsLeftOutOnce() throws {
        var story = Story()
        story.beats(["a-1"], from: 1, minutes: 30)
        story.deaf(story.now, story.now + .seconds(600))
        story.pass(.seconds(600))
        let time = try #require(story.engine.time(of: SiteID(trusted: "s-1")))
        let span = Input.Span(from: story.now - .seconds(600), to: story.now)
        #expect(time.heard(closed: [], blind: [span, span])[0].blind == 10 * Self.minute)
    }

    @Test func aRestartChangesNothing() throws {
        var story = Story()
        story.beats(["a-1"], from: 1, minutes: 60)
        story.pass(.seconds(180 * 60))
        story.beat("a-1", 100)
        story.deaf(story.now, story.now + .seconds(120))
        story.pass(.seconds(60 * 60))
        let engine = try Engine(
            restoring: story.engine.checkpointHead(), blocks: story.engine.checkpointBlocks(dirtyOnly: false))
        let before = try #require(figure("s-1", in: story))
        #expect(before.missed > 178 * Self.minute)
        #expect(figure("s-1", in: story, engine: engine) == before)
    }

    @Test func aGoodbyeIsNoFailure() throws {
        var story = Story()
        story.beats(["a-1"], from: 1, minutes: 10)
        let backAt = story.now + .seconds(8 * 3_600)
        story.beat("a-1", 11) {
            $0.notice = .goodbye
            $0.reason = .shutdown
            $0.backAt = backAt
        }
        story.pass(.seconds(8 * 3_600))
        story.beats(["a-1"], from: 12, minutes: 10)
        let heard = try #require(figure("s-1", in: story))
        #expect(heard.share == 1)
        #expect(heard.heard == 20 * Self.minute)
    }

    /// Open 09:00–12:00 and 15:00–18:00; a PC that goes off at noon and is late for the afternoon.
    @Test func aDeviceOfOpeningHoursIsExpectedInTheseOnly() throws {
        var story = Story(at: Story.at("2022-09-26T08:00:00.000+09:00"))
        story.pass(to: Story.at("2022-09-26T08:40:00.000+09:00"))
        story.hear("a-3", until: Story.at("2022-09-26T12:00:00.000+09:00"))
        story.pass(to: Story.at("2022-09-26T15:45:00.000+09:00"))
        story.hear("a-3", until: Story.at("2022-09-26T18:00:00.000+09:00"))
        story.pass(to: Story.at("2022-09-27T08:00:00.000+09:00"))
        let heard = try #require(figure("s-3", in: story))
        // 09:15 to 12:00, and 15:15 to 18:00 without its first half hour.
        #expect(heard.heard == (165 + 135) * Self.minute)
        #expect(heard.missed == 30 * Self.minute)
    }

    @Test func nothingIsExpectedBeforeTheFirstBeatNorAtYearsEnd() throws {
        var story = Story(at: Story.at("2022-12-28T20:00:00.000+09:00"))
        story.pass(.seconds(3_600))
        story.hear("a-3", until: story.now + .seconds(60))
        story.pass(to: Story.at("2023-01-03T23:00:00.000+09:00"))
        #expect(figure("s-1", in: story) == HeardTime())
        #expect(figure("s-1", in: story)?.share == nil)
        #expect(figure("s-3", in: story)?.share == nil)
    }

    @Test func onlyTheLastDaysCount() throws {
        var story = Story()
        story.hear("a-1", until: story.now + .seconds(10 * 86_400))
        story.pass(.seconds(20 * 86_400))
        #expect(figure("s-1", in: story)?.share == 0)
        // Ten of the twenty days that are known of the last thirty, and the interval and grace after them.
        #expect(figure("s-1", in: story, place: 1)?.share == 0.5001)
    }

    @Test func aMissedSecondIsNeverRoundedAway() throws {
        var heard = HeardTime()
        var story = Story()
        story.hear("a-1", until: story.now + .seconds(7 * 86_400))
        story.pass(.seconds(6 * 86_400))
        heard += try #require(figure("s-1", in: story))
        #expect(heard.share == 1)
        let time = try #require(story.engine.time(of: SiteID(trusted: "s-1")))
        let gap = ContactSpan(contact: .silent, from: story.now - .seconds(7 * 86_400), to: Story.dawn)
        let before = ContactSpan(contact: .silent, from: Story.dawn - .seconds(1), to: Story.dawn)
        #expect(time.heard(closed: [before], blind: [])[0].share == 0.9999)
        #expect((time.heard(closed: [gap], blind: [])[0].share ?? 1) < 0.9)
    }

    @Test func whatIsOutsideTheScopeIsNotTold() {
        let story = Story()
        let other = Scope(offices: [OfficeID(trusted: "hmm")])
        #expect(story.engine.time(of: SiteID(trusted: "s-1"), scope: other) == nil)
        #expect(story.engine.times(ofSites: 0..<64)?.count == 3)
        #expect(story.engine.times(ofSites: 3..<64) == nil)
    }
}
