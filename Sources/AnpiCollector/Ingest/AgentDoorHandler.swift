import AnpiEngine
import AnpiModel
import NIOCore
import NIOHTTP1

/// One connection of the agents' door: reads requests one at a time, answers when they are durable.
///
/// Answers are written as bytes, without NIO's encoder, because there are few and they are known. Pipelined requests
/// wait in order; too many of them stop the reading.
final class AgentDoorHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    /// A head must have been followed by its whole body within this time.
    static let bodyTime = TimeAmount.seconds(10)
    /// A connection without a request is kept this long.
    static let idleTime = TimeAmount.seconds(180)
    /// A new connection must have sent a whole head within this time.
    static let firstHeadTime = TimeAmount.seconds(10)
    /// Parts of later requests that may wait; then we stop reading.
    static let aheadMax = 64

    private enum State {
        case waitingForHead
        case readingBody(Request)
        /// Handed to the log; the answer is due.
        case committing(Manner)
        /// The last answer is on its way, or the peer is gone.
        case closing
    }

    /// What of the request decides the form of its answer.
    private struct Manner {
        var keepAlive: Bool
        /// HTTP/1.0 closes unless both sides say otherwise.
        var saysKeepAlive = false
        var sendsBody = true
        var isPing = false

        static let last = Manner(keepAlive: false)
    }

    private struct Request {
        var route: Route
        var encoding: String?
        var manner: Manner
        var body: ByteBuffer
    }

    private enum Route {
        case heartbeats(AgentID)
        case ping(PingPlace, Ping.Kind, run: String?)

        var isPing: Bool {
            switch self {
            case .heartbeats: false
            case .ping: true
            }
        }
    }

    private let services: AgentDoor.Services
    private let shared: AgentDoorLoop
    /// Where limits count this connection; nil for the proxy in front.
    private let place: NetworkPlace?
    private var state = State.waitingForHead
    private var ahead: [HTTPServerRequestPart] = []
    private var deadline: NIODeadline
    private var isShuttingDown = false
    private var context: ChannelHandlerContext?

    init(services: AgentDoor.Services, shared: AgentDoorLoop, place: NetworkPlace?) {
        self.place = place
        self.services = services
        self.shared = shared
        deadline = .now() + Self.firstHeadTime
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        shared.opened(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        state = .closing
        releaseBytes()
        self.context = nil
        shared.closed(self)
        services.connectionClosed(from: place)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError, isReading {
            finish(.problem(.malformed, "The request could not be read."), .last)
        } else {
            close()
        }
    }

    private var isReading: Bool {
        switch state {
        case .waitingForHead, .readingBody: true
        case .committing, .closing: false
        }
    }

    /// A peer that has said all it had to say still gets the answer it waits for.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return context.fireUserInboundEventTriggered(event) }
        switch state {
        case .committing(var manner):
            manner.keepAlive = false
            state = .committing(manner)
        case .waitingForHead, .readingBody, .closing: close()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if case .committing = state {
            ahead.append(part)
            if ahead.count == Self.aheadMax { setReading(false) }
        } else {
            take(part)
        }
    }

    // MARK: One request

    /// The short way: true where `bytes` are one usual request, whole, of an agent that may send it now.
    ///
    /// Nothing was taken where it is false; refusals are the other way's, so that they are said in one place.
    func takes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard case .waitingForHead = state, !isShuttingDown, let request = UsualRequest(bytes),
            let agent = services.principal(
                authorization: UnsafeRawBufferPointer(rebasing: bytes[request.authorization]))?
                .agent
        else { return false }
        let manner = Manner(keepAlive: true)
        if let wait = shared.take(agent) {
            finish(WireAnswer(services.admission.tooOften(.beat, wait)), .last)
        } else {
            let body = UnsafeRawBufferPointer(rebasing: bytes[request.body])
            settle(
                services.intake.heartbeats(body.assumingMemoryBound(to: UInt8.self), encoding: nil, agent: agent),
                manner)
        }
        return true
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch (part, state) {
        case (.head(let head), .waitingForHead): begin(head)
        case (.body(let bytes), .readingBody(var request)):
            // The one reference to the body must be this one, or appending would copy it.
            state = .waitingForHead
            receive(bytes, into: &request)
        case (.end, .readingBody(let request)): end(request)
        case (_, _): break
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        deadline = .now() + Self.bodyTime
        switch route(head) {
        case .failure(let refusal):
            // What follows the head was not asked for: the connection ends with the refusal.
            finish(refusal.answer, Manner(keepAlive: false, sendsBody: head.method != .HEAD))
        case .success(let route):
            if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), !route.isPing,
                length > BeatIntake.backlogBytesMax
            {
                return finish(Self.tooLarge, .last)
            }
            if head.headers.contains(name: "expect") { writeContinue() }
            let manner = Manner(
                keepAlive: head.isKeepAlive, saysKeepAlive: head.isKeepAlive && head.version.minor == 0,
                sendsBody: head.method != .HEAD, isPing: route.isPing)
            state = .readingBody(
                Request(
                    route: route, encoding: head.headers.first(name: "content-encoding")?.lowercased(),
                    manner: manner, body: ByteBuffer()))
        }
    }

    private static let tooLarge = WireAnswer.problem(
        .tooLarge, "At most \(BeatIntake.backlogBytesMax) bytes: send fewer runs.")

    private struct Refusal: Error {
        var answer: WireAnswer
    }

    /// Where a request goes and whether it may: from the head alone, before a byte of the body is read.
    private func route(_ head: HTTPRequestHead) -> Result<Route, Refusal> {
        if head.uri == "/v1/heartbeats" {
            guard head.method == .POST else {
                return .failure(
                    Refusal(
                        answer: .problem(
                            .methodNotAllowed, "Send heartbeats with POST.", headers: [.init("allow", "POST")])))
            }
            guard let principal = head.headers.first(name: "authorization").flatMap(services.principal) else {
                let problem = Problem(.unauthorized, "Send Authorization: Bearer with this agent's token.")
                var answer = guessed(problem, head)
                answer.headers.append(.init("www-authenticate", "Bearer"))
                return .failure(Refusal(answer: answer))
            }
            guard let agent = principal.agent else {
                return .failure(
                    Refusal(answer: .problem(.forbidden, "Heartbeats need the token of the agent that sends them.")))
            }
            if let wait = shared.take(agent) {
                return .failure(Refusal(answer: WireAnswer(services.admission.tooOften(.beat, wait))))
            }
            return .success(.heartbeats(agent))
        }
        if head.uri.hasPrefix("/ping/") { return ping(head) }
        if head.uri == "/-/healthy", head.method == .GET || head.method == .HEAD {
            return .failure(Refusal(answer: .text(200, "OK")))
        }
        return .failure(Refusal(answer: .problem(.notFound, "This door takes POST /v1/heartbeats and pings only.")))
    }

    private func guessed(_ usual: Problem, _ head: HTTPRequestHead) -> WireAnswer {
        services.guessed(
            usual, peer: context?.channel.remoteAddress, forwardedFor: head.headers.first(name: "x-forwarded-for"))
    }

    private func ping(_ head: HTTPRequestHead) -> Result<Route, Refusal> {
        guard head.method == .GET || head.method == .HEAD || head.method == .POST else {
            return .failure(
                Refusal(
                    answer: .problem(
                        .methodNotAllowed, "Ping with GET, HEAD or POST.",
                        headers: [.init("allow", "GET, HEAD, POST")])))
        }
        let unknown = Problem(.notFound, "There is no such ping address.")
        guard let path = PingPath(path: head.uri) else { return .failure(Refusal(answer: guessed(unknown, head))) }
        switch services.pings.find(path, at: services.clock.now()) {
        case .unknown: return .failure(Refusal(answer: guessed(unknown, head)))
        case .ambiguous:
            return .failure(
                Refusal(
                    answer: .problem(.conflict, "Several copies have this slug; use the copy's own address.")))
        case .place(let place):
            if let wait = shared.take(place) {
                return .failure(Refusal(answer: WireAnswer(services.admission.tooOften(.beat, wait))))
            }
            let query = head.uri.split(separator: "?", maxSplits: 1).dropFirst().first
            return .success(.ping(place, path.kind, run: PingPath.run(query: query.map(String.init))))
        }
    }

    private func receive(_ bytes: ByteBuffer, into request: inout Request) {
        var bytes = bytes
        if case .ping = request.route {
            // The rest of a long body is read and forgotten: a script's log must not fail its ping.
            let room = max(0, PingPath.bodyBytesMax - request.body.readableBytes)
            if let kept = bytes.readSlice(length: min(room, bytes.readableBytes)) {
                request.body.writeImmutableBuffer(kept)
            }
        } else {
            guard request.body.readableBytes + bytes.readableBytes <= BeatIntake.backlogBytesMax else {
                return finish(Self.tooLarge, .last)
            }
            guard services.hasRoom(for: bytes.readableBytes) else {
                return finish(services.admission.busy(.backlog), .last)
            }
            heldBytes += bytes.readableBytes
            // The usual body comes in one piece: taken over, not copied.
            if request.body.readableBytes == 0 { request.body = bytes } else { request.body.writeBuffer(&bytes) }
        }
        state = .readingBody(request)
    }

    private func end(_ request: Request) {
        releaseBytes()
        let outcome: BeatIntake.OnBody
        switch request.route {
        case .heartbeats(let agent):
            outcome = request.body.withUnsafeReadableBytes { bytes in
                services.intake.heartbeats(
                    bytes.assumingMemoryBound(to: UInt8.self), encoding: request.encoding, agent: agent)
            }
        case .ping(let place, let kind, let run):
            outcome = services.intake.ping(
                site: place.site, tier: place.tier, kind: kind, run: run,
                body: Array(request.body.readableBytesView))
        }
        settle(outcome, request.manner)
    }

    private func settle(_ outcome: BeatIntake.OnBody, _ manner: Manner) {
        switch outcome {
        case .refused(let answer):
            services.metrics.count(beatRequest: .refused, door: .agents)
            finish(answer, manner)
        case .accepted(let accepted):
            services.metrics.count(beatRequest: .accepted, door: .agents)
            state = .committing(manner)
            shared.submit(accepted, for: self)
        }
    }

    /// Bytes of the body in hand, counted against the door's budget.
    private var heldBytes = 0

    private func releaseBytes() {
        services.release(heldBytes)
        heldBytes = 0
    }

    // MARK: Answers

    /// The request in hand is durable.
    func answerDurable(_ body: [UInt8]) {
        guard case .committing(let manner) = state, let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: 192 + body.count)
        buffer.writeStaticString(
            manner.isPing
                ? "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\nping-body-limit: 10000\r\n"
                : "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
        send(&buffer, body: body, manner)
    }

    /// The request in hand was refused by the queue or the log.
    func answer(_ answer: WireAnswer) {
        guard case .committing(let manner) = state else { return }
        finish(answer, manner)
    }

    private func finish(_ answer: WireAnswer, _ manner: Manner) {
        guard let context else { return }
        releaseBytes()
        var buffer = context.channel.allocator.buffer(capacity: 256 + answer.body.count)
        let status = HTTPResponseStatus(statusCode: answer.status)
        buffer.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        for header in answer.headers { buffer.writeString("\(header.name): \(header.value)\r\n") }
        send(&buffer, body: answer.body, manner)
    }

    private func send(_ buffer: inout ByteBuffer, body: [UInt8], _ manner: Manner) {
        guard let context else { return }
        let staysOpen = manner.keepAlive && !isShuttingDown
        buffer.writeBytes(shared.date())
        if !staysOpen {
            buffer.writeStaticString("connection: close\r\n")
        } else if manner.saysKeepAlive {
            buffer.writeStaticString("connection: keep-alive\r\n")
        }
        buffer.writeStaticString("content-length: ")
        buffer.writeString(String(body.count))
        buffer.writeStaticString("\r\n\r\n")
        if manner.sendsBody { buffer.writeBytes(body) }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        deadline = .now() + Self.idleTime
        guard staysOpen else {
            state = .closing
            // Half-close first: a peer that is still sending must be able to read the refusal.
            context.close(mode: .output, promise: nil)
            deadline = .now() + .seconds(2)
            return
        }
        state = .waitingForHead
        takeAhead()
    }

    private func takeAhead() {
        guard !ahead.isEmpty else { return }
        let parts = ahead
        ahead = []
        setReading(true)
        for (index, part) in parts.enumerated() {
            if case .committing = state {
                ahead = Array(parts[index...])
                return
            }
            take(part)
        }
    }

    private func writeContinue() {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: 32)
        buffer.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    private func setReading(_ reads: Bool) {
        try? context?.channel.syncOptions?.setOption(.autoRead, value: reads)
    }

    // MARK: Ends

    /// Ends a connection whose time is up; one that waits for the log is never cut.
    func sweep(at now: NIODeadline) {
        guard now >= deadline else { return }
        switch state {
        case .committing: break
        case .readingBody:
            finish(.problem(.slowBody, "The body did not arrive within 10 seconds."), .last)
        case .waitingForHead, .closing: close()
        }
    }

    func beginShutdown() {
        isShuttingDown = true
        if case .waitingForHead = state { close() }
    }

    private func close() {
        state = .closing
        context?.close(promise: nil)
    }
}
