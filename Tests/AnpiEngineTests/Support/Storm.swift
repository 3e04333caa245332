import AnpiModel

@testable import AnpiEngine

extension Story {
    /// Clinics of one town with a server each, the office among them, all heard at 02:00 of 24 September 2022 and then
    /// silent, with a warning for the town where `level` is given.
    static func storm(sites count: Int = 6, office: Bool = true, level: Int? = nil) -> Story {
        var fleet = Fleet(offices: [Fleet.office()])
        for number in 0..<count {
            fleet.sites.append(Fleet.site("s-\(number)"))
            fleet.agents.append(Fleet.agent("a-\(number)", at: "s-\(number)"))
        }
        if office {
            fleet.sites.append(Fleet.site("shz-office", kind: .office))
            fleet.agents.append(Fleet.agent("a-office", at: "shz-office", device: .gateway))
        }
        fleet.engineers = [Fleet.engineer("eng-1", north: 0.01), Fleet.engineer("eng-2", north: 0.05)]
        fleet.depots = [
            Depot(
                id: DepotID(trusted: "d-1"), name: "静岡保管庫", office: OfficeID(trusted: "shz"), place: Fleet.shizuoka)
        ]
        fleet.loaners = [Loaner(id: LoanerID(trusted: "L-1"), depot: DepotID(trusted: "d-1"), fits: ["medicom"])]
        var story = Story(fleet, at: at("2022-09-24T02:00:00.000+09:00"))
        if let level { story.warn(level: level) }
        for agent in fleet.agents { story.beat(agent.id.text, 1) }
        return story
    }

    /// One clinic for each way to stand before a storm, all heard.
    static func beforeStorm(callsMax: Int = Parameters().callsBeforeStormMax) -> Story {
        func copy(_ site: String, _ tier: CopyTier, height: Double? = nil) -> CopyPlace {
            CopyPlace(site: SiteID(trusted: site), tier: tier, room: "1F", heightMeters: height, everyHours: 24)
        }
        var fleet = Fleet(offices: [Fleet.office()])
        for site in ["floor", "inside", "away", "unknown"] {
            var row = Fleet.site(site)
            row.floodDepthMeters = 1
            fleet.sites.append(row)
            fleet.agents.append(Fleet.agent("a-\(site)", at: site))
        }
        fleet.copies = [
            copy("floor", .external, height: 0.1), copy("floor", .offsite),
            copy("inside", .external, height: 3), copy("away", .offsite),
        ]
        fleet.engineers = [Fleet.engineer("eng-1", north: 0.01)]
        var parameters = Parameters()
        parameters.groupWait = .zero
        parameters.callsBeforeStormMax = callsMax
        var story = Story(parameters: parameters, fleet: fleet)
        for agent in fleet.agents {
            story.beat(agent.id.text, 1) { beat in
                let proven = CopyReport(
                    tier: .offsite, state: .good, goodAt: Story.dawn, verifiedAt: Story.dawn, bytes: 1)
                if ["a-floor", "a-away"].contains(agent.id.text) { beat.copies = [proven] }
            }
        }
        return story
    }

    /// A warning of heavy rain for the town, in the place of the one before.
    mutating func warn(level: Int?, serial: Int = 1, phenomenon: HazardArea.Phenomenon = .flood) {
        let area = HazardArea(
            phenomenon: phenomenon, code: "33", name: "大雨", level: level, areaName: "静岡市清水区",
            places: [.municipality("22103")], from: now)
        let message = HazardMessage(
            format: .jma, telegram: "VPWW54", identifier: "VPWW54,\(serial)", series: "VPWW54,清水区", status: .actual,
            action: .replace, reportedAt: now, serial: serial, headline: "大雨", areas: level == nil ? [] : [area])
        engine.apply(
            .hazard(HazardInput(receivedAt: now, feed: "jma", digest: [], message: message)), at: now, into: &step)
    }

    /// An incident of these sites, as an alarm opens it.
    mutating func incident(_ kind: IncidentKind, _ state: IncidentState = .active, sites: [String]) -> IncidentID {
        let numbers = sites.compactMap { engine.index.number(of: SiteID(trusted: $0)) }
        return IncidentID(engine.open(kind, state, numbers, areas: ["22103"], into: &step))
    }

    /// The same engine after a restart.
    func restarted() throws -> Story {
        var story = Story(
            engine: try Engine(
                restoring: engine.checkpointHead(), blocks: engine.checkpointBlocks(dirtyOnly: false),
                parameters: engine.parameters))
        story.engine.isDrill = engine.isDrill
        story.skipOperations(of: self)
        return story
    }
}
