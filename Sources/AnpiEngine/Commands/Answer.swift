import AnpiModel

/// What a command is answered: an HTTP status, a body, the subject's new version.
///
/// Types and titles of problems are those of the collector's `Problem.Kind`; a test there holds both together.
struct Answer: Hashable, Sendable {
    var status: Int
    var body: JSON
    var version: Int?

    struct Mistake: Hashable, Sendable {
        var path: String
        var message: String
    }

    static func done(_ body: JSON, version: Int?) -> Answer { Answer(status: 200, body: body, version: version) }
    static func created(_ body: JSON, version: Int?) -> Answer { Answer(status: 201, body: body, version: version) }

    static func notAllowed(_ detail: String) -> Answer { problem(403, "forbidden", "Not allowed", detail) }
    static func notFound(_ detail: String) -> Answer { problem(404, "notFound", "There is no such thing", detail) }
    /// Somebody was faster, or the subject does not go there from where it is: `detail` says who did what and when.
    static func conflict(_ detail: String) -> Answer {
        problem(409, "conflict", "This does not fit how things stand now", detail)
    }

    /// The key of another command came with another body.
    static let reused = problem(
        422, "operationReused", "This key was used for something else",
        "This Idempotency-Key belongs to another request. Draw a new key for a new change.")

    static func invalid(_ mistakes: [Mistake]) -> Answer {
        let detail = mistakes.map { "\($0.path) \($0.message)" }.joined(separator: "; ")
        var answer = problem(422, "invalid", "A value is not allowed", detail)
        guard case .object(let members) = answer.body else { return answer }
        let errors = mistakes.map {
            JSON.object([.init("path", .string($0.path)), .init("message", .string($0.message))])
        }
        answer.body = .object(members + [JSON.Member("errors", .array(errors))])
        return answer
    }

    private static func problem(_ status: Int, _ type: String, _ title: String, _ detail: String) -> Answer {
        Answer(
            status: status,
            body: [
                "type": .string("urn:anpi:problem:\(type)"), "title": .string(title), "status": .integer(status),
                "detail": .string(detail),
            ])
    }
}
