import HTTPTypes
import Hummingbird

/// Headers that every answer carries.
enum SecurityHeaders {
    /// The page runs only its own files: no inline script or style, nobody frames it, it talks to this origin only.
    static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    private static let policy = named("Content-Security-Policy")
    private static let options = named("X-Content-Type-Options")
    private static let referrer = named("Referrer-Policy")
    private static let opener = named("Cross-Origin-Opener-Policy")
    private static let resource = named("Cross-Origin-Resource-Policy")

    static func add(to response: inout Response) {
        response.headers[policy] = contentSecurityPolicy
        response.headers[options] = "nosniff"
        response.headers[referrer] = "no-referrer"
        response.headers[opener] = "same-origin"
        response.headers[resource] = "same-origin"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    }

    /// A header field by a name that is known to be one.
    static func named(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("not a header name: \(name)") }
        return field
    }
}

extension HTTPField.Name {
    static let anpiAsOf = SecurityHeaders.named("X-Anpi-As-Of")
    /// The drill that was asked, on its answers.
    static let anpiDrill = SecurityHeaders.named("X-Anpi-Drill")
    static let anpi = SecurityHeaders.named("X-Anpi")
    static let idempotencyKey = SecurityHeaders.named("Idempotency-Key")
    static let pingBodyLimit = SecurityHeaders.named("Ping-Body-Limit")
    static let lastEventID = SecurityHeaders.named("Last-Event-ID")
    static let forwardedFor = SecurityHeaders.named("X-Forwarded-For")
    static let forwardedProto = SecurityHeaders.named("X-Forwarded-Proto")
    static let forwardedHost = SecurityHeaders.named("X-Forwarded-Host")
}
