import Glibc

/// Where a connection comes from, as limits count it: an IPv4 address, or the first 64 bits of an IPv6 one, since a
/// household has all the addresses behind those.
struct NetworkPlace: Hashable, Sendable {
    private let bits: UInt64

    /// - Parameter address: in figures; whatever cannot be read is one place.
    init(_ address: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, address, &bytes) == 1 {
            bits = Self.number(bytes[0..<4])
        } else if inet_pton(AF_INET6, address, &bytes) == 1 {
            // A listener for both families sees IPv4 callers as ::ffff:a.b.c.d.
            let isMapped = bytes[0..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            bits = Self.number(isMapped ? bytes[12..<16] : bytes[0..<8])
        } else {
            bits = .max
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
