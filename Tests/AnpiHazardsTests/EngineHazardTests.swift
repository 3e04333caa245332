import AnpiEngine
import AnpiHazards
import AnpiModel
import Testing

@Suite struct EngineHazardTests {
    private static let start = time("2026-08-12T01:00:00+09:00")

    private func input(_ message: HazardMessage, minute: Int, feed: String = FeedState.submitted) -> Input {
        .hazard(
            HazardInput(
                receivedAt: Self.start + .seconds(minute * 60), feed: feed, digest: [UInt8(truncatingIfNeeded: minute)],
                message: message))
    }

    private func poison(_ digest: UInt8) -> Input {
        .hazardQuarantined(
            QuarantinedHazard(
                receivedAt: Self.start, feed: FeedState.submitted, digest: [digest], reason: "message: why",
                name: "x.xml"))
    }

    private func look(minute: Int, succeeded: Bool = true, newest: Int? = nil) -> Input {
        .feedSeen(
            FeedSeen(
                at: Self.start + .seconds(minute * 60), feed: "https://feeds.example/extra.xml", succeeded: succeeded,
                newestReportAt: newest.map { Self.start + .seconds($0 * 60) }))
    }

    private func decisions(_ inputs: [(Input, Int)], until minute: Int) -> [Decision] {
        var engine = Engine()
        var step = Step()
        for (input, at) in inputs { engine.apply(input, at: Self.start + .seconds(at * 60), into: &step) }
        engine.advance(to: Self.start + .seconds(minute * 60), into: &step)
        return step.decisions
    }

    @Test func everyInputComesBackFromTheLog() throws {
        var inputs: [Input] = [poison(1), look(minute: 1, newest: 0), look(minute: 2, succeeded: false)]
        for (minute, name) in try Fixture.names.enumerated() {
            inputs.append(input(try Fixture.message(name), minute: minute))
        }
        #expect(try InputCodec.decode(InputCodec.encode(inputs)) == inputs)
    }

    @Test func aWarningIsToldOnceAndADrillAsADrill() throws {
        let quake = try Fixture.message("VXSE53.xml")
        let drill = try Fixture.message("VTSE51.xml")
        let told = decisions(
            [(input(quake, minute: 10), 10), (input(quake, minute: 11), 11), (input(drill, minute: 40), 40)], until: 41)
        let applied = told.filter { $0.name == .hazardApplied }
        #expect(applied.count == 2)
        #expect(applied[0].json["level"] == .integer(5) && applied[0].json["outcome"] == "applied")
        #expect(applied[0].json["drill"] == nil)
        #expect(applied[1].json["drill"] == true && applied[1].json["outcome"] == "stored")
    }

    @Test func onePoisonMessageIsToldOnceAndTheOthersGoOn() throws {
        var inputs: [(Input, Int)] = [(poison(1), 0), (poison(1), 0)]
        for number in 0..<199 {
            var message = try Fixture.message("VPOA50.xml")
            message.identifier += "\(number)"
            inputs.append((input(message, minute: 1), 1))
        }
        inputs.append((poison(2), 2))
        let told = decisions(inputs, until: 3)
        #expect(told.count { $0.name == .hazardQuarantined } == 2)
        // The rain of 2022 is over in 2026.
        #expect(told.count { $0.name == .hazardApplied } == 0)
    }

    @Test func aFeedThatStopsIsToldWhenItCountsAsStopped() {
        let told = decisions([(look(minute: 0, newest: 0), 0), (look(minute: 30, newest: 0), 30)], until: 120)
        let feeds = told.filter { $0.name == .feedChanged }
        #expect(feeds.map { $0.json["freshness"] } == ["fresh", "delayed", "fresh", "delayed", "stale"])
        #expect(feeds.map { ($0.at - Self.start).wholeSeconds / 60 } == [0, 10, 30, 40, 90])
    }

    /// It answers each minute, with the same list for days (reference §6.5).
    @Test func aFeedThatRepeatsItselfGoesStale() {
        let looks = (0...(81 * 6)).map { (look(minute: $0 * 10 - $0, newest: 0), $0 * 10 - $0) }
        let told = decisions(looks, until: 81 * 54)
        #expect(told.last { $0.name == .feedChanged }?.json["freshness"] == "stale")
    }

    @Test func aRestoredEngineDecidesTheSame() throws {
        var engine = Engine()
        var step = Step()
        engine.apply(poison(1), at: Self.start, into: &step)
        engine.apply(look(minute: 1, newest: 0), at: Self.start + .seconds(60), into: &step)
        engine.apply(input(try Fixture.message("VXSE53.xml"), minute: 10), at: Self.start + .seconds(600), into: &step)
        var restored = try Engine(
            restoring: engine.checkpointHead(), blocks: engine.checkpointBlocks(dirtyOnly: false))
        #expect(restored.hazards() == engine.hazards())
        #expect(restored.checkpointHead() == engine.checkpointHead())
        var (left, right) = (Step(), Step())
        let later = Self.start + .seconds(80 * 3_600)
        engine.advance(to: later, into: &left)
        restored.advance(to: later, into: &right)
        #expect(left.decisions == right.decisions)
        #expect(!left.decisions.isEmpty)
        #expect(restored.hazards() == engine.hazards())
    }

    @Test func theListNamesEveryStateAndThePage() throws {
        var engine = Engine()
        var step = Step()
        for (minute, name) in try Fixture.names.enumerated() {
            let at = Self.start + .seconds(3_600 + minute)
            engine.apply(input(try Fixture.message(name), minute: 60), at: at, into: &step)
        }
        guard case .array(let items)? = engine.hazards()["items"] else { return #expect(Bool(false)) }
        // The river's report with and without its body is one report.
        #expect(items.count == (try Fixture.names.count) - 1)
        guard case .array(let first)? = engine.hazards(page: Page(limit: 3))["items"] else {
            return #expect(Bool(false))
        }
        #expect(first.count == 3)
        guard case .array(let stored)? = engine.hazards(state: .stored)["items"] else { return #expect(Bool(false)) }
        #expect(stored.compactMap { $0["telegram"] } == ["VTSE51", "VTSE51"])
    }
}
