import AnpiModel
import Hummingbird

/// Deliveries to hooks, as people look after them.
///
/// A hook is of the whole fleet, and a delivery may tell of any office: a token that is limited to offices sees none.
struct HookRoutes {
    static let states = ["waiting", "delivered", "dead", "superseded"]

    let parts: PeoplesParts

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self)
            .get("hooks", use: list)
            .get("hooks/deliveries", use: deliveries)
            .post("hooks/deliveries/{id}/retry", use: retry)
    }

    @Sendable func list(_ request: Request, context: PeopleContext) async throws -> Response {
        _ = try Self.caller(of: context)
        _ = try Query(request, allowed: [])
        return .json(.page(try await parts.hooks.hooks(), next: nil))
    }

    @Sendable func deliveries(_ request: Request, context: PeopleContext) async throws -> Response {
        _ = try Self.caller(of: context)
        let query = try Query(request, allowed: ["state", "limit", "cursor"])
        let state = query.text("state") ?? "dead"
        guard Self.states.contains(state) else {
            throw Problem(path: "query.state", "must be one of: \(Self.states.joined(separator: ", "))")
        }
        let page = try await parts.hooks.deliveries(
            state: state, after: query.text("cursor"), limit: try query.limit())
        return .json(.page(page.items, next: page.next))
    }

    @Sendable func retry(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try Self.caller(of: context)
        let id = context.parameters.get("id") ?? ""
        switch try await parts.hooks.retry(id: id) {
        case nil: throw Problem(.notFound, "There is no delivery with this id.")
        case false?: throw Problem(.conflict, "Only a dead delivery can be tried again.")
        case true?: break
        }
        try await parts.audit?.record(kind: "door.deliveryRetried", actor: caller.name, body: ["id": .string(id)])
        return .json(["id": .string(id), "state": "waiting"])
    }

    private static func caller(of context: PeopleContext) throws -> Principal {
        let caller = try context.caller()
        try caller.require(.coordinate)
        try caller.requireWholeFleet()
        return caller
    }
}
