import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Packs answers that are worth it for clients that take gzip.
///
/// Files come packed already (`StaticFile`); a body without a known length, such as the event stream, passes as it is.
/// An `ETag` here is a version for `If-Match` and answers are `no-store`, so it stays the same in every encoding.
struct CompressionMiddleware: RouterMiddleware {
    typealias Context = PeopleContext

    /// Smaller answers fit one packet anyway.
    static let bytesMin = 1_024
    /// Larger ones (a whole nation's fleet) would hold a processor for too long.
    static let bytesMax = 4 << 20

    private static let types: Set = [
        AnswerType.json.rawValue, AnswerType.problem.rawValue, AnswerType.metrics.rawValue,
    ]

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard let type = response.headers[.contentType], Self.types.contains(type),
            response.headers[.contentEncoding] == nil, response.headers[.vary] == nil
        else { return response }
        response.headers[.vary] = "Accept-Encoding"
        guard let length = response.body.contentLength, (Self.bytesMin...Self.bytesMax).contains(length),
            ContentCoding.acceptsGzip(request.headers)
        else { return response }
        let gathered = Gathered()
        try await response.body.write(Gatherer(gathered: gathered))
        let plain = gathered.buffer.withLock { $0 }
        guard let packed = plain.withUnsafeReadableBytes({ gzip($0, effort: .quick) }), packed.count < length else {
            response.body = ResponseBody(byteBuffer: plain)
            return response
        }
        response.headers[.contentEncoding] = "gzip"
        response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: packed))
        return response
    }
}

/// The whole body of an answer.
private final class Gathered: Sendable {
    let buffer = Mutex(ByteBuffer())
}

private struct Gatherer: ResponseBodyWriter {
    let gathered: Gathered

    mutating func write(_ buffer: ByteBuffer) async throws {
        gathered.buffer.withLock { whole in
            var part = buffer
            whole.writeBuffer(&part)
        }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
