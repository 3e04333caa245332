/// The API's transport over libcurl: one connection to one collector, kept alive between the calls of a command.
@safe package final class HTTPTransport: APITransport {
    private let client: HTTPClient
    private let base: String

    /// - Parameter collector: `http://host:port` or `https://…`, with or without a slash at the end.
    package init(collector: String, options: HTTPClient.Options) throws(ClientError) {
        client = try HTTPClient(options: options)
        base = collector.hasSuffix("/") ? String(collector.dropLast()) : collector
    }

    package func exchange(_ request: APIRequest) throws(TransportFailure) -> APIResponse {
        let method: HTTPRequest.Method =
            switch request.method {
            case .get: .get
            case .post: .post
            case .put: .put
            case .delete: .delete
            }
        let headers = request.headers.map { (name: $0.name, value: $0.value) }
        do {
            let response = try client.perform(
                HTTPRequest(
                    method, base + request.target, headers: headers, body: request.body, timeout: request.timeout))
            return APIResponse(
                status: response.status, headers: response.headers.map { APIHeader($0.name, $0.value) },
                body: response.body)
        } catch {
            throw TransportFailure(kind: Self.kind(of: error.code), detail: error.description)
        }
    }

    private static func kind(of code: ClientError.Code) -> TransportFailure.Kind {
        switch code {
        case .invalidRequest, .unresolved, .unreachable, .refusedAddress, .unavailable: .notConnected
        case .untrusted: .insecure
        case .timedOut, .answerTooLarge, .broken: .noAnswer
        }
    }
}
