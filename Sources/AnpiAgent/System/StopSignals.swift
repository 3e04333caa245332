import AnpiModel
import Glibc
import Synchronization

/// SIGTERM and SIGINT, taken by a thread of their own from the first line of a program on.
///
/// The first asks for a clean end; a second one, or a clean end that takes longer than `patience`, ends the program at
/// once, also while it starts up or hangs in the kernel. Programs that it started are ended with it. The exit status is
/// then 128 and the signal's number, as a shell would say.
package final class StopSignals: Sendable {
    package enum FirstSignal: Sendable {
        /// `isReceived` tells whoever asks, and the bell rings.
        case asksToStop
        /// There is nothing to end cleanly.
        case endsAtOnce
    }

    /// Longer than the 2 s that a goodbye may take, shorter than the 5 s after which the service manager kills.
    static let patience: Duration = .seconds(4)

    /// Rung by the first signal; its owner may ring it for other reasons.
    let bell = Bell()
    private let received = Atomic<Bool>(false)
    /// The thread of the signals is about to end the program.
    private static let isEnding = Atomic<Bool>(false)

    /// Takes the two signals away from every thread that is made after this; call it before anything else. Nil when the
    /// system gives no thread.
    package init?(_ first: FirstSignal) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGTERM, SIGINT] {
            // A shell starts what runs in the background with SIGINT ignored, and then nobody could wait for it.
            signal(number, SIG_DFL)
            sigaddset(&signals, number)
        }
        // A limit on the size of files is a full disk to us, not an end.
        signal(SIGXFSZ, SIG_IGN)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let isWatching = Thread.start { [self, signals] in watch(signals, first) }
        guard isWatching else { return nil }
    }

    /// Whether we were asked to stop.
    var isReceived: Bool { received.load(ordering: .acquiring) }

    private func watch(_ signals: sigset_t, _ first: FirstSignal) {
        var signals = signals
        var number: Int32 = 0
        guard sigwait(&signals, &number) == 0 else { return }
        if first == .asksToStop {
            received.store(true, ordering: .releasing)
            bell.ring()
            var limit = timespec(tv_sec: Int(Self.patience.wholeSeconds), tv_nsec: 0)
            let second = sigtimedwait(&signals, nil, &limit)
            if second > 0 { number = second }
        }
        Self.isEnding.store(true, ordering: .releasing)
        RunningChildren.shared.killAll()
        _exit(128 + number)
    }

    /// Call it before an exit with a status of one's own: a probe that the signal has killed lets its command go on for a
    /// moment, and the status is then the signal's.
    package static func waitIfEnding() {
        while isEnding.load(ordering: .acquiring) { pause() }
    }
}
