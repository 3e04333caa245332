import AnpiEngine
import AnpiModel
import AnpiStore
import AnpiStoreSQLite
import Foundation
import Synchronization
import Testing

/// How long a step of a checkpoint holds the writer: ENGINE's bound is 5 ms, docs/decisions/0008 the record.
@Suite(.serialized) struct CheckpointHoldTests {
    /// The writes of a checkpoint, each as one transaction holds the writer for it.
    private final class WatchedDatabase: SQLDatabase {
        struct Step: Sendable {
            var bytes = 0
            var held: Duration = .zero
            /// Of `held`, what the processor worked: the rest waited for the disk or for other programs.
            var worked: Duration = .zero
        }

        private let base: any SQLDatabase
        private let seen = Mutex<[Step]>([])

        init(_ base: any SQLDatabase) { self.base = base }

        var dialect: SQLDialect { base.dialect }

        /// The steps since this was asked last.
        func steps() -> [Step] {
            seen.withLock { seen in
                defer { seen = [] }
                return seen
            }
        }

        private static func workedSoFar() -> Duration {
            var reading = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &reading)
            return .seconds(reading.tv_sec) + .nanoseconds(reading.tv_nsec)
        }

        func read<R>(_ body: (any SQLReader) throws -> R) throws -> R { try base.read(body) }

        func transaction<R>(priority: TransactionPriority, _ body: (any SQLSession) throws -> R) throws -> R {
            let began = (wall: ContinuousClock.now, work: Self.workedSoFar())
            var step = Step()
            let result = try base.transaction(priority: priority) { session in
                let counting = CountingSession(base: session)
                defer { step.bytes = counting.bytes }
                return try body(counting)
            }
            step.held = began.wall.duration(to: .now)
            step.worked = Self.workedSoFar() - began.work
            seen.withLock { $0.append(step) }
            return result
        }
    }

    /// Counts the bytes of blobs and texts that are written, and of blobs that are removed.
    private final class CountingSession: SQLSession {
        private let base: any SQLSession
        private(set) var bytes = 0

        init(base: any SQLSession) { self.base = base }

        func query(_ sql: String, _ arguments: [SQLValue], _ row: (any SQLRow) throws -> Void) throws {
            try base.query(sql, arguments, row)
        }

        func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
            bytes += Self.size(arguments)
            if sql.hasPrefix("DELETE FROM checkpoint_block") {
                bytes +=
                    try base.first(
                        "SELECT SUM(LENGTH(bytes)) FROM checkpoint_block WHERE lane = ? AND generation = ? AND block = ?",
                        arguments
                    ) { try $0.optionalInt(0) ?? 0 } ?? 0
            }
            return try base.execute(sql, arguments)
        }

        func upsert(_ table: String, key: [String], columns: [String], rows: [[SQLValue]]) throws {
            bytes += rows.reduce(0) { $0 + Self.size($1) }
            try base.upsert(table, key: key, columns: columns, rows: rows)
        }

        private static func size(_ values: [SQLValue]) -> Int {
            values.reduce(0) { sum, value in
                switch value {
                case .blob(let bytes): sum + bytes.count
                case .text(let text): sum + text.utf8.count
                case .integer, .real, .null: sum
                }
            }
        }
    }

    private static let position = Position(cursors: Cursors(), engineTime: .at(7), journalSeq: 3)

    /// What one step may write at most, unless a single block is larger.
    private static let bytesMax = 128 * 1_024

    @Test func noStepWritesOrRemovesMoreThanItsBound() throws {
        try StoreFactory.sqlite.run { store in
            let watched = WatchedDatabase(store.database)
            let checkpoints = Checkpoints(watched)
            // Sizes as the engine's blocks have them, hot and cold in turn.
            let blocks = Dictionary(
                uniqueKeysWithValues: (0..<120).map {
                    ($0, [UInt8](repeating: 7, count: $0 % 2 == 0 ? 25_000 : 50_000))
                })
            for generation in 1...3 as ClosedRange<Int64> {
                try checkpoints.save(generation: generation, position: Self.position, head: [1], blocks: blocks)
                let largest = watched.steps().map(\.bytes).max() ?? 0
                #expect(largest > 0 && largest <= Self.bytesMax, "\(largest) bytes in one step of \(generation)")
            }
            #expect(try checkpoints.newest()?.blocks.count == 120)
        }
    }

    /// Only on demand, since it measures the machine: ANPI_MEASURE=1 swift test -c release --filter CheckpointHold
    ///
    /// Once as served, and once without SQLite carrying its write-ahead log into the file meanwhile, which the step pays
    /// for that happens to fill it.
    @Test(
        .enabled(if: ProcessInfo.processInfo.environment["ANPI_MEASURE"] == "1"),
        arguments: [SQLiteDatabase.Options().checkpointPages, 1_000_000])
    func stepsOfAHundredThousandSites(checkpointPages: Int) throws {
        var engine = Engine()
        var step = Step()
        let fleet = Self.fleet(sites: 100_000)
        let admin = Command(
            operation: "import", bodyDigest: [], actor: .init(name: "admin", role: .admin), receivedAt: .at(0),
            change: .importFleet(fleet))
        engine.apply(.command(admin), at: .at(0), into: &step)
        try StoreFactory.sqlite.run(migrated: false) { store in
            var options = SQLiteDatabase.Options()
            options.checkpointPages = checkpointPages
            let database = try SQLiteDatabase.open(store.folder + "/measured.sqlite", options: options)
            try Migrations().migrate(database)
            let watched = WatchedDatabase(database)
            let checkpoints = Checkpoints(watched)
            for generation in 1...5 as ClosedRange<Int64> {
                let at = Timestamp.at(generation * 60_000)
                for agent in fleet.agents {
                    let beat = HeartbeatRequest(
                        agent: agent.id, boot: "b", beats: [Beat(seq: generation, at: at, interval: 60)])
                    engine.apply(.heartbeats(Heartbeats(receivedAt: at, request: beat)), at: at, into: &step)
                }
                step = Step()
                try checkpoints.save(
                    generation: generation, position: Self.position, head: engine.checkpointHead(),
                    blocks: engine.checkpointBlocks(dirtyOnly: generation > 1), keepingOthers: generation > 1)
                engine.markClean()
                let steps = watched.steps()
                let held = steps.map(\.held).sorted()
                let worked = steps.map(\.worked).sorted()
                let bytes = steps.map(\.bytes)
                print(
                    """
                    \(checkpointPages) pages, generation \(generation): \(steps.count) steps, \
                    \(bytes.reduce(0, +) / 1_024) KiB, largest \((bytes.max() ?? 0) / 1_024) KiB; \
                    held \(Self.quantiles(held)), worked \(Self.quantiles(worked))
                    """)
            }
        }
    }

    /// Median, 99th percentile and longest, in milliseconds.
    private static func quantiles(_ sorted: [Duration]) -> String {
        [sorted[sorted.count / 2], sorted[sorted.count * 99 / 100], sorted[sorted.count - 1]]
            .map { JSON.fixed($0 / .milliseconds(1), digits: 2) }.joined(separator: "/") + " ms"
    }

    private static func fleet(sites count: Int) -> Fleet {
        let place = Coordinate(latitude: 34.97, longitude: 138.38)
        let office = Office(id: OfficeID(trusted: "shz"), name: "静岡営業所", place: place)
        var fleet = Fleet(offices: [office])
        for number in 0..<count {
            let id = SiteID(trusted: "shz-\(number)")
            var site = Site(
                id: id, name: "試験クリニック\(number)", office: office.id, place: place, municipality: "22103")
            site.kana = "しけんくりにっく\(number)"
            site.address = "静岡県静岡市清水区追手町\(number)-6"
            site.contactPhone = "090-0000-\(number)"
            fleet.sites.append(site)
            fleet.agents.append(
                Agent(
                    id: AgentID(trusted: "\(id)-server"), site: id, device: .server, rhythm: .always,
                    intervalSeconds: 60))
        }
        return fleet
    }
}
