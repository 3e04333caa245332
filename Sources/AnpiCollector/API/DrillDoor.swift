package import AnpiEngine
package import AnpiModel
import HTTPTypes
import Hummingbird
import Synchronization

/// The drills as the people's door needs them.
package protocol DrillKeeping: Sendable {
    /// Those that play and those that could, by name.
    func list() -> [DrillStatus]
    /// Begins a drill and answers with its status; the same key gets the same answer for as long as those of commands.
    ///
    /// Another body under a known key throws `.operationReused` (422), a key whose drill is being begun `.outcomePending`.
    func start(_ start: DrillStart, by actor: String) async throws -> Outcome
    /// Ends it and returns when nothing of it is left.
    func end(_ name: String, by actor: String) async throws
    /// What is asked where the drill is meant; nil where none of this name plays. Throws `.starting` while it is loaded.
    func parts(of name: String) throws(CollectorError) -> DrillParts?
}

/// A person's wish to begin a drill.
package struct DrillStart: Hashable, Sendable {
    package var name: String
    /// Nil plays it in about five minutes.
    package var speed: Int?
    /// The caller's `Idempotency-Key`, and what it stands for.
    package var operation: String
    package var bodyDigest: [UInt8]

    package init(name: String, speed: Int?, operation: String, bodyDigest: [UInt8]) {
        self.name = name
        self.speed = speed
        self.operation = operation
        self.bodyDigest = bodyDigest
    }
}

/// A drill's lane as the people's door asks it.
package struct DrillParts: Sendable {
    package var lane: Int
    package var name: String
    package var engine: any EngineReading
    package var commands: any CommandSubmitting
    package var journal: any JournalReading
    package var hooks: any HookAdministration
    package var photos: any PhotoKeeping
    package var audit: any DoorJournaling
    /// The drill's own clock.
    package var now: @Sendable () -> Timestamp

    package init(
        lane: Int, name: String, engine: any EngineReading, commands: any CommandSubmitting,
        journal: any JournalReading, hooks: any HookAdministration, photos: any PhotoKeeping,
        audit: any DoorJournaling, now: @escaping @Sendable () -> Timestamp
    ) {
        self.lane = lane
        self.name = name
        self.engine = engine
        self.commands = commands
        self.journal = journal
        self.hooks = hooks
        self.photos = photos
        self.audit = audit
        self.now = now
    }
}

/// Sends what is asked of a drill (`?drill=NAME`) to that drill's own routes: they are the same routes on another lane,
/// so no route of the real fleet ever knows of a drill, and none can forget to leave it out.
///
/// Only what is listed in `PeoplesDoor.drillRouter` can be asked of a drill: no heartbeats, no pings, no tokens.
struct DrillDoor: RouterMiddleware {
    typealias Context = PeopleContext

    static let parameter = "drill"

    let drills: any DrillKeeping
    let gate: Gate
    let routers: DrillRouters

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard request.uri.path.hasPrefix("/v1/"), let name = Self.drill(of: request) else {
            return try await next(request, context)
        }
        var context = context
        // Who may not ask at all is not told which drills there are.
        context.principal = try gate.principal(of: request, peer: context.peer)
        guard let parts = try drills.parts(of: name) else {
            let playing = drills.list().filter { $0.run != nil }.map(\.name)
            throw Problem(
                .notFound,
                "No such drill plays. "
                    + (playing.isEmpty ? "None does." : "Playing: \(playing.joined(separator: ", "))."))
        }
        let inner = Request(head: Self.withoutDrill(request.head), body: request.body)
        var response = try await routers.router(for: parts).respond(to: inner, context: context)
        response.headers[.anpiDrill] = parts.name
        return response
    }

    private static func drill(of request: Request) -> String? {
        request.uri.queryParameters[Substring(parameter)].map(String.init)
    }

    /// The routes know no such parameter, and refuse those that they do not know.
    static func withoutDrill(_ head: HTTPRequest) -> HTTPRequest {
        var head = head
        let parts = (head.path ?? "").split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return head }
        let rest = parts[1].split(separator: "&").filter { $0 != parameter && !$0.hasPrefix(parameter + "=") }
        head.path = parts[0] + (rest.isEmpty ? "" : "?" + rest.joined(separator: "&"))
        return head
    }
}

/// The routes of each drill that was asked for, laid out once.
final class DrillRouters: Sendable {
    private let known = Mutex<[Int: RouterResponder<PeopleContext>]>([:])
    private let layOut: @Sendable (DrillParts) -> RouterResponder<PeopleContext>

    init(_ layOut: @escaping @Sendable (DrillParts) -> RouterResponder<PeopleContext>) {
        self.layOut = layOut
    }

    func router(for parts: DrillParts) -> RouterResponder<PeopleContext> {
        if let router = known.withLock({ $0[parts.lane] }) { return router }
        let router = layOut(parts)
        known.withLock { known in
            // Lanes are never used again: those of drills that have ended are of no use.
            if known.count >= Drills.countMax { known = [:] }
            known[parts.lane] = router
        }
        return router
    }
}

/// Says what is wrong with a path that no drill has; the door around it only knows the real routes.
struct UnroutedInDrills: RouterMiddleware {
    typealias Context = PeopleContext

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            guard error.status == .notFound else { throw Problem(about: error) }
            throw Problem(.notFound, "This cannot be asked of a drill: leave ?drill= out, or see /openapi.json.")
        }
    }
}

/// A drill's warnings are those of its feed.
struct DrillHazards: HazardReceiving {
    func receive(_ raw: [UInt8], name: String?) async throws -> HazardReceipt {
        throw Problem(.forbidden, "A drill takes no warnings from outside: those of its feed are what it is about.")
    }

    func raw(_ digest: [UInt8]) async throws -> [UInt8]? { nil }
}
