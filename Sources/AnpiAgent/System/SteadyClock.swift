package import AnpiModel
import Glibc

/// The two clocks of the machine; the only place of the agent that reads them.
package enum SystemClock {
    /// The wall clock, which people and time servers set.
    package static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Time since boot, also while the machine slept: it never jumps, so it carries deadlines.
    package static var steady: Duration {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return .milliseconds(Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
