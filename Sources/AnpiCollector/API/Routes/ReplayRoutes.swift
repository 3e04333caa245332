import AnpiModel
import HTTPTypes
import Hummingbird
import NIOCore

/// What was recorded, for `anpi replay --from-journal`: a checkpoint, the rows of the log behind it, and the journal.
struct ReplayRoutes {
    let parts: PeoplesParts

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self).get("replay", use: piece)
    }

    /// Everything that anybody sent or typed is in it, so only administrators of the whole fleet get it, and the
    /// journal says who did.
    @Sendable func piece(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.administer)
        try caller.requireWholeFleet()
        guard let replay = parts.replay else { throw Problem(.notFound, "Nothing is recorded here.") }
        let query = try Query(request, allowed: ["from", "to", "after"])
        let to = try query.time("to") ?? parts.now()
        let page: ReplayPage
        switch (try query.time("from"), query.text("after")) {
        case (let from?, nil):
            guard from <= to else { throw Problem(path: "query.from", "is later than the end") }
            try await parts.audit?.record(
                kind: "door.logRead", actor: caller.name, body: ["from": .time(from), "to": .time(to)])
            page = try await replay.replay(from: from, to: to)
        case (nil, let cursor?): page = try await replay.replay(after: cursor, to: to)
        default: throw Problem(path: "query.from", "or `after` must be given, and not both")
        }
        return Response(
            status: .ok, headers: [.contentType: AnswerType.bytes.rawValue],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: page.bytes)))
    }
}
