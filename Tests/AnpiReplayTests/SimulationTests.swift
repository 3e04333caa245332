import AnpiModel
import Testing

@testable import AnpiReplay

@Suite struct SimulationTests {
    private func small(_ kind: DisasterKind, seed: UInt64) throws -> SimulatedWorld {
        try SimulatedWorld(.disaster(kind, seed: seed, sites: 150, hasFindings: true))
    }

    @Test func theSameSeedGivesTheSameWorldAndAnotherAnother() throws {
        let first = try small(.typhoon, seed: 5)
        let again = try small(.typhoon, seed: 5)
        let other = try small(.typhoon, seed: 6)
        #expect(first.fleet == again.fleet)
        #expect(first.truth == again.truth)
        #expect(Array(first.feed()) == Array(again.feed()))
        #expect(first.fleet != other.fleet)
        #expect(Array(first.feed()) != Array(other.feed()))
    }

    @Test(arguments: DisasterKind.allCases)
    func linesComeInOrderAndNoneOfAnAgentReachesOverItsNext(_ kind: DisasterKind) throws {
        let world = try small(kind, seed: 3)
        var last = world.plan.start
        var busyUntil: [AgentID: Timestamp] = [:]
        var numbers: [String: Int64] = [:]
        for line in world.feed() {
            #expect(line.at >= last && line.at <= world.plan.end)
            last = line.at
            switch line.event {
            case .heard(let agent, let until):
                if let busy = busyUntil[agent] { #expect(line.at > busy, "\(agent)") }
                busyUntil[agent] = until
            case .heartbeat(let request):
                if let busy = busyUntil[request.agent] { #expect(line.at > busy, "\(request.agent)") }
                busyUntil[request.agent] = line.at
                for beat in request.beats {
                    let boot = request.agent.text + request.boot
                    #expect(beat.seq > numbers[boot] ?? -1, "\(request.agent): numbers of a boot rise")
                    numbers[boot] = beat.seq + Int64((beat.count ?? 1) - 1)
                }
            case .time: #expect(line.at == world.plan.end)
            case .finding, .damage, .claims, .hazard, .task, .engineer: break
            }
        }
    }

    @Test func theFleetIsReadBackFromItsFilesAndTheFeedFromItsText() throws {
        let world = try small(.flood, seed: 11)
        let files = FleetFiles.write(world.fleet).mapValues { Array($0.utf8) }
        let read = try FleetFiles.read(files)
        #expect(read.sites.count == 153)
        #expect(read.agents == world.fleet.agents)
        #expect(read.sites.map(\.hours) == world.fleet.sites.map(\.hours))
        let text = world.feed().map(\.text).joined()
        var reader = FeedReader(name: "feed.jsonl", bytes: Array(text.utf8))
        var count = 0
        while try reader.next() != nil { count += 1 }
        #expect(count == Array(world.feed()).count)
    }

    @Test func whoeverIsHitBelowTheWaterFallsSilent() throws {
        var hits = 0
        for seed in UInt64(1)...6 {
            let world = try small(.typhoon, seed: seed)
            var lastHeard: [SiteID: Timestamp] = [:]
            let sites = Dictionary(uniqueKeysWithValues: world.fleet.agents.map { ($0.id, $0.site) })
            for line in world.feed() {
                if case .heard(let agent, let until) = line.event, let site = sites[agent] {
                    lastHeard[site] = max(lastHeard[site] ?? until, until)
                }
            }
            for row in world.truth.sites where row.hit {
                hits += 1
                let depth = try #require(row.depthMeters)
                let hitAt = try #require(row.hitAt)
                #expect(depth > 0.15)
                guard depth > 1, let last = lastHeard[row.site] else { continue }
                // Rise and battery: a few hours at most. A device on the second floor with its own battery too.
                #expect(last < hitAt.later(12 * 3_600), "seed \(seed), \(row.site)")
            }
        }
        #expect(hits > 20, "typhoons must hit somebody")
    }

    @Test(arguments: [DisasterKind.blackout, .carrierOutage, .agentRelease])
    func whatIsNoHitHitsNobody(_ kind: DisasterKind) throws {
        let world = try small(kind, seed: 9)
        #expect(!world.truth.sites.isEmpty)
        #expect(!world.truth.sites.contains { $0.hit })
        #expect(world.truth.sites.contains { $0.powerOnly } == (kind == .blackout))
    }

    @Test func aQuietYearHasStormsButNoTruth() throws {
        let world = try SimulatedWorld(.quietYear(seed: 2, sites: 40, prefectures: [22]))
        #expect(world.truth.sites.isEmpty)
        var hazards = 0
        for line in world.feed() {
            if case .hazard(let xml) = line.event {
                hazards += 1
                #expect(xml.hasPrefix("<?xml"))
            }
        }
        #expect(hazards > 20)
    }

    @Test func aboutOneSiteInTenHasWrongHoursAndTwoInAHundredAWrongPlace() throws {
        let world = try SimulatedFleet(.quietYear(seed: 4, sites: 2_000))
        var wrongHours = 0
        var wrongPlaces = 0
        for (row, site) in zip(world.fleet.sites, world.sites) {
            wrongHours += row.hours?.text == site.hours.hoursText ? 0 : 1
            wrongPlaces += row.place.distanceKilometers(to: site.place) > 1 ? 1 : 0
        }
        #expect((120...250).contains(wrongHours), "\(wrongHours)")
        #expect((20...65).contains(wrongPlaces), "\(wrongPlaces)")
    }

    @Test func truthIsWrittenAsATable() {
        let truth = SimulationTruth(
            sites: [
                SiteTruth(
                    site: SiteID(trusted: "s1"), disaster: 0, hit: true, hitAt: Timestamp(milliseconds: 0),
                    unreachable: true, depthMeters: 0.4, cause: .flood)
            ])
        #expect(
            truth.csv == """
                site,disaster,hit,hitAt,unreachable,depthMeters,powerOnly,cause
                s1,0,yes,1970-01-01T09:00:00.000+09:00,yes,0.40,no,flood

                """)
    }
}
