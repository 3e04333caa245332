import AnpiModel
import Testing

@testable import AnpiEngine
@testable import AnpiReplay

/// The story to its end: what to do at each of the nine, who did it, over which roads, and their claims in time.
///
/// Damage, rungs and plans come from the feed alone.
@Suite struct TyphoonRecoveryTests {
    /// The storm, and the two weeks after it.
    struct Played: Sendable {
        let storm: Typhoon15Tests.Played
        let atTheEnd: Playback

        init() throws {
            storm = try Typhoon15Tests.played.get()
            var playback = storm.atTheEnd
            playback.goOn(with: try Drill.lines("typhoon-15", "aftermath.jsonl"))
            playback.play()
            atTheEnd = playback
        }
    }

    static let played = Result { try Played() }

    private func recovery(of site: SiteID, _ playback: Playback) throws -> RecoveryRecord {
        let number = try #require(playback.engine.index.number(of: site))
        return try #require(playback.engine.recoveries[Int(playback.engine.sites[number].recovery)])
    }

    @Test func nothingThatWasReceivedIsRefused() throws {
        let refused = try Self.played.get().atTheEnd.replay.refused
        #expect(refused.isEmpty, "\(refused.map { "\($0.at) \($0.sentence)" })")
    }

    @Test func theLadderIsThatOfTheDay() throws {
        let played = try Self.played.get()
        let rungs = try played.storm.drill.hit.map { try recovery(of: $0, played.atTheEnd).choice?.rung }
        #expect(rungs.count { $0 == .peripherals } == 3)
        #expect(rungs.count { $0 == .restart || $0 == .promoteMirror } == 3)
        #expect(rungs.count { $0 == .external } == 2)
        #expect(rungs.count { $0 == .dataCentre } == 1)
    }

    @Test func allNineWorkAgainAndTheirClaimsAreOutBeforeTheTenthOfOctober() throws {
        let played = try Self.played.get()
        let due = try #require(CivilDate(year: 2022, month: 10, day: 10))
        for site in played.storm.drill.hit {
            let recovery = try recovery(of: site, played.atTheEnd)
            let sheet = played.atTheEnd.engine.claimsSheet(of: recovery)
            #expect(sheet.facts.clock.due == due)
            #expect(recovery.restoredAt != nil && recovery.endedAt != nil, "\(site)")
            // Also had nobody said that it is out.
            var facts = sheet.facts
            facts.submittedAt = nil
            let missing = ClaimsSheet(facts).missing
            #expect(sheet.isComplete && missing.isEmpty, "\(site): \(missing)")
            #expect(sheet.facts.submittedAt.map { sheet.facts.clock.isInTime($0) } ?? false, "\(site)")
        }
    }

    /// Noon, evening, the next day: whoever plans at 07:00, 09:15 and 12:30 is told so.
    @Test func theRoadsOfTheDayAreThoseOfTheStory() throws {
        let played = try Self.played.get()
        let told = played.storm.drill.hit.flatMap { site in
            [played.storm.atSeven, played.storm.atQuarterPastNine, played.storm.atHalfPastNoon].flatMap {
                reachable(site, $0)
            }
        }
        func isTold(_ from: String, _ to: String) -> Bool { told.contains { $0 >= from && $0 < to } }
        #expect(isTold("2022-09-24T12:00", "2022-09-24T13:00"), "noon")
        #expect(isTold("2022-09-24T17:00", "2022-09-24T20:00"), "evening")
        #expect(isTold("2022-09-25T08:00", "2022-09-25T12:00"), "the next day")
    }

    @Test func theStormsIncidentIsClosedOnceEverybodyIsWell() throws {
        let played = try Self.played.get()
        let storm = played.atTheEnd.incidents.filter { $0.kind == .hazard }
        let engine = played.atTheEnd.engine
        let ill = storm.flatMap(\.sites).filter { !engine.isWell(Int($0)) }.map { engine.index.sites[Int($0)].id }
        let left = storm.flatMap(\.tasks).compactMap { engine.tasks[Int($0)] }.filter { !$0.state.isFinal }
        #expect(storm.map(\.state) == [.closed], "\(ill) \(left.map { "\($0.id) \($0.kind) \($0.state)" })")
        let open = played.atTheEnd.engine.tasks.open.compactMap { played.atTheEnd.engine.tasks[$0] }
        #expect(!open.contains { $0.order.rung != nil }, "\(open.map(\.id))")
    }

    @Test func theRecoveryOfTheNineReadsAsItWas() throws {
        let played = try Self.played.get()
        var report = Report("Typhoon 15: the nine from the first sign to their claims, 24 September to 10 October 2022")
        for site in played.storm.drill.hit { report.add(try page(of: site, played)) }
        try report.compare("typhoon-15-recovery")
    }

    // MARK: The page of a site

    private func page(of site: SiteID, _ played: Played) throws -> [String] {
        let engine = played.atTheEnd.engine
        let recovery = try recovery(of: site, played.atTheEnd)
        var lines = ["", "\(site)  \(engine.index.site(Int(recovery.site)).name)"]
        for assessment in [Assessment.suspect, .likelyHit, .confirmedHit] {
            if let at = played.atTheEnd.first(assessment, of: site) {
                lines.append("  \(at)  \(assessment.rawValue)")
            }
        }
        for moment in [played.storm.atSeven, played.storm.atQuarterPastNine, played.storm.atHalfPastNoon] {
            lines += roads(to: site, moment)
        }
        for decision in played.atTheEnd.named(.sitePlanned) where decision.site == site {
            let isProvisional = decision.details.contains { $0.key == "provisional" && $0.value == .bool(true) }
            lines.append("  \(decision.at)  \(decision.word("rung") ?? "")\(isProvisional ? " provisional" : "")")
            if case .array(let reasons)? = decision.details.first(where: { $0.key == "reasons" })?.value {
                for case .string(let reason) in reasons { lines.append("    \(reason)") }
            }
        }
        for number in engine.tasks.numbers {
            guard let task = engine.tasks[number], task.site == recovery.site, task.state == .done else { continue }
            lines.append("  \(work(on: task, played.atTheEnd))")
        }
        lines.append("  \(recovery.restoredAt?.description ?? "-")  works again")
        let sheet = engine.claimsSheet(of: recovery)
        let cells = sheet.cells(site: site, name: "", .ja, asOf: engine.now)
        let out = sheet.facts.submittedAt?.description ?? "-"
        lines.append("  \(out)  claims: \([cells[2], cells[4], cells[5], cells[7]].joined(separator: "  "))")
        return lines
    }

    /// When the first who may do it could be there, where closed roads hold them up.
    private func roads(to site: SiteID, _ playback: Playback) -> [String] {
        reachable(site, playback).map { "  \(playback.now)  by the roads nobody is there before \($0)" }
    }

    private func reachable(_ site: SiteID, _ playback: Playback) -> [String] {
        let engine = playback.engine
        return engine.tasks.open.compactMap { number in
            guard let task = engine.tasks[number], engine.index.sites[Int(task.site)].id == site, task.kind == .inspect,
                let why = engine.whyPlanned(task.id), case .string(let from)? = why["reachableFrom"]
            else { return nil }
            return from
        }
    }

    private func work(on task: TaskRecord, _ playback: Playback) -> String {
        func at(_ state: TaskState) -> String {
            playback.named(.taskChanged).first { $0.task == task.id && $0.word("state") == state.rawValue }?.at
                .description ?? "-"
        }
        let engineer = task.engineer.map { playback.engine.index.engineers[Int($0)].engineer.name } ?? "-"
        let loaner = task.assignment?.loaner.map { " with \($0)" } ?? ""
        return "\(at(.onSite))  \(task.kind.rawValue)  \(engineer)\(loaner)  done \(at(.done))"
    }
}
