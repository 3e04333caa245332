import AnpiModel
import Testing

@testable import AnpiEngine
@testable import AnpiReplay

/// When a silence is an incident of its own, and when it is part of something larger or of nothing.
@Suite struct LoneSilenceTests {
    private static let warnedAt = Town.at("23 01:00")
    private static let darkAt = Town.at("23 02:00")
    /// The sites of one power area of three in a town of 24.
    private static let dark = Array(stride(from: 1, through: 24, by: 3))

    /// A town under a flood warning for six hours from one o'clock, in which a feeder takes its sites at two; the first two
    /// tell of it with their last gasp.
    private func town(backAt: [Int: Timestamp] = [:], until end: Timestamp) throws -> Town {
        var town = try Town(sites: 24)
        town.canariesBeat(from: Town.at("22 20:00"), until: end)
        for number in 1...24 {
            guard Self.dark.contains(number) else {
                town.beat([number], from: Town.at("22 20:00"), until: end)
                continue
            }
            town.beat([number], from: Town.at("22 20:00"), until: Self.darkAt)
            if let back = backAt[number] { town.beat([number], from: back, until: end) }
        }
        for number in Self.dark.prefix(2) {
            let at = Self.darkAt + .seconds(60)
            let beat = Beat(seq: 1, at: at, interval: 60, power: Beat.Power(source: .battery, charge: 0.3))
            town.add(
                FeedLine(
                    at: at,
                    .heartbeat(HeartbeatRequest(agent: Town.agent(number), boot: "b", sentAt: at, beats: [beat]))))
        }
        town.official(
            OfficialTexts.flood(1, municipality: "22101", sentAt: Self.warnedAt), at: Self.warnedAt + .seconds(20))
        return town
    }

    @Test func theAllClearSendsNobodyToWhomThePowerFailureExplains() throws {
        let end = Town.at("23 08:00")
        let town = try town(until: end)
        let playback = Playback.whole(town.fleet, town.feed(until: end))
        // The warnings ended at seven, and nobody was flagged.
        #expect(playback.engine.sites.allSatisfy { $0.hazardLevel == 0 })
        for number in Self.dark { #expect(playback.attribution(of: Town.site(number)) == .power, "s-\(number)") }
        #expect(!playback.incidents.contains { $0.kind == .single }, "\(playback.incidents.map(\.kind))")
        #expect(!playback.named(.taskDrafted).contains { $0.word("kind") == "inspect" })
    }

    @Test func whoStaysDarkWhenThePowerIsBackIsLookedAt() throws {
        let end = Town.at("23 12:00")
        let back = Town.at("23 08:00")
        let last = try #require(Self.dark.last)
        let town = try town(
            backAt: Dictionary(uniqueKeysWithValues: Self.dark.dropLast().map { ($0, back) }), until: end)
        let playback = Playback.whole(town.fleet, town.feed(until: end))
        #expect(playback.attribution(of: Town.site(last)) != .power)
        let incident = try #require(playback.incidents.last)
        let members = incident.sites.map { playback.engine.index.sites[Int($0)].id }
        #expect(incident.openedAt > back && members == [Town.site(last)])
    }

    /// A site that is heard until half past nine, and what somebody there said a minute later.
    private func alone(_ answer: FindingDraft?, until end: Timestamp) throws -> Playback {
        var town = try Town(sites: 12)
        town.canariesBeat(from: Town.at("22 08:00"), until: end)
        town.beat(2...12, from: Town.at("22 08:00"), until: end)
        town.beat([1], from: Town.at("22 08:00"), until: Town.at("22 09:30"))
        if let answer { town.add(FeedLine(at: Town.at("22 09:31"), .finding(answer))) }
        return Playback.whole(town.fleet, town.feed(until: end))
    }

    @Test func whoSaysThatAllIsWellIsVisitedByNobody() throws {
        let end = Town.at("22 11:00")
        let silent = try alone(nil, until: end)
        #expect(silent.incidents.map(\.kind) == [.single], "without an answer somebody looks")
        let answered = try alone(FindingDraft(kind: .phone, site: Town.site(1), result: "noDamage"), until: end)
        #expect(answered.assessment(of: Town.site(1)) == .confirmedOK)
        #expect(answered.incidents.isEmpty)
        #expect(answered.named(.taskDrafted).isEmpty)
    }

    @Test func anAnswerCountsAsLongAsItHolds() throws {
        // Six hours later the server is still silent, and nobody knows why.
        let answer = FindingDraft(kind: .phone, site: Town.site(1), result: "noDamage")
        let playback = try alone(answer, until: Town.at("22 16:00"))
        #expect(playback.incidents.map(\.kind) == [.single])
        #expect(playback.incidents.first?.openedAt == Town.at("22 15:31"))
    }
}
