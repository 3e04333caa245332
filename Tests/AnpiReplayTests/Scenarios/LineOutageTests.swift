import AnpiModel
import Testing

@testable import AnpiEngine
@testable import AnpiReplay

/// An outage of lines that somebody reports: what it explains, and that nobody drives for it.
@Suite struct LineOutageTests {
    private static let cutAt = Town.at("22 10:00")
    private static let end = Town.at("22 12:00")

    /// Two towns; all sites of the first fall silent at ten, and a line outage there is reported.
    private func playback(
        reportedAt: Timestamp, provider: String? = nil, carriers: [String] = ["NTT"]
    ) throws -> Playback {
        var town = try Town(sites: 24, municipalities: ["22101", "22102"], carriers: carriers)
        town.canariesBeat(from: Town.at("22 04:00"), until: Self.end)
        town.beat(stride(from: 2, through: 24, by: 2), from: Town.at("22 04:00"), until: Self.end)
        town.beat(stride(from: 1, through: 24, by: 2), from: Town.at("22 04:00"), until: Self.cutAt)
        var outage = FindingDraft(kind: .outage, result: "down")
        outage.utility = .line
        outage.provider = provider
        outage.area = .init(municipalities: ["22101"])
        town.add(FeedLine(at: reportedAt, .finding(outage)))
        return Playback.whole(town.fleet, town.feed(until: Self.end))
    }

    private func openVisits(_ playback: Playback) -> Int {
        playback.engine.tasks.open.count { playback.engine.tasks[$0]?.kind == .inspect }
    }

    @Test(arguments: ["22 10:01", "22 10:20"])
    func aReportedLineOutageIsToldAsTheCarriersAndSendsNobody(_ reportedAt: String) throws {
        let playback = try playback(reportedAt: Town.at(reportedAt))
        for number in stride(from: 1, through: 24, by: 2) {
            #expect(playback.attribution(of: Town.site(number)) == .carrier, "s-\(number)")
            #expect(playback.evidence(of: Town.site(number)).contains { $0.kind == "rival.carrier" }, "s-\(number)")
        }
        #expect(openVisits(playback) == 0)
    }

    @Test func anOutageThatIsKnownBeforehandOpensNothing() throws {
        let playback = try playback(reportedAt: Town.at("22 10:01"))
        #expect(playback.incidents.isEmpty, "\(playback.incidents.map(\.kind))")
        #expect(playback.named(.taskDrafted).isEmpty)
    }

    @Test func theOutageOfOneCarrierExplainsNoOther() throws {
        let playback = try playback(
            reportedAt: Town.at("22 10:01"), provider: "東海", carriers: ["NTT", "東海"])
        let sites = playback.engine.index.sites.indices.filter { playback.engine.municipality(of: $0) == "22101" }
        for site in sites {
            let isCovered = playback.engine.index.site(site).carrier == "東海"
            let share = playback.engine.outageShare(of: site, .line)
            #expect(isCovered == (share > 0), "\(playback.engine.index.sites[site].id)")
        }
    }
}
