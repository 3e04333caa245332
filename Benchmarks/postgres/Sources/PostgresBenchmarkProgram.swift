import AnpiModel
import AnpiStore
import AnpiStorePostgres
import ArgumentParser
import Dispatch
import Foundation
import Synchronization

/// Measures the PostgreSQL store against bare statements on as many connections, in turn and in one run.
@main
struct PostgresBenchmarkProgram: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "anpi-postgres-benchmark")

    @Option(help: "An empty database, as libpq reads it.")
    var address: String
    @Option(help: "Seconds of each turn.")
    var seconds = 0.5
    @Option(help: "Turns of each; what is measured is all of them together, in turn.")
    var rounds = 20

    /// Bytes of one row of the log: 256 beats of 80, what a commit of a busy door carries.
    private static let rowBytes = 256 * 80
    private static let historyRows = 1_000

    /// One commit; one for each thread.
    private typealias Commit = @Sendable () throws -> Void

    func run() throws {
        let database = try PostgresDatabase.open(address)
        try Migrations().migrate(database)
        let bare = try BareConnection(address)
        for table in ["input_log", "contact_history", "checkpoint_block"] {
            try bare.run("CREATE TABLE bare_\(table) (LIKE \(table) INCLUDING ALL)")
        }
        print("commits a second          connections      bare     store   ratio   middle half of \(rounds) turns")
        for connections in [1, 2, 4] {
            try report("beats, rows of 20 KB", bare: bareAppends(connections), store: appends(connections))
        }
        for (what, batch) in [("history, 1,000 rows", Self.history), ("checkpoint, 4 of 30 KB", Self.blocks)] {
            try report(what, bare: [bareUpserts(batch)], store: [upserts(batch)])
        }
    }

    private func report(_ what: String, bare: [Commit], store: [Commit]) throws {
        // Once each for nothing: tables, caches and the server's log are then as they stay.
        _ = (try rate(bare), try rate(store))
        var pairs: [(bare: Double, store: Double)] = []
        for _ in 0..<rounds { pairs.append((try rate(bare), try rate(store))) }
        let ratios = pairs.map { $0.store / $0.bare }.sorted()
        let (all, stored) = (pairs.map(\.bare).reduce(0, +), pairs.map(\.store).reduce(0, +))
        func column(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        print(
            what + column("\(bare.count)", 37 - what.count) + column(String(Int(all / Double(rounds))), 10)
                + column(String(Int(stored / Double(rounds))), 10) + column(Self.ratio(stored / all), 8)
                + "   \(Self.ratio(ratios[rounds / 4]))–\(Self.ratio(ratios[rounds * 3 / 4]))")
    }

    private static func ratio(_ ratio: Double) -> String { "\(Double(Int(ratio * 100)) / 100)" }

    /// Commits on a thread each for `seconds`; how many a second, all together.
    private func rate(_ commits: [Commit]) throws -> Double {
        let count = Atomic<Int>(0)
        let failure = Mutex<(any Error)?>(nil)
        let group = DispatchGroup()
        let length = Duration.seconds(seconds)
        let start = ContinuousClock.now
        for commit in commits {
            group.enter()
            Thread.detachNewThread {
                defer { group.leave() }
                do {
                    while ContinuousClock.now - start < length {
                        try commit()
                        count.add(1, ordering: .relaxed)
                    }
                } catch {
                    failure.withLock { $0 = error }
                }
            }
        }
        group.wait()
        if let error = failure.withLock({ $0 }) { throw error }
        let took = ContinuousClock.now - start
        return Double(count.load(ordering: .relaxed)) / (took / .seconds(1))
    }

    // MARK: Beats

    private func appends(_ connections: Int) throws -> [Commit] {
        var options = PostgresOptions()
        options.connectionsMax = connections + 1
        let log = InputLog(try PostgresDatabase.open(address, options: options))
        return try (0..<connections).map { number in
            let writer = "w\(connections)-\(number)"
            let start = try log.openWriter(id: writer, at: Timestamp(milliseconds: 1))
            let sequence = Mutex(Int64(0))
            return {
                try sequence.withLock { seq in
                    seq += 1
                    let at = start + .milliseconds(seq)
                    let row = LogRow(writer: writer, seq: seq, at: at, batch: Self.batch)
                    try log.append(writer: writer, rows: [row], watermark: at)
                }
            }
        }
    }

    private func bareAppends(_ connections: Int) throws -> [Commit] {
        try (0..<connections).map { number in
            let connection = try BareConnection(address)
            try connection.prepare(
                "INSERT INTO bare_input_log (lane, writer, seq, at, batch) VALUES ($1, $2, $3, $4, $5)")
            let writer = Array("w\(connections)-\(number)".utf8)
            let state = Mutex(State(connection: connection))
            return {
                try state.withLock { state in
                    state.count += 1
                    let seq = Binary.integer(state.count)
                    try state.connection.execute([Binary.integer(Int64(0)), writer, seq, seq, Self.batch])
                }
            }
        }
    }

    private static let batch = (0..<rowBytes).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    /// A bare connection and how often it has committed.
    private struct State: ~Copyable {
        var connection: BareConnection
        var count = Int64(0)
    }

    // MARK: Upserts

    private struct Batch: Sendable {
        var table: String
        var key: [String]
        var columns: [String]
        var rows: [[SQLValue]]
        /// The column that differs from one time to the next.
        var changing: Int

        /// Each second time new rows, else the same again, which are overwritten.
        func rows(_ count: Int64) -> [[SQLValue]] {
            rows.map { row in
                var row = row
                row[changing] = .integer(count / 2)
                return row
            }
        }
    }

    private static let history = Batch(
        table: "contact_history", key: ["lane", "is_site", "subject", "from_at", "contact"],
        columns: ["lane", "is_site", "subject", "from_at", "contact", "to_at"],
        rows: (0..<historyRows).map { row in
            [
                .integer(0), .integer(1), .text("shz-\(row)"), .integer(0), .text("reporting"),
                .integer(Int64(1_663_966_800_000 + row)),
            ]
        }, changing: 3)

    private static let blocks = Batch(
        table: "checkpoint_block", key: ["lane", "generation", "block"],
        columns: ["lane", "generation", "block", "bytes"],
        rows: (0..<4).map { block in
            let bytes = (0..<30_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            return [.integer(0), .integer(0), .integer(block), .blob(bytes)]
        }, changing: 1)

    private func upserts(_ batch: Batch) throws -> Commit {
        let database = try PostgresDatabase.open(address)
        let count = Mutex(Int64(0))
        return {
            let rows = count.withLock { count in
                count += 1
                return batch.rows(count)
            }
            try database.transaction { session in
                try session.upsert(batch.table, key: batch.key, columns: batch.columns, rows: rows)
            }
        }
    }

    private func bareUpserts(_ batch: Batch) throws -> Commit {
        let types = batch.rows[0].map { value in
            switch value {
            case .integer: "bigint"
            case .text: "text"
            case .blob: "bytea"
            case .real: "double precision"
            case .null: "text"
            }
        }
        let arrays = types.enumerated().map { "$\($0 + 1)::\($1)[]" }.joined(separator: ", ")
        let others = batch.columns.filter { !batch.key.contains($0) }.map { "\($0) = excluded.\($0)" }
        let connection = try BareConnection(address)
        try connection.prepare(
            """
            INSERT INTO bare_\(batch.table) (\(batch.columns.joined(separator: ", "))) \
            SELECT * FROM unnest(\(arrays)) \
            ON CONFLICT (\(batch.key.joined(separator: ", "))) DO UPDATE SET \(others.joined(separator: ", "))
            """)
        // All but the changing column is ready: the floor is the server's work, not this program's.
        let ready = batch.columns.indices.map { Binary.array($0, of: batch.rows) }
        let state = Mutex(State(connection: connection))
        return {
            try state.withLock { state in
                state.count += 1
                var arguments = ready
                arguments[batch.changing] = Binary.array(batch.changing, of: batch.rows(state.count))
                try state.connection.execute(arguments)
            }
        }
    }
}
