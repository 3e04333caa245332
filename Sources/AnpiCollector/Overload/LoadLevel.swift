package import AnpiModel

/// How much is asked of this collector.
package enum LoadLevel: Int, CaseIterable, Comparable, Sendable {
    /// Everything is done.
    case calm
    /// Expensive queries are refused; the overview is made once in a while and shared.
    case busy
    /// Pages are refused too, but for the overview.
    case crowded

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// As pages and metrics name it.
    package var word: String {
        switch self {
        case .calm: "calm"
        case .busy: "busy"
        case .crowded: "crowded"
        }
    }
}

/// One look at how much waits.
package struct LoadReading: Hashable, Sendable {
    /// The share of the queue before the log that is taken, by count or bytes, whichever is more.
    package var queueFill: Double
    /// How long the request has waited for its commit that waits longest.
    package var oldestWait: Duration
    /// How late the event loop that is latest does what it is given.
    package var loopLag: Duration

    package init(queueFill: Double, oldestWait: Duration, loopLag: Duration) {
        self.queueFill = queueFill
        self.oldestWait = oldestWait
        self.loopLag = loopLag
    }

    /// The level that this reading alone calls for. A fleet's backlog alone can fill half of the queue: before it does,
    /// pages wait.
    var reached: LoadLevel {
        if queueFill >= 0.4 || loopLag >= .seconds(2) { return .crowded }
        if queueFill >= 0.2 || loopLag >= .milliseconds(500) || oldestWait >= .seconds(2) { return .busy }
        return .calm
    }

    /// The level that this reading keeps up once it was reached: well below, so that nothing flutters.
    ///
    /// A wait for the disk alone never closes the pages: they are read from memory, and refusing them frees no disk.
    var held: LoadLevel {
        if queueFill >= 0.25 || loopLag >= .seconds(1) { return .crowded }
        if queueFill >= 0.1 || loopLag >= .milliseconds(200) || oldestWait >= .seconds(1) { return .busy }
        return .calm
    }
}

/// Which level counts: up after a few readings that agree, down one step at a time after a calm while.
package struct LoadMachine: Sendable {
    /// So many readings in a row make a level: a process that slept once has one bad reading and is well.
    static let risesAfter = 3
    /// So long all must be well before the next step down.
    static let fallsAfter = Duration.seconds(3)

    private enum State {
        case steady(LoadLevel)
        case rising(from: LoadLevel, to: LoadLevel, readings: Int)
        case falling(from: LoadLevel, since: Timestamp)
    }

    private var state = State.steady(.calm)

    package init() {}

    package var level: LoadLevel {
        switch state {
        case .steady(let level), .rising(let level, _, _), .falling(let level, _): level
        }
    }

    /// A look was taken; true where another level counts from now on.
    package mutating func observed(_ reading: LoadReading, at now: Timestamp) -> Bool {
        let level = level
        if reading.reached > level {
            rise(from: level, to: reading.reached)
        } else if reading.held < level {
            fall(from: level, at: now)
        } else {
            state = .steady(level)
        }
        return self.level != level
    }

    private mutating func rise(from level: LoadLevel, to reached: LoadLevel) {
        var (least, readings) = (reached, 1)
        if case .rising(_, let before, let count) = state { (least, readings) = (min(before, reached), count + 1) }
        state = readings < Self.risesAfter ? .rising(from: level, to: least, readings: readings) : .steady(least)
    }

    private mutating func fall(from level: LoadLevel, at now: Timestamp) {
        guard case .falling(_, let since) = state else {
            state = .falling(from: level, since: now)
            return
        }
        guard now - since >= Self.fallsAfter else { return }
        let below = LoadLevel(rawValue: level.rawValue - 1) ?? .calm
        state = below == .calm ? .steady(.calm) : .falling(from: below, since: now)
    }
}
