import AnpiModel
import Testing

@testable import AnpiEngine
@testable import AnpiReplay

/// A report by somebody who stands at a site and names it.
@Suite struct EyewitnessTests {
    private static let witness = 3
    private static let end = Town.at("22 10:30")

    /// A dozen silent sites a kilometre apart, and a report from the third of them.
    private func playback(_ place: (inout FindingDraft, Site) -> Void) throws -> Playback {
        var town = try Town(sites: 12)
        town.canariesBeat(from: Town.at("22 04:00"), until: Self.end)
        town.beat(1...12, from: Town.at("22 04:00"), until: Town.at("22 09:00"))
        var report = FindingDraft(kind: .report, result: "damage")
        report.phenomenon = .flood
        place(&report, town.fleet.sites[Self.witness - 1])
        town.add(FeedLine(at: Town.at("22 10:00"), .finding(report)))
        return Playback.whole(town.fleet, town.feed(until: Self.end))
    }

    private func reports(_ playback: Playback) -> [Int?] {
        (1...12).map { number in
            playback.evidence(of: Town.site(number)).first { $0.kind == "reportDamage" }?.weight.count
        }
    }

    @Test func aReportThatNamesASiteCountsLikeOneWithItsCoordinates() throws {
        let bySite = try playback { report, site in report.site = site.id }
        let byPlace = try playback { report, site in report.place = site.place }
        #expect(reports(bySite) == reports(byPlace))
        #expect(reports(bySite)[Self.witness - 1] == Millinats(factor: NeighbourFactor.factorMax).count)
        #expect(reports(bySite)[Self.witness] ?? 0 > 0, "the next house hears of it too")
        for number in 1...12 {
            let site = Town.site(number)
            #expect(bySite.assessment(of: site) == byPlace.assessment(of: site), "\(site)")
        }
    }

    @Test func whatItSaidIsOverWithItsTime() throws {
        var playback = try playback { report, site in report.site = site.id }
        #expect(reports(playback).contains { $0 != nil })
        playback.goOn(with: [FeedLine(at: Town.at("22 22:01"), .time)])
        playback.play()
        #expect(reports(playback).allSatisfy { $0 == nil })
    }
}
