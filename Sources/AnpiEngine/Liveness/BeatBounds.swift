package import AnpiModel

/// What the numbers of a beat may be: the agents' door rejects what is outside, the engine ignores it.
package enum BeatBounds {
    /// Sequence numbers stay below: whole in every JSON reader.
    package static let sequenceEnd: Int64 = 1 << 53

    /// Times this far from 1970 can be added to without overflow; calendars ended long before.
    private static let millisecondsEnd: UInt64 = 1 << 52

    package static func holds(_ instant: Timestamp) -> Bool { instant.milliseconds.magnitude < millisecondsEnd }
}
