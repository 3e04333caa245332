import AnpiModel
import FoundationEssentials
import Testing

@testable import AnpiEngine

/// The nine clinics of the drill `typhoon-15`: what people said leads to what was done in 2022.
@Suite struct TyphoonRungTests {
    private struct Line: Decodable {
        var at: Timestamp
        var damage: Damaged?
        var heartbeat: Heard?

        struct Damaged: Decodable {
            var site: SiteID
            var report: DamageReport

            private enum Key: String, CodingKey { case site }

            init(from decoder: any Decoder) throws {
                site = try decoder.container(keyedBy: Key.self).decode(SiteID.self, forKey: .site)
                report = try DamageReport(from: decoder)
            }
        }

        struct Heard: Decodable {
            var agent: AgentID
            var beats: [Beat]

            struct Beat: Decodable { var copies: [CopyReport]? }
        }
    }

    private static let folder: URL = {
        var url = URL(filePath: "\(#filePath)")
        for _ in 0..<4 { url.deleteLastPathComponent() }
        return url.appending(path: "deploy/drills/typhoon-15")
    }()

    private struct Story {
        var fleet: Fleet
        var lines: [Line]

        init() throws {
            var files: [String: [UInt8]] = [:]
            for kind in FleetKind.allCases {
                files[kind.file] = Array(try Data(contentsOf: TyphoonRungTests.folder.appending(path: kind.file)))
            }
            fleet = try FleetFiles.read(files)
            let feed = try Data(contentsOf: TyphoonRungTests.folder.appending(path: "feed.jsonl"))
            let decoder = JSONDecoder()
            lines = try String(decoding: feed, as: UTF8.self).split(separator: "\n").compactMap { line in
                guard line.contains("\"damage\":{") || line.contains("\"copies\":") else { return nil }
                return try decoder.decode(Line.self, from: Data(line.utf8))
            }
        }

        /// What is known of a site's copies and damage at `instant`.
        func situation(of site: SiteID, at instant: Timestamp) -> (copies: [StoredCopy], harm: Harm, site: Site?) {
            var copies = fleet.copies.filter { $0.site == site }.map {
                StoredCopy(tier: $0.tier, room: $0.room, heightMeters: $0.heightMeters)
            }
            let agents = fleet.agents.filter { $0.site == site }.map(\.id)
            let row = fleet.sites.first { $0.id == site }
            var harm = Harm(hitChance: 900, mappedDepthMeters: row?.floodDepthMeters)
            for line in lines where line.at <= instant {
                if let damage = line.damage, damage.site == site {
                    _ = harm.damage.wasReported(damage.report, by: "office", at: line.at)
                }
                guard let heard = line.heartbeat, agents.contains(heard.agent) else { continue }
                for report in heard.beats.compactMap(\.copies).joined() {
                    for index in copies.indices where copies[index].tier == report.tier {
                        copies[index].state = report.state
                        copies[index].goodAt = report.goodAt
                        copies[index].verifiedAt = report.verifiedAt
                        copies[index].bytes = report.bytes
                    }
                }
            }
            return (copies, harm, row)
        }

        func choice(of site: SiteID, at instant: Timestamp) -> RungChoice {
            let known = situation(of: site, at: instant)
            let survival = Survival(of: known.copies, under: known.harm)
            return RungChoice(RungSituation(survival: survival, damage: known.harm.damage, fittingLoaners: 2))
        }
    }

    private static let surveyed = Timestamp(rfc3339: "2022-09-25T12:00:00.000+09:00")!
    private static let phoned = Timestamp(rfc3339: "2022-09-24T10:00:00.000+09:00")!

    /// Site, rung and the minutes of work that it takes without the way.
    private static let ladder: [(String, Rung)] = [
        ("shz-0008", .peripherals), ("shz-0068", .peripherals), ("shz-0169", .peripherals),
        ("shz-0032", .promoteMirror), ("shz-0057", .promoteMirror), ("shz-0062", .restart), ("shz-0047", .external),
        ("shz-0052", .external), ("shz-0041", .dataCentre),
    ]

    @Test func theNineSitesComeToTheLadderOf2022() throws {
        let story = try Story()
        let damaged = Set(story.lines.compactMap { $0.damage?.site.text })
        #expect(damaged == Set(Self.ladder.map(\.0)))
        for (site, rung) in Self.ladder {
            let id = SiteID(trusted: site)
            #expect(story.choice(of: id, at: Self.surveyed).rung == rung, "\(site)")
            // The eight who phoned are placed before anybody has seen them; of the ninth the machines and the map say it.
            #expect(story.choice(of: id, at: Self.phoned).rung == rung, "\(site) before the survey")
        }
    }

    @Test func theNinthIsRestoredAtTheOfficeFromLastNightsCopy() throws {
        let story = try Story()
        let id = SiteID(trusted: "shz-0041")
        let choice = story.choice(of: id, at: Self.surveyed)
        #expect(choice.workPlace == .office && choice.source == .offsite && choice.meanwhile == nil)
        #expect(
            choice.reasons.map { $0.text(.ja, asOf: Self.surveyed) } == [
                "本体は喪失（eng-6 10:26）", "ミラー機は使えない見込み（残存 0%）", "外付けは使えない見込み（残存 0%）", "建物の外に遠隔のコピー（残存 97%）",
                "施設に電気も回線もないため、営業所で作業します", "使える代替機 2台",
            ])
        let known = story.situation(of: id, at: Self.surveyed)
        let card = SurvivalCard(Survival(of: known.copies, under: known.harm))
        #expect(card.keptIfBuildingIsLost?.until == Timestamp(rfc3339: "2022-09-23T23:40:00.000+09:00"))
        let graph = TaskGraph(for: choice, .standard, gigabytes: known.site?.dataGigabytes, done: [.inspect])
        #expect(graph.tasks.map(\.kind) == [.restoreAtOffice, .fetchLoaner, .deliver, .claims])
        // It took eight and a half hours in 2022.
        #expect((480...570).contains(graph.tasks[0].minutes))
    }
}
