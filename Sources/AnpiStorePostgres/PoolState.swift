internal import AnpiStore

/// Who may use a connection when: a fixed number, one of them kept for beats, and waits after connecting has failed.
///
/// A machine without connections, threads or clocks; `ConnectionPool` does what it says.
struct PoolState {
    /// How many callers may wait; the next is refused.
    static let waitingLimit = 1_024
    /// How many beats in a row go first while something else waits.
    static let beatsInARow = 16
    /// The wait after the first failure to connect; it doubles with each further one.
    static let firstPauseMilliseconds: Int64 = 100
    static let longestPauseMilliseconds: Int64 = 2_000

    /// One caller who waits.
    typealias Ticket = Int

    private let connectionsMax: Int
    private var takenByBeats = 0
    private var takenByOthers = 0
    private var beats: [Ticket] = []
    private var others: [Ticket] = []
    private var row = 0
    private var nextTicket = 0
    private var failures = 0
    private var pauseEnds: ContinuousClock.Instant?

    init(connectionsMax: Int) {
        precondition(connectionsMax >= 2, "one connection is kept for beats")
        self.connectionsMax = connectionsMax
    }

    /// How many wait now.
    var waiting: Int { beats.count + others.count }

    // MARK: Turns

    enum OnAsk: Hashable {
        /// Go ahead.
        case granted
        /// Wait until `turnEnded` names this ticket.
        case wait(Ticket)
        case refused
    }

    /// Somebody wants a connection.
    mutating func asked(_ priority: TransactionPriority) -> OnAsk {
        if mayTake(priority) {
            take(priority)
            return .granted
        }
        guard waiting < Self.waitingLimit else { return .refused }
        nextTicket += 1
        switch priority {
        case .beats: beats.append(nextTicket)
        case .normal: others.append(nextTicket)
        }
        return .wait(nextTicket)
    }

    /// A caller that was granted `priority` has given its connection back; the one named goes next.
    mutating func turnEnded(_ priority: TransactionPriority) -> Ticket? {
        switch priority {
        case .beats: takenByBeats -= 1
        case .normal: takenByOthers -= 1
        }
        let mayOthers = !others.isEmpty && mayTake(.normal)
        if !beats.isEmpty, !mayOthers || row < Self.beatsInARow {
            row = mayOthers ? row + 1 : 0
            take(.beats)
            return beats.removeFirst()
        }
        guard mayOthers else { return nil }
        row = 0
        take(.normal)
        return others.removeFirst()
    }

    /// A caller waits no longer; false where its turn had come meanwhile, which it must then end.
    mutating func gaveUp(_ ticket: Ticket) -> Bool {
        let before = waiting
        beats.removeAll { $0 == ticket }
        others.removeAll { $0 == ticket }
        return waiting < before
    }

    private func mayTake(_ priority: TransactionPriority) -> Bool {
        guard takenByBeats + takenByOthers < connectionsMax else { return false }
        return switch priority {
        case .beats: true
        case .normal: takenByOthers < connectionsMax - 1
        }
    }

    private mutating func take(_ priority: TransactionPriority) {
        switch priority {
        case .beats: takenByBeats += 1
        case .normal: takenByOthers += 1
        }
    }

    // MARK: Connecting

    /// How long it is until connecting may be tried again; nil where it may.
    func pause(at now: ContinuousClock.Instant) -> Duration? {
        guard let pauseEnds, pauseEnds > now else { return nil }
        return pauseEnds - now
    }

    /// A connection could not be made. `jitter` in 0..<1 keeps many processes from coming back at one moment.
    mutating func connectingFailed(at now: ContinuousClock.Instant, jitter: Double) {
        let longest = min(Self.firstPauseMilliseconds << Int64(min(failures, 10)), Self.longestPauseMilliseconds)
        failures += 1
        pauseEnds = now + .milliseconds(longest) * (0.5 + jitter / 2)
    }

    mutating func connected() {
        failures = 0
        pauseEnds = nil
    }
}
