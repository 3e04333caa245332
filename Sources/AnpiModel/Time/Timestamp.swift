/// An instant in milliseconds since 1970-01-01T00:00:00Z.
///
/// The one unit of time in the log, the engine, the store and on the wire: an integer compares, sorts and hashes the
/// same on every machine, and a millisecond is finer than any deadline of a fleet.
@usableFromInline
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since the epoch; negative before 1970.
    @usableFromInline
    package var milliseconds: Int64

    @inlinable
    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Earlier than anything that happens: the beginning of year 1.
    @inlinable
    package static var distantPast: Timestamp { Timestamp(milliseconds: -62_135_596_800_000) }
    /// Later than anything that happens: the end of year 9999, the last instant that RFC 3339 can write.
    @inlinable
    package static var distantFuture: Timestamp { Timestamp(milliseconds: 253_402_300_799_999) }

    // All six and `min` and `max` below are written out: what a protocol gives is called through its table of witnesses
    // from other modules, and comparing instants is most of what an engine does.

    @inlinable
    package static func == (left: Self, right: Self) -> Bool { left.milliseconds == right.milliseconds }
    @inlinable
    package static func != (left: Self, right: Self) -> Bool { left.milliseconds != right.milliseconds }
    @inlinable
    package static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
    @inlinable
    package static func <= (left: Self, right: Self) -> Bool { left.milliseconds <= right.milliseconds }
    @inlinable
    package static func > (left: Self, right: Self) -> Bool { left.milliseconds > right.milliseconds }
    @inlinable
    package static func >= (left: Self, right: Self) -> Bool { left.milliseconds >= right.milliseconds }

    /// The instant `duration` later; parts of a millisecond are dropped.
    @inlinable
    package static func + (instant: Self, duration: Duration) -> Self {
        Timestamp(milliseconds: instant.milliseconds + duration.wholeMilliseconds)
    }

    /// The instant `duration` earlier; parts of a millisecond are dropped.
    @inlinable
    package static func - (instant: Self, duration: Duration) -> Self {
        Timestamp(milliseconds: instant.milliseconds - duration.wholeMilliseconds)
    }

    /// How long `left` is after `right`; negative when it is before.
    @inlinable
    package static func - (left: Self, right: Self) -> Duration {
        // Not `.milliseconds(_:)`, which multiplies digit by digit: deadlines ask for this at every turn.
        Duration(attoseconds: Int128(left.milliseconds - right.milliseconds) * Duration.attosecondsPerMillisecond)
    }
}

/// The earlier of two instants.
@inlinable
package func min(_ left: Timestamp, _ right: Timestamp) -> Timestamp { right < left ? right : left }

/// The later of two instants.
@inlinable
package func max(_ left: Timestamp, _ right: Timestamp) -> Timestamp { right >= left ? right : left }

extension Duration {
    /// The duration in milliseconds, parts of one dropped.
    @inlinable
    package var wholeMilliseconds: Int64 { Int64(attoseconds / Self.attosecondsPerMillisecond) }

    @inlinable
    package static var attosecondsPerMillisecond: Int128 { 1_000_000_000_000_000 }

    /// The duration in seconds, parts of one dropped.
    package var wholeSeconds: Int64 { components.seconds }
}
