import AnpiDigest
import AnpiEngine
import AnpiHazards
import AnpiModel
import HTTPTypes
import Hummingbird
import NIOCore

/// Official warnings: what is in force, what could not be read, and the way in for those that no feed brings.
struct HazardRoutes {
    let parts: PeoplesParts
    let bodies: BodyReader

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self).get("hazards", use: list).post("hazards", use: submit)
            .get("hazards/{digest}", use: raw)
    }

    @Sendable func list(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        let query = try Query(request, allowed: ["state", "limit", "cursor"])
        let state = try query.word("state", as: HazardEntryState.self)
        let page = Page(cursor: query.text("cursor"), limit: try query.limit())
        let (asOf, answer) = try await parts.engine.read { engine in
            (engine.now, engine.hazards(state: state, page: page))
        }
        return .reading(answer, asOf: asOf)
    }

    /// The raw XML of one message. A warning touches every office, so the token must be for the whole fleet. The key
    /// of the change is the message itself: the same bytes again change nothing.
    @Sendable func submit(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.coordinate)
        try caller.requireWholeFleet()
        let name = try Query(request, allowed: ["name"]).text("name")
        let bytes = try await bodies.bytes(request, upTo: HazardBounds.bytesMax)
        let receipt = try await parts.hazards.receive(bytes, name: name)
        return .json(Self.json(of: receipt), status: .created)
    }

    /// The message as it came: as text, for it is somebody else's and must not run in a page of ours.
    @Sendable func raw(_ request: Request, context: PeopleContext) async throws -> Response {
        try context.caller().require(.read)
        guard let digest = Hexadecimal.decode(context.parameters.get("digest") ?? ""), digest.count == 32,
            let bytes = try await parts.hazards.raw(digest)
        else { throw Problem(.notFound, "There is no message with this digest.") }
        return Response(
            status: .ok, headers: [.contentType: AnswerType.text.rawValue],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private static func json(of receipt: HazardReceipt) -> JSON {
        let digest = JSON.Member("digest", .string(Hexadecimal.encode(receipt.digest)))
        switch receipt.outcome {
        case .quarantined(let reason):
            return .object([.init("outcome", "quarantined"), digest, .init("reason", .string(reason))])
        case .parsed(let message):
            let level = message.areas.compactMap(\.level).max()
            return .object([
                .init("outcome", "parsed"), digest, .init("identifier", .string(message.identifier)),
                .init("telegram", .string(message.telegram)), .init("status", .word(message.status)),
                .init("action", .word(message.action)), .init("level", level.map { .integer($0) } ?? .null),
                .init("areaCount", .integer(message.areas.count)), .init("headline", .string(message.headline)),
                .init("reportedAt", .time(message.reportedAt)),
            ])
        }
    }
}
