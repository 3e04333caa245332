/// Whether a door may listen where it was told to: plain HTTP leaves the machine only when somebody says who protects
/// it on the way.
package enum ListenRule {
    package enum Verdict: Hashable, Sendable {
        case allowed
        /// The sentence that names what to do.
        case refused(String)
    }

    package static func judge(host: String, hasTLS: Bool, behindProxy: String?) -> Verdict {
        if hasTLS && behindProxy != nil {
            return .refused(
                "--tls-certificate and --behind-proxy exclude each other: either this program or the proxy ends TLS.")
        }
        if isLoopback(host) || hasTLS || behindProxy != nil { return .allowed }
        return .refused(
            "\(host) can be reached from other machines, and without TLS tokens would cross the network in the clear. "
                + "Give --tls-certificate and --tls-key, or --behind-proxy ADDRESS when a proxy in front ends TLS, "
                + "or listen on 127.0.0.1.")
    }

    /// True for addresses that cannot be reached from another machine; a name other than `localhost` is not trusted.
    package static func isLoopback(_ host: String) -> Bool {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        if bare.lowercased() == "localhost" || bare == "::1" { return true }
        let parts = bare.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "127" else { return false }
        return parts.allSatisfy { part in
            (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
                && (Int(part) ?? 256) <= 255
        }
    }
}
