import Glibc

/// Clocks and times as the driver needs them: no allocation, no locale.
package enum Instants {
    /// Steady, for durations.
    package static func steadyNanoseconds() -> Int64 { nanoseconds(CLOCK_MONOTONIC) }

    /// Milliseconds since the epoch.
    package static func wallMilliseconds() -> Int64 { nanoseconds(CLOCK_REALTIME) / 1_000_000 }

    /// What this thread has used of the processor, in user and kernel mode.
    package static func threadProcessorNanoseconds() -> Int64 { nanoseconds(CLOCK_THREAD_CPUTIME_ID) }

    private static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Length of `2022-09-24T05:58:00.250+09:00`.
    package static let textLength = 29

    /// Writes an instant as RFC 3339 at +09:00 with milliseconds.
    package static func write(milliseconds: Int64, to target: UnsafeMutablePointer<UInt8>) {
        let local = milliseconds + 9 * 3_600_000
        let (day, rest) = local.quotientAndRemainder(dividingBy: 86_400_000)
        let date = civil(day: day)
        let millisecond = Int(rest)
        write(date.year, digits: 4, to: target)
        target[4] = UInt8(ascii: "-")
        write(date.month, digits: 2, to: target + 5)
        target[7] = UInt8(ascii: "-")
        write(date.day, digits: 2, to: target + 8)
        target[10] = UInt8(ascii: "T")
        write(millisecond / 3_600_000, digits: 2, to: target + 11)
        target[13] = UInt8(ascii: ":")
        write(millisecond / 60_000 % 60, digits: 2, to: target + 14)
        target[16] = UInt8(ascii: ":")
        write(millisecond / 1_000 % 60, digits: 2, to: target + 17)
        target[19] = UInt8(ascii: ".")
        write(millisecond % 1_000, digits: 3, to: target + 20)
        for (index, byte) in "+09:00".utf8.enumerated() { target[23 + index] = byte }
    }

    /// Writes `value` with leading zeros.
    static func write(_ value: Int, digits: Int, to target: UnsafeMutablePointer<UInt8>) {
        var value = value
        for index in stride(from: digits - 1, through: 0, by: -1) {
            target[index] = UInt8(ascii: "0") + UInt8(value % 10)
            value /= 10
        }
    }

    /// Days since the epoch as a date of the Gregorian calendar; the era arithmetic of H. Hinnant's
    /// "chrono-Compatible Low-Level Date Algorithms", for days after 1970 only.
    private static func civil(day: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = Int(day) + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
