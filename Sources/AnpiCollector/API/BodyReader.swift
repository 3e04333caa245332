import AnpiDigest
import HTTPTypes
import Hummingbird
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads whole bodies: never more than a bound, never longer than a deadline.
struct BodyReader: Sendable {
    /// Commands, findings, tokens.
    static let commandBytesMax = 64 << 10
    /// Heartbeats with a backlog, the same bound as at the agents' door.
    static let heartbeatBytesMax = 1 << 20
    /// A whole fleet: about 5,000 sites with all their files.
    static let fleetBytesMax = 16 << 20
    /// A body that drips in is given up after this.
    static let deadline: Duration = .seconds(15)

    let clock: any Clock<Duration>
    var deadline = BodyReader.deadline

    /// The whole body, or a problem: 413 beyond `limit` (by `Content-Length` already), 408 beyond the deadline.
    func bytes(_ request: Request, upTo limit: Int) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limit {
            throw Problem(.tooLarge, "The body has \(length) bytes; this route takes at most \(limit).")
        }
        let body = request.body
        let clock = clock
        let deadline = deadline
        return try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask {
                let buffer = try await body.collect(upTo: limit)
                try Task.checkCancellation()
                return Array(buffer.readableBytesView)
            }
            group.addTask {
                try await clock.sleep(for: deadline)
                throw Problem(.slowBody, "The body was not complete after \(deadline.components.seconds) s.")
            }
            defer { group.cancelAll() }
            guard let bytes = try await group.next() else { throw CancellationError() }
            return bytes
        }
    }

    /// At most `limit` bytes, the rest is read and dropped: pings promise that a long body does no harm.
    func prefix(_ request: Request, upTo limit: Int, dropping dropMax: Int) async throws -> [UInt8] {
        let whole = try await bytes(request, upTo: dropMax)
        return Array(whole.prefix(limit))
    }

    /// The body as a typed value; an empty body is not JSON.
    func json<Value: Decodable>(_ request: Request, as type: Value.Type, upTo limit: Int = commandBytesMax)
        async throws -> (value: Value, bytes: [UInt8])
    {
        let bytes = try await bytes(request, upTo: limit)
        return (try JSONDecoder().decode(type, from: Data(bytes)), bytes)
    }
}
