import AnpiModel
import HTTPTypes
import Hummingbird

/// Decides who asks, from the head of a request alone: no byte of a body is read before.
struct Gate: RouterMiddleware {
    typealias Context = PeopleContext

    let access: AccessControl
    let admission: Admission
    let now: @Sendable () -> Timestamp

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        let principal = try principal(of: request, peer: context.peer)
        if let problem = admission.asked(by: principal.tokenID, at: now()) { throw problem }
        context.principal = principal
        return try await next(request, context)
    }

    func principal(of request: Request, peer: String) throws -> Principal {
        if let principal = try bearer(of: request, peer: peer) { return principal }
        guard let cookie = Self.sessionCookie(of: request),
            let tokenID = access.sessions.tokenID(cookie: cookie, at: now()),
            let principal = access.tokens.principal(id: tokenID, at: now())
        else {
            throw Problem(
                .unauthorized,
                "Send `Authorization: Bearer anpi_…`, or sign in on the page. The address never holds a token.")
        }
        if request.method != .get && request.method != .head { try checkOrigin(of: request, peer: peer) }
        return principal
    }

    /// The principal of the `Authorization` header; nil where there is none. A wrong token never falls back to a
    /// cookie.
    func bearer(of request: Request, peer: String) throws -> Principal? {
        guard let header = request.headers[.authorization] else { return nil }
        var text = header
        let principal = text.withUTF8 { bytes -> Principal? in
            let scheme: [UInt8] = Array("bearer ".utf8)
            guard bytes.count > scheme.count, zip(bytes, scheme).allSatisfy({ $0 | 0x20 == $1 }) else { return nil }
            return access.tokens.authenticate(UnsafeBufferPointer(rebasing: bytes[scheme.count...]), at: now())
        }
        guard let principal else {
            throw guessed(Problem(.unauthorized, "The token is unknown, expired or revoked."), request, peer: peer)
        }
        return principal
    }

    /// The problem of a wrong token or address; another one where too many came from the same place.
    func guessed(_ usual: Problem, _ request: Request, peer: String) -> Problem {
        let client = access.proxy.client(peer: peer, forwardedFor: request.headers[.forwardedFor])
        return admission.guessed(from: NetworkPlace(client), at: now(), usual)
    }

    /// Whether what the caller came in with is still valid, to be asked again and again for as long as an answer lasts.
    static func standing(
        of caller: Principal, _ request: Request, access: AccessControl, now: @escaping @Sendable () -> Timestamp
    ) -> @Sendable () -> Bool {
        let cookie = request.headers[.authorization] == nil ? sessionCookie(of: request) : nil
        let session = cookie.map { SecretDigest(of: $0) }
        return {
            let now = now()
            if let session, access.sessions.tokenID(digest: session, at: now) != caller.tokenID { return false }
            return access.tokens.principal(id: caller.tokenID, at: now) != nil
        }
    }

    /// A write with a cookie must come from our own page: a header that no form can send, and the page's origin.
    func checkOrigin(of request: Request, peer: String) throws {
        guard request.headers[.anpi] != nil else {
            throw Problem(.forbidden, "A change with a session cookie needs the header X-Anpi.")
        }
        let isTrusted = access.proxy.trusts(peer)
        let host = (isTrusted ? request.headers[.forwardedHost] : nil) ?? request.head.authority ?? ""
        let isSecure = access.proxy.isSecure(
            peer: peer, forwardedProto: request.headers[.forwardedProto], hasTLS: access.hasTLS)
        let expected = "\(isSecure ? "https" : "http")://\(host)".lowercased()
        guard !host.isEmpty, request.headers[.origin]?.lowercased() == expected else {
            throw Problem(.forbidden, "The change did not come from this collector's own page (Origin does not match).")
        }
    }

    /// The value of our cookie; found by hand, because cookies of other programs on this host may be anything.
    static func sessionCookie(of request: Request) -> String? {
        for header in request.headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let pair = pair.trimmingSpaces()
                guard pair.hasPrefix(SessionTable.cookieName + "=") else { continue }
                let value = pair.dropFirst(SessionTable.cookieName.utf8.count + 1)
                return value.utf8.count <= 128 ? String(value) : nil
            }
        }
        return nil
    }
}
