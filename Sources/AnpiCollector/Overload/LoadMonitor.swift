import AnpiModel
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Looks ten times a second at how much waits, and tells `Admission`; lets nobody wait without end for an engine's thread
/// that stands still.
struct LoadMonitor: Service {
    static let looksEvery = Duration.milliseconds(100)

    private let commit: GroupCommit
    private let engine: EngineHost
    private let admission: Admission
    private let loops: [LoopProbe]
    private let now: @Sendable () -> Timestamp
    private let clock: any Clock<Duration>
    private let logger: Logger

    init(
        commit: GroupCommit, engine: EngineHost, admission: Admission, group: any EventLoopGroup,
        now: @escaping @Sendable () -> Timestamp,
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        self.commit = commit
        self.engine = engine
        self.admission = admission
        self.loops = group.makeIterator().map { LoopProbe($0) }
        self.now = now
        self.clock = clock
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await clock.sleep(for: Self.looksEvery) } catch { return }
                look()
            }
        }
    }

    private func look() {
        let pressure = commit.pressure
        let at = now()
        engine.relieve(at: at)
        let reading = LoadReading(
            queueFill: pressure.fill, oldestWait: pressure.oldest.map { at - $0 } ?? .zero,
            loopLag: loops.map { $0.look() }.max() ?? .zero)
        guard let level = admission.observed(reading, at: at) else { return }
        logger.notice(
            "The load has changed",
            metadata: [
                "level": "\(level.word)", "queuePercent": "\(Int(reading.queueFill * 100))",
                "waitMilliseconds": "\(reading.oldestWait.wholeMilliseconds)",
                "loopMilliseconds": "\(reading.loopLag.wholeMilliseconds)",
            ])
    }
}

/// How long one event loop takes to come to what it is given.
private final class LoopProbe: Sendable {
    private static let none = UInt64.max

    private let loop: any EventLoop
    /// When what is under way was handed over, in nanoseconds.
    private let sent = Atomic(LoopProbe.none)
    private let last = Atomic<Int64>(0)

    init(_ loop: any EventLoop) { self.loop = loop }

    /// The lag that was last measured, or the one so far where the loop has not come to it yet.
    func look() -> Duration {
        let now = NIODeadline.now().uptimeNanoseconds
        let sent = sent.load(ordering: .acquiring)
        if sent != Self.none { return .nanoseconds(Int64(clamping: now - min(sent, now))) }
        self.sent.store(now, ordering: .releasing)
        loop.execute { [self] in
            let took = NIODeadline.now().uptimeNanoseconds - now
            last.store(Int64(clamping: took), ordering: .relaxed)
            self.sent.store(Self.none, ordering: .releasing)
        }
        return .nanoseconds(last.load(ordering: .relaxed))
    }
}
