internal import CCurl

/// A blocking HTTP/1.1 client on libcurl: one handle, which keeps its connections alive between requests.
///
/// Owned by one thread at a time (it is not `Sendable`): programs that speak to several sides make one for each.
/// It follows no redirect, reads no proxy from the environment, keeps no cookies and speaks `http` and `https` only.
/// Making the first client makes the process ignore SIGPIPE, unless it handles that signal itself.
@safe package final class HTTPClient {
    package struct Options: Sendable {
        /// Time to resolve, connect and shake hands. Default 5 s: a collector that needs longer is better left for the
        /// next address.
        package var connectTimeout: Duration
        /// Time for the whole exchange. Default 30 s.
        package var timeout: Duration
        /// Longest body that is read; a longer one is an error. Default 16 MiB.
        package var answerBytesMax: Int
        /// Default `any`; `publicOnly` for targets that outsiders chose.
        package var addressPolicy: AddressPolicy
        /// Certificates to trust instead of the system's, a PEM file.
        package var caFile: String?
        /// Our own certificate and key for mutual TLS, PEM files.
        package var clientCertificateFile: String?
        package var clientKeyFile: String?
        /// `http://host:port`; nil connects directly, whatever the environment says.
        package var proxy: String?
        /// What the client calls itself.
        package var userAgent: String

        package init(
            connectTimeout: Duration = .seconds(5), timeout: Duration = .seconds(30),
            answerBytesMax: Int = 16 * 1_024 * 1_024, addressPolicy: AddressPolicy = .any, caFile: String? = nil,
            clientCertificateFile: String? = nil, clientKeyFile: String? = nil, proxy: String? = nil,
            userAgent: String = "anpi"
        ) {
            self.connectTimeout = connectTimeout
            self.timeout = timeout
            self.answerBytesMax = answerBytesMax
            self.addressPolicy = addressPolicy
            self.caFile = caFile
            self.clientCertificateFile = clientCertificateFile
            self.clientKeyFile = clientKeyFile
            self.proxy = proxy
            self.userAgent = userAgent
        }
    }

    private let options: Options
    private let handle: OpaquePointer

    /// Throws `unavailable` where libcurl cannot be initialised.
    package init(options: Options = Options()) throws(ClientError) {
        guard let handle = unsafe anpi_http_new() else {
            throw ClientError(.unavailable, "libcurl could not be initialised")
        }
        self.options = options
        unsafe self.handle = unsafe handle
    }

    deinit { unsafe anpi_http_free(handle) }

    /// Sends the request and waits for the whole answer, at most for the time limits.
    package func perform(_ request: HTTPRequest) throws(ClientError) -> HTTPResponse {
        let lines = try Self.headerLines(of: request)
        guard request.url.hasPrefix("http://") || request.url.hasPrefix("https://"),
            !request.url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F })
        else { throw ClientError(.invalidRequest, "the address is not an http or https URL") }
        for line in lines where unsafe anpi_http_add_header(handle, line) != 1 {
            throw ClientError(.unavailable, "no memory for the request")
        }
        let result = exchange(request)
        guard Int(result) == ANPI_HTTP_OK else { throw error(of: Int(result)) }
        var count = 0
        let body = unsafe anpi_http_body(handle, &count)
        let bytes = unsafe [UInt8](UnsafeBufferPointer(start: body, count: count))
        let head = unsafe anpi_http_head(handle, &count)
        let headers = unsafe Self.headers(in: [UInt8](UnsafeBufferPointer(start: head, count: count)))
        return HTTPResponse(status: unsafe anpi_http_status(handle), headers: headers, body: bytes)
    }

    private func exchange(_ request: HTTPRequest) -> Int32 {
        let timeout = request.timeout ?? options.timeout
        return unsafe withOptionalString(options.caFile) { caFile in
            unsafe withOptionalString(options.clientCertificateFile) { certificate in
                unsafe withOptionalString(options.clientKeyFile) { key in
                    unsafe withOptionalString(options.proxy) { proxy in
                        unsafe options.userAgent.withCString { userAgent in
                            var limits = unsafe anpi_http_options(
                                connect_timeout_milliseconds: Self.milliseconds(min(options.connectTimeout, timeout)),
                                timeout_milliseconds: Self.milliseconds(timeout),
                                body_bytes_max: options.answerBytesMax,
                                public_only: options.addressPolicy == .publicOnly ? 1 : 0,
                                ca_file: caFile, certificate_file: certificate, key_file: key, proxy: proxy,
                                user_agent: userAgent)
                            guard let body = request.body else {
                                return unsafe anpi_http_exchange(
                                    handle, &limits, request.method.rawValue, request.url, nil, 0)
                            }
                            // An empty array has no address, which would mean "no body".
                            return unsafe anpi_http_exchange(
                                handle, &limits, request.method.rawValue, request.url, body.isEmpty ? [0] : body,
                                body.count)
                        }
                    }
                }
            }
        }
    }

    private func error(of result: Int) -> ClientError {
        let detail = unsafe String(cString: anpi_http_message(handle))
        return switch result {
        case ANPI_HTTP_INVALID: ClientError(.invalidRequest, "the address is not usable", detail: detail)
        case ANPI_HTTP_RESOLVE: ClientError(.unresolved, "the host name has no address", detail: detail)
        case ANPI_HTTP_CONNECT: ClientError(.unreachable, "nobody accepts connections there", detail: detail)
        case ANPI_HTTP_TLS: ClientError(.untrusted, "no trusted TLS connection", detail: detail)
        case ANPI_HTTP_TIMED_OUT: ClientError(.timedOut, "no answer in time", detail: detail)
        case ANPI_HTTP_REFUSED_ADDRESS: ClientError(.refusedAddress, "the address is not a public one", detail: detail)
        case ANPI_HTTP_TOO_LARGE: ClientError(.answerTooLarge, "the answer is longer than allowed")
        case ANPI_HTTP_NO_MEMORY: ClientError(.unavailable, "no memory for the exchange")
        default: ClientError(.broken, "the connection broke or the answer is not HTTP", detail: detail)
        }
    }

    // MARK: Header lines

    static func headerLines(of request: HTTPRequest) throws(ClientError) -> [String] {
        var lines: [String] = []
        for (name, value) in request.headers {
            guard !name.isEmpty, name.utf8.allSatisfy(isToken), value.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x09 })
            else { throw ClientError(.invalidRequest, "a header has a character that cannot be sent") }
            // "Name:" alone tells libcurl to leave its own header out; "Name;" sends one without a value.
            lines.append(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        // libcurl would wait for a 100 before a long body and call every body a form.
        lines.append("Expect:")
        if request.body != nil, !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            lines.append("Content-Type:")
        }
        return lines
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F, 0x2E, 0x21, 0x23...0x27, 0x2A, 0x2B, 0x5E, 0x60, 0x7C,
            0x7E:
            true
        default: false
        }
    }

    static func headers(in head: [UInt8]) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        for line in head.split(separator: 0x0A).dropFirst() {
            guard let colon = line.firstIndex(of: 0x3A) else { continue }
            let name = String(decoding: line[..<colon], as: UTF8.self)
            var value = line[line.index(after: colon)...]
            while let first = value.first, first == 0x20 || first == 0x09 { value.removeFirst() }
            while let last = value.last, last == 0x20 || last == 0x09 || last == 0x0D { value.removeLast() }
            headers.append((name, String(decoding: value, as: UTF8.self)))
        }
        return headers
    }

    // libcurl takes 0 for "no limit", which no caller of ours means.
    private static func milliseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return max(1, min(seconds, 86_400) * 1_000 + attoseconds / 1_000_000_000_000_000)
    }
}

/// The text as a C string for the time of `body`, nil where there is none.
private func withOptionalString<Result>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    guard let text else { return body(nil) }
    return unsafe text.withCString { unsafe body($0) }
}
