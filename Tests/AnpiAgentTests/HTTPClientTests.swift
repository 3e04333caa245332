import AnpiClient
import AnpiModel
import Testing

@testable import AnpiAgent

@Suite struct HTTPClientTests {
    @Test func aRequestGoesOutAsItIsAndTheAnswerComesBackWhole() throws {
        let server = LoopbackServer { _, _ in
            "HTTP/1.1 100 Continue\r\nX-Early: no\r\n\r\n"
                + LoopbackServer.answer("201 Created", "hello", headers: "ETag: \"3\"\r\n")
        }
        let client = try HTTPClient()
        let response = try client.perform(
            HTTPRequest(
                .post, server.url + "/v1/x?y=1", headers: [("If-Match", "\"2\""), ("X-Empty", "")],
                body: Array("body".utf8)))
        #expect(response.status == 201)
        #expect(response.text == "hello")
        #expect(response.header("etag") == "\"3\"")
        #expect(response.header("x-early") == nil)
        let request = try #require(server.requests.first)
        #expect(request.line == "POST /v1/x?y=1 HTTP/1.1")
        #expect(request.body == "body")
        #expect(request.headers["if-match"] == "\"2\"")
        #expect(request.headers["x-empty"] == "")
        #expect(request.headers["content-type"] == nil && request.headers["expect"] == nil)
    }

    @Test(arguments: [HTTPRequest.Method.get, .head, .put, .patch, .delete])
    func everyMethodIsSentByItsName(method: HTTPRequest.Method) throws {
        let server = LoopbackServer { request, _ in
            request.line.hasPrefix("HEAD")
                ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" : LoopbackServer.answer("200 OK")
        }
        let client = try HTTPClient()
        #expect(try client.perform(HTTPRequest(method, server.url)).status == 200)
        #expect(server.requests.first?.line == "\(method.rawValue) / HTTP/1.1")
    }

    @Test func aRedirectIsAnAnswerAndNotFollowed() throws {
        let server = LoopbackServer { _, _ in LoopbackServer.answer("302 Found", headers: "Location: /elsewhere\r\n") }
        let response = try HTTPClient().perform(HTTPRequest(.get, server.url))
        #expect(response.status == 302)
        #expect(server.requests.count == 1)
    }

    private static func code(_ request: HTTPRequest, _ options: HTTPClient.Options = .init()) throws -> ClientError
        .Code?
    {
        let client = try HTTPClient(options: options)
        do {
            _ = try client.perform(request)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func whatCannotBeReachedSaysWhy() throws {
        let long = LoopbackServer { _, _ in LoopbackServer.answer("200 OK", String(repeating: "x", count: 5_000)) }
        let broken = LoopbackServer { _, _ in "this is not HTTP\r\n\r\n" }
        let gone = LoopbackServer { _, _ in nil }
        let silent = LoopbackServer { _, _ in
            Bell().wait(atMost: .seconds(2))
            return nil
        }
        #expect(try Self.code(HTTPRequest(.get, "http://127.0.0.1:1/")) == .unreachable)
        #expect(try Self.code(HTTPRequest(.get, "http://no-such-host.invalid/")) == .unresolved)
        #expect(try Self.code(HTTPRequest(.get, "ftp://127.0.0.1/")) == .invalidRequest)
        #expect(try Self.code(HTTPRequest(.get, "file:///etc/passwd")) == .invalidRequest)
        #expect(try Self.code(HTTPRequest(.get, "http://127.0.0.1/a b")) == .invalidRequest)
        #expect(try Self.code(HTTPRequest(.get, long.url), .init(answerBytesMax: 4_999)) == .answerTooLarge)
        #expect(try Self.code(HTTPRequest(.get, long.url), .init(answerBytesMax: 5_000)) == nil)
        #expect(try Self.code(HTTPRequest(.get, broken.url)) == .broken)
        #expect(try Self.code(HTTPRequest(.get, gone.url)) == .broken)
        #expect(try Self.code(HTTPRequest(.get, silent.url, timeout: .milliseconds(100))) == .timedOut)
    }

    @Test(arguments: [("X-A", "b\r\nX-Evil: 1"), ("X A", "b"), ("X-A", "b\u{0}c"), ("", "b"), ("X:A", "b")])
    func aHeaderCannotSmuggleAnother(name: String, value: String) throws {
        #expect(try Self.code(HTTPRequest(.get, "http://127.0.0.1:1/", headers: [(name, value)])) == .invalidRequest)
    }

    @Test(arguments: ["http://127.0.0.1", "http://localhost", "http://[::1]", "http://0.0.0.0", "http://2130706433"])
    func aPrivateTargetIsRefusedHoweverItIsWritten(address: String) throws {
        let server = LoopbackServer { _, _ in LoopbackServer.answer("200 OK") }
        let code = try Self.code(HTTPRequest(.get, "\(address):\(server.port)/"), .init(addressPolicy: .publicOnly))
        #expect(code == .refusedAddress)
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: [
        ("8.8.8.8", true), ("100.63.255.255", true), ("100.64.0.0", false), ("100.127.255.255", false),
        ("10.0.0.1", false), ("127.1.2.3", false), ("169.254.169.254", false), ("172.15.0.1", true),
        ("172.16.0.1", false), ("172.31.255.255", false), ("172.32.0.1", true), ("192.168.1.1", false),
        ("192.0.2.1", false), ("198.18.0.1", false), ("198.20.0.1", true), ("203.0.113.9", false), ("224.0.0.1", false),
        ("255.255.255.255", false), ("0.0.0.0", false), ("::1", false), ("::", false), ("::ffff:8.8.8.8", false),
        ("::ffff:10.0.0.1", false), ("fe80::1", false), ("fc00::1", false), ("fd12::1", false), ("ff02::1", false),
        ("2001:db8::1", false), ("2001::1", false), ("2002:7f00:1::", false), ("64:ff9b::7f00:1", false),
        ("64:ff9b::808:808", true), ("2606:4700::1111", true), ("2001:4860:4860::8888", true),
    ])
    func addressesAreJudgedByTheirNetwork(address: String, isPublic: Bool) {
        #expect(AddressPolicy.isPublic(address) == isPublic)
    }

    @Test func aProxyIsAskedWhereOneIsNamed() throws {
        let proxy = LoopbackServer { _, _ in LoopbackServer.answer("200 OK", "proxy") }
        let server = LoopbackServer { _, _ in LoopbackServer.answer("200 OK", "server") }
        #expect(try HTTPClient().perform(HTTPRequest(.get, server.url)).text == "server")
        #expect(try HTTPClient(options: .init(proxy: proxy.url)).perform(HTTPRequest(.get, server.url)).text == "proxy")
    }

    @Test(arguments: [
        ("120", Duration.seconds(120)), ("0", .zero), ("Sun, 06 Nov 1994 08:49:47 GMT", .seconds(10)),
        ("Sun, 06 Nov 1994 08:00:00 GMT", .zero), ("-5", nil), ("soon", nil), ("Sun, 31 Nov 1994 08:49:47 GMT", nil),
    ])
    func retryAfterIsReadInBothForms(value: String, delay: Duration?) {
        let now = Timestamp(milliseconds: 784_111_777_000)
        #expect(HTTPResponse(status: 503, headers: [("retry-after", value)]).retryAfter(at: now) == delay)
    }

    @Test func aConnectionIsUsedAgain() throws {
        let server = LoopbackServer { _, _ in LoopbackServer.answer("200 OK") }
        let client = try HTTPClient()
        for _ in 0..<20 { #expect(try client.perform(HTTPRequest(.get, server.url)).status == 200) }
        #expect(server.requests.count == 20)
        #expect(server.connectionCount == 1)
    }
}
