import AnpiEngine
import AnpiModel
import AnpiStore
import Logging

/// Keeps one bad input from stopping the collector for ever (ENGINE §3).
///
/// Every start is counted durably until the engine has caught up. After two starts in a row that did not get there,
/// the third applies one input at a time and notes each before; the start after that finds the note, puts that input
/// aside for everyone by a row of the log, and goes on. Nothing else of the same row is lost.
struct PoisonGuard {
    /// Ends without catching up after which inputs are noted one by one.
    static let carefulAfter = 2

    private let attempts: Attempts
    private let logger: Logger
    private var isCareful = false
    private var hasBegun = false
    private var isCaughtUp = false

    init(attempts: Attempts, logger: Logger) {
        self.attempts = attempts
        self.logger = logger
    }

    /// Counts this start, once a process; returns the input that the last one died of.
    mutating func begin(at now: Timestamp) throws -> Attempts.LogPlace? {
        guard !hasBegun else { return nil }
        let start = try attempts.begin()
        hasBegun = true
        isCareful = start.uncleanEnds >= Self.carefulAfter
        if isCareful {
            logger.warning(
                "The last starts ended before the log was applied: going one input at a time",
                metadata: ["starts": "\(start.uncleanEnds)"])
        }
        guard let culprit = start.noted else { return nil }
        try attempts.quarantine(culprit, at: now)
        try attempts.note(nil)
        logger.critical(
            "An input that ended the process is put aside",
            metadata: ["writer": "\(culprit.writer)", "row": "\(culprit.seq)", "input": "\(culprit.index)"])
        return culprit
    }

    /// A row cannot be read at all: no use in trying it three times.
    func putAside(_ place: Attempts.LogPlace, at now: Timestamp) throws {
        try attempts.quarantine(place, at: now)
        logger.critical(
            "A row of the log cannot be read and is put aside",
            metadata: ["writer": "\(place.writer)", "row": "\(place.seq)"])
    }

    /// An input is about to be applied.
    func willApply(_ place: Attempts.LogPlace) throws {
        if isCareful { try attempts.note(place) }
    }

    /// All that the log holds has been applied and what follows from it is committed.
    mutating func caughtUp() throws {
        guard !isCaughtUp else { return }
        try attempts.caughtUp()
        isCaughtUp = true
        isCareful = false
    }

    func endedInOrder() throws { try attempts.ended() }
}
