/// Which peers may speak for others with `X-Forwarded-*`: the addresses that the proxy flag named, nobody else.
package struct ProxyTrust: Hashable, Sendable {
    private let addresses: Set<String>

    /// `flag` is one address or several separated by commas; nil trusts nobody.
    package init(flag: String?) {
        addresses = Set(
            (flag ?? "").split(separator: ",").map { String($0.trimmingSpaces()) }.filter { !$0.isEmpty })
    }

    /// True where a proxy was named at all.
    package var isNamed: Bool { !addresses.isEmpty }

    package func trusts(_ peer: String) -> Bool { addresses.contains(peer) }

    /// The address a request came from: the rightmost one in `X-Forwarded-For` that is no proxy of ours, when the peer
    /// is one.
    package func client(peer: String, forwardedFor: String?) -> String {
        guard trusts(peer), let forwardedFor else { return peer }
        for part in forwardedFor.split(separator: ",").reversed() {
            let address = String(part.trimmingSpaces())
            guard !address.isEmpty, address.utf8.count <= 64 else { return peer }
            if !trusts(address) { return address }
        }
        return peer
    }

    /// The scheme people used: what the proxy says where the peer is one, else whether this process ends TLS.
    package func isSecure(peer: String, forwardedProto: String?, hasTLS: Bool) -> Bool {
        guard trusts(peer), let forwardedProto else { return hasTLS }
        return forwardedProto.lowercased() == "https"
    }
}

extension Substring {
    /// Without spaces and tabs at both ends.
    func trimmingSpaces() -> Substring {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
