import AnpiModel
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import AnpiCollector

struct BodyReaderTests {
    private func request(_ body: RequestBody) -> Request {
        Request(head: HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/"), body: body)
    }

    @Test func aBodyThatDoesNotComeIsGivenUpAtTheDeadline() async throws {
        let (stream, source) = AsyncStream<ByteBuffer>.makeStream()
        source.yield(ByteBuffer(string: "{"))
        let slow = request(RequestBody(asyncSequence: stream))
        let problem = await #expect(throws: Problem.self) {
            try await BodyReader(clock: PassedClock()).bytes(slow, upTo: 100)
        }
        #expect(problem?.kind == .slowBody)
    }

    @Test func aBodyWithoutALengthIsCappedToo() async throws {
        let body = request(RequestBody(buffer: ByteBuffer(string: String(repeating: "x", count: 101))))
        let error = await #expect(throws: (any Error).self) {
            try await BodyReader(clock: NeverClock()).bytes(body, upTo: 100)
        }
        #expect(error.map { Problem(about: $0).kind } == .tooLarge)
    }

    @Test func membersOfAnObjectKeepTheirOrderAndBytes() {
        let members = JSONText.members(of: #"{"a":1.50,"b":{"x":[1,"},{"]},"c":"\"}","d":[]}"#)
        #expect(members?.map(\.key) == ["a", "b", "c", "d"])
        #expect(members?.map(\.value.text) == ["1.50", #"{"x":[1,"},{"]}"#, #""\"}""#, "[]"])
        #expect(JSONText.members(of: "{}") == [])
        #expect(JSONText.members(of: "[1]") == nil)
        #expect(JSONText.members(of: #"{"a":1"#) == nil)
    }
}
