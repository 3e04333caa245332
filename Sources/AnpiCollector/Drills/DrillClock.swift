import AnpiModel

/// The clock of a drill: goes as many times faster than ours as the speed says, and no further than the feed.
struct DrillClock: Hashable {
    /// More than this between two looks is not played: the process was stopped meanwhile, and nobody watched. So a
    /// restart, a slow disk and a sleeping machine are never blind time of the drill.
    static let stepMax = Duration.seconds(1)
    /// Seconds of the drill in a second of ours.
    static let speeds = 1...3_600
    /// A drill that nobody gives a speed is over after about this long.
    static let usualLength = Duration.seconds(300)

    let speed: Int
    /// Where it stops.
    private(set) var end: Timestamp
    private(set) var now: Timestamp
    private var lookedAt: Timestamp?

    init(speed: Int, now: Timestamp, end: Timestamp) {
        self.speed = speed
        self.now = now
        self.end = max(end, now)
    }

    /// The speed at which what lasts so long is over after the usual length.
    static func usualSpeed(from: Timestamp, to: Timestamp) -> Int {
        let seconds = (to - from).wholeSeconds
        let usual = usualLength.wholeSeconds
        return min(max(Int((seconds + usual - 1) / usual), speeds.lowerBound), speeds.upperBound)
    }

    /// Looks at our clock, which says `real`; while the drill cannot be played it stands still.
    mutating func look(at real: Timestamp, isPlaying: Bool = true) -> Timestamp {
        let passed = lookedAt.map { min(max(real - $0, .zero), Self.stepMax) } ?? .zero
        lookedAt = real
        if isPlaying { now = max(now, min(now + passed * speed, end)) }
        return now
    }

    /// The drill is at `instant`: less far than asked where there is more to play than a step holds, or a little
    /// further where somebody changed something after the end.
    mutating func stand(at instant: Timestamp) {
        now = instant
        end = max(end, instant)
    }

    /// Nothing more can be played.
    mutating func stop() { end = now }
}
