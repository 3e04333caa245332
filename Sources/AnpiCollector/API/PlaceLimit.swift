import NIOCore
import Synchronization

/// Counts the people's door's connections by where they come from, and closes one too many: nobody has all of them.
final class PlaceLimit: Sendable {
    private let tally: Mutex<ConnectionTally>
    private let proxy: ProxyTrust
    private let metrics: CollectorMetrics

    /// - Parameters:
    ///   - max: of one place; an office behind one address must fit.
    ///   - proxy: whose connections are everybody's and are not counted.
    init(perPlaceMax max: Int, proxy: ProxyTrust, metrics: CollectorMetrics) {
        tally = Mutex(ConnectionTally(max: .max, perPlaceMax: max))
        self.proxy = proxy
        self.metrics = metrics
    }

    /// For one connection.
    func handler() -> Handler { Handler(limit: self) }

    private func opened(_ channel: any Channel) -> NetworkPlace? {
        let address = channel.remoteAddress?.ipAddress ?? ""
        guard !proxy.trusts(address) else { return nil }
        let place = NetworkPlace(address)
        if tally.withLock({ $0.opened(from: place) }) { return place }
        metrics.refusedConnections.add()
        channel.close(promise: nil)
        return nil
    }

    private func closed(from place: NetworkPlace) { tally.withLock { $0.closed(from: place) } }

    /// In the pipeline from the beginning of a connection to its end.
    final class Handler: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = Any

        private let limit: PlaceLimit
        /// Where the connection is counted.
        private var place: NetworkPlace?

        fileprivate init(limit: PlaceLimit) { self.limit = limit }

        func handlerAdded(context: ChannelHandlerContext) { place = limit.opened(context.channel) }

        func handlerRemoved(context: ChannelHandlerContext) {
            if let place { limit.closed(from: place) }
            place = nil
        }
    }
}
