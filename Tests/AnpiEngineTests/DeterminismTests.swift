import AnpiModel
import FoundationEssentials
import Testing

@testable import AnpiEngine

@Suite struct DeterminismTests {
    /// `ANPI_TEST_SEEDS=200 swift test --filter Determinism` plays more of them.
    private static let seeds: [UInt64] =
        Array(1...(ProcessInfo.processInfo.environment["ANPI_TEST_SEEDS"].flatMap(UInt64.init) ?? 8))

    private func run(_ script: RandomScript, advances: Bool = false, seed: UInt64 = 0) -> (Engine, [String]) {
        var random = SeededGenerator(seed: seed)
        var engine = Engine()
        var step = Step()
        for (at, input) in script.inputs {
            if advances, engine.now < at {
                // Any number of stops on the way changes nothing; stops end before the input was received.
                let received = min(at, input.receivedAt ?? at)
                for _ in 0..<Int.random(in: 0...4, using: &random) where engine.now < received {
                    let stop = Int64.random(
                        in: max(engine.now.milliseconds, received.milliseconds - 400_000)...received.milliseconds,
                        using: &random)
                    engine.advance(to: Timestamp(milliseconds: stop), into: &step)
                }
            }
            engine.apply(input, at: at, into: &step)
        }
        engine.advance(to: engine.now + .seconds(40 * 86_400), into: &step)
        return (engine, step.transcript)
    }

    @Test(arguments: seeds)
    func advancingInStepsDecidesWhatAdvancingAtOnceDoes(seed: UInt64) {
        print("seed \(seed)")
        let script = RandomScript(seed: seed, count: 400)
        let (engine, transcript) = run(script)
        let (stepped, steppedTranscript) = run(script, advances: true, seed: seed)
        #expect(transcript == steppedTranscript)
        #expect(engine.checkpointHead() == stepped.checkpointHead())
        #expect(engine.checkpointBlocks(dirtyOnly: false) == stepped.checkpointBlocks(dirtyOnly: false))
        #expect(transcript.contains { $0.contains("incident.opened") })
    }

    @Test(arguments: seeds)
    func aRestoredEngineDecidesWhatTheOneThatWentOnDoes(seed: UInt64) throws {
        print("seed \(seed)")
        let script = RandomScript(seed: seed, count: 400)
        let (whole, transcript) = run(script)
        var random = SeededGenerator(seed: seed)
        var engine = Engine()
        var step = Step()
        for (at, input) in script.inputs {
            if Int.random(in: 0..<40, using: &random) == 0 {
                engine = try Engine(
                    restoring: engine.checkpointHead(), blocks: engine.checkpointBlocks(dirtyOnly: false))
            }
            engine.apply(input, at: at, into: &step)
        }
        engine.advance(to: engine.now + .seconds(40 * 86_400), into: &step)
        #expect(step.transcript == transcript)
        #expect(engine.checkpointHead() == whole.checkpointHead())
        #expect(engine.checkpointBlocks(dirtyOnly: false) == whole.checkpointBlocks(dirtyOnly: false))
        #expect(engine.statistics.sitesByContact == whole.statistics.sitesByContact)
    }

    @Test func onlyBlocksThatChangedAreDirty() throws {
        var fleet = Fleet.small()
        fleet.sites = (0..<600).map { Fleet.site("s-\($0)") }
        fleet.agents = (0..<600).map { Fleet.agent("a-\($0)", at: "s-\($0)") }
        fleet.copies = []
        var story = Story(fleet)
        var kept = story.engine.checkpointBlocks(dirtyOnly: true)
        #expect(kept.count == 6)
        story.engine.markClean()
        #expect(story.engine.checkpointBlocks(dirtyOnly: true).isEmpty)
        story.beat("a-599", 1)
        let dirty = story.engine.checkpointBlocks(dirtyOnly: true)
        #expect(dirty.count == 1)
        for number in 0..<6 { kept[number] = dirty[number] ?? kept[number] }
        let restored = try Engine(restoring: story.engine.checkpointHead(), blocks: kept)
        #expect(restored.checkpointBlocks(dirtyOnly: false) == story.engine.checkpointBlocks(dirtyOnly: false))
    }

    @Test func damagedCheckpointsAreRefusedAndNeverTrap() {
        let (engine, _) = run(RandomScript(seed: 7, count: 200))
        let head = engine.checkpointHead()
        let blocks = engine.checkpointBlocks(dirtyOnly: false)
        #expect(throws: ByteCodingError.self) { try Engine(restoring: Array(head.dropLast()), blocks: blocks) }
        #expect(throws: ByteCodingError.self) { try Engine(restoring: head, blocks: [:]) }
        #expect(throws: ByteCodingError.self) { try Engine(restoring: [9] + head.dropFirst(), blocks: blocks) }
    }
}
