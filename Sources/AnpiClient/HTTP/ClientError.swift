/// Why a request got no answer. An answer with an error status is an `HTTPResponse`, not an error.
package struct ClientError: Error, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        /// The address, a header or an option cannot be sent as it is; nothing was. Trying again is of no use.
        case invalidRequest
        /// The name has no address now: a typing error, or our own line or name server is down.
        case unresolved
        /// Nobody accepted the connection: the other side or the way to it is down.
        case unreachable
        /// The handshake failed or the certificate is not trusted. Trying again rarely helps; a person must look.
        case untrusted
        /// One of the time limits passed. The other side may have done what was asked.
        case timedOut
        /// Every address of the name is one that the address policy refuses; nothing was sent.
        case refusedAddress
        /// The answer is longer than the cap; it was cut off. The other side may have done what was asked.
        case answerTooLarge
        /// The connection broke, or what came back is not HTTP. The other side may have done what was asked.
        case broken
        /// libcurl could not be initialised, or there is no memory.
        case unavailable
    }

    package let code: Code
    /// One sentence for people.
    package let message: StaticString
    /// libcurl's own words; they name hosts and ports, never headers or bodies.
    package let detail: String
    package let file: StaticString
    package let line: UInt

    package init(
        _ code: Code, _ message: StaticString, detail: String = "", file: StaticString = #fileID, line: UInt = #line
    ) {
        self.code = code
        self.message = message
        self.detail = detail
        self.file = file
        self.line = line
    }
}

extension ClientError: CustomStringConvertible {
    package var description: String { detail.isEmpty ? "\(message)" : "\(message): \(detail)" }
}
