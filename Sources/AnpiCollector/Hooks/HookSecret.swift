internal import AnpiDigest

/// The secret that a hook and its receiver share, in the form of Standard Webhooks: `whsec_` and 24 to 64 bytes in
/// Base64.
///
/// It prints as nothing but its kind, so that no log line and no error can carry it.
package struct HookSecret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package static let prefix = "whsec_"
    package static let bytesRange = 24...64

    private let key: [UInt8]

    /// Why a text is no secret; never says what it was.
    package struct Refusal: Error, Hashable {
        package let message: String
    }

    /// Takes a text without surrounding white space.
    package init(_ text: some StringProtocol) throws(Refusal) {
        guard text.hasPrefix(Self.prefix) else { throw Refusal(message: "must begin with \(Self.prefix)") }
        guard let key = Base64.decode(text.dropFirst(Self.prefix.count)) else {
            throw Refusal(message: "is not Base64 after \(Self.prefix)")
        }
        guard Self.bytesRange.contains(key.count) else {
            throw Refusal(
                message: "has \(key.count) bytes; \(Self.bytesRange.lowerBound) to \(Self.bytesRange.upperBound) are"
                    + " allowed")
        }
        self.key = key
    }

    /// The signature `v1,…` of one attempt: HMAC-SHA-256 over `<id>.<timestamp>.<body>`.
    ///
    /// - Parameter timestamp: seconds since the epoch, of this attempt, so that a receiver can refuse old copies.
    package func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        let signed = Array("\(id).\(timestamp).".utf8) + body
        return "v1," + Base64.encode(HMACSHA256.authenticate(signed, key: key))
    }

    package var description: String { "(secret)" }
    package var debugDescription: String { description }
}

extension HookSecret: CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
