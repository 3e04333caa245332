internal import CCurl

/// Which addresses a client may connect to. Judged at connect time, on the address that the name resolved to, so that
/// neither a name in the private network nor one that changes its address gets around it.
package enum AddressPolicy: String, Sendable {
    /// Everything: our own collector may well be next door.
    case any
    /// Addresses of the public internet only: no loopback, private, link-local, unique-local, carrier-grade NAT,
    /// multicast, reserved, documentation or IPv4-in-IPv6 address. For targets that outsiders choose: webhooks.
    case publicOnly

    /// Whether the numeric address is one of the public internet; nil where `address` is no numeric address.
    package static func isPublic(_ address: String) -> Bool? {
        switch unsafe anpi_address_is_public(address) {
        case 0: false
        case 1: true
        default: nil
        }
    }
}
