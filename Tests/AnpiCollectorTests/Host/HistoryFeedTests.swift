import AnpiEngine
import AnpiModel
import AnpiReplay
import AnpiStore
import Testing

@testable import AnpiCollector

/// What history keeps becomes a feed from which the same contact follows.
@Suite struct HistoryFeedTests {
    private static let zero = Timestamp(milliseconds: 1_663_966_800_000)
    private static func at(_ minutes: Int) -> Timestamp { zero + .seconds(Int64(minutes) * 60) }

    /// A beat a minute, late after three, silent after five.
    private static let agent = Agent(
        id: AgentID(trusted: "a-server"), site: SiteID(trusted: "a"), device: .server, rhythm: .always,
        intervalSeconds: 60, graceSeconds: 240)
    private static let other = Agent(
        id: AgentID(trusted: "b-server"), site: SiteID(trusted: "b"), device: .server, rhythm: .always,
        intervalSeconds: 60, graceSeconds: 240)

    private static let fleet: Fleet = {
        let place = Coordinate(latitude: 35, longitude: 138.4)
        let office = Office(id: OfficeID(trusted: "shizuoka"), name: "静岡営業所", place: place)
        let sites = ["a", "b"].map {
            Site(id: SiteID(trusted: $0), name: $0, office: office.id, place: place, municipality: "22103")
        }
        return Fleet(offices: [office], sites: sites, agents: [agent, other])
    }()

    private func interval(_ contact: Contact, _ from: Int, _ to: Int) -> HistoryRecord.ContactInterval {
        .init(subject: "a-server", isSite: false, contact: contact, from: Self.at(from), to: Self.at(to))
    }

    private func feed(
        _ span: Range<Int>, until: Int? = nil, isFirst: Bool = true, _ intervals: [HistoryRecord.ContactInterval],
        _ changes: [HistoryRecord.CopyChange] = []
    ) -> [FeedLine] {
        var feed = HistoryFeed(
            span: Self.at(span.lowerBound)..<Self.at(span.upperBound), isFirst: isFirst,
            until: Self.at(until ?? span.upperBound))
        feed.add(Self.agent, intervals, changes)
        feed.close()
        return feed.sorted
    }

    /// The contact of the agent as the engine decides it, with the minute.
    private func contacts(_ lines: [FeedLine]) -> [String] {
        var step = Step()
        var replay = Replay(fleet: Self.fleet, start: lines[0].at, into: &step)
        for line in lines { replay.take(line, into: &step) }
        return step.decisions.filter { $0.name == .agentContact }.compactMap { decision in
            guard case .string(let contact)? = decision.json["contact"] else { return nil }
            return "\((decision.at - Self.zero).wholeMilliseconds / 60_000) \(contact)"
        }
    }

    @Test(
        arguments: [
            // A silence, also one that is not over.
            (
                [(Contact.reporting, 0, 30), (.late, 30, 32), (.silent, 32, 50), (.reporting, 50, 90)],
                ["0 reporting", "30 late", "32 silent", "50 reporting"]
            ),
            ([(.reporting, 0, 30), (.late, 30, 32), (.silent, 32, 900)], ["0 reporting", "30 late", "32 silent"]),
            // Late and there again.
            (
                [(.reporting, 0, 30), (.late, 30, 31), (.reporting, 31, 900)],
                ["0 reporting", "30 late", "31 reporting"]
            ),
            // A last gasp: silent without having been late.
            (
                [(.reporting, 0, 30), (.silent, 30, 50), (.reporting, 50, 90)],
                ["0 reporting", "30 silent", "50 reporting"]
            ),
            // A goodbye that was believed until it came back, and one that was not kept.
            (
                [(.reporting, 0, 30), (.signedOff, 30, 70), (.reporting, 70, 90)],
                ["0 reporting", "30 signedOff", "70 reporting"]
            ),
            (
                [(.reporting, 0, 30), (.signedOff, 30, 60), (.silent, 60, 90)],
                ["0 reporting", "30 signedOff", "60 silent"]
            ),
            // Heard for the first time.
            ([(.reporting, 20, 90)], ["20 reporting"]),
        ] as [([(Contact, Int, Int)], [String])])
    func theSameContactFollows(_ intervals: [(Contact, Int, Int)], decided: [String]) {
        let lines = feed(0..<90, intervals.map { interval($0.0, $0.1, $0.2) })
        #expect(contacts(lines) == decided)
    }

    @Test func piecesGiveWhatOneGives() {
        let story = [
            interval(.reporting, -500, 30), interval(.silent, 30, 50), interval(.reporting, 50, 80),
            interval(.late, 80, 82), interval(.silent, 82, 900),
        ]
        let change = HistoryRecord.CopyChange(
            site: "a", report: CopyReport(tier: .external, state: .failing), source: "a-server", at: Self.at(61))
        let whole = feed(0..<90, story, [change])
        // Within the second piece the agent was heard already, gives its last gasp, and comes back.
        let parts = [0..<20, 20..<60, 60..<90].flatMap { span in
            let there = story.filter { $0.to > Self.at(span.lowerBound) && $0.from < Self.at(span.upperBound) }
            let next = story.first { $0.from >= Self.at(span.upperBound) }
            return feed(
                span, until: 90, isFirst: span.lowerBound == 0, there + (next.map { [$0] } ?? []),
                span.contains(61) ? [change] : [])
        }
        #expect(contacts(parts) == ["0 reporting", "30 silent", "50 reporting", "80 late", "82 silent"])
        #expect(contacts(parts) == contacts(whole))
        #expect(parts.filter { $0.event != .time } == whole.filter { $0.event != .time })
    }

    @Test func copiesAreToldByTheirAgentAndTheSpanGoesOnBehindThem() {
        func change(_ tier: CopyTier, _ minute: Int) -> HistoryRecord.CopyChange {
            .init(site: "a", report: CopyReport(tier: tier, state: .good), source: "a-server", at: Self.at(minute))
        }
        let lines = feed(
            0..<90, [interval(.reporting, -60, 900)],
            [change(.primary, -30), change(.external, -20), change(.external, 40)])
        var told: [String] = []
        for line in lines {
            guard case .heartbeat(let request) = line.event else { continue }
            let tiers = (request.beats[0].copies ?? []).map(\.tier.rawValue)
            told.append("\((line.at - Self.zero).wholeMilliseconds / 60_000) \(tiers.joined(separator: "+"))")
        }
        #expect(told == ["0 primary+external", "40 external"])
        #expect(contacts(lines) == ["0 reporting"])
    }

    @Test func aFleetStandsBeforeTheLinesOfItsTime() {
        func line(_ minute: Int) -> FeedLine { FeedLine(at: Self.at(minute), .time) }
        func fleet(_ version: Int, _ minute: Int) -> FleetVersion {
            FleetVersion(version: version, at: Self.at(minute), body: [UInt8(version)])
        }
        func feed(_ minutes: Int...) -> ReplayPage.Retold { .feed(Array(minutes.map { line($0).text }.joined().utf8)) }
        let parts = HistorySource.parts([line(0), line(4), line(5), line(9)], [fleet(1, 0), fleet(2, 5), fleet(3, 6)])
        #expect(
            parts == [
                .fleet(at: Self.at(0), [1]), feed(0, 4), .fleet(at: Self.at(5), [2]), feed(5),
                .fleet(at: Self.at(6), [3]), feed(9),
            ])
    }

    @Test func whatPeopleEnteredIsTold() throws {
        var feed = HistoryFeed(span: Self.at(0)..<Self.at(60), isFirst: true, until: Self.at(60))
        func add(_ kind: String, _ minute: Int, _ body: String?) throws {
            let entry = JournalEntry(
                seq: 1, at: Self.at(minute), kind: kind, site: "a", incident: nil, task: nil, actor: "窓口", body: body,
                hash: [])
            feed.add(entry) { id in
                StateRow(
                    kind: .task, id: id, state: "done", version: 1, at: Self.at(0),
                    body: #"{"id":"T-1","site":"a","kind":"inspect","engineer":"eng-1","state":"done"}"#)
            }
        }
        let until = Self.at(10).rfc3339()
        try add(
            "command.finding", -5,
            #"{"id":"F-1","kind":"phone","site":"a","result":"noAnswer","expiresAt":"\#(until)"}"#)
        try add(
            "command.finding", -5,
            #"{"kind":"phone","site":"a","result":"noAnswer","expiresAt":"\#(Self.at(-1).rfc3339())"}"#)
        try add("command.damage", 5, #"{"site":"a","damage":{"server":"lost"}}"#)
        // What the damage shows has become a survey in the same instant.
        try add("command.finding", 5, #"{"kind":"survey","site":"a","result":"damage","expiresAt":"\#(until)"}"#)
        try add("command.task", 6, #"{"task":"T-1","to":"accepted","onBehalfOf":null,"reason":null}"#)
        try add(
            "command.availability", 7, #"{"engineer":"eng-1","availability":"unavailable","reason":"浸水","until":null}"#)
        try add("command.claims", 8, nil)
        #expect(feed.hasErased)
        let events = feed.sorted.map(\.event)
        #expect(events.count == 4)
        guard case .finding(let draft) = events[0], case .damage(let site, let report) = events[1],
            case .task(let step) = events[2], case .engineer(let engineer) = events[3]
        else {
            Issue.record("\(events)")
            return
        }
        #expect(draft.author == "窓口" && draft.result == "noAnswer")
        #expect(site.text == "a" && report.server == .lost)
        #expect(step.kind == .inspect && step.to == .accepted && step.engineer?.text == "eng-1")
        #expect(!engineer.available && engineer.reason == "浸水")
    }
}
