import AnpiModel
import Testing

@testable import AnpiEngine

/// Checkpoints in the middle of a flood: what neighbours say of one another must be in them.
@Suite struct FloodCheckpointTests {
    /// Two towns on either side of a prefecture's border, a kilometre between sites: 256 sites in the western one, which
    /// is the first block of a checkpoint, and 64 in the eastern one, which is the second.
    private static let western = 256
    private static let sites = 320

    private static func fleet() -> Fleet {
        var fleet = Fleet(offices: [Fleet.office()])
        for number in 0..<sites {
            var site = Fleet.site("s-\(number)")
            let isWestern = number < western
            let place = isWestern ? number : number - western
            let column = isWestern ? -(place % 16) : place % 4 + 1
            site.place = Coordinate(
                latitude: 34.9 + 0.009 * Double(place / (isWestern ? 16 : 4)), longitude: 137.5 + 0.011 * Double(column)
            )
            site.municipality = isWestern ? "22101" : "21101"
            fleet.sites.append(site)
            fleet.agents.append(Fleet.agent("a-\(number)", at: site.id.text))
        }
        return fleet
    }

    private static func warning(at: Timestamp) -> Input {
        let area = HazardArea(
            phenomenon: .flood, code: "43", name: "大雨危険警報", level: 4, areaName: "両市",
            places: [.municipality("22101"), .municipality("21101")], from: at)
        let message = HazardMessage(
            format: .jma, telegram: "VPWW55", identifier: "flood-1", series: "flood", status: .actual,
            action: .replace, reportedAt: at, headline: "大雨", areas: [area])
        return .hazard(HazardInput(receivedAt: at, feed: FeedState.submitted, digest: [1], message: message))
    }

    /// Until when each site is heard: sites at the western side of the border fall silent in the first half hour, those
    /// at the eastern side one after the other in the hour after it.
    private static func ends(from start: Timestamp, _ random: inout SeededGenerator) -> [Timestamp] {
        (0..<sites).map { number in
            let isNear = number < western ? number % 16 < 3 : number % 4 < 2
            guard isNear, Int.random(in: 0..<10, using: &random) < 6 else { return start + .seconds(86_400) }
            let minutes = number < western ? 5...30 : 40...100
            return start
                + .seconds(Int.random(in: (minutes.lowerBound * 60)...(minutes.upperBound * 60), using: &random))
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func anEngineRestoredFromPartialCheckpointsGoesOnAsTheOtherDoes(seed: UInt64) throws {
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        var engine = Engine()
        var step = Step()
        engine.advance(to: Story.dawn, into: &step)
        engine.apply(
            .command(
                Command(
                    operation: "import", bodyDigest: [], actor: .admin, receivedAt: Story.dawn,
                    change: .importFleet(Self.fleet()))), at: Story.dawn, into: &step)
        engine.apply(Self.warning(at: Story.dawn), at: Story.dawn, into: &step)
        for (number, end) in Self.ends(from: Story.dawn, &random).enumerated() {
            let span = HeardSpan(receivedAt: Story.dawn, agent: AgentID(trusted: "a-\(number)"), until: end)
            engine.apply(.heard(span), at: Story.dawn, into: &step)
        }
        let end = Story.dawn + .seconds(4 * 3_600)
        // Parts of a checkpoint as the store keeps them: of each block the newest that was written.
        var kept: [Int: [UInt8]] = [:]
        var restored: [Engine] = []
        for minute in stride(from: 0, through: 120, by: 5) {
            engine.advance(to: Story.dawn + .seconds(Int64(minute) * 60), into: &step)
            for (number, block) in engine.checkpointBlocks(dirtyOnly: true) { kept[number] = block }
            engine.markClean()
            let head = engine.checkpointHead()
            let unmarked = engine.checkpointBlocks(dirtyOnly: false).filter { kept[$0.key] != $0.value }.keys.sorted()
            #expect(unmarked.isEmpty, "minute \(minute): blocks that changed unmarked")
            if minute.isMultiple(of: 30) { restored.append(try Engine(restoring: head, blocks: kept)) }
        }
        engine.advance(to: end, into: &step)
        let whole = step.decisions
        #expect(whole.count > 100)
        let among = engine.sites.prefix(Self.western).count { $0.priorAmongNeighbours > 0 }
        #expect(among > 5, "the western sites were judged by their neighbours")
        for other in restored {
            let since = other.now
            var (other, step) = (other, Step())
            other.advance(to: end, into: &step)
            let told = whole.filter { $0.at > since }.map(\.json.text)
            #expect(step.decisions.map(\.json.text) == told)
            let isSame =
                other.checkpointHead() == engine.checkpointHead()
                && other.checkpointBlocks(dirtyOnly: false) == engine.checkpointBlocks(dirtyOnly: false)
            #expect(isSame, "restored at \(since)")
        }
    }
}
