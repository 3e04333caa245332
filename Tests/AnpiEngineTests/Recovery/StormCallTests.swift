import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct StormCallTests {
    private func calls(_ story: Story) -> [(site: String, state: TaskState, reason: ReadinessReason)] {
        story.engine.tasks.numbers.compactMap { number in
            guard let task = story.engine.tasks[number], let readiness = task.readiness else { return nil }
            return (story.engine.index.sites[Int(task.site)].id.text, task.state, readiness.word)
        }
    }

    @Test func whatIsKnownOfItsPowerSupplyIsWhatItsDeviceTells() throws {
        var story = Story.beforeStorm()
        story.beat("a-floor", 2) { $0.power = Beat.Power(source: .mains) }
        story.beat("a-inside", 2) { $0.power = Beat.Power(source: .mains, charge: 1) }
        func supply(_ site: String) throws -> ReadinessReason? {
            let number = try #require(story.engine.index.number(of: SiteID(trusted: site)))
            return story.engine.readiness(of: number)?.checks.first { $0.clause == .ups }?.reason.word
        }
        #expect(try supply("floor") == .upsAbsent)
        #expect(try supply("inside") == .upsTells)
        #expect(try supply("away") == .upsUnknown)
    }

    @Test func aWarningOfLevelThreeMakesOneCallToEachSiteThatWouldLoseItsData() throws {
        var story = Story.beforeStorm()
        story.warn(level: 2)
        #expect(calls(story).isEmpty)
        story.warn(level: 3, serial: 2)
        let made = calls(story)
        #expect(Set(made.map(\.site)) == ["floor", "inside"])
        #expect(made.first { $0.site == "floor" }?.reason == .externalBelowWater)
        #expect(made.first { $0.site == "inside" }?.reason == .noOffsite)
        let task = try #require(story.engine.task(TaskID(1)))
        #expect(task["kind"] == "phone" && task["reason"]?["key"] == "task.reason.beforeStorm")
        #expect(task["why"]?["key"] == "task.why.beforeStorm")
        guard case .array(let items) = story.engine.readiness(area: "22")["items"] else {
            return #expect(Bool(false), "no list")
        }
        #expect(items.count == 4 && items.allSatisfy { $0["hazardLevel"] == 3 })
        // Of whom nothing is known would lose most; there is nothing to speak about on the phone.
        #expect(items[0]["site"] == "unknown" && items[0]["task"] == .null)
        #expect(items.count { $0["task"] != .null } == 2)
    }

    @Test func onceForEachWarningAndSiteHoweverOftenItIsIssued() {
        var story = Story.beforeStorm()
        story.warn(level: 3)
        for serial in 2..<6 {
            story.pass(.seconds(60))
            for agent in ["a-floor", "a-inside", "a-away", "a-unknown"] { story.beat(agent, Int64(serial)) }
            story.warn(level: serial % 2 == 0 ? 4 : 3, serial: serial)
        }
        #expect(calls(story).count == 2)
        story.warn(level: 1, serial: 8)
        #expect(calls(story).allSatisfy { $0.state == .cancelled })
        #expect(story.task(1)?.reason == "warningOver")
        story.warn(level: 3, serial: 9)
        #expect(calls(story).count == 4)
    }

    @Test func whoFallsSilentCannotMoveAnythingAnyMore() {
        var story = Story.beforeStorm()
        story.warn(level: 3)
        story.pass(.seconds(600))
        #expect(story.contact("floor") == .silent)
        #expect(calls(story).allSatisfy { $0.state == .cancelled })
        #expect(story.task(1)?.reason == "siteSilent")
    }

    @Test func oneOfficeRingsUpTheWorstAndTheListHasTheOthers() {
        var story = Story.beforeStorm(callsMax: 1)
        story.warn(level: 4)
        #expect(calls(story).count == 1)
    }

    @Test func whenACallIsOverTheNextIsRungUpAndNobodyTwice() {
        var story = Story.beforeStorm(callsMax: 1)
        story.warn(level: 3)
        #expect(calls(story).map(\.site) == ["inside"])
        #expect(story.move(1, .cancelled, reason: "済み").status == 200)
        #expect(calls(story).map(\.site) == ["inside", "floor"])
        #expect(story.move(2, .cancelled, reason: "済み").status == 200)
        story.warn(level: 4, serial: 2)
        #expect(calls(story).count == 2)
    }

    @Test func aCallThatNobodyHasBegunMakesRoomForAWorseOne() throws {
        var story = Story.beforeStorm(callsMax: 1)
        story.warn(level: 3)
        #expect(calls(story).map(\.site) == ["inside"])
        // Now nothing of its data is left away from the building, and there never was anything else.
        story.beat("a-away", 2) { $0.copies = [CopyReport(tier: .offsite, state: .missing)] }
        #expect(calls(story).map(\.site) == ["inside", "away"])
        #expect(story.task(1)?.reason == TaskReason.othersLoseMore.rawValue)
        #expect(story.move(2, .cancelled, reason: "済み").status == 200)
        #expect(calls(story).map(\.site) == ["inside", "away", "inside"], "its turn comes again")
        // A call that somebody has begun is theirs.
        #expect(story.move(3, .offered, onBehalfOf: "eng-1").status == 200)
        story.beat("a-floor", 2) { $0.copies = [CopyReport(tier: .offsite, state: .missing)] }
        #expect(calls(story).count == 3 && story.task(3)?.state == .offered)
    }

    @Test func aRestartKeepsWhoWasRung() throws {
        var story = Story.beforeStorm()
        story.warn(level: 3)
        #expect(story.move(1, .cancelled, reason: "済み").status == 200)
        var other = try story.restarted()
        other.warn(level: 4, serial: 2)
        #expect(calls(other).count == 2)
        #expect(other.engine.task(TaskID(1))?["why"] == story.engine.task(TaskID(1))?["why"])
    }

    @Test func asASheetItHasEveryClauseAndWhatFails() throws {
        let story = Story.beforeStorm()
        let sheet = story.engine.readinessSheet(area: "22103", .ja)
        #expect(sheet.columns.count == 8 + ReadinessClause.allCases.count + 2)
        #expect(sheet.rows.count == 4 && sheet.rows.allSatisfy { $0.count == sheet.columns.count })
        #expect(story.engine.readinessSheet(area: "23", .ja).rows.isEmpty)
        let floor = try #require(sheet.rows.first { $0[1] == "floor" })
        #expect(floor.last?.contains("外付けは地上0.1m、想定水深1.0mに届きません") == true)
    }
}
