import AnpiModel

/// Which askings for the off-site backup have been begun: each is done once, and one backup runs at a time.
///
/// An asking is named by its time and told until the storm is over, by any collector. Names are compared, never ordered:
/// one that comes late is known, and one of a collector whose clock is years ahead keeps none of the next from being done.
struct AskedBackup: Hashable, Sendable {
    /// Names that are kept. What is older than so many storms is asked for by nobody.
    static let knownMax = 16

    /// The last that were begun, also before a restart; the newest last.
    private(set) var begun: [Timestamp]
    private var waiting: [Timestamp] = []
    private var isRunning = false

    init(begun: [Timestamp] = []) { self.begun = begun.suffix(Self.knownMax) }

    /// A collector asks. True where somebody must be told that there is something to do.
    mutating func wasAsked(at askedAt: Timestamp) -> Bool {
        guard !begun.contains(askedAt), !waiting.contains(askedAt) else { return false }
        waiting = (waiting + [askedAt]).suffix(Self.knownMax)
        return !isRunning
    }

    /// Takes all that waits: one backup answers it. Its newest asking; nil where nothing waits or one runs.
    mutating func begin() -> Timestamp? {
        guard !isRunning, let newest = waiting.last else { return nil }
        begun = (begun + waiting).suffix(Self.knownMax)
        waiting = []
        isRunning = true
        return newest
    }

    /// What was begun has ended, well or not.
    mutating func ended() { isRunning = false }
}
