import AnpiModel
import Testing

@testable import AnpiEngine

/// Damage, rung and tasks of a site in the engine, from the first call to the system that works again.
struct RecoveryStoryTests {
    @Test func aDamageReportConfirmsTheHitAndPlansARung() throws {
        var story = flooded()
        let outcome = story.damage("s-1") {
            $0.server = .lost; $0.mirror = .works
        }
        #expect(outcome.status == 200)
        #expect(story.assessment("s-1") == .confirmedHit)
        let planned = try #require(story.decisions.last { $0.name == .sitePlanned })
        #expect(planned.json.text.contains(#""rung":"R2""#))
        #expect(planned.json.text.contains(#""provisional":false"#))
        #expect(story.openKinds(at: "s-1").contains(.promoteMirror))
    }

    @Test func reportsOfWhatWorksConfirmThatAllIsWell() {
        var story = flooded()
        _ = story.damage("s-1") {
            $0.server = .works; $0.peripherals = .works
        }
        #expect(story.assessment("s-1") == .confirmedOK)
        #expect(story.recovery("s-1")?.endedAt != nil || story.recovery("s-1")?.choice == nil)
        #expect(story.openKinds(at: "s-1").allSatisfy { $0 == .inspect })
    }

    @Test func whatAReportDoesNotNameStaysAsItWas() throws {
        var story = flooded()
        _ = story.damage("s-1") {
            $0.server = .lost; $0.external = .works
        }
        story.pass(.seconds(60))
        _ = story.damage("s-1") { $0.mirror = .lost }
        let damage = try #require(story.recovery("s-1")?.damage)
        #expect(damage.server?.value == .lost)
        #expect(damage.mirror?.value == .lost)
        #expect(damage.external?.value == .works)
        #expect(story.recovery("s-1")?.choice?.rung == .external)
    }

    @Test func anotherRungKeepsWhatIsDoneAndCancelsWhatNobodyNeeds() throws {
        var story = flooded()
        _ = story.damage("s-1") {
            $0.server = .lost; $0.mirror = .works
        }
        let inspect = try #require(story.number(of: .inspect, at: "s-1"))
        for state in [TaskTransition.Target.offered, .accepted, .onSite, .done] {
            if state == .offered, story.task(inspect)?.state == .offered { continue }
            #expect(story.move(inspect, state, onBehalfOf: "eng-1").status == 200)
        }
        let promote = try #require(story.number(of: .promoteMirror, at: "s-1"))
        _ = story.damage("s-1") {
            $0.mirror = .lost; $0.external = .works
        }
        #expect(story.task(promote)?.state == .cancelled)
        #expect(story.task(promote)?.reason == TaskReason.rungChanged.rawValue)
        #expect(story.openKinds(at: "s-1").contains(.restoreOnLoaner))
        #expect(story.task(inspect)?.state == .done)
        #expect(!story.openKinds(at: "s-1").contains(.inspect))
    }

    @Test func whatAPersonCancelsIsNotMadeAgain() throws {
        var story = flooded()
        _ = story.damage("s-1") {
            $0.server = .lost; $0.mirror = .works
        }
        let promote = try #require(story.number(of: .promoteMirror, at: "s-1"))
        #expect(story.move(promote, .cancelled, reason: "the vendor does it").status == 200)
        story.pass(.seconds(600))
        _ = story.damage("s-1") { $0.power = true }
        #expect(!story.openKinds(at: "s-1").contains(.promoteMirror))
    }

    @Test func theSystemWorksAgainWhenEverythingThatBringsItBackIsDone() throws {
        var story = flooded()
        _ = story.damage("s-1") {
            $0.server = .works; $0.peripherals = .lost
        }
        #expect(story.recovery("s-1")?.choice?.rung == .peripherals)
        for kind in [TaskKind.inspect, .swapPeripherals] {
            guard let number = story.number(of: kind, at: "s-1") else { continue }
            if story.task(number)?.state == .draft {
                #expect(story.move(number, .offered, onBehalfOf: "eng-1").status == 200)
            }
            let engineer = try #require(story.task(number)?.offer?.engineer)
            let id = story.engine.index.engineers[Int(engineer)].engineer.id.text
            #expect(story.move(number, .accepted, onBehalfOf: id).status == 200)
            #expect(story.move(number, .onSite, onBehalfOf: id).status == 200)
            #expect(story.recovery("s-1")?.restoredAt == nil)
            #expect(story.move(number, .done, onBehalfOf: id).status == 200)
        }
        #expect(story.recovery("s-1")?.restoredAt == story.now)
    }

    @Test func aSiteWhoseCopiesAreAllLostSaysSo() throws {
        var story = flooded(copies: [.primary: 0.3, .mirror: 0.3, .external: 0.2])
        _ = story.damage("s-1") {
            $0.server = .lost
            $0.mirror = .lost
            $0.external = .lost
        }
        let planned = try #require(story.decisions.last { $0.name == .sitePlanned })
        #expect(planned.json.text.contains(#""rung":"R6""#))
        #expect(planned.json.text.contains(#""dataLost":true"#))
    }

    @Test func nothingSeenOrOutOfRangeIsRefusedByItsPath() {
        var story = flooded()
        #expect(story.damage("s-1") { $0.by = "院長" }.status == 422)
        let deep = story.damage("s-1") { $0.depthMeters = 200 }
        #expect(deep.status == 422)
        #expect(deep.body.text.contains("depthMeters"))
        #expect(story.damage("s-9") { $0.server = .lost }.status == 404)
        #expect(story.damage("s-1", as: .viewer) { $0.server = .lost }.status == 403)
        #expect(story.recovery("s-1")?.damage.isEmpty ?? true)
    }

    // MARK: Support

    /// One clinic with a server and copies, silent since some minutes.
    private func flooded(
        copies: KeyValuePairs<CopyTier, Double> = [.primary: 0.3, .mirror: 0.8, .external: 1.8, .offsite: 0]
    ) -> Story {
        var fleet = Fleet.small()
        fleet.copies = copies.map { tier, height in
            CopyPlace(
                site: SiteID(trusted: "s-1"), tier: tier, room: "\(tier)", heightMeters: tier == .offsite ? nil : height
            )
        }
        fleet.sites[0].system = "karte-8"
        fleet.engineers = fleet.engineers.map { engineer in
            var engineer = engineer
            engineer.skills = Skill.allCases
            return engineer
        }
        fleet.depots = [Depot(id: DepotID(trusted: "depot-1"), name: "静岡保管庫", place: Fleet.shizuoka)]
        fleet.loaners = [Loaner(id: LoanerID(trusted: "L-07"), depot: DepotID(trusted: "depot-1"), fits: ["karte-8"])]
        var story = Story(fleet)
        let good = story.now - .seconds(6 * 3_600)
        story.beat("a-1", 1) { beat in
            beat.copies = copies.map { tier, _ in
                CopyReport(tier: tier, state: .good, goodAt: good, verifiedAt: good)
            }
        }
        story.pass(.seconds(600))
        return story
    }
}

extension Story {
    mutating func damage(
        _ site: String, as actor: Command.Actor = .coordinator, _ change: (inout DamageReport) -> Void
    ) -> Outcome {
        var report = DamageReport()
        change(&report)
        return command(.reportDamage(SiteID(trusted: site), report), as: actor)
    }

    func recovery(_ site: String) -> RecoveryRecord? {
        engine.index.number(of: SiteID(trusted: site)).flatMap { engine.recoveries[Int(engine.sites[$0].recovery)] }
    }

    /// The number of the open task of a kind at a site.
    func number(of kind: TaskKind, at site: String) -> Int? {
        engine.tasks.open.first {
            engine.tasks[$0]?.kind == kind
                && engine.tasks[$0].map { engine.index.sites[Int($0.site)].id.text } == site
        }
    }

    func openKinds(at site: String) -> [TaskKind] {
        engine.tasks.open.compactMap { number in
            guard let task = engine.tasks[number], engine.index.sites[Int(task.site)].id.text == site else {
                return nil
            }
            return task.kind
        }
    }
}
