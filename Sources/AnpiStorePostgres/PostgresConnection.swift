internal import AnpiStore
internal import CLibpq
internal import Synchronization

/// One connection with the statements that are prepared on it.
///
/// The pool gives it to one caller at a time; the lock only makes the compiler sure of that.
final class PostgresConnection: Sendable {
    /// Statements kept prepared; beyond it the one that was not used for longest goes. A collector has about 90.
    static let statementsMax = 256

    private struct Prepared {
        var name: String
        /// Types of the parameters, as the server has understood them.
        var types: [UInt32]
        var lastUse: Int
    }

    private struct State: ~Copyable {
        var handle: PostgresHandle
        var statements: [String: Prepared] = [:]
        var plans: [String: UpsertPlan] = [:]
        /// Counts uses, to find the oldest; also makes names that are never used twice.
        var uses = 0
    }

    /// What frames each transaction: prepared when the connection is made, since parsing it would be a tenth of a commit.
    enum Frame: String, CaseIterable {
        case begin = "BEGIN"
        case beginReading = "BEGIN READ ONLY"
        case liftLimit = "SET LOCAL statement_timeout = 0"
        case commit = "COMMIT"

        /// Its name as a prepared statement.
        var name: String { "\(self)" }
        var request: PostgresRequest { .execute(name: name, PostgresParameters()) }
    }

    private let state: Mutex<State>
    private let limit: Duration
    /// The process on the server that serves this connection.
    let backend: Int32

    /// - Parameter limit: how long an answer may take before the connection is given up; longer than the server's own.
    init(_ string: ConnectionString, limit: Duration) throws {
        var handle = try PostgresHandle.connect(string)
        _ = try handle.exchange(
            Frame.allCases.map { .prepare(name: $0.name, text: $0.rawValue, types: []) }, limit: limit)
        backend = handle.backend
        state = Mutex(State(handle: handle))
        self.limit = limit
    }

    /// False where the connection is of no more use; asks nothing of the server.
    func isAlive() -> Bool { state.withLock { $0.handle.isAlive() } }

    /// Nobody knows any more how it stands: it is not used again.
    func giveUp() { state.withLock { $0.handle.giveUp() } }

    /// Runs one statement without parameters that is not kept.
    func run(_ text: String) throws {
        _ = try state.withLock { state throws in try state.handle.exchange([.run(text)], limit: limit) }
    }

    /// Ends a transaction, in one exchange; returns the results.
    func run(_ frames: [Frame], limit: Duration) throws -> [PostgresResult] {
        try state.withLock { state throws in try state.handle.exchange(frames.map(\.request), limit: limit) }
    }

    /// SQLSTATEs of the warnings that came with the last exchange.
    func warnings() -> [String] { state.withLock { $0.handle.warnings() } }

    /// Runs a portable statement, after `first` in the same exchange; returns its result alone.
    func execute(_ sql: String, _ arguments: [SQLValue], after first: [Frame] = []) throws -> PostgresResult {
        let types = arguments.map { PostgresType(of: $0)?.rawValue ?? 0 }
        let parameters = PostgresParameters(arguments)
        return try state.withLock { state throws in
            try Self.execute(sql, types, parameters, after: first, &state, limit)
        }
    }

    /// Inserts or overwrites `rows`, after `first` in the same exchange.
    func upsert(
        _ table: String, key: [String], columns: [String], rows: some Collection<[SQLValue]>, after first: [Frame]
    ) throws {
        let identity = table + "(" + columns.joined(separator: ",") + ")"
        try state.withLock { state throws in
            var first = first
            if state.plans[identity] == nil {
                let types = try Self.columnTypes(table, columns, after: first, &state, limit)
                first = []
                state.plans[identity] = try UpsertPlan(table, key: key, columns: columns, types: types)
            }
            guard let plan = state.plans[identity] else { return }
            var parameters = PostgresParameters()
            for (index, type) in plan.types.enumerated() {
                try parameters.append(column: index, of: rows, type: type)
            }
            _ = try Self.execute(
                plan.text, plan.types.map(\.arrayIdentifier), parameters, after: first, &state, limit)
        }
    }
}

extension PostgresConnection {
    private static func execute(
        _ sql: String, _ types: [UInt32], _ parameters: PostgresParameters, after first: [Frame],
        _ state: inout State, _ limit: Duration
    ) throws -> PostgresResult {
        var requests: [PostgresRequest] = first.map(\.request)
        if let known = state.statements[sql], fits(types, known.types) {
            requests.append(.execute(name: known.name, parameters))
        } else {
            let statement = PortableStatement(sql)
            // An upsert has its numbers already.
            guard statement.placeholderCount == 0 || statement.placeholderCount == types.count else {
                throw StoreError(.misuse, "a statement has another number of placeholders than of arguments")
            }
            if statement.isKept {
                let name = try prepare(sql, as: statement, types, after: requests, &state, limit)
                requests = [.execute(name: name, parameters)]
            } else {
                requests.append(.run(statement.text))
            }
        }
        state.uses += 1
        state.statements[sql]?.lastUse = state.uses
        return try last(of: state.handle.exchange(requests, limit: limit))
    }

    /// Prepares and keeps a statement, in an exchange of its own, after which it is there or not, whatever becomes of
    /// running it; returns its name.
    private static func prepare(
        _ sql: String, as statement: PortableStatement, _ types: [UInt32], after first: [PostgresRequest],
        _ state: inout State, _ limit: Duration
    ) throws -> String {
        var requests = first
        if let gone = makeRoom(for: sql, in: &state) { requests.append(.run("DEALLOCATE \(gone)")) }
        state.uses += 1
        let name = "s\(state.uses)"
        requests += [.prepare(name: name, text: statement.text, types: types), .describe(name: name)]
        // What is null now gets the type that the server gives its place.
        let known = try last(of: state.handle.exchange(requests, limit: limit)).parameterTypes
        state.statements[sql] = Prepared(name: name, types: known, lastUse: state.uses)
        return name
    }

    /// Forgets the statement under `sql`, or the oldest where there are as many as may be; returns its name.
    private static func makeRoom(for sql: String, in state: inout State) -> String? {
        if let known = state.statements.removeValue(forKey: sql) { return known.name }
        guard state.statements.count >= statementsMax,
            let oldest = state.statements.min(by: { $0.value.lastUse < $1.value.lastUse })
        else { return nil }
        state.statements[oldest.key] = nil
        return oldest.value.name
    }

    private static func columnTypes(
        _ table: String, _ columns: [String], after first: [Frame], _ state: inout State, _ limit: Duration
    ) throws -> [UInt32] {
        let text = "SELECT \(columns.joined(separator: ", ")) FROM \(table)"
        return try last(
            of: state.handle.exchange(
                first.map(\.request) + [.prepare(name: "", text: text, types: []), .describe(name: "")],
                limit: limit)
        ).columnTypes
    }

    private static func last(of results: [PostgresResult]) throws -> PostgresResult {
        guard let result = results.last else { throw PostgresFailure(.lost) }
        return result
    }

    /// Null (0) fits every type.
    private static func fits(_ given: [UInt32], _ known: [UInt32]) -> Bool {
        given.count == known.count && zip(given, known).allSatisfy { $0 == 0 || $0 == $1 }
    }
}

/// How rows of one table are inserted or overwritten: each column is one array, whatever the number of rows.
struct UpsertPlan {
    let text: String
    let types: [PostgresType]

    /// - Parameter types: of the columns, as the server describes them.
    init(_ table: String, key: [String], columns: [String], types: [UInt32]) throws {
        self.types = try types.map { type in
            guard let type = PostgresType(rawValue: type) else {
                throw StoreError(.misuse, "a column has a type that is not portable")
            }
            return type
        }
        let others = columns.filter { !key.contains($0) }
        let action =
            others.isEmpty
            ? "NOTHING" : "UPDATE SET " + others.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        let arrays = self.types.enumerated().map { "$\($0 + 1)::\($1.arrayName)" }.joined(separator: ", ")
        text = """
            INSERT INTO \(table) (\(columns.joined(separator: ", "))) SELECT * FROM unnest(\(arrays)) \
            ON CONFLICT (\(key.joined(separator: ", "))) DO \(action)
            """
    }
}
