import AnpiEngine
import AnpiModel
import Hummingbird

/// Who can be sent.
struct EngineerRoutes {
    let parts: PeoplesParts
    let bodies: BodyReader
    let door: CommandDoor

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self)
            .get("engineers", use: list)
            .get("engineers/{id}", use: show)
            .post("engineers/{id}/availability", use: setAvailability)
    }

    @Sendable func list(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        let query = try Query(request, allowed: ["availability", "limit", "cursor"])
        let availability = try query.word("availability", as: Availability.self)
        let page = Page(cursor: query.text("cursor"), limit: try query.limit())
        let (asOf, answer) = try await parts.engine.read { engine in
            (engine.now, engine.engineers(availability: availability, page: page, scope: caller.scope))
        }
        return .reading(answer, asOf: asOf)
    }

    @Sendable func show(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        _ = try Query(request, allowed: [])
        let id = try context.parameters.identifier(EngineerID.self, "engineer")
        let (asOf, answer) = try await parts.engine.read { engine in
            (engine.now, engine.engineer(id, scope: caller.scope))
        }
        guard let answer else { throw Problem(.notFound, "There is no engineer \(id).") }
        return .reading(answer, asOf: asOf)
    }

    @Sendable func setAvailability(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.work)
        let id = try context.parameters.identifier(EngineerID.self, "engineer")
        if caller.role == .engineer, caller.engineer != id {
            throw Problem(.forbidden, "Only a coordinator may say when another engineer is available.")
        }
        let sent = try await bodies.json(request, as: AvailabilityChange.self)
        try TaskRoutes.checkTexts(["reason": sent.value.reason])
        let known = try await parts.engine.read { $0.engineer(id, scope: caller.scope) != nil }
        guard known else { throw Problem(.notFound, "There is no engineer \(id).") }
        return try await door.submit(.setAvailability(id, sent.value), request, by: caller, body: sent.bytes)
    }
}
