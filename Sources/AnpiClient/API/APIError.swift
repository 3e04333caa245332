/// Why a call of the API gave no result.
package struct APIError: Error, Hashable, Sendable {
    package enum Code: Hashable, Sendable {
        /// No connection: nothing was stored.
        case unreachable
        /// The connection broke after the request may have arrived: whether it was stored is not known.
        case unanswered
        /// TLS failed: nothing was sent.
        case insecure
        /// 401: no token, or one that no longer counts.
        case notSignedIn
        /// 403: the token may not do this, or not here.
        case notAllowed
        /// 404.
        case notFound
        /// 409 and 412: someone was faster, or the step is not open from here.
        case conflict
        /// 400, 413, 415 and 422: what was sent is wrong; `problem` names the places.
        case invalid
        /// 429 and 503: the same again later is safe and may work.
        case busy
        /// Any other status.
        case unexpected
        /// The answer is not the JSON that the API promises.
        case notUnderstood
    }

    package var code: Code
    /// The HTTP status, where there was an answer.
    package var status: Int?
    package var problem: ProblemDocument?
    /// What to add for people: the transport's words, or the place in an answer that was not understood.
    package var detail: String?
    /// Sent again with the same key, the collector carries the change out at most once.
    package var operation: String?

    package init(
        code: Code, status: Int? = nil, problem: ProblemDocument? = nil, detail: String? = nil,
        operation: String? = nil
    ) {
        self.code = code
        self.status = status
        self.problem = problem
        self.detail = detail
        self.operation = operation
    }

    init(_ failure: TransportFailure, operation: String? = nil) {
        let code: Code =
            switch failure.kind {
            case .notConnected: .unreachable
            case .noAnswer: .unanswered
            case .insecure: .insecure
            }
        self.init(code: code, detail: failure.detail, operation: operation)
    }

    /// The one place where a status becomes a meaning; nil for success.
    init?(_ response: APIResponse, operation: String? = nil) {
        let code: Code
        switch response.status {
        case 200...299: return nil
        case 401: code = .notSignedIn
        case 403: code = .notAllowed
        case 404: code = .notFound
        case 409, 412: code = .conflict
        case 400, 413, 415, 422: code = .invalid
        case 429, 503: code = .busy
        default: code = .unexpected
        }
        self.init(
            code: code, status: response.status, problem: ProblemDocument(body: response.body), operation: operation)
    }
}
