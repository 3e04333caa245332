import AnpiModel
import Testing

@testable import AnpiEngine
@testable import AnpiReplay

/// A feed goes on whatever a message holds.
@Suite struct HostileMessageTests {
    @Test(arguments: [1, 2] as [UInt64])
    func twoHundredDamagedMessagesStopNothing(_ seed: UInt64) throws {
        print("seed \(seed)")
        var random = SimulationRandom(seed: seed)
        var town = try Town(sites: 3)
        let start = Town.at("22 08:00")
        let end = Town.at("22 13:00")
        town.canariesBeat(from: start, until: end)
        town.beat(1...3, from: start, until: end)
        for number in 1...200 {
            let at = start + .seconds(600 + number * 60)
            let whole =
                switch number % 3 {
                case 0: OfficialTexts.quake(at: at, ["22101"], reportedAt: at)
                case 1: OfficialTexts.flood(number, municipality: "22101", sentAt: at)
                default: OfficialTexts.tsunami(reportedAt: at, status: "通常")
                }
            town.official(damaged(whole, &random), at: at)
        }
        // Through the reader, as a file would come.
        let written = town.feed(until: end).map(\.text).joined()
        var reader = FeedReader(name: "feed.jsonl", bytes: Array(written.utf8))
        var lines: [FeedLine] = []
        while let line = try reader.next() { lines.append(line) }
        let playback = Playback.whole(town.fleet, lines)

        #expect(playback.now == end)
        for number in 1...3 {
            #expect(
                playback.engine.index.number(of: Town.site(number)).map { playback.engine.sites[$0].contact }
                    == .reporting)
        }
        let quarantined = playback.named(.hazardQuarantined)
        print("\(quarantined.count) of 200 quarantined, \(playback.named(.hazardApplied).count) applied")
        #expect(quarantined.count >= 50)
        #expect(quarantined.allSatisfy { $0.word("reason")?.isEmpty == false })
    }

    /// A text with one to four mishaps: bytes changed, doubled, lost, the rest cut off, an entity or a depth put in.
    private func damaged(_ text: String, _ random: inout SimulationRandom) -> String {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) where bytes.count > 16 {
            let place = Int.random(in: 0..<bytes.count - 8, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.insert(contentsOf: bytes[place..<place + 8], at: place)
            case 2: bytes.removeSubrange(place..<place + 8)
            case 3: bytes.removeSubrange(place...)
            case 4: bytes.insert(contentsOf: Array("<!DOCTYPE a [<!ENTITY b \"c\">]>&b;".utf8), at: place)
            default: bytes.insert(contentsOf: Array(String(repeating: "<a>", count: 5_000).utf8), at: place)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
