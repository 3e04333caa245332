import AnpiModel
import FoundationEssentials
import Testing

@testable import AnpiEngine

/// Inputs of all kinds, possible and impossible ones: nothing may trap, and what must always hold is looked at.
@Suite struct FuzzTests {
    /// `ANPI_TEST_SEEDS=50 swift test --filter Fuzz` plays more of them.
    private static let seeds: [UInt64] =
        (0..<(ProcessInfo.processInfo.environment["ANPI_TEST_SEEDS"].flatMap(UInt64.init) ?? 2)).map { 101 + $0 }

    @Test(arguments: seeds)
    func whateverReachesTheLogTheEngineHoldsTogether(seed: UInt64) throws {
        print("seed \(seed)")
        var wild = WildInputs(seed: seed)
        var engine = Engine()
        var final: [Int: TaskState] = [:]
        var (at, commands, answers) = (Story.dawn, 0, 0)
        for round in 0..<2_000 {
            let (input, time) = wild.next(after: at)
            at = max(at, time)
            if case .command = input { commands += 1 }
            var step = Step()
            engine.apply(input, at: at, into: &step)
            answers += step.outcomes.count
            #expect(engine.now == at)
            check(step, &final, engine, round: round)
            if round % 50 == 0 { check(engine, round: round) }
            if round % 500 == 499 {
                engine = try Engine(
                    restoring: engine.checkpointHead(), blocks: engine.checkpointBlocks(dirtyOnly: false))
                check(engine, round: round)
            }
        }
        #expect(answers == commands)
        #expect(!final.isEmpty)
    }

    /// Times never go back, and a task that is final stays as it is.
    private func check(_ step: Step, _ final: inout [Int: TaskState], _ engine: Engine, round: Int) {
        let times = step.decisions.map(\.at)
        #expect(times == times.sorted(), "round \(round)")
        for key in step.changed.keys {
            guard case .task(let id) = key, let task = engine.tasks[id.number] else { continue }
            if let was = final[id.number] { #expect(task.state == was, "round \(round): \(id)") }
            if task.state.isFinal { final[id.number] = task.state }
        }
    }

    private func check(_ engine: Engine, round: Int) {
        let place: Comment = "round \(round)"
        var copy = engine
        copy.recount()
        copy.recountOffers()
        #expect(copy.sitesByContact == engine.sitesByContact, place)
        #expect(copy.agentsByContact == engine.agentsByContact, place)
        #expect(copy.neighbourhoods == engine.neighbourhoods, place)
        #expect(copy.offersWaiting == engine.offersWaiting, place)
        #expect(engine.sitesByContact.reduce(0, +) == engine.sites.indices.filter { engine.counts(site: $0) }.count)
        let subjects = engine.agents.count + engine.sites.count + engine.engineers.count + engine.tasks.open.count
        #expect(
            engine.deadlines.count <= 1_024 + 3 * (subjects + engine.findings.open.count + engine.incidents.open.count))

        var members = [Int](repeating: 0, count: engine.sites.count)
        for number in engine.incidents.open {
            guard let incident = engine.incidents[number] else {
                Issue.record("I-\(number) is open and gone")
                continue
            }
            #expect(incident.isOpen, place)
            for site in incident.sites { members[Int(site)] += 1 }
        }
        #expect(members.allSatisfy { $0 <= 1 }, place)
        for (number, site) in engine.sites.enumerated() {
            #expect((site.incident > 0) == (members[number] == 1), place)
            #expect(site.contact == engine.contactNow(of: number) || engine.index.sites[number].isRetired, place)
            #expect(site.findings.count <= SiteState.findingsMax, place)
            let open = engine.tasks.open.filter { engine.tasks[$0]?.site == Int32(number) }.map(Int32.init)
            #expect(site.tasks.sorted() == open, place)
        }
        for number in engine.tasks.numbers {
            guard let task = engine.tasks[number] else { continue }
            #expect(task.state.isFinal != engine.tasks.open.contains(number), place)
            #expect((task.offer != nil) == (task.state == .offered), place)
        }
    }
}

/// A stream of inputs that does not care what is sensible.
private struct WildInputs {
    private var random: SeededGenerator
    private var hasFleet = false
    private var sequence: Int64 = 0

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }

    mutating func next(after last: Timestamp) -> (Input, Timestamp) {
        let now = last.adding(pick([0, 0, 1, 400, 7_000, 60_000, 61_000, 180_000, 900_000, 5_400_000, 100_000_000]))
        guard hasFleet else {
            hasFleet = true
            return (command(.importFleet(RandomScript.fleet()), .admin, at: now, operation: "fleet"), now)
        }
        let received = now.adding(pick([0, 0, -5, -3_000, 90_000]))
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<9: return (heartbeats(at: received), now)
        case 9..<11:
            let ping = Ping(
                receivedAt: received, site: SiteID(trusted: pick(["s-1", "s-2", "s-3", "outside", "s-9", ""])),
                tier: pick(CopyTier.allCases), kind: pick([.success, .start, .fail, .log]),
                message: pick([nil, "", "failed"]))
            return (.ping(ping), now)
        case 11:
            let from = received.adding(pick([0, -60_000]))
            return (.deaf(Input.Span(from: from, to: from.adding(pick([-1, 0, 1, 3_000, 600_000])))), now)
        case 12: return (.quarantined(LogPlace(writer: "w", seq: -1, index: 9)), now)
        default: return (command(change(at: now), pick(actors), at: received, operation: nil), now)
        }
    }

    private var actors: [Command.Actor] {
        [.admin, .coordinator, .coordinator, .viewer, .engineer("eng-1"), .engineer("eng-2"), .engineer("nobody")]
    }

    private mutating func command(
        _ change: Command.Change, _ actor: Command.Actor, at now: Timestamp, operation: String?
    ) -> Input {
        .command(
            Command(
                operation: operation ?? "op-\(Int.random(in: 0..<900, using: &random))", bodyDigest: [pick([1, 1, 2])],
                actor: actor, receivedAt: now, expectedVersion: pick([nil, nil, nil, 0, 2, -1]), change: change))
    }

    private mutating func change(at now: Timestamp) -> Command.Change {
        let until = pick([nil, now, now.adding(600_000), .distantFuture, .distantPast])
        switch Int.random(in: 0..<15, using: &random) {
        case 0..<6:
            let number = pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 20, 31, -1, .max])
            let named = pick([nil, nil, EngineerID(trusted: "eng-3"), EngineerID(trusted: "nobody")])
            return .transitionTask(
                TaskID(number),
                TaskTransition(
                    to: pick(TaskTransition.Target.allCases), onBehalfOf: named, reason: pick([nil, ""]), eta: until,
                    retryAt: until))
        case 6, 7:
            return .setAvailability(
                EngineerID(trusted: pick(["eng-1", "eng-2", "eng-3", "nobody"])),
                AvailabilityChange(availability: pick(Availability.allCases), until: until))
        case 8:
            return .transitionIncident(
                IncidentID(pick([0, 1, 2, 3, 5, 9, -4])), IncidentTransition(to: pick(IncidentState.allCases)))
        case 9, 10:
            var draft = FindingDraft(
                kind: pick(FindingKind.allCases), site: pick([nil, SiteID(trusted: "s-1"), SiteID(trusted: "s-9")]),
                result: pick(["damage", "noDamage", "noAnswer", "confirmedHit", "ok", "down", "?"]))
            (draft.expiresAt, draft.observedAt, draft.utility) = (until, pick([nil, now]), .power)
            draft.text = pick([nil, "seen"])
            return .addFinding(draft)
        case 11: return incidentChange(until: until)
        case 12, 13:
            let site = SiteID(trusted: pick(["s-1", "s-2", "s-4", "s-9"]))
            guard pick([true, false]) else {
                return .enterClaims(
                    site, ClaimsChange(photos: pick([nil, true]), openDays: pick([nil, 20, 40]), submittedAt: until))
            }
            let server = pick([DamageReport.Component.works, .wet, .lost])
            return .reportDamage(site, DamageReport(server: server, external: pick([nil, .lost])))
        default:
            var fleet = RandomScript.fleet()
            for _ in 0..<pick([0, 0, 1, 3]) {
                let site = fleet.sites.remove(at: Int.random(in: 0..<fleet.sites.count, using: &random)).id
                if pick([true, true, false]) {
                    fleet.agents.removeAll { $0.site == site }
                    fleet.copies.removeAll { $0.site == site }
                }
            }
            if pick([true, false]) { fleet.engineers.removeFirst() }
            return .importFleet(fleet)
        }
    }

    private mutating func incidentChange(until: Timestamp?) -> Command.Change {
        let id = IncidentID(pick([0, 1, 2, 3, 5, 9, -4]))
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return .mergeIncident(id, IncidentMerge(into: IncidentID(pick([1, 2, 3, 4, 9]))))
        case 1: return .addSitrep(id, SitrepDraft(text: pick([nil, "x"]), nextDue: until))
        default:
            return .changeIncident(
                id,
                IncidentChange(
                    commander: pick([nil, "", "x"]), sitrepDue: until,
                    claimsDue: pick([nil, CivilDate(text: "2022-10-17")]), clear: pick([nil, [.title, .claimsDue]])))
        }
    }

    private mutating func heartbeats(at received: Timestamp) -> Input {
        sequence += 1
        let beats = (0..<pick([0, 1, 1, 1, 2, 3])).map { _ in beat(at: received) }
        let request = HeartbeatRequest(
            agent: AgentID(trusted: pick(RandomScript.agents + ["ghost"])),
            boot: pick(["", "boot", "6f9c1b2e-77aa-4c4d-9e1f-0123456789ab", "起動-起動-起動-起動"]),
            sentAt: pick([nil, received, received.adding(-400_000), .distantPast, Timestamp(milliseconds: 1 << 54)]),
            version: pick([nil, "1.0", ""]), dropped: pick([nil, 3, .max]), beats: beats)
        return .heartbeats(Heartbeats(receivedAt: received, request: request))
    }

    private mutating func beat(at now: Timestamp) -> Beat {
        var beat = Beat(
            seq: pick([sequence, sequence, sequence, 0, -1, .max, 1 << 52]),
            count: pick([nil, nil, 1, 3, 500, 0, -5, .max]),
            at: pick([now, now, now.adding(-3_600_000), .distantFuture, Timestamp(milliseconds: .min / 4)]),
            interval: pick([60, 60, 1, 86_400, 0, -1, .max]))
        beat.notice = pick([nil, nil, nil, .lastGasp, .goodbye])
        beat.backAt = pick([nil, now.adding(60_000), .distantPast, Timestamp(milliseconds: .max / 2)])
        beat.power = pick([nil, Beat.Power(source: .battery, charge: .nan, runtimeSeconds: .max)])
        beat.copies = pick([
            nil, [], [CopyReport(tier: .external, state: .good, goodAt: now, bytes: .max, message: "x")],
            [CopyReport(tier: .cloud, state: .old), CopyReport(tier: .cloud, state: .failing, bytes: -7)],
        ])
        return beat
    }
}
