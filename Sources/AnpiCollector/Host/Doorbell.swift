import Glibc
import Synchronization

/// Wakes one thread that waits for work; any number of rings before it looks count as one.
///
/// A pipe, because the kernel counts the time of `poll` by a clock that nobody can set. Semaphores wait for a time of
/// day: where that steps back by five minutes, they sleep for five minutes.
final class Doorbell: Sendable {
    private let listening: Int32
    private let ringing: Int32
    private let hasRung = Atomic(false)

    init() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { preconditionFailure("no file descriptor is left") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (listening, ringing) = (ends[0], ends[1])
    }

    deinit {
        close(listening)
        close(ringing)
    }

    func ring() {
        guard !hasRung.exchange(true, ordering: .acquiringAndReleasing) else { return }
        var byte: UInt8 = 1
        // Where it is full it has been rung.
        _ = write(ringing, &byte, 1)
    }

    /// Returns after a ring or after `limit`; the caller looks at its queue either way. Less than a millisecond is slept
    /// through, and what has rung meanwhile ends the next wait.
    func wait(atMost limit: Duration) {
        let nanoseconds = max(0, limit / .nanoseconds(1))
        guard nanoseconds >= 1_000_000 else {
            var time = timespec(tv_sec: 0, tv_nsec: Int(nanoseconds))
            nanosleep(&time, nil)
            return
        }
        var entry = pollfd(fd: listening, events: Int16(POLLIN), revents: 0)
        if poll(&entry, 1, Int32(clamping: Int64(nanoseconds / 1_000_000))) > 0 {
            var bytes = UInt64(0)
            _ = read(listening, &bytes, MemoryLayout<UInt64>.size)
        }
        hasRung.store(false, ordering: .releasing)
    }
}
