import Glibc
import Synchronization

/// The two ends of a new pipe, which no program that the agent starts inherits.
struct PipeEnds {
    let reading: Int32
    let writing: Int32

    /// Held while a pipe is made and not yet marked, and while a program is started: Glibc does not show `pipe2` to
    /// Swift, which would do both at once.
    private static let lock = Mutex(())

    /// Nil when the system gives no more descriptors; `errno` says why.
    static func make() -> PipeEnds? {
        lock.withLock { _ in
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { return nil }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return PipeEnds(reading: ends[0], writing: ends[1])
        }
    }

    static func whileNoneIsMade<Result>(_ body: () -> Result) -> Result {
        lock.withLock { _ in body() }
    }
}
