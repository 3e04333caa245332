import AnpiModel
import Logging
package import NIOCore
import NIOHTTP1
import NIOPosix
package import NIOSSL
import Synchronization

/// The agents' door: heartbeats and pings only, on a SwiftNIO pipeline of its own.
///
/// 2.5 times as many requests a second as through a web framework, and its load never stands in the way of people's
/// pages.
package final class AgentDoor: Sendable {
    /// Connections at a time; the next one is closed at once.
    package static let connectionsMax = 20_000
    /// Of those that one address may have: a region behind one carrier's address fits, and nobody has them all.
    package static let connectionsPerAddressMax = 10_000
    /// New connections of one address, so that its handshakes alone never fill our day. A region of 10,000 that comes
    /// back at once fits.
    static let openings = RateTable<NetworkPlace>.Limit(burst: 20_000, refillMilliseconds: 1)
    /// Bytes of unfinished bodies over all connections; beyond it the next one is told to come back.
    package static let bodyBytesMax = 256 << 20

    /// What connections need of the rest of the collector.
    package final class Services: Sendable {
        let tokens: TokenTable
        let pings: PingDirectory
        let intake: BeatIntake
        let clock: SteadyClock
        let commit: GroupCommit
        let admission: Admission
        let proxy: ProxyTrust
        let metrics: CollectorMetrics
        private let connections = Mutex(
            ConnectionTally(max: AgentDoor.connectionsMax, perPlaceMax: AgentDoor.connectionsPerAddressMax))
        private let openings = Mutex(RateTable<NetworkPlace>(AgentDoor.openings, places: Admission.placesRemembered))
        private let bodyBytes = Atomic(0)

        package init(
            tokens: TokenTable, pings: PingDirectory, intake: BeatIntake, clock: SteadyClock, commit: GroupCommit,
            admission: Admission, proxy: ProxyTrust, metrics: CollectorMetrics
        ) {
            self.admission = admission
            self.proxy = proxy
            self.tokens = tokens
            self.pings = pings
            self.intake = intake
            self.clock = clock
            self.commit = commit
            self.metrics = metrics
        }

        /// Who `authorization` speaks for: `Bearer` and a valid token.
        func principal(authorization: String) -> Principal? {
            var text = authorization
            return text.withUTF8 { principal(authorization: UnsafeRawBufferPointer($0)) }
        }

        /// The same for the bytes of the header's value.
        func principal(authorization bytes: UnsafeRawBufferPointer) -> Principal? {
            let scheme = 7
            guard bytes.count > scheme, bytes[6] == 0x20,
                bytes.prefix(6).elementsEqual("bearer".utf8, by: { $0 | 0x20 == $1 })
            else { return nil }
            let token = UnsafeRawBufferPointer(rebasing: bytes[scheme...])
            return tokens.authenticate(token.assumingMemoryBound(to: UInt8.self), at: clock.now())
        }

        /// Takes `count` bytes of the budget for bodies; false where they do not fit, and nothing is taken.
        func hasRoom(for count: Int) -> Bool {
            let held = bodyBytes.add(count, ordering: .relaxed).newValue
            if held <= AgentDoor.bodyBytesMax { return true }
            release(count)
            return false
        }

        func release(_ count: Int) {
            if count > 0 { bodyBytes.subtract(count, ordering: .relaxed) }
        }

        /// The problem of a wrong token or address, of a caller who may be somebody else's peer.
        func guessed(_ usual: Problem, peer: SocketAddress?, forwardedFor: String?) -> WireAnswer {
            let client = proxy.client(peer: peer?.ipAddress ?? "", forwardedFor: forwardedFor)
            return WireAnswer(admission.guessed(from: NetworkPlace(client), at: clock.now(), usual))
        }

        /// Where limits count a connection of `peer`; nil for the proxy in front, behind which everybody is.
        func place(of peer: SocketAddress?) -> NetworkPlace? {
            let address = peer?.ipAddress ?? ""
            return proxy.trusts(address) ? nil : NetworkPlace(address)
        }

        /// False where the connection is one too many; else `connectionClosed` is told when it ends.
        func connectionOpened(from place: NetworkPlace?) -> Bool {
            if let place, openings.withLock({ $0.take(place, at: clock.now()) }) != nil { return false }
            return connections.withLock { $0.opened(from: place) }
        }

        func connectionClosed(from place: NetworkPlace?) { connections.withLock { $0.closed(from: place) } }
    }

    private let services: Services
    private let group: any EventLoopGroup
    private let tls: NIOSSLContext?
    private let loops = Mutex<[ObjectIdentifier: NIOLoopBound<AgentDoorLoop>]>([:])
    private let listener = Mutex<(any Channel)?>(nil)

    package init(services: Services, group: any EventLoopGroup, tls: NIOSSLContext?) {
        self.services = services
        self.group = group
        self.tls = tls
    }

    /// Binds and serves until `stop`; returns the address it listens on (port 0 asks for any).
    package func start(host: String, port: Int) async throws -> SocketAddress? {
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelInitializer { [self] channel in initialize(channel) }
            .bind(host: host, port: port).get()
        listener.withLock { $0 = channel }
        return channel.localAddress
    }

    /// Takes no new connections and ends the old ones with the answer they wait for.
    package func stop() async {
        let channel = listener.withLock { listener in
            defer { listener = nil }
            return listener
        }
        try? await channel?.close().get()
        for bound in loops.withLock({ Array($0.values) }) {
            try? await bound.eventLoop.submit { bound.value.beginShutdown() }.get()
        }
    }

    private func initialize(_ channel: any Channel) -> EventLoopFuture<Void> {
        let place = services.place(of: channel.remoteAddress)
        guard services.connectionOpened(from: place) else {
            services.metrics.refusedConnections.add()
            return channel.close()
        }
        return channel.eventLoop.makeCompletedFuture {
            if let tls {
                try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
            }
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = 8 << 10
            limits.maxHeaderListSize = 16 << 10
            limits.maxHeaderFieldCount = 64
            let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
            let door = AgentDoorHandler(services: services, shared: shared(on: channel.eventLoop), place: place)
            try channel.pipeline.syncOperations.addHandlers(
                UsualRequestHandler(before: door), ByteToMessageHandler(decoder), door)
        }
    }

    /// What the connections of `loop` share; called on that loop.
    private func shared(on loop: any EventLoop) -> AgentDoorLoop {
        let known = loops.withLock { $0[ObjectIdentifier(loop)] }
        if let known { return known.value }
        let shared = AgentDoorLoop(
            loop: loop, commit: services.commit, clock: services.clock, admission: services.admission,
            metrics: services.metrics)
        shared.startSweeping()
        let bound = NIOLoopBound(shared, eventLoop: loop)
        loops.withLock { $0[ObjectIdentifier(loop)] = bound }
        return shared
    }
}
