package import AnpiModel

/// A drill that has a lane: what plays, how fast, and from when to when by its own clock.
package struct DrillRow: Hashable, Sendable {
    /// From 1; the fleet that is real has lane 0.
    package var lane: Int
    package var name: String
    /// Seconds of the drill in a second of ours.
    package var speed: Int
    /// The times of the feed's first and last line.
    package var from: Timestamp
    package var to: Timestamp
    package var startedAt: Timestamp
    package var startedBy: String
    /// True once it was told to end: its rows are being removed.
    package var isEnding: Bool

    package init(
        lane: Int = 0, name: String, speed: Int, from: Timestamp, to: Timestamp, startedAt: Timestamp,
        startedBy: String, isEnding: Bool = false
    ) {
        self.lane = lane
        self.name = name
        self.speed = speed
        self.from = from
        self.to = to
        self.startedAt = startedAt
        self.startedBy = startedBy
        self.isEnding = isEnding
    }
}
