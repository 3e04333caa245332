import AnpiModel

@testable import AnpiEngine

/// A random but possible life of a small fleet: what reached the log, in order.
struct RandomScript {
    private(set) var inputs: [(at: Timestamp, input: Input)] = []
    private var random: SeededGenerator
    private var sequences: [Int64] = [0, 0, 0, 0, 0, 0, 0]
    private var boots = [1, 1, 1, 1, 1, 1, 1]
    private var operation = 0

    static let agents = ["a-1", "a-1-gw", "a-2", "a-3", "a-4", "c-1", "c-2"]

    static func fleet() -> Fleet {
        var fleet = Fleet.small()
        fleet.sites += [Fleet.site("s-4"), Fleet.site("outside", kind: .canary)]
        fleet.agents += [
            Fleet.agent("a-1-gw", at: "s-1", device: .gateway), Fleet.agent("a-4", at: "s-4", interval: 5, grace: nil),
            Fleet.agent("c-1", at: "outside", interval: 10, grace: 20, canary: true),
            Fleet.agent("c-2", at: "outside", interval: 10, grace: 20, canary: true),
        ]
        fleet.engineers[2].shift = try? OpeningHours(parsing: "Mo-Fr 09:00-17:30")
        return fleet
    }

    init(seed: UInt64, count: Int) {
        random = SeededGenerator(seed: seed)
        var now = Story.dawn
        add(command(.importFleet(Self.fleet()), as: .admin, at: now), at: now)
        for _ in 0..<count {
            now = now.adding(pick([0, 1, 900, 10_000, 30_000, 60_000, 60_000, 200_000, 3_600_000]))
            add(randomInput(at: now), at: now.adding(pick([0, 0, 5, 80])))
        }
    }

    private mutating func add(_ input: Input, at: Timestamp) {
        // Rows are in order of their time.
        inputs.append((max(at, inputs.last?.at ?? at), input))
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }

    private mutating func randomInput(at now: Timestamp) -> Input {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<70: return heartbeats(at: now)
        case 70..<76:
            return .ping(
                Ping(
                    receivedAt: now, site: SiteID(trusted: pick(["s-1", "s-2", "s-9"])),
                    tier: pick([.external, .offsite]),
                    kind: pick([.success, .fail, .start])))
        case 76..<80:
            return .deaf(
                Input.Span(from: now.adding(-pick([0, 5_000])), to: now.adding(pick([500, 30_000, 600_000]))))
        case 80..<90:
            let change = TaskTransition(
                to: pick(TaskTransition.Target.allCases), onBehalfOf: pick([nil, EngineerID(trusted: "eng-2")]),
                reason: pick([nil, "flooded"]))
            return command(
                .transitionTask(TaskID(pick([1, 2, 3, 4])), change),
                as: pick([.coordinator, .engineer("eng-1"), .engineer("eng-2")]), at: now)
        case 90..<94:
            let change = AvailabilityChange(
                availability: pick([.available, .unavailable]), until: pick([nil, now.adding(3_600_000)]))
            return command(
                .setAvailability(EngineerID(trusted: pick(["eng-1", "eng-2", "eng-3"])), change), as: .coordinator,
                at: now)
        case 94..<97:
            var draft = FindingDraft(
                kind: pick([.survey, .phone]), site: SiteID(trusted: pick(["s-1", "s-2"])), result: "damage")
            draft.expiresAt = pick([nil, now.adding(1_800_000)])
            return command(.addFinding(draft), as: .coordinator, at: now)
        case 97..<98:
            return command(
                .transitionIncident(IncidentID(pick([1, 2, 3])), IncidentTransition(to: .closed)), as: .coordinator,
                at: now)
        default:
            var fleet = Self.fleet()
            if pick([true, false]) {
                fleet.sites.removeFirst()
                fleet.agents.removeAll { $0.site == SiteID(trusted: "s-1") }
                fleet.copies = []
                fleet.engineers.removeLast()
            }
            return command(.importFleet(fleet), as: .admin, at: now)
        }
    }

    private mutating func heartbeats(at now: Timestamp) -> Input {
        let number = Int.random(in: 0..<Self.agents.count, using: &random)
        if pick([false, false, false, false, false, true]) {
            boots[number] += 1
            sequences[number] = 0
        }
        sequences[number] += pick([1, 1, 1, 5])
        var beat = Beat(seq: sequences[number], at: now.adding(pick([0, -3_000])), interval: pick([60, 60, 10]))
        switch Int.random(in: 0..<12, using: &random) {
        case 0: (beat.notice, beat.reason) = (.goodbye, .shutdown)
        case 1: beat.notice = .lastGasp
        case 2: (beat.notice, beat.power) = (.goodbye, Beat.Power(source: .battery, charge: 0.4))
        case 3: (beat.seq, beat.count, beat.at) = (max(0, beat.seq - 4), 3, now.adding(-900_000))
        case 4: beat.copies = [CopyReport(tier: .external, state: pick([.good, .old]), goodAt: now)]
        default: break
        }
        let request = HeartbeatRequest(
            agent: AgentID(trusted: Self.agents[number]), boot: "boot-\(boots[number])",
            sentAt: pick([now, now, now.adding(400_000), nil]), version: pick(["1.0", "1.1"]), beats: [beat])
        return .heartbeats(Heartbeats(receivedAt: now, request: request))
    }

    private mutating func command(_ change: Command.Change, as actor: Command.Actor, at now: Timestamp) -> Input {
        operation += 1
        return .command(
            Command(operation: "op-\(operation)", bodyDigest: [], actor: actor, receivedAt: now, change: change))
    }
}

extension Step {
    /// Everything a step says, as text that two runs can be compared by.
    var transcript: [String] {
        let lines = entries.map { entry in
            switch entry {
            case .decision(let decision): decision.json.text
            case .note(let note): "\(note.at) \(note.kind) \(note.body.text)"
            }
        }
        return lines + outcomes.map { "\($0.operation) \($0.status) \($0.body.text)" } + history.map { "\($0)" }
            + changed.keys.map { "\($0)" }
    }
}
