/// Carries one exchange with the collector; libcurl in the programs, a canned answer in tests.
package protocol APITransport {
    /// Sends `request` and waits for the whole answer; every HTTP status is an answer, not a failure.
    func exchange(_ request: APIRequest) throws(TransportFailure) -> APIResponse
}

/// One request of the people's API; `target` is path and query, the transport knows the collector's address.
package struct APIRequest: Hashable, Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    package var method: Method
    package var target: String
    package var headers: [APIHeader]
    package var body: [UInt8]?
    /// How long the exchange may take where that is not the transport's usual time.
    package var timeout: Duration?

    package init(
        method: Method, target: String, headers: [APIHeader] = [], body: [UInt8]? = nil, timeout: Duration? = nil
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}

package struct APIHeader: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The whole answer to one request.
package struct APIResponse: Hashable, Sendable {
    package var status: Int
    package var headers: [APIHeader]
    package var body: [UInt8]

    package init(status: Int, headers: [APIHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header, whatever the case of its name.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// No answer came.
package struct TransportFailure: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// No connection was made: the request cannot have arrived.
        case notConnected
        /// The connection broke or time ran out after the request may have arrived.
        case noAnswer
        /// The collector's certificate was refused, or TLS could not be agreed.
        case insecure
    }

    package var kind: Kind
    /// What the transport says about it, for people; never a header or a body.
    package var detail: String

    package init(kind: Kind, detail: String) {
        self.kind = kind
        self.detail = detail
    }
}
