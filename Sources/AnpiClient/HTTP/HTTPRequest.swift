/// One request, whole in memory.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    package var method: Method
    /// Absolute, `http` or `https`.
    package var url: String
    /// In the order they are sent; a name or value with a line break or a NUL is refused.
    package var headers: [(name: String, value: String)]
    /// Nil sends no body; an empty one is sent with its length of 0.
    package var body: [UInt8]?
    /// Shortens or lengthens the client's `timeout` for this request.
    package var timeout: Duration?

    package init(
        _ method: Method, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        timeout: Duration? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}
