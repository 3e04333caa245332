import Testing

@testable import AnpiCollector

@Suite struct HookAddressTests {
    @Test(arguments: [
        ("https://example.com/hooks/1?key=s3cret", "https://example.com/hooks/1?key=s3cret", "example.com"),
        ("HTTPS://Example.com", "https://Example.com", "Example.com"),
        ("http://192.0.2.7.example.com:8443/", "http://192.0.2.7.example.com:8443/", "192.0.2.7.example.com:8443"),
        ("https://[2606:4700::1111]:8443/a", "https://[2606:4700::1111]:8443/a", "[2606:4700::1111]:8443"),
    ])
    func addressShowsNothingButItsHost(text: String, url: String, host: String) throws {
        let address = try HookAddress(text, allowsPrivate: false)
        #expect(address.url == url)
        #expect(address.host == host)
        #expect("\(address)" == host)
    }

    @Test(arguments: [
        ("", "must begin with https:// or http://"),
        ("example.com/hook", "must begin with https:// or http://"),
        ("ftp://example.com", "must begin with https:// or http://"),
        ("file:///etc/passwd", "must begin with https:// or http://"),
        ("https://", "has no host"),
        ("https:///path", "has no host"),
        ("https://:8080/", "has no host"),
        ("https://user:word@example.com/", "must not hold a user or password; receivers check the signature"),
        ("https://example.com/#part", "must not have a part after #"),
        ("https://example.com:0/", "has a port that is not 1 to 65535"),
        ("https://example.com:65536/", "has a port that is not 1 to 65535"),
        ("https://example.com:http/", "has a port that is not 1 to 65535"),
        ("https://[::1/", "has a [ without ]"),
        ("https://[localhost]/", "has no IPv6 address between [ and ]"),
        ("https://例え.jp/", "has a character that cannot stand in an address; write it as %XX, a host as xn--…"),
        (
            "https://example.com/a b",
            "has a character that cannot stand in an address; write it as %XX, a host as xn--…"
        ),
        (
            "https://example.com\\@10.0.0.1/",
            "has a character that cannot stand in an address; write it as %XX, a host as xn--…"
        ),
    ])
    func badAddressIsRefusedWithItsReason(text: String, message: String) {
        #expect(throws: HookAddress.Refusal(message: message)) { try HookAddress(text, allowsPrivate: true) }
    }

    @Test(arguments: [
        "http://127.0.0.1:9000/", "http://10.1.2.3/", "http://[::1]/", "http://[fd00::1]:80/", "http://LOCALHOST/",
        "http://a.localhost/", "http://169.254.169.254/latest/meta-data", "http://[::ffff:10.0.0.1]/",
    ])
    func privateAddressNeedsToBeAllowed(text: String) throws {
        #expect(
            throws: HookAddress.Refusal(
                message: "leads into a private network; if that is meant, set allow_private = true")
        ) { try HookAddress(text, allowsPrivate: false) }
        _ = try HookAddress(text, allowsPrivate: true)
    }
}
