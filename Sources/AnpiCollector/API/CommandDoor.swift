import AnpiDigest
import AnpiEngine
import AnpiModel
import HTTPTypes
import Hummingbird

/// Makes a command of a person's request and answers with its outcome.
struct CommandDoor: Sendable {
    static let operationBytesMax = 128

    let commands: any CommandSubmitting
    let metrics: CollectorMetrics
    let now: @Sendable () -> Timestamp

    /// `body` is what was sent; together with the route it is what the key stands for.
    func submit(_ change: Command.Change, _ request: Request, by caller: Principal, body: [UInt8]) async throws
        -> Response
    {
        let command = Command(
            operation: try Self.operation(of: request), bodyDigest: Self.digest(of: request, body: body),
            actor: Self.actor(of: caller), receivedAt: now(), expectedVersion: try Self.expectedVersion(of: request),
            change: change)
        let outcome = try await commands.submit(command)
        metrics.count(outcomeStatus: outcome.status)
        var response = Response.outcome(outcome)
        response.headers[.idempotencyKey] = command.operation
        return response
    }

    static func actor(of caller: Principal) -> Command.Actor {
        Command.Actor(name: caller.name, role: caller.role, engineer: caller.engineer, offices: caller.offices)
    }

    /// What a key stands for: the route and the body.
    static func digest(of request: Request, body: [UInt8]) -> [UInt8] {
        SHA256.hash(Array("\(request.method.rawValue) \(request.uri.path)\n".utf8) + body)
    }

    /// The caller's key, or one drawn here for callers that do not repeat themselves.
    static func operation(of request: Request) throws -> String {
        guard var key = request.headers[.idempotencyKey] else { return TokenText.randomUUID() }
        if key.utf8.count >= 2, key.hasPrefix("\""), key.hasSuffix("\"") { key = String(key.dropFirst().dropLast()) }
        guard (1...operationBytesMax).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw Problem(.malformed, "Idempotency-Key must be 1 to \(operationBytesMax) visible ASCII characters.")
        }
        return key
    }

    /// `If-Match: "3"`; `*` matches whatever is there. A proxy that packs answers weakens their tags to `W/"3"`, and it
    /// is still the version that the caller saw.
    static func expectedVersion(of request: Request) throws -> Int? {
        guard var header = request.headers[.ifMatch], header != "*" else { return nil }
        if header.hasPrefix("W/") { header.removeFirst(2) }
        guard header.hasPrefix("\""), header.hasSuffix("\""), header.utf8.count >= 3,
            let version = Int(header.dropFirst().dropLast()), version >= 0
        else { throw Problem(.malformed, "If-Match must be a version as this collector sends it in ETag, like \"3\".") }
        return version
    }
}
