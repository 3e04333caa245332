import AnpiEngine
import AnpiModel
import AnpiStore
import AnpiStoreSQLite
import Foundation
import Logging
import Testing

@testable import AnpiCollector

/// A store in a folder of its own, and a door that writes into its log at given times.
struct Lane {
    let path: String
    let database: SQLiteDatabase
    let store: LaneStore
    private(set) var sequence: Int64 = 0

    init(path: String) throws {
        self.path = path
        database = try SQLiteDatabase.open(path)
        _ = try Migrations().migrate(database)
        store = LaneStore(database)
    }

    static func temporary() throws -> Lane {
        let folder = NSTemporaryDirectory() + "anpi-lane-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return try Lane(path: folder + "/anpi.sqlite")
    }

    static let zero = Timestamp(milliseconds: 1_700_000_000_000)

    static func at(_ seconds: Double) -> Timestamp { zero + .milliseconds(Int64((seconds * 1_000).rounded())) }

    mutating func open(_ writer: String, at seconds: Double = 0) throws {
        try store.log.openWriter(id: writer, at: Self.at(seconds))
        sequence = 0
    }

    /// A restart: `writer` shuts out the others and says that nothing was heard since `last`.
    mutating func takeOver(by writer: String, since last: Double, at seconds: Double) throws {
        try open(writer, at: seconds)
        sequence = 1
        let at = Self.at(seconds) + .milliseconds(1)
        let deaf = Input.Span(from: Self.at(last), to: Self.at(seconds))
        try store.log.closeOthers(than: writer, watermark: at) { _ in
            [GroupCommit.deafRow(deaf, at: at, of: writer, after: 0)]
        }
    }

    mutating func append(_ inputs: [Input], by writer: String, at seconds: Double) throws {
        sequence += 1
        let row = LogRow(writer: writer, seq: sequence, at: Self.at(seconds), batch: InputCodec.encode(inputs))
        try store.log.append(writer: writer, rows: [row], watermark: Self.at(seconds))
    }

    mutating func append(raw batch: [UInt8], by writer: String, at seconds: Double) throws {
        sequence += 1
        let row = LogRow(writer: writer, seq: sequence, at: Self.at(seconds), batch: batch)
        try store.log.append(writer: writer, rows: [row], watermark: Self.at(seconds))
    }

    func pass(to seconds: Double, by writer: String) throws {
        try store.log.state(writer: writer, watermark: Self.at(seconds))
    }

    func load(found: inout LaneOwner.Loaded) throws -> LaneOwner {
        try LaneOwner(loading: store, before: { _ in }, found: &found)
    }

    func load() throws -> LaneOwner {
        var found = LaneOwner.Loaded(reapplied: 0, divergedAt: nil)
        return try load(found: &found)
    }

    static func beat(_ agent: String, _ seq: Int64, at seconds: Double) -> Input {
        .heartbeats(
            Heartbeats(
                receivedAt: at(seconds),
                request: HeartbeatRequest(
                    agent: AgentID(trusted: agent), boot: "b", beats: [Beat(seq: seq, at: at(seconds), interval: 1)])))
    }

    /// Two sites with a server each (beat every second, 2 s of grace) and one engineer.
    static func fleet(at seconds: Double) -> Input {
        let place = Coordinate(latitude: 35, longitude: 138.4)
        let office = Office(id: OfficeID(trusted: "shizuoka"), name: "静岡営業所", place: place)
        let sites = ["a", "b"].map { name in
            Site(
                id: SiteID(trusted: name), name: name, office: office.id, place: place, municipality: "22103")
        }
        let agents = sites.map { site in
            Agent(
                id: AgentID(trusted: site.id.text + "-server"), site: site.id, device: .server, rhythm: .always,
                intervalSeconds: 1, graceSeconds: 2)
        }
        let engineer = Engineer(id: EngineerID(trusted: "eng-1"), name: "田中", place: place)
        return .command(
            Command(
                operation: "import", bodyDigest: [1], actor: .init(name: "admin", role: .admin),
                receivedAt: at(seconds),
                change: .importFleet(Fleet(offices: [office], sites: sites, agents: agents, engineers: [engineer]))))
    }

    /// A fleet and four beats of its first agent, written by `w` and decided; the owner that did it.
    mutating func livesFiveSeconds() throws -> LaneOwner {
        try open("w")
        var owner = try load()
        try append([Lane.fleet(at: 1)], by: "w", at: 1)
        for second in 2...5 {
            try append([Lane.beat("a-server", Int64(second), at: Double(second))], by: "w", at: Double(second))
        }
        _ = try owner.turn(outbox: { _, _ in [] })
        return owner
    }
}

@Suite struct LaneOwnerTests {
    private func kinds(_ lane: Lane) throws -> [String] { try lane.store.journal.read().map(\.kind) }

    /// Beats of `b` alone, so that `a` falls silent at 4 s.
    private func story(_ lane: inout Lane, _ owner: inout LaneOwner, writer: String = "w") throws {
        try lane.append([Lane.fleet(at: 1)], by: writer, at: 1)
        try lane.append(
            [Lane.beat("a-server", 1, at: 1), Lane.beat("b-server", 1, at: 1)], by: writer, at: 1.001)
        for second in 2..<8 {
            try lane.append([Lane.beat("b-server", Int64(second), at: Double(second))], by: writer, at: Double(second))
            _ = try owner.turn(outbox: { _, _ in [] })
        }
    }

    @Test func aSilentSiteIsDecidedWithItsIncidentTaskAndOfferInOneTransaction() throws {
        var lane = try Lane.temporary()
        try lane.open("w")
        var owner = try lane.load()
        try story(&lane, &owner)
        let lines = try lane.store.journal.read()
        let silent = try #require(lines.first { $0.kind == "site.contact" && $0.body?.contains("\"silent\"") == true })
        #expect(silent.at == Lane.at(4))
        #expect(try kinds(lane).contains("task.offered"))
        #expect(try lane.store.journal.verify().isIntact)
    }

    @Test func aRestartAppliesAgainWithoutWritingAndFindsTheSameDecisions() throws {
        var lane = try Lane.temporary()
        try lane.open("w")
        var owner = try lane.load()
        try story(&lane, &owner)
        let before = try lane.store.journal.read()
        var found = LaneOwner.Loaded(reapplied: 0, divergedAt: nil)
        var again = try lane.load(found: &found)
        #expect(found.reapplied > 0)
        #expect(found.divergedAt == nil)
        #expect(try lane.store.journal.read() == before)
        try lane.append([Lane.beat("a-server", 2, at: 9)], by: "w", at: 9)
        _ = try again.turn(outbox: { _, _ in [] })
        #expect(try kinds(lane).suffix(from: before.count).contains("incident.closed"))
    }

    @Test func aRestartFromACheckpointGoesOnTheSame() throws {
        var lane = try Lane.temporary()
        try lane.open("w")
        var owner = try lane.load()
        try story(&lane, &owner)
        try owner.checkpoint()
        var found = LaneOwner.Loaded(reapplied: 0, divergedAt: nil)
        var again = try lane.load(found: &found)
        #expect(found.reapplied == 0)
        try lane.append([Lane.beat("a-server", 2, at: 9)], by: "w", at: 9)
        let one = try again.turn(outbox: { _, _ in [] })
        #expect(one?.entries.isEmpty == false)
        try again.checkpoint()
        #expect(try lane.load().engine.now == again.engine.now)
    }

    @Test func aDecisionThatIsNotTheJournalsIsNoticed() throws {
        var lane = try Lane.temporary()
        try lane.open("w")
        var owner = try lane.load()
        try story(&lane, &owner)
        let bad = try #require(try lane.store.journal.read().first { $0.kind == "incident.opened" })
        try lane.database.transaction { session in
            try session.execute("UPDATE journal SET body = '{}' WHERE seq = ?", [.integer(bad.seq)])
        }
        var found = LaneOwner.Loaded(reapplied: 0, divergedAt: nil)
        _ = try lane.load(found: &found)
        #expect(found.divergedAt == bad.seq)
    }

    @Test func nothingIsJudgedInTimeThatNobodyHeard() throws {
        var lane = try Lane.temporary()
        try lane.open("w")
        var owner = try lane.load()
        try lane.append([Lane.fleet(at: 1)], by: "w", at: 1)
        try lane.append([Lane.beat("a-server", 1, at: 1), Lane.beat("b-server", 1, at: 1)], by: "w", at: 1.001)
        _ = try owner.turn(outbox: { _, _ in [] })
        // The process dies and another begins an hour later.
        try lane.open("x", at: 3_600)
        let span = Input.Span(from: Lane.at(1.001), to: Lane.at(3_600))
        let row = GroupCommit.deafRow(span, at: Lane.at(3_600.001), of: "x", after: 0)
        _ = try lane.store.log.closeOthers(than: "x", watermark: row.at) { _ in [row] }
        var again = try lane.load()
        _ = try again.turn(outbox: { _, _ in [] })
        #expect(again.engine.now == Lane.at(3_600.001))
        #expect(try !kinds(lane).contains("incident.opened"))
        #expect(try kinds(lane).contains("blind.began") && kinds(lane).contains("blind.ended"))
        try lane.pass(to: 3_610, by: "x")
        _ = try again.turn(outbox: { _, _ in [] })
        #expect(try kinds(lane).filter { $0 == "incident.opened" }.count == 2, "those that really died are found")
    }

    @Test func aBeatThatCameInTimeIsInTimeHoweverTheRowIsOrdered() throws {
        var lane = try Lane.temporary()
        try lane.open("w")
        var owner = try lane.load()
        try lane.append([Lane.fleet(at: 1)], by: "w", at: 1)
        try lane.append([Lane.beat("a-server", 1, at: 1), Lane.beat("b-server", 1, at: 1)], by: "w", at: 1.001)
        try lane.append([Lane.beat("b-server", 2, at: 4.5), Lane.beat("a-server", 2, at: 3.9)], by: "w", at: 4.6)
        _ = try owner.turn(outbox: { _, _ in [] })
        let silent = try lane.store.journal.read().filter { $0.body?.contains("\"silent\"") == true }
        #expect(silent.allSatisfy { $0.site == "b" }, "a was heard 0.1 s before its deadline")
    }
}
