import Testing

@testable import LoadDriver

@Suite struct RequestTests {
    private static let secret = String(repeating: "k", count: 12) + "_" + String(repeating: "s", count: 40)

    private static func agents() throws -> AgentTable {
        try AgentTable(bytes: Array("a-0000000 \(secret)\na-0000001 \(secret)\n".utf8))
    }

    private static func text(of template: RequestTemplate) -> String {
        template.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test func aRequestCarriesAgentTokenSequenceAndTime() throws {
        let template = RequestTemplate(beats: 1, firstSequence: 1_664_000_000_000)
        template.prepare(pass: 3)
        template.prepare(wallMilliseconds: 1_663_966_680_250)
        template.address(to: 1, of: try Self.agents())
        let text = Self.text(of: template)
        #expect(text.hasPrefix("POST /v1/heartbeats HTTP/1.1\r\n"))
        #expect(text.contains("\r\nauthorization: Bearer anpi_agent_\(Self.secret)\r\n"))
        #expect(text.contains("{\"agent\":\"a-0000001\","))
        #expect(text.contains("\"sentAt\":\"2022-09-24T05:58:00.250+09:00\""))
        #expect(text.contains("{\"seq\":1664000000003,\"at\":\"2022-09-24T05:58:00.250+09:00\","))
        #expect(template.lastSequence(pass: 3) == 1_664_000_000_003)
        #expect(text.contains("\r\ncontent-length: \(template.bodyBytes)\r\n\r\n{"))
    }

    @Test func theLengthInTheHeadIsThatOfTheBody() throws {
        for beats in [1, 2, 100] {
            let text = Self.text(of: RequestTemplate(beats: beats, firstSequence: 1))
            let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
            #expect(parts.count == 2)
            #expect(parts[0].hasSuffix("content-length: \(parts[1].utf8.count)"))
        }
    }

    @Test func aBacklogAscendsAndEndsNow() throws {
        let template = RequestTemplate(beats: 3, firstSequence: 1_664_000_000_000)
        template.prepare(pass: 1)
        template.prepare(wallMilliseconds: 1_663_966_680_250)
        template.address(to: 0, of: try Self.agents())
        let text = Self.text(of: template)
        #expect(text.contains("{\"seq\":1664000000003,\"at\":\"2022-09-24T05:56:00.000+09:00\""))
        #expect(text.contains("{\"seq\":1664000000004,\"at\":\"2022-09-24T05:57:00.000+09:00\""))
        #expect(text.contains("{\"seq\":1664000000005,\"at\":\"2022-09-24T05:58:00.250+09:00\""))
        #expect(template.lastSequence(pass: 1) == 1_664_000_000_005)
    }

    @Test func anAgentsFileOfOtherLinesIsRefused() {
        #expect(throws: LoadError.self) { try AgentTable(bytes: Array("a-1 token\n".utf8)) }
        #expect(throws: LoadError.self) { try AgentTable(bytes: []) }
    }
}

@Suite struct AnswerReaderTests {
    private static func read(_ text: String, upTo length: Int = .max) -> AnswerReader.Outcome {
        Array(text.utf8.prefix(length)).withUnsafeBytes { AnswerReader.read($0) }
    }

    @Test func anAnswerWithALengthIsWholeWithItsLastByte() {
        let text = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        #expect(Self.read(text) == .whole(status: 200, length: text.utf8.count, bodyLength: 2))
        for length in 0..<text.utf8.count { #expect(Self.read(text, upTo: length) == .partial) }
    }

    @Test func noContentNeedsNoLength() {
        let text = "HTTP/1.1 204 No Content\r\nserver: nginx\r\n\r\n"
        #expect(Self.read(text) == .whole(status: 204, length: text.utf8.count, bodyLength: 0))
    }

    @Test(arguments: ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "SSH-2.0-OpenSSH_9.2p1 Debian-2"])
    func whatIsNotUnderstoodIsMalformed(_ text: String) {
        #expect(Self.read(text) == .malformed)
    }

    @Test func anAcknowledgementMustBeOfWhatWasSent() {
        var expected = ExpectedAcknowledgement()
        expected.expect(42)
        #expect(expected.begins(Array("{\"acknowledged\":42,\"rejected\":[],\"interval\":60}".utf8)[...]))
        #expect(!expected.begins(Array("{\"acknowledged\":41,\"rejected\":[],\"interval\":60}".utf8)[...]))
        #expect(!expected.begins(Array("{\"acknowledged\":42,\"rejected\":[{\"seq\":42}]}".utf8)[...]))
    }
}
