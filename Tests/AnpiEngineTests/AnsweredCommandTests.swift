import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct AnsweredCommandTests {
    private func call(
        _ operation: String, digest: [UInt8] = [1], result: String = "noAnswer", at now: Timestamp
    ) -> Input {
        var call = FindingDraft(kind: .phone, site: SiteID(trusted: "s-1"), result: result)
        call.direction = .out
        return .command(
            Command(
                operation: operation, bodyDigest: digest, actor: .coordinator, receivedAt: now,
                change: .addFinding(call)))
    }

    @Test func aCommandThatStandsInTheLogTwiceIsAnsweredAsTheFirstTimeAndChangesNothing() {
        var story = Story()
        story.engine.apply(call("call-1", at: story.now), at: story.now, into: &story.step)
        let first = story.step.outcomes.last
        _ = story.news()
        story.engine.apply(call("call-1", at: story.now), at: story.now + .seconds(5), into: &story.step)
        #expect(story.step.entries.isEmpty)
        #expect(story.step.history.isEmpty)
        #expect(story.step.changed.keys.isEmpty)
        #expect(story.step.outcomes.count == 1)
        #expect(story.step.outcomes.first?.status == 201)
        #expect(story.step.outcomes.first?.body.text == first?.body.text)
        #expect(story.step.outcomes.first?.version == first?.version)
        #expect(story.engine.findings.next == 2)
    }

    @Test func anotherBodyUnderAKnownKeyIsRefused() {
        var story = Story()
        story.engine.apply(call("call-1", at: story.now), at: story.now, into: &story.step)
        _ = story.news()
        story.engine.apply(
            call("call-1", digest: [2], result: "noDamage", at: story.now), at: story.now, into: &story.step)
        #expect(story.step.outcomes.map(\.status) == [422])
        #expect(story.step.outcomes.first?.bodyDigest == [2])
        #expect(story.step.outcomes.first?.body["type"] == "urn:anpi:problem:operationReused")
        #expect(story.engine.findings.next == 2)
        // The first answer still stands.
        story.engine.apply(call("call-1", at: story.now), at: story.now, into: &story.step)
        #expect(story.step.outcomes.last?.status == 201)
    }

    @Test func aRestoredEngineKnowsWhatItAnswered() throws {
        var story = Story()
        story.engine.apply(call("call-1", at: story.now), at: story.now, into: &story.step)
        let first = story.step.outcomes.last
        var engine = try Engine(
            restoring: story.engine.checkpointHead(), blocks: story.engine.checkpointBlocks(dirtyOnly: false))
        var step = Step()
        engine.apply(call("call-1", at: story.now), at: story.now, into: &step)
        #expect(step.entries.isEmpty)
        #expect(step.outcomes.first?.body.text == first?.body.text)
        engine.apply(call("call-2", at: story.now), at: story.now, into: &step)
        #expect(engine.findings.next == 3)
        #expect(engine.checkpointHead() != story.engine.checkpointHead())
    }

    @Test func onlyTheLastAnswersAreKept() throws {
        var answered = AnsweredCommands()
        func outcome(_ number: Int, body: JSON = .null) -> Outcome {
            Outcome(operation: "op-\(number)", bodyDigest: [], status: 200, body: body)
        }
        func find(_ number: Int) -> Outcome? {
            answered.outcome(
                of: Command(
                    operation: "op-\(number)", bodyDigest: [], actor: .admin, receivedAt: Story.dawn,
                    change: .importFleet(.small())))
        }
        for number in 0..<(3 * AnsweredCommands.countMax) { answered.append(outcome(number)) }
        #expect(answered.count == AnsweredCommands.countMax)
        #expect(find(2 * AnsweredCommands.countMax - 1) == nil)
        #expect(find(2 * AnsweredCommands.countMax)?.status == 200)
        #expect(find(3 * AnsweredCommands.countMax - 1)?.operation == "op-\(3 * AnsweredCommands.countMax - 1)")
        var writer = ByteWriter()
        answered.write(to: &writer)
        var reader = ByteReader(writer.bytes)
        let restored = try AnsweredCommands(&reader)
        #expect(restored.count == answered.count)
        let long = JSON.string(String(repeating: "x", count: AnsweredCommands.bytesMax / 2))
        for number in 0..<3 { answered.append(outcome(-1 - number, body: long)) }
        #expect(answered.count == 1)
    }
}
