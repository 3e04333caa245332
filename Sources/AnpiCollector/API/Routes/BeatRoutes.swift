import AnpiModel
import HTTPTypes
import Hummingbird

/// Heartbeats and pings at the people's door: small fleets need one address only.
struct BeatRoutes {
    /// A ping's body is read this far, so that a chatty script is not cut off in the middle of its write.
    static let pingBytesMax = 1 << 20

    let parts: PeoplesParts
    let bodies: BodyReader
    let gate: Gate

    /// Heartbeats; the token is looked at here, because the gate of people knows sessions too.
    var heartbeats: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self).post("heartbeats", use: beat)
    }

    var pings: RouteCollection<PeopleContext> {
        let routes = RouteCollection(context: PeopleContext.self)
        for path: RouterPath in ["{a}", "{a}/{b}", "{a}/{b}/{c}"] {
            for method: HTTPRequest.Method in [.get, .head, .post] { routes.on(path, method: method, use: ping) }
        }
        return routes
    }

    @Sendable func beat(_ request: Request, context: PeopleContext) async throws -> Response {
        guard let principal = try gate.bearer(of: request, peer: context.peer) else {
            throw Problem(.unauthorized, "Heartbeats need the agent's token.")
        }
        guard principal.role == .agent, let agent = principal.agent else {
            throw Problem(.forbidden, "Heartbeats need the token of an agent, not of role \(principal.role.rawValue).")
        }
        if let wait = parts.admission.agents.take(agent, at: parts.now()) {
            throw parts.admission.tooOften(.beat, wait)
        }
        let bytes = try await bodies.bytes(request, upTo: BodyReader.heartbeatBytesMax)
        let answer = await parts.beats.heartbeats(
            body: bytes, encoding: request.headers[.contentEncoding],
            token: AuthenticatedAgent(agent: agent, tokenID: principal.tokenID))
        return .wire(answer)
    }

    @Sendable func ping(_ request: Request, context: PeopleContext) async throws -> Response {
        let unknown = Problem(.notFound, "There is no such ping address.")
        guard let path = PingPath(path: request.uri.path) else {
            throw gate.guessed(unknown, request, peer: context.peer)
        }
        switch parts.access.pings.find(path, at: parts.now()) {
        case .unknown: throw gate.guessed(unknown, request, peer: context.peer)
        case .ambiguous: throw Problem(.conflict, "Several copies have this slug; use the copy's own address.")
        case .place(let place):
            if let wait = parts.admission.pings.take(place, at: parts.now()) {
                throw parts.admission.tooOften(.beat, wait)
            }
            let bytes =
                request.method == .post
                ? try await bodies.prefix(request, upTo: PingPath.bodyBytesMax, dropping: Self.pingBytesMax) : []
            let answer = await parts.beats.ping(
                site: place.site, tier: place.tier, kind: path.kind, run: PingPath.run(query: request.uri.query),
                body: bytes)
            var response = Response.wire(answer)
            response.headers[.pingBodyLimit] = String(PingPath.bodyBytesMax)
            return request.method == .head ? response.createHeadResponse() : response
        }
    }
}
