import AnpiDigest
import AnpiEngine
import AnpiModel
import Hummingbird
import HummingbirdTesting
import Synchronization
import Testing

@testable import AnpiCollector

@Suite struct PhotoRoutesTests {
    private let fixture = DoorFixture()
    private typealias Tokens = DoorFixture.Tokens

    /// A picture that is text too, as the fixture sends text.
    private static let picture = "RIFF....WEBP and the picture"
    private static let digest = Hexadecimal.encode(SHA256.hash(Array(picture.utf8)))
    private static let path = "/v1/tasks/T-1/photos/\(digest)"

    /// The site of the fixture falls silent, so that there is a task, offered to eng-3 or eng-4.
    private func withTask() -> DoorFixture {
        fixture.engine.change { engine, step in
            let request = HeartbeatRequest(
                agent: AgentID(trusted: "shz-0041-server"), boot: "b",
                beats: [Beat(seq: 1, at: DoorFixture.now, interval: 60)])
            engine.apply(
                .heartbeats(Heartbeats(receivedAt: DoorFixture.now, request: request)), at: DoorFixture.now,
                into: &step)
            engine.advance(to: DoorFixture.now + .seconds(3_600), into: &step)
        }
        return fixture
    }

    private func put(
        _ path: String = PhotoRoutesTests.path, token: String = Tokens.coordinator.text, body: String = picture
    ) async throws -> Int {
        try await fixture.send(.put, path, token: token, ["Content-Type": "image/webp"], body: body).status.code
    }

    @Test func theBytesAreKeptBeforeTheTaskHasThePhoto() async throws {
        let fixture = withTask()
        #expect(try await put(Self.path + "?doneAt=2022-09-24T06:00:00.000%2B09:00") == 200)
        #expect(fixture.photos.kept.withLock { $0.keys.sorted() } == ["T-1 \(Self.digest)"])
        let command = try #require(fixture.commands.seen.withLock { $0.last })
        guard case .addPhoto(TaskID(1), let photo) = command.change else {
            Issue.record("another change: \(command.change)")
            return
        }
        #expect(photo.digest == Self.digest && photo.type == .webp && photo.bytes == Self.picture.utf8.count)
        #expect(photo.doneAt == Timestamp(rfc3339: "2022-09-24T06:00:00.000+09:00"))
    }

    @Test func whoMayNotAddItDoesNotFillTheStore() async throws {
        let fixture = withTask()
        #expect(try await put(token: Tokens.viewer.text) == 403)
        #expect(try await put(token: Tokens.hamamatsuCoordinator.text) == 404)
        #expect(try await put("/v1/tasks/T-99/photos/\(Self.digest)") == 404)
        #expect(try await put(body: Self.picture + "x") == 422)
        #expect(try await put("/v1/tasks/T-1/photos/abc") == 422)
        let text = "no picture"
        let digest = Hexadecimal.encode(SHA256.hash(Array(text.utf8)))
        #expect(try await put("/v1/tasks/T-1/photos/\(digest)", body: text) == 422)
        #expect(fixture.photos.kept.withLock { $0.isEmpty })
        #expect(fixture.commands.seen.withLock { $0.isEmpty })
    }

    @Test func aPhotoThatIsTooLongIsRefusedByItsLength() async throws {
        _ = withTask()
        let long = Self.picture + String(repeating: "x", count: TaskPhoto.bytesMax)
        #expect(try await put(body: long) == 413)
    }

    @Test func onlyWhatTheTaskHasIsShown() async throws {
        let fixture = withTask()
        let bytes = Array(Self.picture.utf8)
        fixture.photos.kept.withLock { $0["T-1 \(Self.digest)"] = bytes }
        #expect(try await fixture.send(.get, Self.path, token: Tokens.viewer.text).status.code == 404)
        fixture.engine.change { engine, step in
            let command = Command(
                operation: "photo", bodyDigest: [], actor: .init(name: "admin", role: .admin),
                receivedAt: engine.now,
                change: .addPhoto(
                    TaskID(1), TaskPhoto(digest: Self.digest, bytes: bytes.count, type: .webp)))
            engine.apply(.command(command), at: engine.now, into: &step)
        }
        let shown = try await fixture.send(.get, Self.path, token: Tokens.viewer.text)
        #expect(shown.status.code == 200 && shown.text == Self.picture)
        #expect(shown.header("content-type") == "image/webp")
        #expect(try await fixture.send(.get, Self.path, token: Tokens.hamamatsuViewer.text).status.code == 404)
        fixture.photos.kept.withLock { $0 = [:] }
        let erased = try await fixture.send(.get, Self.path, token: Tokens.viewer.text)
        #expect(erased.status.code == 404 && erased.text.contains("erased"))
    }

    @Test func onlySoManyPhotosAreReadAtOnce() {
        let uploads = Uploads()
        for _ in 0..<Uploads.countMax { #expect(uploads.begin()) }
        #expect(!uploads.begin())
        uploads.end()
        #expect(uploads.begin())
    }

    @Test(arguments: [(#"{"text":"裏口"}"#, 200), (#"{"text":"  "}"#, 422), (#"{}"#, 422), ("", 400)])
    func aNoteHasSomethingToSay(body: String, status: Int) async throws {
        let fixture = withTask()
        let answer = try await fixture.send(
            .post, "/v1/tasks/T-1/notes", token: Tokens.coordinator.text, ["Content-Type": "application/json"],
            body: body)
        #expect(answer.status.code == status)
    }
}
