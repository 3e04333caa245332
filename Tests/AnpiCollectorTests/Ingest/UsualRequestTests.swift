import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import AnpiCollector

/// What the short way takes for a request is exactly what the HTTP decoder would have read.
@Suite struct UsualRequestTests {
    private static let head = [
        "POST /v1/heartbeats HTTP/1.1", "Host: anpi.example", "Authorization: Bearer anpi_agent_x",
        "Content-Type: application/json", "Content-Length: 4",
    ]

    private static func text(_ lines: [String], body: String = "{12}") -> String {
        lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    private func read(_ text: String) -> UsualRequest? { read(Array(text.utf8)) }

    private func read(_ bytes: [UInt8]) -> UsualRequest? { bytes.withUnsafeBytes { UsualRequest($0) } }

    @Test(arguments: [
        [], ["connection: keep-alive"], ["ACCEPT: */*", "user-agent:curl/8"], ["X-Forwarded-For: 10.1.1.1, 10.2.2.2"],
    ])
    func whatAgentsSendIsTaken(more: [String]) throws {
        let text = Self.text(Self.head + more)
        let request = try #require(read(text))
        let bytes = Array(text.utf8)
        #expect(String(decoding: bytes[request.authorization], as: UTF8.self) == "Bearer anpi_agent_x")
        #expect(String(decoding: bytes[request.body], as: UTF8.self) == "{12}")
    }

    @Test(arguments: [
        // Another request, or not a whole one, or more than one.
        text(["GET /v1/heartbeats HTTP/1.1"] + head.dropFirst()),
        text(["POST /v1/heartbeats HTTP/1.0"] + head.dropFirst()),
        text(["POST /v1/heartbeats?a HTTP/1.1"] + head.dropFirst()), text(head, body: "{1"), text(head, body: "{12}P"),
        String(text(head).prefix(60)), "",
        // Fields that change how the rest is read, or may.
        text(head + ["Transfer-Encoding: chunked"]), text(head + ["Content-Encoding: gzip"]),
        text(head + ["Expect: 100-continue"]), text(head + ["Connection: close"]), text(head + ["Upgrade: h2c"]),
        text(head + ["X-Unknown: 1"]), text(head + ["Content-Length: 4"]), text(head + ["Authorization: Bearer b"]),
        // Forms on which parsers differ.
        text(head + ["Accept : */*"]), text(head + [" folded"]), text(head + ["Accept:\u{9}*/*"]),
        text(head + ["Accept: é"]), text(head + ["Accept: * "]),
        text(Array(head.dropLast()) + ["Content-Length: +4"]), text(Array(head.dropLast()) + ["Content-Length: 4 4"]),
        text(Array(head.dropLast()) + ["Content-Length:"]), text(head).replacing("\r\n", with: "\n"),
        // Without what it needs.
        text(Array(head.dropLast())), text(head.filter { !$0.hasPrefix("Authorization") }),
    ])
    func whateverElseIsLeftToTheDecoder(text: String) {
        #expect(read(text) == nil)
    }

    /// A request as SwiftNIO's decoder reads it, where it is whole and alone.
    private func decoded(_ bytes: [UInt8]) -> (head: HTTPRequestHead, body: [UInt8])? {
        let channel = EmbeddedChannel(
            handler: ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        guard (try? channel.writeInbound(ByteBuffer(bytes: bytes))) != nil else { return nil }
        var head: HTTPRequestHead?
        var body: [UInt8] = []
        var ends = 0
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let new):
                guard head == nil else { return nil }
                head = new
            case .body(let more): body += Array(more.readableBytesView)
            case .end: ends += 1
            }
        }
        return ends == 1 ? head.map { ($0, body) } : nil
    }

    @Test(arguments: [UInt64(20_261_123), 7])
    func theDecoderReadsTheSameInWhateverIsTaken(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("\r\n:\t 09aZ-é{}\0".utf8) + Array("content-length".utf8)
        var taken = 0
        for _ in 0..<20_000 {
            var lines = Self.head
            if random.next() % 2 == 0 {
                lines.append(["Connection: keep-alive", "accept: */*"].randomElement(using: &random)!)
            }
            if random.next() % 4 == 0 { lines[1...].shuffle(using: &random) }
            var bytes = Array(Self.text(lines).utf8)
            for _ in 0..<(random.next() % 3) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch random.next() % 3 {
                case 0: bytes[index] = alphabet.randomElement(using: &random)!
                case 1: bytes.insert(alphabet.randomElement(using: &random)!, at: index)
                default: bytes.remove(at: index)
                }
            }
            guard let request = read(bytes) else { continue }
            taken += 1
            let same = try #require(decoded(bytes), "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
            #expect(same.head.method == .POST && same.head.uri == "/v1/heartbeats" && same.head.isKeepAlive)
            #expect(
                same.head.headers["authorization"] == [String(decoding: bytes[request.authorization], as: UTF8.self)])
            #expect(!same.head.headers.contains(name: "content-encoding"))
            #expect(same.body == Array(bytes[request.body]))
        }
        print("seed \(seed): \(taken) of 20,000 taken")
        #expect(taken > 5_000)
    }
}
