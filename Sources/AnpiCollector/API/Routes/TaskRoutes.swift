import AnpiEngine
import AnpiModel
import Hummingbird

/// Tasks, their transitions, and everybody's own queue.
struct TaskRoutes {
    static let timelineMax = 100
    static let reasonCharactersMax = 500

    let parts: PeoplesParts
    let bodies: BodyReader
    let door: CommandDoor

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self)
            .get("tasks", use: list)
            .get("tasks/{id}", use: show)
            .post("tasks/{id}/transitions", use: transition)
            .post("tasks/{id}/notes", use: note)
            .get("queue", use: queue)
    }

    @Sendable func list(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        let query = try Query(request, allowed: ["state", "engineer", "site", "open", "limit", "cursor"])
        let filter = TaskFilter(
            state: try query.word("state", as: TaskState.self),
            engineer: try query.id("engineer", as: EngineerID.self), site: try query.id("site", as: SiteID.self),
            openOnly: try query.flag("open"))
        let page = Page(cursor: query.text("cursor"), limit: try query.limit())
        let (asOf, answer) = try await parts.engine.read { engine in
            (engine.now, engine.tasks(filter, page: page, scope: caller.scope))
        }
        return .reading(answer, asOf: asOf)
    }

    @Sendable func show(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        _ = try Query(request, allowed: [])
        let id = try context.parameters.spoken(TaskID.self, "task")
        let lines = try await parts.journal.newest(
            before: nil, limit: Self.timelineMax, filter: JournalFilter(task: id))
        let (asOf, answer) = try await parts.engine.read { engine in
            let names = JournalNames(of: lines, in: engine)
            let timeline = JSON.array(lines.map { JournalView.event($0, names: names) })
            return (engine.now, engine.task(id, scope: caller.scope, timeline: timeline))
        }
        guard let answer else { throw Problem(.notFound, "There is no task \(id).") }
        return .reading(answer, asOf: asOf)
    }

    @Sendable func transition(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.work)
        let id = try context.parameters.spoken(TaskID.self, "task")
        let sent = try await bodies.json(request, as: TaskTransition.self)
        try Self.checkTexts(["reason": sent.value.reason, "note": sent.value.note])
        if let road = sent.value.road { try Self.check(road, receivedAt: door.now()) }
        if caller.role == .engineer, let other = sent.value.onBehalfOf, other != caller.engineer {
            throw Problem(.forbidden, "Only a coordinator may act for another engineer.")
        }
        let known = try await parts.engine.read { $0.task(id, scope: caller.scope) != nil }
        guard known else { throw Problem(.notFound, "There is no task \(id).") }
        return try await door.submit(.transitionTask(id, sent.value), request, by: caller, body: sent.bytes)
    }

    /// Something to know that moves the task nowhere; the engine says whose it is.
    @Sendable func note(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.work)
        let id = try context.parameters.spoken(TaskID.self, "task")
        let sent = try await bodies.json(request, as: TaskNote.self)
        guard sent.value.text.contains(where: { !$0.isWhitespace }) else {
            throw Problem(path: "text", "must not be empty")
        }
        try Self.checkTexts(["text": sent.value.text])
        return try await door.submit(.noteTask(id, sent.value), request, by: caller, body: sent.bytes)
    }

    @Sendable func queue(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        let query = try Query(request, allowed: ["limit", "cursor"])
        let page = Page(cursor: query.text("cursor"), limit: try query.limit())
        let actor = CommandDoor.actor(of: caller)
        let (asOf, answer) = try await parts.engine.read { engine in
            (engine.now, engine.queue(for: actor, page: page))
        }
        return .reading(answer, asOf: asOf)
    }

    /// A road is held to the rules of the finding that it becomes.
    private static func check(_ road: BlockedRoad, receivedAt: Timestamp) throws(Problem) {
        do throws(Problem) {
            try FindingRules.check(road.finding(text: nil, observedAt: nil), receivedAt: receivedAt)
        } catch {
            throw error.places.first.map { Problem(path: "road.\($0.path)", $0.message) } ?? error
        }
    }

    static func checkTexts(_ texts: KeyValuePairs<String, String?>) throws {
        for (path, text) in texts {
            guard let text, text.unicodeScalars.count > reasonCharactersMax else { continue }
            throw Problem(path: path, "must have at most \(reasonCharactersMax) characters")
        }
    }
}
