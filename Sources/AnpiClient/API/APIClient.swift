package import AnpiModel
import FoundationEssentials

/// The people's API as functions; blocking, one request at a time.
package struct APIClient {
    /// How often a change is sent again with the same key, and after which pauses.
    package struct Retry: Sendable {
        package var pauses: [Duration]
        /// The longest `Retry-After` that is waited for; more is the caller's decision.
        package var longestPause: Duration
        /// Whether it is sent again where the connection broke, not only where the collector is busy.
        package var triesBrokenLines = true

        package init(
            pauses: [Duration] = [.milliseconds(250), .seconds(1), .seconds(2)], longestPause: Duration = .seconds(5)
        ) {
            self.pauses = pauses
            self.longestPause = longestPause
        }
    }

    private let transport: any APITransport
    private let token: String?
    private let drill: String?
    private let retry: Retry
    private let pause: (Duration) -> Void

    /// - Parameters:
    ///   - drill: The drill that is asked; nil is the real fleet.
    ///   - pause: Waits between two attempts; the program sleeps, tests do not.
    package init(
        transport: any APITransport, token: String?, drill: String? = nil, retry: Retry = Retry(),
        pause: @escaping (Duration) -> Void
    ) {
        self.transport = transport
        self.token = token
        self.drill = drill
        self.retry = retry
        self.pause = pause
    }

    /// The same for changes that are kept and sent again another time anyway: a broken line is not tried again at
    /// once, so that nobody waits for one that is not there.
    package var once: APIClient {
        var retry = retry
        retry.triesBrokenLines = false
        return APIClient(transport: transport, token: token, drill: drill, retry: retry, pause: pause)
    }

    /// A successful answer before it is understood.
    package struct Answer: Hashable, Sendable {
        package var status: Int
        package var body: [UInt8]
        /// The subject's version (`ETag`).
        package var version: Int?
        /// The engine's time that the answer rests on (`X-Anpi-As-Of`).
        package var asOf: Timestamp?
        /// The key of the change that was answered; nil for a question.
        package var operation: String?

        init(_ response: APIResponse, operation: String? = nil) {
            self.operation = operation
            status = response.status
            body = response.body
            version = response.header("ETag").flatMap { Int($0.filter { $0 != "\"" && $0 != "W" && $0 != "/" }) }
            asOf = response.header("X-Anpi-As-Of").flatMap { Timestamp(rfc3339: $0) }
        }
    }

    /// An answer and what it says.
    package struct Read<Value: Sendable>: Sendable {
        package var value: Value
        package var answer: Answer
    }

    /// A change on its way: the key makes it happen at most once, however often it is sent.
    package struct Change: Hashable, Sendable {
        package var operation: String
        /// The version that the person saw; another one is a conflict.
        package var expectedVersion: Int?

        package init(operation: String, expectedVersion: Int? = nil) {
            self.operation = operation
            self.expectedVersion = expectedVersion
        }
    }

    package func get(_ target: Target) throws(APIError) -> Answer {
        let request = APIRequest(method: .get, target: text(of: target), headers: headers())
        let response: APIResponse
        do { response = try transport.exchange(request) } catch { throw APIError(error) }
        if let error = APIError(response) { throw error }
        return Answer(response)
    }

    /// Sends a change; the one place where changes leave, so that keeping them while offline has one place to go.
    ///
    /// A broken connection and a busy collector are tried again with the same key a bounded number of times.
    package func send(
        _ method: APIRequest.Method, _ target: Target, body: JSON? = nil, change: Change
    ) throws(APIError) -> Answer {
        let content = body.map { Content(type: "application/json", bytes: Array($0.text.utf8)) }
        return try send(method, target, content, change: change)
    }

    /// What is sent, and as what.
    struct Content: Hashable, Sendable {
        var type: String
        var bytes: [UInt8]
        /// How long sending it may take where that is not the usual time.
        var timeout: Duration?
    }

    /// The same with a body that is not ours to write.
    func send(
        _ method: APIRequest.Method, _ target: Target, _ content: Content?, change: Change
    ) throws(APIError) -> Answer {
        var headers = headers()
        headers.append(APIHeader("Idempotency-Key", change.operation))
        if let version = change.expectedVersion { headers.append(APIHeader("If-Match", "\"\(version)\"")) }
        if let content { headers.append(APIHeader("Content-Type", content.type)) }
        let request = APIRequest(
            method: method, target: text(of: target), headers: headers, body: content?.bytes,
            timeout: content?.timeout)

        var mayHaveArrived = false
        for attempt in 0... {
            let next = attempt < retry.pauses.count ? retry.pauses[attempt] : nil
            do {
                let response = try transport.exchange(request)
                guard let error = APIError(response, operation: change.operation) else {
                    return Answer(response, operation: change.operation)
                }
                guard error.code == .busy, let wait = wait(next, asked: response.header("Retry-After")) else {
                    throw error
                }
                pause(wait)
            } catch let failure as TransportFailure {
                mayHaveArrived = mayHaveArrived || failure.kind == .noAnswer
                guard let next, failure.kind != .insecure, retry.triesBrokenLines else {
                    var error = APIError(failure, operation: change.operation)
                    if mayHaveArrived { error.code = .unanswered }
                    throw error
                }
                pause(next)
            } catch let error as APIError {
                throw error
            } catch {
                throw APIError(code: .unexpected, operation: change.operation)
            }
        }
        throw APIError(code: .busy, operation: change.operation)
    }

    /// Understands an answer, or says which place of it is not what the API promises.
    package func read<Value: Decodable & Sendable>(
        _ type: Value.Type, from answer: Answer
    ) throws(APIError) -> Read<Value> {
        do {
            return Read(value: try JSONDecoder().decode(type, from: Data(answer.body)), answer: answer)
        } catch {
            let place = (error as? DecodingError).map(Self.place) ?? "?"
            throw APIError(
                code: .notUnderstood, status: answer.status, detail: place, operation: answer.operation)
        }
    }

    /// Nil where no further attempt is left or the collector asks for more patience than a person at a prompt has.
    private func wait(_ next: Duration?, asked: String?) -> Duration? {
        guard let next else { return nil }
        guard let asked, let seconds = Int(asked) else { return next }
        let pause = Duration.seconds(seconds)
        return pause > retry.longestPause ? nil : max(next, pause)
    }

    private func text(of target: Target) -> String {
        target.isOfFleet ? target.with("drill", drill).text : target.text
    }

    private func headers() -> [APIHeader] {
        var headers = [APIHeader("Accept", "application/json")]
        if let token { headers.append(APIHeader("Authorization", "Bearer \(token)")) }
        return headers
    }

    /// The path of a decoding error as the API writes paths, and the reason.
    private static func place(of error: DecodingError) -> String {
        let context: DecodingError.Context
        switch error {
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found): context = found
        case .keyNotFound(let key, let found): return path(found.codingPath + [key]) + ": missing"
        @unknown default: return "?"
        }
        return path(context.codingPath) + ": " + context.debugDescription
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        var text = ""
        for key in keys {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
        return text.isEmpty ? "$" : text
    }
}
