import HTTPTypes
import HummingbirdTesting
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import AnpiCollector

struct HeadDeadlineTests {
    private static func channel() throws -> (EmbeddedChannel, EmbeddedEventLoop) {
        let loop = EmbeddedEventLoop()
        let channel = EmbeddedChannel(handler: HeadDeadline(first: .seconds(15), next: .seconds(60)), loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return (channel, loop)
    }

    private static let head = HTTPRequestPart.head(
        HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/"))

    @Test func aConnectionWithoutAHeadIsClosed() throws {
        let (channel, loop) = try Self.channel()
        loop.advanceTime(by: .seconds(14))
        #expect(channel.isActive)
        loop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func aRequestMayTakeAsLongAsItNeeds() throws {
        let (channel, loop) = try Self.channel()
        try channel.writeInbound(Self.head)
        loop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
    }

    @Test func theNextHeadHasADeadlineToo() throws {
        let (channel, loop) = try Self.channel()
        try channel.writeInbound(Self.head)
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        loop.advanceTime(by: .seconds(59))
        #expect(channel.isActive)
        loop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func aRequestThatWasSentAheadIsNotCutOff() throws {
        let (channel, loop) = try Self.channel()
        try channel.writeInbound(Self.head)
        try channel.writeInbound(Self.head)
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        loop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        loop.advanceTime(by: .hours(1))
        #expect(!channel.isActive)
    }

    @Test(.timeLimit(.minutes(1))) func noAddressHasAllConnectionsOfTheDoor() async throws {
        var settings = PeoplesDoor.Settings(host: "127.0.0.1", port: 0)
        settings.connectionsPerAddressMax = 1
        let door = try PeoplesDoor(
            parts: DoorFixture().parts, settings: settings, bodies: BodyReader(clock: NeverClock()), logger: .silent)
        try await door.application().test(.live) { client in
            let port = try #require(client.port)
            // The test's own client has the one.
            _ = try await client.execute(uri: "/-/healthy", method: .get)
            try await TestClient.withClient(host: "127.0.0.1", port: port) { client in
                try await client.getChannel().closeFuture.get()
            }
        }
    }

    /// The door puts it into the pipeline of every connection.
    @Test(.timeLimit(.minutes(1))) func theDoorHoldsToIt() async throws {
        var settings = PeoplesDoor.Settings(host: "127.0.0.1", port: 0)
        settings.headSeconds = 0
        let door = try PeoplesDoor(
            parts: DoorFixture().parts, settings: settings, bodies: BodyReader(clock: NeverClock()), logger: .silent)
        try await door.application().test(.live) { client in
            let port = try #require(client.port)
            try await TestClient.withClient(host: "127.0.0.1", port: port) { client in
                try await client.getChannel().closeFuture.get()
            }
        }
    }
}
