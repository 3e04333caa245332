import AnpiModel
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The outermost layer: every error becomes a problem document, every answer carries the security headers and is
/// counted.
struct ErrorMiddleware: RouterMiddleware {
    typealias Context = PeopleContext

    /// A refused body may be sent to the end for this long before the connection is closed on it.
    static let lingerSeconds: Int64 = 2
    private static let refusals: Set<Problem.Kind> = [
        .unauthorized, .forbidden, .notFound, .methodNotAllowed, .tooLarge, .slowBody,
    ]

    let metrics: CollectorMetrics
    let methods: MethodTable

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            let allowed = Self.isUnrouted(error) ? methods.methods(of: request.uri.path) : []
            let problem = allowed.isEmpty ? Problem(about: error) : Self.wrongMethod(request, allowed)
            if problem.kind == .failed || problem.kind == .storeFailed {
                context.logger.error("request failed", metadata: ["error": "\(error)"])
            }
            response = Self.answer(problem)
            if !allowed.isEmpty { response.headers[.allow] = allowed.joined(separator: ", ") }
            if Self.mayHaveUnreadBody(request, problem) { Self.closeSoon(&response, context) }
        }
        SecurityHeaders.add(to: &response)
        metrics.count(request: RouteClass(context.endpointPath), status: response.status.code)
        return response
    }

    static func answer(_ problem: Problem) -> Response {
        var response = Response.json(problem.json, status: .init(code: problem.status), type: .problem)
        if problem.kind == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer realm=\"anpi\"" }
        if let seconds = problem.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
        return response
    }

    /// No route took the request; our own routes throw problems.
    private static func isUnrouted(_ error: any Error) -> Bool {
        (error as? HTTPError)?.status == .notFound
    }

    private static func wrongMethod(_ request: Request, _ allowed: [String]) -> Problem {
        Problem(
            .methodNotAllowed,
            "\(request.method.rawValue) is not known at this path; known: \(allowed.joined(separator: ", ")).")
    }

    /// Refused with a body still on its way: reading it to the end would be work for someone who was refused.
    private static func mayHaveUnreadBody(_ request: Request, _ problem: Problem) -> Bool {
        if request.headers[.transferEncoding] != nil { return true }
        guard let length = request.headers[.contentLength].flatMap(Int.init) else { return false }
        return length > 0 && refusals.contains(problem.kind)
    }

    private static func closeSoon(_ response: inout Response, _ context: Context) {
        response.headers[.connection] = "close"
        let channel = context.channel
        channel.eventLoop.scheduleTask(in: .seconds(lingerSeconds)) { channel.close(promise: nil) }
    }
}
