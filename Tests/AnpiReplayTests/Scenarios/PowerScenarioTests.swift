import AnpiModel
import Testing

@testable import AnpiEngine
@testable import AnpiReplay

/// Feeders that fail, alone and in a storm: what the incident is called.
@Suite struct PowerScenarioTests {
    /// A town of 24 of which so many fall silent at ten, and the rest of `dark` six minutes later with a last gasp each.
    private func town(first: Int, dark: Int, until end: Timestamp) throws -> Town {
        var town = try Town(sites: 24)
        town.canariesBeat(from: Town.at("22 04:00"), until: end)
        town.beat((dark + 1)...24, from: Town.at("22 04:00"), until: end)
        town.beat(1...first, from: Town.at("22 04:00"), until: Town.at("22 10:00"))
        guard dark > first else { return town }
        town.beat((first + 1)...dark, from: Town.at("22 04:00"), until: Town.at("22 10:05"))
        for number in (first + 1)...dark {
            let at = Town.at("22 10:06")
            let beat = Beat(seq: 1, at: at, interval: 60, power: Beat.Power(source: .battery, charge: 0.3))
            town.add(
                FeedLine(
                    at: at,
                    .heartbeat(HeartbeatRequest(agent: Town.agent(number), boot: "b", sentAt: at, beats: [beat]))))
        }
        return town
    }

    @Test func aCandidateThatGrowsIntoAPowerFailureIsOne() throws {
        let end = Town.at("22 12:00")
        let few = try town(first: 8, dark: 8, until: end)
        let before = Playback.whole(few.fleet, few.feed(until: end))
        #expect(before.incidents.map(\.kind) == [.cluster] && before.incidents.map(\.state) == [.candidate])
        let town = try town(first: 8, dark: 18, until: end)
        let playback = Playback.whole(town.fleet, town.feed(until: end))
        #expect(playback.incidents.map(\.kind) == [.power] && playback.incidents.map(\.state) == [.active])
        let told = playback.decisions.filter { $0.incident != nil && $0.word("kind") == "power" }.map(\.name)
        #expect(told == [.incidentChanged, .incidentOpened])
    }

    /// Water comes to those that are dark already.
    @Test func aPowerFailureInWhichSomebodyIsHitIsADisaster() throws {
        let end = Town.at("22 16:00")
        var town = try town(first: 8, dark: 18, until: end)
        let warnedAt = Town.at("22 10:30")
        town.official(OfficialTexts.flood(1, municipality: "22101", sentAt: warnedAt), at: warnedAt + .seconds(20))
        let report = FindingDraft(kind: .survey, site: Town.site(1), result: "damage")
        town.add(FeedLine(at: Town.at("22 11:00"), .finding(report)))
        let playback = Playback.whole(town.fleet, town.feed(until: end))
        #expect(playback.assessment(of: Town.site(1)) == .confirmedHit)
        #expect(playback.incidents.map(\.kind) == [.hazard])
    }

    /// A feeder of the morning and one of the afternoon.
    @Test func tenSilentInAllAreNotTenAtOnce() throws {
        let end = Town.at("22 15:00")
        func opensAsCluster(secondAt: String) throws -> Bool {
            var town = try Town(sites: 24, municipalities: ["22101", "22102"])
            town.canariesBeat(from: Town.at("22 04:00"), until: end)
            town.beat(13...24, from: Town.at("22 04:00"), until: end)
            town.beat(1...6, from: Town.at("22 04:00"), until: Town.at("22 10:00"))
            town.beat(7...12, from: Town.at("22 04:00"), until: Town.at(secondAt))
            let playback = Playback.whole(town.fleet, town.feed(until: end))
            #expect(playback.incidents.contains { $0.kind == .cluster }, "a candidate at least")
            return playback.named(.incidentOpened).contains { $0.word("kind") == "cluster" }
        }
        #expect(try !opensAsCluster(secondAt: "22 14:00"))
        #expect(try opensAsCluster(secondAt: "22 10:04"))
    }
}
