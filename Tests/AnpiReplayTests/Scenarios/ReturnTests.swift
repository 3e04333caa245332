import AnpiModel
import Testing

@testable import AnpiEngine
@testable import AnpiReplay

/// A whole fleet comes back within a minute, each agent with half a day of beats that nobody could take.
@Suite struct ReturnTests {
    static let sites = 10_000

    @Test func aFleetThatReturnsWithTwelveHoursOfBacklogAlarmsNobody() throws {
        let count = Self.sites
        var town = try Town(sites: count, municipalities: ["22101", "22102", "22103", "22212", "23100"])
        let cut = Town.at("22 06:00")
        let back = Town.at("22 18:00")
        let end = Town.at("22 19:00")
        town.canariesBeat(from: Town.at("22 05:00"), until: cut)
        town.beat(1...count, from: Town.at("22 05:00"), until: cut)
        town.canariesBeat(from: back, until: end)
        for number in 1...count {
            let first = back + .milliseconds(number * 7_919 % 60_000)
            // The newest goes first and alone, what was kept since the cut after it, as one run.
            let newest = Beat(seq: 721, at: first, interval: 60)
            let kept = Beat(seq: 1, count: 720, at: first - .seconds(720 * 60), interval: 60)
            for (beat, delay) in [(newest, 0), (kept, 200)] {
                let at = first + .milliseconds(delay)
                town.add(
                    FeedLine(
                        at: at,
                        .heartbeat(
                            HeartbeatRequest(agent: Town.agent(number), boot: "b-\(number)", sentAt: at, beats: [beat]))
                    ))
            }
            town.beat([number], from: back + .seconds(60), until: end)
        }
        let clock = ContinuousClock()
        let started = clock.now
        let playback = Playback.whole(town.fleet, town.feed(until: end))
        print("\(count) sites back with 12 h of backlog: \(playback.decisions.count) decisions, \(clock.now - started)")

        #expect(playback.incidents.map(\.kind) == [.collector])
        #expect(playback.decisions.count { $0.isFlag } == 0)
        #expect(!playback.named(.siteContact).contains { $0.word("contact") == "silent" })
        #expect(playback.named(.taskDrafted).isEmpty)
        let engine = playback.engine
        #expect(engine.sitesByContact[Contact.allCases.firstIndex(of: .reporting) ?? 0] == count)
        // What is decided and what waits stays within a few for each site, however long the backlog is.
        #expect(playback.decisions.count <= 6 * count, "\(playback.decisions.count)")
        #expect(engine.deadlines.count <= 1_024 + 6 * count, "\(engine.deadlines.count)")
        try Report("\(count) sites return within a minute, each with twelve hours of beats that nobody took", playback)
            .compare("return-of-10000")
    }
}
