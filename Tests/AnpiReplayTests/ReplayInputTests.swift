import AnpiEngine
import AnpiModel
import Testing

@testable import AnpiReplay

/// What a feed's lines are to an engine that runs elsewhere: a drill's.
@Suite struct ReplayInputTests {
    private static func feed(_ world: SimulatedWorld) -> [FeedLine] { Array(world.feed().prefix(3_000)) }

    @Test(arguments: [UInt64(1), 7]) func inputsTakenInPiecesGiveTheSameDecisions(_ seed: UInt64) throws {
        let world = try SimulatedWorld(.disaster(.typhoon, seed: seed, sites: 60, hasFindings: true))
        let lines = Self.feed(world)
        let start = try #require(lines.first).at
        var whole = Step()
        var replay = Replay(fleet: world.fleet, start: start, into: &whole)
        for line in lines { replay.take(line, into: &whole) }

        // As a drill does: each piece is translated on a copy, and then applied to the engine itself.
        var step = Step()
        var engine = Engine()
        engine.apply(Replay.opening(world.fleet, at: start), at: start, into: &step)
        var taken = 0
        while taken < lines.count {
            let piece = lines[taken..<min(taken + 97, lines.count)]
            var copy = Replay(resuming: engine, afterLine: taken)
            var aside = Step()
            for line in piece {
                for input in copy.inputs(of: line, into: &aside) { engine.apply(input, at: line.at, into: &step) }
            }
            engine.advance(to: piece.last?.at ?? start, into: &step)
            taken += piece.count
        }
        #expect(step.decisions == whole.decisions)
        #expect(!whole.decisions.isEmpty, "seed \(seed)")
    }

    @Test func aLineThatIsTwoChangesIsTwoChanges() throws {
        let world = try SimulatedWorld(.disaster(.typhoon, seed: 1, sites: 60, hasFindings: true))
        let start = world.plan.start
        let site = try #require(world.fleet.sites.first { $0.kind == .clinic }).id
        let engineers = world.fleet.engineers.map(\.id)
        var step = Step()
        var replay = Replay(fleet: world.fleet, start: start, into: &step)
        var call = FindingDraft(kind: .phone, site: site, result: "damage")
        call.direction = .in
        replay.take(FeedLine(at: start + .seconds(60), .finding(call)), into: &step)
        let drafted = try #require(step.decisions.last { $0.name == .taskDrafted && $0.site == site })
        let kind = try #require(
            drafted.details.first { $0.key == "kind" }.flatMap { member -> TaskKind? in
                if case .string(let word) = member.value { TaskKind(rawValue: word) } else { nil }
            })
        let accepted = FeedLine.TaskStep(site: site, kind: kind, to: .accepted, engineer: engineers.first)
        let inputs = replay.inputs(of: FeedLine(at: start + .seconds(120), .task(accepted)), into: &step)
        // Whoever took it had been asked: offered, then accepted, each under a key of its own.
        let keys = inputs.compactMap { input in if case .command(let command) = input { command.operation } else { nil }
        }
        #expect(Set(keys).count == keys.count && !keys.isEmpty)
        #expect(replay.refused.isEmpty, "\(replay.refused)")
        #expect(step.decisions.contains { $0.name == .taskChanged && $0.json.text.contains("accepted") })
    }
}
