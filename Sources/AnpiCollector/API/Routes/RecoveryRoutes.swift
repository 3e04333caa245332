import AnpiEngine
import AnpiModel
import Hummingbird

/// Damage, what survives, which rung, which machine, and why a task is planned as it is.
struct RecoveryRoutes {
    let parts: PeoplesParts
    let bodies: BodyReader
    let door: CommandDoor

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self)
            .get("sites/{id}/recovery", use: show)
            .post("sites/{id}/damage", use: damage)
            .get("recoveries", use: list)
            .get("loaners", use: loaners)
            .post("loaners/{id}", use: setLoaner)
            .get("tasks/{id}/why", use: why)
            .post("tasks/{id}/pin", use: pin)
    }

    @Sendable func show(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        _ = try Query(request, allowed: [])
        let id = try context.parameters.identifier(SiteID.self, "site")
        let (asOf, answer) = try await parts.engine.read { engine in
            (engine.now, engine.recovery(of: id, scope: caller.scope))
        }
        guard let answer else { throw Problem(.notFound, "There is no site \(id).") }
        return .reading(answer, asOf: asOf)
    }

    @Sendable func damage(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.work)
        let id = try context.parameters.identifier(SiteID.self, "site")
        let sent = try await bodies.json(request, as: DamageReport.self)
        let known = try await parts.engine.read { $0.site(id, scope: caller.scope) != nil }
        guard known else { throw Problem(.notFound, "There is no site \(id).") }
        return try await door.submit(.reportDamage(id, sent.value), request, by: caller, body: sent.bytes)
    }

    @Sendable func list(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        let query = try Query(request, allowed: ["all", "limit", "cursor"])
        let includesEnded = try query.flag("all")
        let page = Page(cursor: query.text("cursor"), limit: try query.limit())
        let (asOf, answer) = try await parts.engine.read { engine in
            (engine.now, engine.recoveries(openOnly: !includesEnded, page: page, scope: caller.scope))
        }
        return .reading(answer, asOf: asOf)
    }

    @Sendable func loaners(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        let query = try Query(request, allowed: ["limit", "cursor"])
        let page = Page(cursor: query.text("cursor"), limit: try query.limit())
        let (asOf, answer) = try await parts.engine.read { engine in
            (engine.now, engine.loaners(page: page, scope: caller.scope))
        }
        return .reading(answer, asOf: asOf)
    }

    @Sendable func setLoaner(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.work)
        let id = try context.parameters.identifier(LoanerID.self, "loaner")
        let sent = try await bodies.json(request, as: LoanerChange.self)
        try TaskRoutes.checkTexts(["note": sent.value.note])
        return try await door.submit(.setLoaner(id, sent.value), request, by: caller, body: sent.bytes)
    }

    @Sendable func why(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        _ = try Query(request, allowed: [])
        let id = try context.parameters.spoken(TaskID.self, "task")
        let (asOf, answer) = try await parts.engine.read { engine in
            (engine.now, engine.whyPlanned(id, scope: caller.scope))
        }
        guard let answer else { throw Problem(.notFound, "There is no task \(id).") }
        return .reading(answer, asOf: asOf)
    }

    @Sendable func pin(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.work)
        let id = try context.parameters.spoken(TaskID.self, "task")
        let sent = try await bodies.json(request, as: TaskPin.self)
        try TaskRoutes.checkTexts(["reason": sent.value.reason])
        let known = try await parts.engine.read { $0.task(id, scope: caller.scope) != nil }
        guard known else { throw Problem(.notFound, "There is no task \(id).") }
        return try await door.submit(.pinTask(id, sent.value), request, by: caller, body: sent.bytes)
    }
}
