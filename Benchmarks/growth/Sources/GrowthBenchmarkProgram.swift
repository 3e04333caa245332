import AnpiCollector
import AnpiEngine
import AnpiModel
import AnpiReplay
import AnpiStore
import AnpiStorePostgres
import AnpiStoreSQLite
import ArgumentParser

/// How a database grows while a fleet lives its ordinary days: a simulated world, decided by the engine and written as a
/// collector writes it, an hour of the world in a commit.
///
/// The log is left out: it is emptied behind each checkpoint. What a beat takes in it is told beside. Simulated agents say
/// nothing of copies: three a site are added, each of them good once a day.
@main
struct GrowthBenchmarkProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anpi-growth-benchmark",
        abstract: "Writes simulated days into a database; prints what its tables take, a JSON object for each sample.")

    @Option(help: "Sites of the fleet.")
    var sites = 1_000
    @Option(help: "Days to play.")
    var days = 60
    @Option(help: "Days between two samples.")
    var every = 10
    @Option(help: "Seed of the world.")
    var seed: UInt64 = 1
    @Option(help: "An empty database: sqlite:PATH, or anything that libpq reads.")
    var database: String

    func run() throws {
        var plan = SimulationPlan.quietYear(seed: seed, sites: sites)
        plan.days = days
        let world = try SimulatedWorld(plan)
        var growth = try Growth(of: world, in: try open())
        var feed = world.feed()
        var nextSample = plan.start + .seconds(every * 86_400)
        while let line = feed.next() {
            while line.at >= nextSample {
                print(try growth.sample(at: nextSample, since: plan.start).text)
                nextSample = nextSample + .seconds(every * 86_400)
            }
            try growth.take(line)
        }
        // The feed ends before midnight of the last day does.
        if nextSample <= plan.end { print(try growth.sample(at: nextSample, since: plan.start).text) }
    }

    private func open() throws -> any SQLDatabase {
        let database: any SQLDatabase =
            if self.database.hasPrefix("sqlite:") {
                try SQLiteDatabase.open(String(self.database.dropFirst("sqlite:".count)))
            } else {
                try PostgresDatabase.open(self.database, options: .patient)
            }
        try Migrations().migrate(database)
        return database
    }
}

/// A world on its way into a database.
struct Growth {
    private static let commitEvery = Duration.seconds(3_600)

    private let database: any SQLDatabase
    private let decided: Decided
    private var replay: Replay
    private var step = Step()
    private var journalSeq: Int64 = 0
    private var committedAt: Timestamp
    private var lines = 0
    private var beats = 0
    private var beatBytes = 0
    private let agents: Int
    private let sites: [SiteID]
    private var copiedAt: Timestamp

    init(of world: SimulatedWorld, in database: any SQLDatabase) throws {
        self.database = database
        decided = Decided(database)
        agents = world.fleet.agents.count
        sites = world.fleet.sites.map(\.id)
        committedAt = world.plan.start
        copiedAt = world.plan.start
        replay = Replay(fleet: world.fleet, start: world.plan.start, into: &step)
    }

    mutating func take(_ line: FeedLine) throws {
        lines += 1
        for input in replay.inputs(of: line, into: &step) {
            guard case .heartbeats = input else { continue }
            beats += 1
            beatBytes += InputCodec.encode([input]).count
        }
        if replay.engine.now - committedAt >= Self.commitEvery { try commit() }
    }

    /// What each table takes, with its indexes.
    mutating func sample(at instant: Timestamp, since start: Timestamp) throws -> JSON {
        try commit()
        var members = [
            JSON.Member("days", .integer((instant - start).components.seconds / 86_400)),
            .init("sites", .integer(sites.count)), .init("agents", .integer(agents)), .init("lines", .integer(lines)),
            .init("journalLines", .integer(journalSeq)),
            .init("beatBytes", .integer(beats == 0 ? 0 : beatBytes / beats)),
        ]
        let sizes = try database.read { reader in
            try reader.all(
                database is SQLiteDatabase
                    ? """
                    SELECT m.tbl_name, SUM(s.pgsize) FROM dbstat s JOIN sqlite_schema m ON m.name = s.name \
                    GROUP BY m.tbl_name ORDER BY m.tbl_name
                    """
                    : """
                    SELECT relname::text, pg_total_relation_size(relid) FROM pg_stat_user_tables ORDER BY relname
                    """
            ) { JSON.Member(try $0.text(0), .integer(try $0.integer(1))) }
        }
        members.append(JSON.Member("bytes", .object(sizes)))
        return .object(members)
    }

    private mutating func commit() throws {
        var rows = try StepRows.decided(
            step, in: replay.engine, after: journalSeq, cursors: Cursors(), outbox: { _, _ in [] })
        while replay.engine.now - copiedAt >= .seconds(86_400) {
            copiedAt = copiedAt + .seconds(86_400)
            for site in sites {
                rows.history += [CopyTier.mirror, .external, .offsite].map { tier in
                    .copy(
                        .init(
                            site: site.text,
                            report: CopyReport(tier: tier, state: .good, goodAt: copiedAt, bytes: 48_000_000_000),
                            source: site.text + "-server", at: copiedAt))
                }
            }
        }
        journalSeq = try decided.commit(rows).position.journalSeq
        step = Step()
        committedAt = replay.engine.now
    }
}
