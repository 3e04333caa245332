import AnpiEngine
import AnpiModel
import AnpiReplay
import AnpiStore
import Foundation

/// Pieces of a replay of days whose log is gone: a feed made from history, the journal and the fleets of that time, a
/// day to a piece (ENGINE §5).
struct HistorySource {
    private static let piece = Duration.seconds(86_400)
    /// A replay begins so long before what is asked for: by then who is silent has been silent for a while.
    static let lead = Duration.seconds(86_400)
    /// Warnings and findings of so many days before still count when it begins.
    private static let warningsBefore = Duration.seconds(3 * 86_400)
    private static let findingsBefore = Duration.seconds(7 * 86_400)
    private static let linesAtATime = 500

    let store: LaneStore
    /// Knows the contact that each agent has now: the one that is in no history yet.
    let engine: any EngineReading
    let threads: StoreThreads

    /// Where a piece begins, and where the last one ends.
    struct Cursor: Hashable, Sendable {
        var at: Timestamp
        var until: Timestamp
        var isFirst = false

        var text: String { "history \(at.milliseconds) \(until.milliseconds)" }

        init(at: Timestamp, until: Timestamp, isFirst: Bool = false) {
            self.at = at
            self.until = until
            self.isFirst = isFirst
        }

        init?(text: String) {
            let parts = text.split(separator: " ")
            guard parts.count == 3, parts[0] == "history", let at = Int64(parts[1]), let until = Int64(parts[2]),
                at < until, at >= 0, until < Timestamp.distantFuture.milliseconds
            else { return nil }
            self.init(at: Timestamp(milliseconds: at), until: Timestamp(milliseconds: until))
        }
    }

    /// The earliest instant from which everything is kept that a feed is made of; nil before the first fleet.
    func oldest() throws -> Timestamp? {
        guard let fleet = try store.fleets.next(after: 0),
            let line = try store.journal.read(after: 0, limit: 1).first
        else { return nil }
        return max(fleet.at, max(line.at, try HistoryFolding(store.database, lane: store.lane).wholeSince() ?? line.at))
    }

    /// Where a replay of history begins so that it has gone on for a while at `from`; nil where that is not kept.
    func beginning(of from: Timestamp, until: Timestamp) throws -> Cursor? {
        guard let oldest = try oldest(), oldest <= from, from < until else { return nil }
        return Cursor(at: max(oldest, from - Self.lead), until: until, isFirst: true)
    }

    func page(_ cursor: Cursor) async throws -> ReplayPage {
        let end = min(cursor.at + Self.piece, cursor.until)
        let fleets = try await threads.run { try self.fleets(cursor.at, end) }
        let agents = Self.agents(of: fleets.map(\.fleet))
        let now = try await engine.read { engine in agents.map { engine.standing(of: $0.id) } }
        return try await threads.run {
            var feed = HistoryFeed(span: cursor.at..<end, isFirst: cursor.isFirst, until: cursor.until)
            if cursor.isFirst { try addWarnings(to: &feed, cursor.at - Self.warningsBefore..<cursor.at) }
            try addAgents(agents, now, to: &feed)
            try addWarnings(to: &feed, cursor.at..<end)
            try addPeople(to: &feed, from: cursor.isFirst ? cursor.at - Self.findingsBefore : cursor.at, to: end)
            feed.close()
            var page = ReplayPage(until: end)
            page.retold = Self.parts(feed.sorted, fleets.map(\.version))
            page.approximated = try approximations(of: feed, cursor)
            if end < cursor.until { page.next = Cursor(at: end, until: cursor.until).text }
            return page
        }
    }

    // MARK: What is known

    private struct KnownFleet: Sendable {
        var version: FleetVersion
        var fleet: Fleet
    }

    /// The fleet that held when the piece begins, and those that were imported in it.
    private func fleets(_ from: Timestamp, _ to: Timestamp) throws -> [KnownFleet] {
        guard var version = try store.fleets.held(at: from) else { throw ReplaySource.gap }
        // Told anew with each piece: an import of what is there already changes nothing.
        version.at = from
        var found = [version]
        while let next = try store.fleets.next(after: version.version), next.at < to {
            found.append(next)
            version = next
        }
        return try found.map {
            KnownFleet(version: $0, fleet: try JSONDecoder().decode(Fleet.self, from: Data($0.body)))
        }
    }

    /// Every agent once, as the newest fleet that has it says.
    private static func agents(of fleets: [Fleet]) -> [Agent] {
        var places: [AgentID: Int] = [:]
        var agents: [Agent] = []
        for agent in fleets.flatMap(\.agents) {
            if let place = places[agent.id] {
                agents[place] = agent
            } else {
                places[agent.id] = agents.count
                agents.append(agent)
            }
        }
        return agents
    }

    private func addAgents(
        _ agents: [Agent], _ now: [(contact: Contact, since: Timestamp)?], to feed: inout HistoryFeed
    ) throws {
        let history = History(store.database, lane: store.lane)
        var sites: [SiteID] = []
        var bySite: [SiteID: [Int]] = [:]
        for (place, agent) in agents.enumerated() {
            if bySite[agent.site] == nil { sites.append(agent.site) }
            bySite[agent.site, default: []].append(place)
        }
        let contacts = try history.contacts(ofAgents: agents.map(\.id.text), feed.span)
        let copies = try history.copies(ofSites: sites.map(\.text), feed.span)
        for (site, changes) in zip(sites, copies) {
            let own = bySite[site] ?? []
            for place in own {
                let agent = agents[place]
                // What a ping told, or an agent that has left the fleet, is told by the site's first one.
                let told = changes.filter { change in
                    change.source == agent.id.text
                        || (place == own.first && !own.contains { agents[$0].id.text == change.source })
                }
                feed.add(agent, Self.whole(contacts[place], now[place], of: agent), told)
            }
        }
    }

    /// With the interval that has not closed yet behind those that have.
    private static func whole(
        _ closed: [HistoryRecord.ContactInterval], _ now: (contact: Contact, since: Timestamp)?, of agent: Agent
    ) -> [HistoryRecord.ContactInterval] {
        guard let now, closed.last.map({ $0.to <= now.since }) ?? true else { return closed }
        let open = HistoryRecord.ContactInterval(
            subject: agent.id.text, isSite: false, contact: now.contact, from: now.since, to: .distantFuture)
        return closed + [open]
    }

    private func addWarnings(to feed: inout HistoryFeed, _ span: Range<Timestamp>) throws {
        guard store.lane == 0 else { return }
        for message in try store.hazards.received(span) { feed.addWarning(message.raw, at: message.at) }
    }

    private func addPeople(to feed: inout HistoryFeed, from: Timestamp, to: Timestamp) throws {
        let rows = StateRows(store.database, lane: store.lane)
        let filter = Journal.Filter(kinds: HistoryFeed.kinds)
        var last = try store.journal.last(before: from)
        while true {
            let entries = try store.journal.read(after: last, limit: Self.linesAtATime, filter: filter)
            for entry in entries {
                guard entry.at < to else { return }
                try feed.add(entry) { try rows.find(.task, $0) }
                last = entry.seq
            }
            if entries.count < Self.linesAtATime { return }
        }
    }

    // MARK: The piece

    /// Lines and fleets in the order of time.
    static func parts(_ lines: [FeedLine], _ fleets: [FleetVersion]) -> [ReplayPage.Retold] {
        var parts: [ReplayPage.Retold] = []
        var rest = lines[...]
        for (place, fleet) in fleets.enumerated() {
            parts.append(.fleet(at: fleet.at, fleet.body))
            let end = place + 1 < fleets.count ? fleets[place + 1].at : .distantFuture
            var text: [UInt8] = []
            for line in rest.prefix(while: { $0.at < end }) {
                text += Array(line.text.utf8)
                rest = rest.dropFirst()
            }
            if !text.isEmpty { parts.append(.feed(text)) }
        }
        return parts
    }

    private func approximations(of feed: HistoryFeed, _ cursor: Cursor) throws -> [ReplayApproximation] {
        let now = try store.decided.position()?.engineTime ?? cursor.until
        return ReplayApproximation.allCases.filter { word in
            switch word {
            case .beats, .learned, .earlier, .desk, .blindTime: true
            case .warnings: cursor.at - Self.warningsBefore < now - HazardMessages.kept
            case .erased: feed.hasErased
            }
        }
    }
}
