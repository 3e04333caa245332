import AnpiModel
import Testing

@testable import AnpiEngine

/// The plan of an office in the engine: machines, roads, pins and what people are told of them.
struct OfficePlanTests {
    @Test func twoMachinesForThreeSitesLeaveTheThirdWithItsReason() throws {
        var story = office()
        for site in ["s-1", "s-2", "s-3"] { story.lost(site) }
        let fetches = story.tasks(.fetchLoaner)
        #expect(fetches.count == 3)
        let machines = fetches.compactMap { $0.assignment?.loaner?.text }
        #expect(machines.sorted() == ["L-07", "L-08"])
        let third = try #require(fetches.first { $0.assignment == nil })
        #expect(third.reason == TaskReason.noLoaner.rawValue)
        let why = try #require(story.engine.whyPlanned(third.id)).text
        #expect(why.contains(#""outcome":"unassigned""#))
        #expect(why.contains(#""obstacle":"noLoaner""#))
        #expect(why.contains(#"{"change":"loaner","depot":"depot-1","depotName":"静岡保管庫"}"#))
    }

    @Test func aMachineThatIsFetchedIsLentUntilAPersonSaysOtherwise() throws {
        var story = office()
        story.lost("s-1")
        let fetch = try #require(story.tasks(.fetchLoaner).first)
        let machine = try #require(fetch.assignment?.loaner)
        try story.finish(fetch.number)
        #expect(story.engine.lent(machine)?.site == 0)
        // It is this site's: its own machine is not missing there.
        let reasons = try #require(story.recovery("s-1")?.choice?.reasons.map(\.word))
        #expect(reasons.contains(.loanerInStock) && !reasons.contains(.noLoanerInStock))
        #expect(
            !story.engine.loanersToPlan(of: [0], for: []).contains { story.engine.index.loaners[$0.id].id == machine })
        let back = story.command(.setLoaner(machine, LoanerChange(state: .inStock)))
        #expect(back.status == 200)
        #expect(story.engine.lent(machine) == nil)
        #expect(story.command(.setLoaner(machine, LoanerChange(state: .lent))).status == 422)
        #expect(story.command(.setLoaner(machine, LoanerChange(state: .inStock)), as: .viewer).status == 403)
    }

    @Test(arguments: [LoanerChange(state: .lent, site: SiteID(trusted: "s-3")), LoanerChange(state: .outOfService)])
    func aMachineThatSomebodyIsFetchingIsNotGivenAwayUntilTheyHandItBack(change: LoanerChange) throws {
        var story = office()
        story.lost("s-1")
        let fetch = try #require(story.tasks(.fetchLoaner).first)
        let machine = try #require(fetch.assignment?.loaner)
        try story.accept(fetch.number)
        let refused = story.command(.setLoaner(machine, change))
        #expect(refused.status == 409)
        #expect(refused.body.text.contains("\(fetch.id)"), "it says who has it")
        #expect(story.engine.lent(machine) == nil)
        #expect(story.move(fetch.number, .draft).status == 200)
        #expect(story.command(.setLoaner(machine, change)).status == 200)
        #expect(!story.tasks(.fetchLoaner).contains { $0.assignment?.loaner == machine })
    }

    /// A coordinator of another office may have offered the task that fetches it.
    @Test func aMachineThatATaskOfAnotherOfficeHoldsIsNotThereToBeGivenAway() throws {
        var story = office()
        story.lost("s-1")
        let fetch = try #require(story.tasks(.fetchLoaner).first)
        let machine = try #require(fetch.assignment?.loaner)
        func machines(for planned: [Int]) -> [LoanerID] {
            story.engine.loanersToPlan(of: [0], for: planned).map { story.engine.index.loaners[$0.id].id }
        }
        #expect(machines(for: [fetch.number]).contains(machine))
        #expect(!machines(for: []).contains(machine))
    }

    @Test func aRoadThatOpensChangesOnlyWhatItHeldUp() throws {
        var story = office(sites: 2)
        story.closeRoad(around: "s-2")
        for site in ["s-1", "s-2"] {
            _ = story.damage(site) {
                $0.server = .works; $0.peripherals = .lost
            }
        }
        let kind = TaskKind.swapPeripherals
        let free = try #require(story.tasks(kind).first { $0.site == 0 })
        let held = try #require(story.tasks(kind).first { $0.site == 1 })
        let heldStart = held.assignment?.startsAt
        #expect(heldStart ?? .distantFuture >= Story.dawn + .seconds(5 * 3_600))
        let pin = TaskPin(engineer: EngineerID(trusted: "eng-3"), reason: "knows the house")
        #expect(story.command(.pinTask(held.id, pin)).status == 200)
        let before = story.task(free.number)?.assignment
        story.openRoad(around: "s-2")
        #expect(before != nil && story.task(free.number)?.assignment == before)
        #expect(story.task(held.number)?.assignment?.engineer == 2, "pinned before, and still")
        let moved = try #require(story.task(held.number)?.assignment?.startsAt)
        #expect(moved < Story.dawn + .seconds(5 * 3_600))
    }

    @Test func aPinnedTaskGoesToWhomTheCoordinatorNamed() throws {
        var story = office()
        _ = story.damage("s-1") {
            $0.server = .works; $0.peripherals = .lost
        }
        let task = try #require(story.tasks(.swapPeripherals).first)
        let pin = TaskPin(engineer: EngineerID(trusted: "eng-3"), reason: "knows the house")
        #expect(story.command(.pinTask(task.id, pin)).status == 200)
        #expect(story.task(task.number)?.assignment?.engineer == 2)
        story.pass(.seconds(600))
        #expect(story.task(task.number)?.assignment?.engineer == 2)
        #expect(story.command(.pinTask(task.id, pin), as: .engineer("eng-3")).status == 403)
        #expect(story.command(.pinTask(task.id, TaskPin(engineer: nil))).status == 200)
        #expect(story.task(task.number)?.pin == nil)
    }

    @Test func aPinIsOverWhenItsEngineerDeclines() throws {
        var story = office()
        _ = story.damage("s-1") {
            $0.server = .works; $0.peripherals = .lost
        }
        let task = try #require(story.tasks(.inspect).first { story.task($0.number)?.site == 0 })
        #expect(story.command(.pinTask(task.id, TaskPin(engineer: EngineerID(trusted: "eng-3")))).status == 200)
        #expect(story.task(task.number)?.offer?.engineer == 2)
        #expect(story.move(task.number, .declined, as: .engineer("eng-3"), reason: "my house is flooded").status == 200)
        #expect(story.task(task.number)?.pin == nil)
        let next = try #require(story.task(task.number)?.offer?.engineer)
        #expect(next != 2)
    }

    @Test func whatSomebodyHasAcceptedNoPlanTakesAway() throws {
        var story = office(sites: 1)
        _ = story.damage("s-1") {
            $0.server = .works
            $0.peripherals = .lost
        }
        // The farthest has promised it; the nearest, who has nothing to do, would be there three quarters of an hour sooner.
        let task = try #require(story.tasks(.inspect).first)
        if task.offer != nil { #expect(story.move(task.number, .draft).status == 200) }
        #expect(story.move(task.number, .offered, onBehalfOf: "eng-3").status == 200)
        #expect(story.move(task.number, .accepted, as: .engineer("eng-3")).status == 200)
        for _ in 0..<12 {
            story.pass(.seconds(600))
            #expect(story.task(task.number)?.assignment?.engineer == 2)
            #expect(story.task(task.number)?.engineer == 2)
        }
    }

    @Test func aTaskThatWaitsForAnotherIsOfferedWhenThatIsDone() throws {
        var story = office()
        story.lost("s-1")
        let restore = try #require(story.tasks(.restoreOnLoaner).first)
        #expect(restore.state == .draft)
        #expect(!restore.order.after.isEmpty)
        for number in restore.order.after.map(Int.init) { try story.finish(number) }
        for number in story.engine.tasks.open where number < restore.number && story.task(number)?.kind != .claims {
            try story.finish(number)
        }
        #expect(story.task(restore.number)?.offer != nil)
    }

    @Test func whoIsBestAndWhoWouldBeNextIsSaidWhenAsked() throws {
        var story = office()
        _ = story.damage("s-1") {
            $0.server = .works; $0.peripherals = .lost
        }
        let task = try #require(story.tasks(.swapPeripherals).first)
        let why = try #require(story.engine.whyPlanned(task.id)).text
        #expect(why.contains(#""outcome":"assigned""#))
        #expect(why.contains(#""runnerUp":{"engineer":"eng-"#))
        #expect(why.contains(#""laterMinutes":"#))
    }

    @Test func aRestoredEngineGoesOnAsTheOtherWould() throws {
        var story = office()
        for site in ["s-1", "s-2", "s-3"] { story.lost(site) }
        let restored = try Engine(
            restoring: story.engine.checkpointHead(), blocks: story.engine.checkpointBlocks(dirtyOnly: false),
            parameters: story.engine.parameters)
        _ = story.news()
        var other = story
        other.engine = restored
        for minutes in [1, 4, 20] {
            story.pass(.seconds(60 * minutes))
            other.pass(.seconds(60 * minutes))
        }
        _ = story.command(.setLoaner(LoanerID(trusted: "L-08"), LoanerChange(state: .outOfService)))
        _ = other.command(.setLoaner(LoanerID(trusted: "L-08"), LoanerChange(state: .outOfService)))
        #expect(story.texts == other.texts)
        #expect(!story.texts.isEmpty)
        #expect(story.engine.checkpointHead() == other.engine.checkpointHead())
    }

    // MARK: Support

    /// Clinics with copies, three engineers who can do everything, two machines at one depot.
    private func office(sites: Int = 3) -> Story {
        var fleet = Fleet.small()
        fleet.sites = (1...sites).map { number in
            var site = Fleet.site("s-\(number)")
            site.system = "karte-8"
            site.place.longitude += 0.1 * Double(number - 1)
            return site
        }
        fleet.agents = (1...sites).map { Fleet.agent("a-\($0)", at: "s-\($0)") }
        fleet.copies = fleet.sites.flatMap { site in
            [(CopyTier.primary, 0.3), (.mirror, 0.8), (.external, 1.8)].map {
                CopyPlace(site: site.id, tier: $0.0, room: "\($0.0)", heightMeters: $0.1)
            }
        }
        for number in fleet.engineers.indices { fleet.engineers[number].skills = Skill.allCases }
        fleet.depots = [Depot(id: DepotID(trusted: "depot-1"), name: "静岡保管庫", place: Fleet.shizuoka)]
        fleet.loaners = ["L-07", "L-08"].map {
            Loaner(id: LoanerID(trusted: $0), depot: fleet.depots[0].id, fits: ["karte-8"])
        }
        var story = Story(fleet)
        for number in 1...sites { story.beat("a-\(number)", 1) }
        return story
    }
}

extension Story {
    func tasks(_ kind: TaskKind) -> [TaskRecord] {
        engine.tasks.open.compactMap { task($0) }.filter { $0.kind == kind }
    }

    /// Server and mirror are gone, the external storage is not: a machine is needed.
    mutating func lost(_ site: String) {
        _ = damage(site) {
            $0.server = .lost
            $0.mirror = .lost
            $0.external = .works
            $0.power = true
            $0.network = true
        }
    }

    /// Whoever is planned for it does it.
    mutating func finish(_ number: Int) throws {
        guard let first = task(number), !first.state.isFinal else { return }
        try accept(number)
        #expect(move(number, .onSite).status == 200)
        #expect(move(number, .done).status == 200)
    }

    /// Takes a task for whoever it is planned for.
    mutating func accept(_ number: Int) throws {
        guard let first = task(number) else { return }
        if first.state == .draft {
            let planned = first.assignment.map { engine.index.engineers[Int($0.engineer)].engineer.id.text }
            #expect(move(number, .offered, onBehalfOf: planned ?? "eng-1").status == 200)
        }
        if task(number)?.state == .offered {
            let asked = try #require(task(number)?.offer?.engineer)
            let id = engine.index.engineers[Int(asked)].engineer.id.text
            #expect(move(number, .accepted, onBehalfOf: id).status == 200)
        }
    }

    mutating func closeRoad(around site: String) { road("closed", around: site) }
    mutating func openRoad(around site: String) { road("open", around: site) }

    private mutating func road(_ result: String, around site: String) {
        guard let number = engine.index.number(of: SiteID(trusted: site)) else { return }
        var finding = FindingDraft(kind: .road, result: result)
        let place = engine.index.sites[number].place
        let edges = [(-0.02, -0.02), (-0.02, 0.02), (0.02, 0.02), (0.02, -0.02), (-0.02, -0.02)]
        finding.polygon = edges.map { [place.longitude + $0.0, place.latitude + $0.1] }
        finding.expiresAt = now + .seconds(6 * 3_600)
        _ = command(.addFinding(finding))
    }
}
