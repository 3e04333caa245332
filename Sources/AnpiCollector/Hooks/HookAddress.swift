internal import AnpiClient

/// Where a hook's deliveries go: an absolute `http` or `https` address.
///
/// It prints as its host: the path of many receivers is a secret of its own.
package struct HookAddress: Hashable, Sendable, CustomStringConvertible {
    static let bytesMax = 2_000

    /// What is sent to; for the client only.
    package let url: String
    /// Host and, where given, port: what people and logs may see.
    package let host: String

    package struct Refusal: Error, Hashable {
        package let message: String
    }

    /// - Parameter allowsPrivate: whether an address of a private network may stand in it. A name that turns out to
    ///   lead there is refused when it is connected to.
    package init(_ text: String, allowsPrivate: Bool) throws(Refusal) {
        guard text.utf8.count <= Self.bytesMax else {
            throw Refusal(message: "is longer than \(Self.bytesMax) characters")
        }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else {
            throw Refusal(message: "has a character that cannot stand in an address; write it as %XX, a host as xn--…")
        }
        let lowered = text.lowercased()
        guard let scheme = ["https://", "http://"].first(where: { lowered.hasPrefix($0) }) else {
            throw Refusal(message: "must begin with https:// or http://")
        }
        guard !text.contains("#") else { throw Refusal(message: "must not have a part after #") }
        let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else {
            throw Refusal(message: "must not hold a user or password; receivers check the signature")
        }
        let name = try Self.hostName(in: authority)
        if !allowsPrivate, Self.isPrivate(name) {
            throw Refusal(message: "leads into a private network; if that is meant, set allow_private = true")
        }
        // libcurl wants the scheme in small letters as well.
        url = scheme + text.dropFirst(scheme.count)
        host = String(authority)
    }

    package var description: String { host }

    /// The host without port and brackets.
    private static func hostName(in authority: Substring) throws(Refusal) -> String {
        let name: Substring
        let rest: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw Refusal(message: "has a [ without ]") }
            name = authority[authority.index(after: authority.startIndex)..<end]
            rest = authority[authority.index(after: end)...]
            guard AddressPolicy.isPublic(String(name)) != nil else {
                throw Refusal(message: "has no IPv6 address between [ and ]")
            }
        } else {
            name = authority.prefix { $0 != ":" }
            rest = authority.dropFirst(name.count)
        }
        guard !name.isEmpty else { throw Refusal(message: "has no host") }
        guard rest.isEmpty || (rest.hasPrefix(":") && UInt16(rest.dropFirst()).map { $0 > 0 } == true) else {
            throw Refusal(message: "has a port that is not 1 to 65535")
        }
        return String(name)
    }

    private static func isPrivate(_ name: String) -> Bool {
        let lowered = name.lowercased()
        return lowered == "localhost" || lowered.hasSuffix(".localhost") || AddressPolicy.isPublic(name) == false
    }
}
