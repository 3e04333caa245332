package import AnpiModel
import Glibc

/// The collector's clock: the time of day at its start, advanced by a clock that nobody can set.
///
/// A step of the system's clock (NTP, a hand) would make silence out of nothing or hide one; `CLOCK_BOOTTIME` only
/// goes forward and goes on while the machine sleeps.
package struct SteadyClock: Sendable {
    private let wallAtStart: Timestamp
    private let steadyAtStart: Int64

    /// A clock that starts now, or at `floor` where the system's clock stands before it (it was set back while we
    /// were away: time in the log never goes back), or at `ceiling` where it stands after that (others who share the log
    /// know better).
    package init(notBefore floor: Timestamp = .distantPast, notAfter ceiling: Timestamp = .distantFuture) {
        let wall = Timestamp(milliseconds: Self.nanoseconds(of: CLOCK_REALTIME) / 1_000_000)
        wallAtStart = max(min(wall, ceiling), floor)
        steadyAtStart = Self.nanoseconds(of: CLOCK_BOOTTIME)
    }

    package func now() -> Timestamp {
        wallAtStart + .nanoseconds(Self.nanoseconds(of: CLOCK_BOOTTIME) - steadyAtStart)
    }

    private static func nanoseconds(of clock: clockid_t) -> Int64 {
        var reading = timespec()
        clock_gettime(clock, &reading)
        return Int64(reading.tv_sec) * 1_000_000_000 + Int64(reading.tv_nsec)
    }
}
