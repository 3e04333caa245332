import AnpiModel
import Testing

@testable import AnpiEngine
@testable import AnpiReplay

/// The story that the product is for: nine of 200 sites hit overnight, one of them out of reach (DESIGN §1).
@Suite struct Typhoon15Tests {
    static let seven = Town.at("24 07:00")
    static let quarterPastNine = Town.at("24 09:15")
    static let halfPastNoon = Town.at("24 12:30")
    static let pharmacySpoke = Town.at("24 05:40")

    /// The drill played once for all tests, with what was believed at the moments that are asked for.
    struct Played: Sendable {
        let drill: Drill
        let atSeven: Playback
        let atQuarterPastNine: Playback
        let atHalfPastNoon: Playback
        let atTheEnd: Playback
        /// Until seven, with nothing but machines and official messages.
        let machinesAtSeven: Playback

        init() throws {
            drill = try Drill("typhoon-15")
            var playback = Playback(drill.fleet, drill.lines)
            playback.play(until: seven)
            atSeven = playback
            playback.play(until: quarterPastNine)
            atQuarterPastNine = playback
            playback.play(until: halfPastNoon)
            atHalfPastNoon = playback
            playback.play()
            atTheEnd = playback
            playback = Playback(drill.fleet, drill.withoutPeople)
            playback.play(until: seven)
            machinesAtSeven = playback
        }
    }

    static let played = Result { try Played() }

    private func flagged(_ sites: [SiteID], _ playback: Playback) -> [SiteID] {
        sites.filter { (playback.assessment(of: $0)?.severity ?? 0) >= Assessment.suspect.severity }
    }

    @Test func sixOfNineAreFlaggedBySevenFromMachinesAndWarningsAlone() throws {
        // No finding at all is in this run: no call, no neighbour, no outage.
        let played = try Self.played.get()
        let found = flagged(played.drill.hit, played.machinesAtSeven)
        #expect(found.count >= 6, "\(found)")
    }

    @Test func sixOfNineAreFlaggedBySevenAndNineOfNineByTheEndOfTheRollCall() throws {
        let played = try Self.played.get()
        let hit = played.drill.hit
        // Until seven nobody has spoken of one of the nine: only neighbours and utilities.
        let spoken = played.drill.lines.filter { line in
            guard line.at <= Self.seven, case .finding(let draft) = line.event, let site = draft.site else {
                return false
            }
            return hit.contains(site)
        }
        #expect(spoken.isEmpty)
        #expect(flagged(hit, played.atSeven).count >= 6)
        #expect(flagged(hit, played.atQuarterPastNine) == hit)
    }

    @Test func theOneThatNobodyReachesIsLikelyHitFromThePharmacysReport() throws {
        let played = try Self.played.get()
        let ninth = try #require(played.drill.unreachable.first)
        #expect(played.drill.unreachable.count == 1)
        let likely = try #require(played.atTheEnd.first(.likelyHit, of: ninth))
        #expect(likely == Self.pharmacySpoke)
        let firstCall = played.drill.lines.first { line in
            if case .finding(let draft) = line.event { draft.kind == .phone && draft.site == ninth } else { false }
        }
        #expect(try likely < #require(firstCall).at)
    }

    @Test func atMostThreeAreWronglyLikelyHit() throws {
        let played = try Self.played.get()
        let wrong = played.atTheEnd.ever(.likelyHit).filter { !played.drill.hit.contains($0) }
        #expect(wrong.count <= 3, "\(wrong)")
    }

    @Test func theWholeStormIsOneIncident() throws {
        let played = try Self.played.get()
        let storm = played.atTheEnd.incidents.filter { $0.kind != .single && $0.openedAt >= Town.at("23 00:00") }
        #expect(storm.map(\.kind) == [.hazard])
        // Every hit site is in it, and a lone silence that it covered is not left beside it.
        let members = storm.flatMap(\.sites).map { played.atTheEnd.engine.index.sites[Int($0)].id }
        for site in played.drill.hit { #expect(members.contains(site), "\(site)") }
    }

    /// All incidents from the storm on, singles too: the all-clear of 11:40 must not make one of each dark site.
    @Test func besideTheStormThereAreOnlySilencesThatEndedByThemselves() throws {
        let playback = try Self.played.get().atTheEnd
        let opened = playback.incidents.filter { $0.openedAt >= Town.at("23 12:00") }
        #expect(opened.count { $0.kind == .hazard } == 1)
        for incident in opened where incident.kind != .hazard {
            let told = "I-\(incident.number) \(incident.kind) \(incident.openedAt) \(incident.state)"
            // Lines blip and servers restart after a storm as on any other day.
            #expect(incident.kind == .single && incident.reason == "heardAgain", "\(told)")
            let lasted = try #require(incident.closedAt, "\(told)") - incident.openedAt
            #expect(lasted <= .seconds(600), "\(told)")
        }
    }

    @Test func nobodyIsSentWhereThePowerAloneIsOut() throws {
        let played = try Self.played.get()
        let after = Town.at("24 11:00")
        let offers = played.atTheEnd.named(.taskOffered).filter { $0.word("kind") == "inspect" && $0.at >= after }
        for offer in offers {
            let site = try #require(offer.site)
            guard played.drill.powerOnly.contains(site), offer.at < Town.at("24 18:00") else { continue }
            // A suspect on the way of somebody who drives anyway.
            let flaggedAt = try #require(played.atTheEnd.first(.suspect, of: site), "\(site)")
            #expect(flaggedAt <= offer.at, "\(site)")
        }
        // Measured: 149, of which 145 ask for sites that are hit; 1,263 when the all-clear made eighteen incidents.
        #expect(offers.count <= 200, "\(offers.count)")
        #expect(offers.count { !played.drill.hit.contains($0.site ?? SiteID(trusted: "")) } <= 8)
    }

    @Test(arguments: [("seven", 0.5), ("quarter past nine", 0.8)])
    func powerOnlySitesAreExplainedByPower(_ moment: String, _ least: Double) throws {
        // Measured: 5 of 9 at seven, before the roll call; 25 of 28 after it.
        let played = try Self.played.get()
        let playback = moment == "seven" ? played.atSeven : played.atQuarterPastNine
        let telling = played.drill.powerOnly.filter { playback.isTelling($0) }
        let explained = telling.filter { playback.attribution(of: $0) == .power }
        let others = telling.filter { !explained.contains($0) }
        #expect(Double(explained.count) >= least * Double(telling.count), "\(telling.count), not by power: \(others)")
        for site in others {
            let word = playback.attribution(of: site).map { "\($0)" } ?? "-"
            print(moment, site, word, playback.evidence(of: site).map { $0.json.text })
        }
    }

    @Test func theSameFeedGivesTheSameBytes() throws {
        let played = try Self.played.get()
        var again = Playback(played.drill.fleet, played.drill.lines)
        again.play(until: Self.seven)
        #expect(again.decisions.map(\.json.text) == played.atSeven.decisions.map(\.json.text))
    }

    @Test func theFirstHoursReadAsTheyWere() throws {
        let playback = try Self.played.get().atSeven
        let night = playback.decisions.filter {
            $0.at >= Town.at("23 23:00") && ($0.isFlag || Report.isOfIncidents($0))
        }
        var report = Report("Typhoon 15, the night of 23 to 24 September 2022: sites that were flagged, and why")
        for decision in night { report.add(decision.isFlag ? Report.reasons(decision) : [Report.text(decision)]) }
        try report.compare("typhoon-15-night")
    }
}
