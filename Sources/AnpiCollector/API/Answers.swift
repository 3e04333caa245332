import AnpiEngine
import AnpiModel
import HTTPTypes
import Hummingbird
import NIOCore

/// Media types that the people's door writes.
enum AnswerType: String {
    case json = "application/json"
    case problem = "application/problem+json"
    case metrics = "text/plain; version=0.0.4; charset=utf-8"
    case csv = "text/csv; charset=utf-8"
    case markdown = "text/markdown; charset=utf-8"
    case text = "text/plain; charset=utf-8"
    case events = "text/event-stream"
    case bytes = "application/octet-stream"
}

extension Response {
    static func json(_ value: JSON, status: HTTPResponse.Status = .ok, type: AnswerType = .json) -> Response {
        text(value.text, status: status, type: type)
    }

    static func text(_ text: String, status: HTTPResponse.Status = .ok, type: AnswerType) -> Response {
        Response(
            status: status, headers: [.contentType: type.rawValue],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// A read answer: as of when it holds, and the subject's version where it has one.
    static func reading(_ value: JSON, asOf: Timestamp) -> Response {
        var response = json(value)
        response.headers[.anpiAsOf] = asOf.rfc3339()
        if case .integer(let version) = value["version"] { response.headers[.eTag] = "\"\(version)\"" }
        return response
    }

    /// What the engine decided about a command.
    static func outcome(_ outcome: Outcome) -> Response {
        var response = json(
            outcome.body, status: .init(code: outcome.status), type: outcome.status >= 400 ? .problem : .json)
        if let version = outcome.version { response.headers[.eTag] = "\"\(version)\"" }
        return response
    }

    /// What the way of beats answered, written as it stands.
    static func wire(_ answer: WireAnswer) -> Response {
        var headers = HTTPFields()
        for header in answer.headers {
            guard let name = HTTPField.Name(header.name) else { continue }
            headers.append(HTTPField(name: name, value: header.value))
        }
        return Response(
            status: .init(code: answer.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}

extension JSON {
    /// A list as all lists are answered.
    static func page(_ items: [JSON], next: String?) -> JSON {
        .object([.init("items", .array(items)), .init("next", .optional(next))])
    }
}
