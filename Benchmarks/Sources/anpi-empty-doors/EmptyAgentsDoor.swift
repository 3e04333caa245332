import NIOCore
import NIOHTTP1
import NIOPosix

/// The pipeline of the agents' door: the same decoder and limits, the same way of writing, no work in between.
enum EmptyAgentsDoor {
    /// Serves on loopback until the process is ended.
    static func serve(port: Int) async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    var limits = NIOHTTPDecoderLimitConfiguration()
                    limits.maxHeaderFieldSize = 8 << 10
                    limits.maxHeaderListSize = 16 << 10
                    limits.maxHeaderFieldCount = 64
                    let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder))
                    try channel.pipeline.syncOperations.addHandler(NoContentHandler())
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        try await channel.closeFuture.get()
    }
}

/// Reads a request to its end and answers 204.
private final class NoContentHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    /// Its length is that of the real line; what the date says costs nothing, since doors make it once a second.
    private static let answer: StaticString =
        "HTTP/1.1 204 No Content\r\ndate: Sat, 24 Sep 2022 05:58:00 GMT\r\n\r\n"

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        var buffer = context.channel.allocator.buffer(capacity: 80)
        buffer.writeStaticString(Self.answer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }
}
