import AnpiModel

/// A problem document (RFC 9457): why a request was not done, in a sentence that helps.
struct Problem: Error, Hashable, Sendable {
    /// One place in the request that is wrong.
    struct Place: Hashable, Sendable {
        /// Such as `beats[3].interval`, or `sites.csv:14: column floodDepthMeters`.
        var path: String
        var message: String
    }

    /// Stable and made for programs; people read title and detail.
    ///
    /// The engine answers commands with the same types and titles (`Answer`), and `openapi.json` lists the types.
    enum Kind: String, CaseIterable, Sendable {
        case malformed, invalid, unauthorized, forbidden, notFound, methodNotAllowed, conflict, tooLarge
        case unsupportedEncoding, operationReused, tooManyRequests, slowBody
        case overloaded, starting, outcomePending, stopping, storeFailed, failed

        var type: String { "urn:anpi:problem:\(rawValue)" }

        var status: Int {
            switch self {
            case .malformed: 400
            case .unauthorized: 401
            case .forbidden: 403
            case .notFound: 404
            case .methodNotAllowed: 405
            case .slowBody: 408
            case .conflict: 409
            case .tooLarge: 413
            case .unsupportedEncoding: 415
            case .invalid, .operationReused: 422
            case .tooManyRequests: 429
            case .failed: 500
            case .overloaded, .starting, .outcomePending, .stopping, .storeFailed: 503
            }
        }

        var title: String {
            switch self {
            case .malformed: "The request cannot be read"
            case .invalid: "A value is not allowed"
            case .unauthorized: "Who are you?"
            case .forbidden: "Not allowed"
            case .notFound: "There is no such thing"
            case .methodNotAllowed: "This cannot be done here"
            case .conflict: "This does not fit how things stand now"
            case .tooLarge: "The body is too large"
            case .unsupportedEncoding: "The body's encoding is not known here"
            case .operationReused: "This key was used for something else"
            case .tooManyRequests: "Too many tries"
            case .slowBody: "The body came too slowly"
            case .overloaded: "Too much at once"
            case .starting: "The collector is still starting"
            case .outcomePending: "Stored, the answer is not known yet"
            case .stopping: "The collector is stopping"
            case .storeFailed: "The store did not answer"
            case .failed: "Something went wrong on our side"
            }
        }
    }

    var kind: Kind
    var detail: String
    var places: [Place] = []
    /// Sent as `Retry-After`.
    var retryAfterSeconds: Int?

    init(_ kind: Kind, _ detail: String, places: [Place] = [], retryAfterSeconds: Int? = nil) {
        self.kind = kind
        self.detail = detail
        self.places = places
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// 422 about one value.
    init(path: String, _ message: String) {
        self.init(.invalid, "\(path) \(message)", places: [Place(path: path, message: message)])
    }

    var status: Int { kind.status }

    var json: JSON {
        var members: [JSON.Member] = [
            .init("type", .string(kind.type)),
            .init("title", .string(kind.title)),
            .init("status", .integer(status)),
            .init("detail", .string(detail)),
        ]
        if !places.isEmpty {
            let errors: [JSON] = places.map { ["path": .string($0.path), "message": .string($0.message)] }
            members.append(.init("errors", .array(errors)))
        }
        return .object(members)
    }
}
