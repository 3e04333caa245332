import AnpiEngine
import AnpiModel
import Hummingbird

/// Evidence by people.
struct FindingRoutes {
    let parts: PeoplesParts
    let bodies: BodyReader
    let door: CommandDoor

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self).get("findings", use: list).post("findings", use: add)
    }

    @Sendable func list(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        let query = try Query(request, allowed: ["site", "limit", "cursor"])
        let site = try query.id("site", as: SiteID.self)
        let page = Page(cursor: query.text("cursor"), limit: try query.limit())
        let (asOf, answer) = try await parts.engine.read { engine in
            (engine.now, engine.findings(site: site, page: page, scope: caller.scope))
        }
        return .reading(answer, asOf: asOf)
    }

    @Sendable func add(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.work)
        let sent = try await bodies.json(request, as: FindingDraft.self)
        try FindingRules.check(sent.value, receivedAt: door.now())
        if let site = sent.value.site {
            let known = try await parts.engine.read { $0.site(site, scope: caller.scope) != nil }
            guard known else { throw Problem(path: "site", "is not a site that you look after: \(site)") }
        }
        return try await door.submit(.addFinding(sent.value), request, by: caller, body: sent.bytes)
    }
}
