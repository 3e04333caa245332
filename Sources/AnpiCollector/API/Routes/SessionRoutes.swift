import AnpiModel
import HTTPTypes
import Hummingbird

/// Who am I, signing in and out.
struct SessionRoutes {
    struct SignIn: Decodable {
        var token: String
    }

    let parts: PeoplesParts
    let bodies: BodyReader

    var open: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self).post("session", use: signIn)
    }

    var gated: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self).get("me", use: me).delete("session", use: signOut)
    }

    @Sendable func me(_ request: Request, context: PeopleContext) async throws -> Response {
        _ = try Query(request, allowed: [])
        let caller = try context.caller()
        return .json([
            "name": .string(caller.name), "role": .word(caller.role), "engineer": .id(caller.engineer),
            "offices": caller.offices.map { .array($0.map { .string($0.text) }) } ?? .null,
        ])
    }

    @Sendable func signIn(_ request: Request, context: PeopleContext) async throws -> Response {
        let access = parts.access
        let now = parts.now()
        let address = access.proxy.client(peer: context.peer, forwardedFor: request.headers[.forwardedFor])
        if let pause = access.signInPause(address: address, at: now) {
            throw Problem(
                .tooManyRequests, "Too many wrong tokens came from this address. Wait a little.",
                retryAfterSeconds: Int(pause.wholeMilliseconds + 999) / 1_000)
        }
        let sent = try await bodies.json(request, as: SignIn.self, upTo: 4 << 10)
        guard let principal = access.tokens.authenticate(sent.value.token.utf8, at: now), principal.role.isPerson
        else {
            access.signInFailed(address: address, at: now)
            try await audit("door.signInFailed", actor: "", ["address": .string(address)])
            throw Problem(.unauthorized, "The token is unknown, expired or revoked.")
        }
        access.signInSucceeded(address: address)
        try await audit("door.signedIn", actor: principal.name, ["token": .string(principal.tokenID)])
        let value = access.sessions.begin(tokenID: principal.tokenID, at: now)
        return Response(
            status: .noContent,
            headers: [.setCookie: cookie(value, seconds: Int(SessionTable.lifetime.components.seconds))])
    }

    @Sendable func signOut(_ request: Request, context: PeopleContext) async throws -> Response {
        if let value = Gate.sessionCookie(of: request) { parts.access.sessions.end(cookie: value) }
        return Response(status: .noContent, headers: [.setCookie: cookie("", seconds: 0)])
    }

    /// `Secure` wherever the page can have come over TLS; plain HTTP is possible on loopback only (`ListenRule`).
    private func cookie(_ value: String, seconds: Int) -> String {
        let isSecure = parts.access.hasTLS || parts.access.proxy.isNamed
        return "\(SessionTable.cookieName)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict"
            + (isSecure ? "; Secure" : "")
    }

    private func audit(_ kind: String, actor: String, _ body: JSON) async throws {
        try await parts.audit?.record(kind: kind, actor: actor, body: body)
    }
}

extension Role {
    /// True for roles that people hold; agents and pings have doors of their own.
    var isPerson: Bool {
        switch self {
        case .admin, .coordinator, .engineer, .viewer: true
        case .agent, .ping: false
        }
    }
}
