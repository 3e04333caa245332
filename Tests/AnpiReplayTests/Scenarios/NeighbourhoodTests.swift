import AnpiModel
import Testing

@testable import AnpiEngine
@testable import AnpiReplay

/// What a silence says under a warning: with its neighbours, with its age, and when it began before.
@Suite struct NeighbourhoodTests {
    @Test func underAFloodWarningSilentNeighboursRaiseEachOtherAndHeardOnesLower() throws {
        var town = try Town(sites: 24)
        let end = Town.at("23 04:00")
        town.canariesBeat(from: Town.at("22 20:00"), until: end)
        // Three side by side and one at the other end of the town, one after the other.
        let silent = [1, 2, 3, 24]
        town.beat((1...24).filter { !silent.contains($0) }, from: Town.at("22 20:00"), until: end)
        for (place, number) in silent.enumerated() {
            town.beat([number], from: Town.at("22 20:00"), until: Town.at("23 02:00") + .seconds(Int64(place) * 720))
        }
        let warnedAt = Town.at("23 01:00")
        town.official(OfficialTexts.flood(1, municipality: "22101", sentAt: warnedAt), at: warnedAt + .seconds(20))
        let playback = Playback.whole(town.fleet, town.feed(until: end))
        func weight(_ number: Int) throws -> Int {
            let evidence = playback.evidence(of: Town.site(number))
            return try #require(evidence.first { $0.kind == "neighbourhood" }).weight.count
        }
        #expect(try weight(2) > 0)
        #expect(try weight(24) < 0)
        #expect(try weight(2) > weight(1))
    }

    /// A town under a flood warning, with sites that fall silent at these minutes after it: what its incident is then.
    private func incident(silentAt minutes: [Int]) throws -> IncidentState? {
        var town = try Town(sites: 24)
        let warnedAt = Town.at("23 01:00")
        let end = Town.at("23 04:00")
        town.canariesBeat(from: Town.at("22 20:00"), until: end)
        town.beat((minutes.count + 1)...24, from: Town.at("22 20:00"), until: end)
        for (place, minute) in minutes.enumerated() {
            town.beat([place + 1], from: Town.at("22 20:00"), until: warnedAt + .seconds(Int64(minute) * 60))
        }
        town.official(OfficialTexts.flood(1, municipality: "22101", sentAt: warnedAt), at: warnedAt + .seconds(20))
        let playback = Playback.whole(town.fleet, town.feed(until: end))
        #expect(playback.ever(.suspect).count > 1)
        return playback.incidents.first { $0.kind == .hazard }?.state
    }

    @Test func whatAFeederTakesAtOnceMakesNoStormReal() throws {
        #expect(try incident(silentAt: [20, 20]) == .candidate)
        #expect(try incident(silentAt: [20, 40, 60, 80]) == .active)
    }

    /// P(hit) of the third of five neighbours that fall silent under a flood warning, the next one so many minutes later.
    private func probability(minutesApart: Int) throws -> Double {
        var town = try Town(sites: 24)
        let warnedAt = Town.at("23 01:00")
        let end = Town.at("23 04:00")
        town.canariesBeat(from: Town.at("22 20:00"), until: end)
        town.beat(6...24, from: Town.at("22 20:00"), until: end)
        for number in 1...5 {
            let lastAt = Town.at("23 02:00") + .seconds(Int64((number - 3) * minutesApart) * 60)
            town.beat([number], from: Town.at("22 20:00"), until: lastAt)
        }
        town.official(OfficialTexts.flood(1, municipality: "22101", sentAt: warnedAt), at: warnedAt + .seconds(20))
        let playback = Playback.whole(town.fleet, town.feed(until: end))
        return playback.evidence(of: Town.site(3)).reduce(Millinats.zero) { $0 + $1.weight }.probability
    }

    @Test func whatBeganAtOnceHasACauseThatIsSharedAndWhatFollowedOneAnotherMayBeWater() throws {
        let together = try probability(minutesApart: 0)
        let apart = try probability(minutesApart: 12)
        #expect(together < 0.2)
        #expect(apart > 0.6)
    }

    @Test func aNewMorningClearsNobodyWhomYesterdayHadFlagged() throws {
        var town = try Town(sites: 24, hours: "Mo-Fr 09:00-17:00")
        let end = Town.at("21 12:00")
        town.canariesBeat(from: Town.at("16 08:00"), until: end)
        town.beat(1...24, from: Town.at("16 09:00"), until: Town.at("16 17:00"))
        for day in ["20", "21"] {
            town.beat(4...24, from: Town.at("\(day) 09:00"), until: min(end, Town.at("\(day) 17:00")))
        }
        let warnedAt = Town.at("20 08:00")
        town.official(OfficialTexts.flood(1, municipality: "22101", sentAt: warnedAt), at: warnedAt + .seconds(20))
        let playback = Playback.whole(town.fleet, town.feed(until: end))
        let flaggedAt = try #require(playback.first(.suspect, of: Town.site(2)))
        #expect(flaggedAt < Town.at("20 10:00"))
        let later = playback.named(.siteAssessed).filter { $0.site == Town.site(2) && $0.at > flaggedAt }
        #expect(later.allSatisfy { $0.word("assessment") != "unknown" }, "\(later.map(\.json.text))")
        #expect(playback.assessment(of: Town.site(2)) == .suspect)
    }

    @Test func whoWasSilentBeforeTheGroundShookIsNoSignOfIt() throws {
        var town = try Town(sites: 24)
        let origin = Town.at("23 00:00")
        let end = Town.at("23 01:00")
        town.canariesBeat(from: Town.at("22 20:00"), until: end)
        town.beat(3...24, from: Town.at("22 20:00"), until: end)
        town.beat([1], from: Town.at("22 20:00"), until: Town.at("22 23:00"))
        town.beat([2], from: Town.at("22 20:00"), until: origin)
        let reported = origin + .seconds(300)
        town.official(OfficialTexts.quake(at: origin, ["22101"], reportedAt: reported), at: reported + .seconds(20))
        let playback = Playback.whole(town.fleet, town.feed(until: end))
        #expect(playback.assessment(of: Town.site(1)) == .unknown)
        #expect(playback.evidence(of: Town.site(1)).contains { $0.kind == "silentBeforeShaking" })
        #expect(playback.assessment(of: Town.site(2)) == .suspect)
        #expect(!playback.evidence(of: Town.site(2)).contains { $0.kind == "silentBeforeShaking" })
    }

    @Test(arguments: [(0, 0.05), (2, 0.05), (3, 0.0368), (12, 0.0074), (24, 0.007), (1_000, 0.007)])
    func underAHazardAnOldSilenceSaysMoreThanAYoungOne(hours: Int, floor: Double) {
        let floors = SilenceFloors()
        #expect(abs(floors.floor(underHazard: true, age: .seconds(hours * 3_600)) - floor) < 0.0001)
        #expect(floors.floor(underHazard: false, age: .seconds(hours * 3_600)) == 0.002)
    }
}
