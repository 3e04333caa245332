import AnpiModel
import HTTPTypes
import Hummingbird
import NIOCore

/// The live stream (server-sent events) with resume by journal number.
struct LiveRoutes {
    let parts: PeoplesParts

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self).get("live", use: stream)
    }

    @Sendable func stream(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        let query = try Query(request, allowed: ["after"])
        let after = try Self.lastEventID(of: request) ?? query.number("after", in: 0...Int64.max)
        let subscription = try parts.journal.committed()
        let events = EventStream(
            subscription: subscription, journal: parts.journal, engine: parts.engine, scope: caller.scope,
            after: after, isWelcome: Gate.standing(of: caller, request, access: parts.access, now: parts.now))
        let channel = context.channel
        return Response(
            status: .ok, headers: [.contentType: AnswerType.events.rawValue],
            body: ResponseBody { writer in
                // A client that takes nothing blocks the write of the last words too: then the connection goes.
                let watch = CloseWhenTooSlow(subscription: subscription, channel: channel)
                defer { watch.cancel() }
                try await events.write(to: &writer)
            })
    }

    private static func lastEventID(of request: Request) throws -> Int64? {
        guard let header = request.headers[.lastEventID] else { return nil }
        guard let number = Int64(header), number >= 0 else {
            throw Problem(.malformed, "Last-Event-ID must be a journal number.")
        }
        return number
    }
}

/// Closes the connection of a stream that ended long ago but whose last words cannot be written.
private struct CloseWhenTooSlow {
    private let task: RepeatedTask

    init(subscription: LiveSubscription, channel: any Channel) {
        let interval = TimeAmount.seconds(EventStream.farewellSeconds)
        task = channel.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            if subscription.ending != nil { channel.close(promise: nil) }
        }
    }

    func cancel() { task.cancel() }
}
