internal import AnpiStore
internal import CLibpq

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// One request to the server.
enum PostgresRequest {
    /// Prepares `text` as `name`; type 0 is left to the server.
    case prepare(name: String, text: String, types: [UInt32])
    /// Asks for the types of a prepared statement's parameters and columns.
    case describe(name: String)
    /// Runs a prepared statement.
    case execute(name: String, PostgresParameters)
    /// Runs a statement without parameters that is not kept.
    case run(String)
}

/// libpq's handle of one connection, the only place that knows it. One thread at a time.
///
/// Always in pipeline mode: several requests go out together and are answered together, so that BEGIN travels with a
/// transaction's first statement. libpq is non-blocking underneath, and every wait has an end of ours.
@safe struct PostgresHandle: ~Copyable {
    private let pointer: OpaquePointer
    private let notices: NoticeBox
    /// False once a request was given up: what comes now would answer another.
    private(set) var isUsable = true

    /// Connects; blocks for at most `connect_timeout` for each host.
    static func connect(_ string: ConnectionString) throws -> PostgresHandle {
        guard let pointer = unsafe begin(string) else {
            throw PostgresFailure(.unreachable("no memory for a connection"))
        }
        let handle = unsafe PostgresHandle(owning: pointer)
        try handle.setUp()
        return handle
    }

    private init(owning pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
        notices = NoticeBox()
    }

    deinit { unsafe PQfinish(pointer) }

    /// The process on the server that serves this connection.
    var backend: Int32 { unsafe PQbackendPID(pointer) }

    /// False where the server has closed an idle connection, or says that it is about to.
    mutating func isAlive() -> Bool {
        guard isUsable else { return false }
        if unsafe Self.poll(PQsocket(pointer), POLLIN, milliseconds: 0) != 0 {
            // Nothing was asked: whatever is there is a farewell or a changed setting.
            guard unsafe PQconsumeInput(pointer) == 1 else {
                isUsable = false
                return false
            }
            _ = unsafe PQisBusy(pointer)
        }
        isUsable = unsafe PQstatus(pointer) == CONNECTION_OK && !notices.takeStates().contains { $0.hasPrefix("57P") }
        return isUsable
    }

    /// It is not used again.
    mutating func giveUp() { isUsable = false }

    /// Sends `requests` and returns the answer to each, all good; throws the first failure, the connection then being
    /// ready for more unless `endsConnection`.
    ///
    /// Where no answer has come within `limit`, the connection is closed: the server is never asked to cancel.
    mutating func exchange(_ requests: [PostgresRequest], limit: Duration) throws -> [PostgresResult] {
        guard isUsable else { throw PostgresFailure(.lost) }
        let deadline = ContinuousClock.now + limit
        _ = notices.takeStates()
        do {
            for request in requests { try send(request) }
            guard unsafe PQpipelineSync(pointer) == 1 else { throw PostgresFailure(.lost) }
            let results = try receive(requests.count, until: deadline)
            if let failure = results.lazy.compactMap(\.failure).first { throw failure }
            return results
        } catch let failure as PostgresFailure {
            if failure.endsConnection { isUsable = false }
            throw failure
        }
    }

    /// SQLSTATEs of the warnings that came with the last exchange.
    func warnings() -> [String] { notices.takeStates() }

    // MARK: Connecting

    private static func begin(_ string: ConnectionString) -> OpaquePointer? {
        var keywords = unsafe string.settings.map { unsafe UnsafePointer(strdup($0.keyword)) } + [nil]
        var values = unsafe string.settings.map { unsafe UnsafePointer(strdup($0.value)) } + [nil]
        defer {
            unsafe (keywords + values).forEach { text in unsafe free(UnsafeMutablePointer(mutating: text)) }
        }
        guard let pointer = unsafe PQconnectdbParams(&keywords, &values, 0) else { return nil }
        if unsafe PQstatus(pointer) == CONNECTION_BAD, unsafe message(of: pointer).contains("FATAL:") {
            // While connecting, libpq tells the server's SQLSTATE in its text only, and only when asked before.
            unsafe PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
            unsafe PQreset(pointer)
            unsafe PQsetErrorVerbosity(pointer, PQERRORS_DEFAULT)
        }
        return unsafe pointer
    }

    private func setUp() throws {
        guard unsafe PQstatus(pointer) == CONNECTION_OK else { throw unsafe Self.refusal(of: pointer) }
        unsafe notices.attach(to: pointer)
        guard unsafe PQserverVersion(pointer) >= 140_000 else {
            throw StoreError(.unavailable, "the database server is too old: PostgreSQL 14 or newer is needed")
        }
        // In SQL_ASCII and the like, text would come back as other bytes than it went in.
        guard let encoding = unsafe PQparameterStatus(pointer, "server_encoding"),
            unsafe String(cString: encoding) == "UTF8"
        else {
            throw StoreError(.unavailable, "the database has another encoding than UTF8: make it with ENCODING 'UTF8'")
        }
        guard unsafe PQsetnonblocking(pointer, 1) == 0, unsafe PQenterPipelineMode(pointer) == 1 else {
            throw PostgresFailure(.lost)
        }
    }

    private static func refusal(of pointer: OpaquePointer) -> PostgresFailure {
        let text = unsafe message(of: pointer)
        // "… FATAL:  53300: sorry, too many clients already"; of several hosts the last one's.
        let state = text.split(separator: " ").last { word in
            word.utf8.count == 6 && word.last == ":"
                && word.dropLast().allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber) } && word != "FATAL:"
        }
        return PostgresFailure(
            state.map { .server(state: String($0.dropLast()), constraint: nil) } ?? .unreachable(text))
    }

    /// libpq's words on one line; they name hosts, ports and users, never a password.
    private static func message(of pointer: OpaquePointer) -> String {
        guard let text = unsafe PQerrorMessage(pointer) else { return "" }
        return unsafe String(cString: text).split(whereSeparator: \.isNewline)
            .map { $0.drop { $0 == "\t" || $0 == " " } }.joined(separator: " ")
    }

    // MARK: Sending

    private mutating func send(_ request: PostgresRequest) throws {
        let isSent: Int32
        switch request {
        case .prepare(let name, let text, let types):
            isSent = unsafe PQsendPrepare(pointer, name, text, Int32(types.count), types)
        case .describe(let name):
            isSent = unsafe PQsendDescribePrepared(pointer, name)
        case .run(let text):
            isSent = unsafe PQsendQueryParams(pointer, text, 0, nil, nil, nil, nil, 1)
        case .execute(let name, let parameters):
            isSent = sendExecute(name, parameters)
        }
        guard isSent == 1 else { throw PostgresFailure(.lost) }
    }

    private func sendExecute(_ name: String, _ parameters: PostgresParameters) -> Int32 {
        let places = parameters.places
        let lengths = places.map { Int32($0.count) }
        let formats = [Int32](repeating: 1, count: places.count)
        return unsafe parameters.bytes.withUnsafeBufferPointer { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                let values = unsafe places.map { place in
                    unsafe place.offset < 0 ? nil : characters.baseAddress.map { unsafe $0 + place.offset }
                }
                return unsafe PQsendQueryPrepared(pointer, name, Int32(places.count), values, lengths, formats, 1)
            }
        }
    }

    // MARK: Receiving

    private mutating func receive(_ count: Int, until deadline: ContinuousClock.Instant) throws -> [PostgresResult] {
        var results: [PostgresResult] = []
        results.reserveCapacity(count)
        while true {
            let unsent = unsafe PQflush(pointer)
            guard unsent >= 0 else { throw lost(after: results) }
            var endings = 0
            while endings < 2, unsafe PQisBusy(pointer) == 0 {
                // Null ends the results of one request; twice in a row, nothing more has come yet.
                guard let result = unsafe PQgetResult(pointer) else {
                    guard unsafe PQstatus(pointer) == CONNECTION_OK else { throw lost(after: results) }
                    endings += 1
                    continue
                }
                endings = 0
                let owned = unsafe PostgresResult(owning: result)
                if owned.status == PGRES_PIPELINE_SYNC { return results }
                results.append(owned)
                guard unsafe PQstatus(pointer) == CONNECTION_OK else { throw lost(after: results) }
            }
            let left = deadline - .now
            guard left > .zero else { throw PostgresFailure(.timedOut) }
            let events = unsent == 1 ? POLLIN | POLLOUT : POLLIN
            let ready = unsafe Self.poll(
                PQsocket(pointer), events, milliseconds: Int32(min(left.settingMilliseconds, 60_000)))
            if ready & Int16(POLLIN) != 0 || ready & Int16(POLLERR | POLLHUP) != 0 {
                guard unsafe PQconsumeInput(pointer) == 1 else { throw lost(after: results) }
            }
        }
    }

    /// What the server said before it closed the connection says more than that it did.
    private func lost(after results: [PostgresResult]) -> PostgresFailure {
        results.lazy.compactMap(\.failure).first { $0.endsConnection } ?? PostgresFailure(.lost)
    }

    /// What is ready on `socket` within the time; 0 where nothing is.
    private static func poll(_ socket: Int32, _ events: Int32, milliseconds: Int32) -> Int16 {
        var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
        return unsafe Glibc.poll(&entry, 1, milliseconds) > 0 ? entry.revents : 0
    }
}
