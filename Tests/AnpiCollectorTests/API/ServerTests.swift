import AnpiModel
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import AnpiCollector

/// Over real sockets: what the router alone cannot show.
struct ServerTests {
    typealias Tokens = DoorFixture.Tokens

    @Test func aBodyThatDoesNotComeIsAnsweredAndTheConnectionIsClosed() async throws {
        let door = try DoorFixture().door(bodies: BodyReader(clock: PassedClock()))
        try await door.application().test(.live) { client in
            let port = try #require(client.port)
            try await TestClient.withClient(host: "127.0.0.1", port: port) { client in
                let answer = try await client.execute(
                    TestClient.Request(
                        "/v1/findings", method: .post, authority: "localhost",
                        headers: [.authorization: "Bearer \(Tokens.coordinator.text)", .contentLength: "10"]))
                #expect(answer.status == .requestTimeout)
                #expect(answer.headers[.connection] == "close")
                try await client.getChannel().closeFuture.get()
            }
        }
    }

    @Test func aRefusedRequestDoesNotWaitForItsBody() async throws {
        let door = try DoorFixture().door()
        try await door.application().test(.live) { client in
            let port = try #require(client.port)
            try await TestClient.withClient(host: "127.0.0.1", port: port) { client in
                let answer = try await client.execute(
                    TestClient.Request(
                        "/v1/findings", method: .post, authority: "localhost", headers: [.contentLength: "10"]))
                #expect(answer.status == .unauthorized)
                try await client.getChannel().closeFuture.get()
            }
        }
    }

    @Test func headAnswersWithoutABody() async throws {
        let door = try DoorFixture().door()
        try await door.application().test(.live) { client in
            let answer = try await client.execute(uri: "/-/healthy", method: .head)
            #expect(answer.status == .ok)
            #expect(answer.body.readableBytes == 0)
            let ping = try await client.execute(uri: "/ping/\(Tokens.pingUUID)", method: .head)
            #expect(ping.status == .ok)
            #expect(ping.body.readableBytes == 0)
        }
    }

    @Test func headersBeyondTheLimitEndTheConnection() async throws {
        let door = try DoorFixture().door()
        try await door.application().test(.live) { client in
            let port = try #require(client.port)
            try await TestClient.withClient(host: "127.0.0.1", port: port) { client in
                let long = String(repeating: "x", count: 40 << 10)
                let answer = try? await client.get("/-/healthy", headers: [.userAgent: long])
                #expect(answer?.status != .ok)
            }
        }
    }
}
