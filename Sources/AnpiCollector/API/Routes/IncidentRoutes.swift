import AnpiEngine
import AnpiModel
import Hummingbird

/// Incidents and what people decide about them.
struct IncidentRoutes {
    let parts: PeoplesParts
    let bodies: BodyReader
    let door: CommandDoor

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self)
            .get("incidents", use: list)
            .get("incidents/{id}", use: show)
            .post("incidents/{id}/transitions", use: transition)
    }

    @Sendable func list(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        let query = try Query(request, allowed: ["state", "limit", "cursor"])
        let state = try query.word("state", as: IncidentState.self)
        let page = Page(cursor: query.text("cursor"), limit: try query.limit())
        let (asOf, answer) = try await parts.engine.read { engine in
            (engine.now, engine.incidents(state: state, page: page, scope: caller.scope))
        }
        return .reading(answer, asOf: asOf)
    }

    @Sendable func show(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        _ = try Query(request, allowed: [])
        let id = try context.parameters.spoken(IncidentID.self, "incident")
        let lines = try await parts.journal.newest(
            before: nil, limit: TaskRoutes.timelineMax, filter: JournalFilter(incident: id))
        let (asOf, answer) = try await parts.engine.read { engine in
            let names = JournalNames(of: lines, in: engine)
            let timeline = JSON.array(lines.map { JournalView.event($0, names: names) })
            return (engine.now, engine.incident(id, scope: caller.scope, timeline: timeline))
        }
        guard let answer else { throw Problem(.notFound, "There is no incident \(id).") }
        return .reading(answer, asOf: asOf)
    }

    @Sendable func transition(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.coordinate)
        let id = try context.parameters.spoken(IncidentID.self, "incident")
        let sent = try await bodies.json(request, as: IncidentTransition.self)
        try TaskRoutes.checkTexts(["reason": sent.value.reason])
        let known = try await parts.engine.read { $0.incident(id, scope: caller.scope) != nil }
        guard known else { throw Problem(.notFound, "There is no incident \(id).") }
        return try await door.submit(.transitionIncident(id, sent.value), request, by: caller, body: sent.bytes)
    }
}
