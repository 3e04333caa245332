import AnpiModel
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Something that one thread sets and others look at: the engine is loaded and caught up, this process decides.
package final class ReadyFlag: Sendable {
    private let value = Atomic(false)

    package init() {}

    func set(_ isReady: Bool) { value.store(isReady, ordering: .releasing) }

    var isSet: Bool { value.load(ordering: .acquiring) }
}

/// Told by any thread why this process cannot go on; the first reason stands.
final class EndSignal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let first = Mutex<(any Error)?>(nil)

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func end(because reason: any Error) {
        first.withLock { first in
            if first == nil { first = reason }
        }
        continuation.yield()
    }

    var reason: (any Error)? { first.withLock { $0 } }

    /// Returns when there is a reason; also when the waiting task is cancelled.
    func wait() async {
        for await _ in stream { return }
    }
}

/// The committing thread and the engine's thread: begun first, ended last, so that both doors can finish what they
/// have taken.
struct LogAndEngine: Service {
    let commit: GroupCommit
    let engine: EngineHost
    let threads: StoreThreads
    let end: EndSignal
    /// Called when nothing more will be appended: others that share the log need not wait for this process.
    let leave: @Sendable () -> Void

    func run() async throws {
        commit.begin()
        engine.begin()
        await cancelWhenGracefulShutdown { await end.wait() }
        // Both calls block until their thread has ended; at this point nothing else needs this one.
        engine.stop()
        commit.stop()
        leave()
        await threads.stop()
        // Not an end in order: whoever watches this process must start it again.
        if let reason = end.reason { throw reason }
    }
}

/// Opens the agents' door and closes it in order.
struct AgentDoorService: Service {
    let door: AgentDoor
    let address: ListenAddress
    let logger: Logger

    func run() async throws {
        let bound = try await door.start(host: address.host, port: address.port)
        logger.notice(
            "Agents' door is open", metadata: ["address": "\(address.host):\(bound?.port ?? address.port)"])
        try await gracefulShutdown()
        await door.stop()
    }
}

/// Sends what the outbox holds until the process ends.
struct DeliveryService: Service {
    let delivery: HookDelivery

    func run() async throws {
        delivery.begin()
        try await gracefulShutdown()
        delivery.stop()
    }
}
