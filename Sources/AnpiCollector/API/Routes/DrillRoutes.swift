import AnpiEngine
import AnpiModel
import HTTPTypes
import Hummingbird

/// Drills: which there are, beginning one, and removing it with all that is kept of it.
struct DrillRoutes {
    struct Draft: Decodable {
        var name: String
        var speed: Int?
    }

    let drills: any DrillKeeping
    let bodies: BodyReader

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self)
            .get("drills", use: list)
            .post("drills", use: start)
            .delete("drills/{name}", use: end)
    }

    @Sendable func list(_ request: Request, context: PeopleContext) async throws -> Response {
        try context.caller().require(.read)
        _ = try Query(request, allowed: [])
        return .json(.page(drills.list().map(\.json), next: nil))
    }

    @Sendable func start(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try Self.caller(of: context)
        _ = try Query(request, allowed: [])
        let (draft, body) = try await bodies.json(request, as: Draft.self)
        let key = DrillStart(
            name: draft.name, speed: draft.speed, operation: try CommandDoor.operation(of: request),
            bodyDigest: CommandDoor.digest(of: request, body: body))
        let outcome = try await drills.start(key, by: caller.name)
        var response = Response.outcome(outcome)
        response.headers[.idempotencyKey] = outcome.operation
        return response
    }

    @Sendable func end(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try Self.caller(of: context)
        _ = try Query(request, allowed: [])
        try await drills.end(context.parameters.get("name") ?? "", by: caller.name)
        return Response(status: .noContent)
    }

    /// A drill is of no office, and its hooks ring whom they ring.
    private static func caller(of context: PeopleContext) throws -> Principal {
        let caller = try context.caller()
        try caller.require(.coordinate)
        try caller.requireWholeFleet()
        return caller
    }
}
