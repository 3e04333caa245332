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
            .post("incidents/{id}", use: change)
            .post("incidents/{id}/transitions", use: transition)
            .post("incidents/{id}/merge", use: merge)
            .get("incidents/{id}/sitreps", use: sitreps)
            .post("incidents/{id}/sitreps", use: addSitrep)
            .get("incidents/{id}/sitreps/{number}", use: sitrep)
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
        try await checkKnown(id, to: caller)
        return try await door.submit(.transitionIncident(id, sent.value), request, by: caller, body: sent.bytes)
    }

    @Sendable func change(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.coordinate)
        let id = try context.parameters.spoken(IncidentID.self, "incident")
        let sent = try await bodies.json(request, as: IncidentChange.self)
        try await checkKnown(id, to: caller)
        return try await door.submit(.changeIncident(id, sent.value), request, by: caller, body: sent.bytes)
    }

    @Sendable func merge(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.coordinate)
        let id = try context.parameters.spoken(IncidentID.self, "incident")
        let sent = try await bodies.json(request, as: IncidentMerge.self)
        try TaskRoutes.checkTexts(["reason": sent.value.reason])
        try await checkKnown(id, to: caller)
        return try await door.submit(.mergeIncident(id, sent.value), request, by: caller, body: sent.bytes)
    }

    private func checkKnown(_ id: IncidentID, to caller: Principal) async throws {
        let known = try await parts.engine.read { $0.incident(id, scope: caller.scope) != nil }
        guard known else { throw Problem(.notFound, "There is no incident \(id).") }
    }

    // MARK: Situation reports

    /// Characters of a situation report's text: two pages.
    static let sitrepCharactersMax = 4_000

    @Sendable func addSitrep(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.coordinate)
        let id = try context.parameters.spoken(IncidentID.self, "incident")
        let sent = try await bodies.json(request, as: SitrepDraft.self)
        if let text = sent.value.text, text.unicodeScalars.count > Self.sitrepCharactersMax {
            throw Problem(path: "text", "must have at most \(Self.sitrepCharactersMax) characters")
        }
        try await checkKnown(id, to: caller)
        return try await door.submit(.addSitrep(id, sent.value), request, by: caller, body: sent.bytes)
    }

    @Sendable func sitreps(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        _ = try Query(request, allowed: [])
        let id = try context.parameters.spoken(IncidentID.self, "incident")
        let (asOf, answer) = try await parts.engine.read { engine in
            (engine.now, engine.sitreps(of: id, scope: caller.scope))
        }
        guard let answer else { throw Problem(.notFound, "There is no incident \(id).") }
        return .reading(answer, asOf: asOf)
    }

    @Sendable func sitrep(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        let query = try Query(request, allowed: ["lang"])
        let language = try query.word("lang", as: Language.self) ?? request.language
        let id = try context.parameters.spoken(IncidentID.self, "incident")
        let text = context.parameters.get("number") ?? ""
        let isMarkdown = text.hasSuffix(".md") || request.wantsMarkdown
        let missing = Problem(.notFound, "\(id) has no situation report \(text.prefix(20)).")
        guard let number = Int(text.hasSuffix(".md") ? text.dropLast(3) : text[...]) else { throw missing }
        guard isMarkdown else {
            let (asOf, answer) = try await parts.engine.read { engine in
                (engine.now, engine.sitrep(number, of: id, scope: caller.scope))
            }
            guard let answer else { throw missing }
            return .reading(answer, asOf: asOf)
        }
        let (asOf, answer) = try await parts.engine.read { engine in
            (engine.now, engine.sitrepMarkdown(number, of: id, language, scope: caller.scope))
        }
        guard let answer else { throw missing }
        var response = Response.text(answer, type: .markdown)
        response.headers[.anpiAsOf] = asOf.rfc3339()
        return response
    }
}
