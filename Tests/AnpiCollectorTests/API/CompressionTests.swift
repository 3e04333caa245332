import AnpiEngine
import AnpiModel
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Synchronization
import Testing

@testable import AnpiCollector

struct CompressionTests {
    typealias Tokens = DoorFixture.Tokens

    private static let gzipped = ["accept-encoding": "gzip, deflate, br"]

    private func unpacked(_ answer: TestResponse) throws -> String {
        let bytes = Array(answer.body.readableBytesView)
        return String(
            decoding: try bytes.withUnsafeBufferPointer { try gunzip($0, limit: 64 << 20) }, as: UTF8.self)
    }

    @Test(arguments: [
        ("gzip", true), ("deflate, gzip;q=0.5", true), ("*", true), ("X-GZIP", true), ("gzip;q=0", false),
        ("*;q=0.1, gzip;q=0.000", false), ("identity, *;q=0", false), ("br", false), ("", false),
    ])
    func gzipIsTakenFromWhatTheClientSays(header: String, isTaken: Bool) {
        #expect(ContentCoding.acceptsGzip([.acceptEncoding: header]) == isTaken)
    }

    @Test func aFileComesPackedWithATagOfItsOwn() async throws {
        let fixture = DoorFixture()
        let plain = try await fixture.send(.get, "/v1/labels")
        let packed = try await fixture.send(.get, "/v1/labels", Self.gzipped)
        #expect(plain.header("content-encoding") == nil)
        #expect(packed.header("content-encoding") == "gzip")
        #expect(plain.header("vary") == "Accept-Encoding")
        #expect(packed.header("vary") == "Accept-Encoding")
        #expect(try unpacked(packed) == plain.text)
        #expect(packed.body.readableBytes < plain.body.readableBytes / 2)
        let (plainTag, packedTag) = (try #require(plain.header("etag")), try #require(packed.header("etag")))
        #expect(plainTag != packedTag)

        for tag in [packedTag, "W/\(packedTag)", "\"x\", \(packedTag)"] {
            var headers = Self.gzipped
            headers["if-none-match"] = tag
            let again = try await fixture.send(.get, "/v1/labels", headers)
            #expect(again.status == .notModified)
            #expect(again.header("etag") == packedTag)
            #expect(again.header("content-encoding") == nil)
            #expect(again.header("vary") == "Accept-Encoding")
        }
        let other = try await fixture.send(.get, "/v1/labels", ["if-none-match": packedTag])
        #expect(other.status == .ok)
    }

    @Test func aTinyFileIsSentAsItIs() async throws {
        let answer = try await DoorFixture().send(.get, "/", Self.gzipped)
        #expect(answer.header("content-encoding") == nil)
        #expect(answer.text == "<p>")
    }

    @Test func aLongAnswerIsPackedAndAShortOneIsNot() async throws {
        let fixture = DoorFixture()
        let token = Tokens.admin.text
        let plain = try await fixture.send(.get, "/v1/sites", token: token)
        let packed = try await fixture.send(.get, "/v1/sites", token: token, Self.gzipped)
        #expect(plain.body.readableBytes > CompressionMiddleware.bytesMin)
        #expect(packed.header("content-encoding") == "gzip")
        #expect(packed.header("content-length") == String(packed.body.readableBytes))
        #expect(packed.header("x-content-type-options") == "nosniff")
        #expect(try unpacked(packed) == plain.text)
        let me = try await fixture.send(.get, "/v1/me", token: token, Self.gzipped)
        #expect(me.header("content-encoding") == nil)
        #expect(me.header("vary") == "Accept-Encoding")
        #expect(me.text.hasPrefix("{"))
    }

    @Test func aVersionIsTheSameInEveryEncoding() async throws {
        let fixture = DoorFixture()
        let path = "/v1/sites/shz-0041"
        let plain = try await fixture.send(.get, path, token: Tokens.viewer.text)
        let packed = try await fixture.send(.get, path, token: Tokens.viewer.text, Self.gzipped)
        #expect(packed.header("content-encoding") == "gzip")
        #expect(packed.header("etag") == plain.header("etag"))
        // A proxy that packs for us weakens it.
        let change = try await fixture.send(
            .post, "/v1/engineers/eng-3/availability", token: Tokens.coordinator.text, ["if-match": "W/\"3\""],
            body: #"{"availability":"available"}"#)
        #expect(change.status == .ok)
        #expect(fixture.commands.seen.withLock { $0.first?.expectedVersion } == 3)
    }

    @Test func aLongListOfMistakesIsPackedToo() async throws {
        let fixture = DoorFixture()
        let rows = (0..<60).map { "o\($0),Office,,x,138\\n" }.joined()
        let body = #"{"files":{"offices.csv":"id,name,phone,latitude,longitude\n"# + rows + #""}}"#
        let answer = try await fixture.send(.post, "/v1/fleet", token: Tokens.admin.text, Self.gzipped, body: body)
        #expect(answer.status == .unprocessableContent)
        #expect(answer.header("content-encoding") == "gzip")
        #expect(try unpacked(answer).contains("offices.csv:2: column latitude"))
    }

    @Test func theEventStreamIsNeverPacked() async throws {
        let fixture = DoorFixture()
        let stop = Task {
            _ = await fixture.journal.subscriptions.first { _ in true }
            fixture.hub.stop()
        }
        let answer = try await fixture.send(.get, "/v1/live", token: Tokens.viewer.text, Self.gzipped)
        await stop.value
        #expect(answer.header("content-type") == "text/event-stream")
        #expect(answer.header("content-encoding") == nil)
        #expect(answer.header("vary") == nil)
        #expect(answer.text.hasPrefix("retry: "))
    }

    /// What a browser loads first: page, labels, overview with 10,000 sites of which 500 are silent.
    @Test func theFirstScreenOfALargeFleetStaysBelow200Kilobytes() async throws {
        let fixture = DoorFixture()
        fixture.engine.importFleet(LargeFleet.fleet(sites: 10_000))
        fixture.engine.change { engine, step in LargeFleet.fallSilent(sites: 500, &engine, &step) }
        let overview = try await fixture.send(.get, "/v1/overview", token: Tokens.admin.text, Self.gzipped)
        let text = try unpacked(overview)
        #expect(text.contains(#""attentionTotal":500"#), "\(text.prefix(400))")
        #expect(text.contains(#""name":"静岡市葵区""#))
        var bytes = overview.body.readableBytes
        bytes += try await fixture.send(.get, "/v1/labels", Self.gzipped).body.readableBytes
        for file in StaticFile.officeDashboard {
            bytes += (file.packed ?? file.plain).bytes.count
        }
        print(
            "first screen: \(bytes) bytes, of these overview \(overview.body.readableBytes) (\(text.utf8.count) plain)")
        #expect(bytes < 200_000)
    }
}
