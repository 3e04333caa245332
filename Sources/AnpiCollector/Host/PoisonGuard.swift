import AnpiEngine
import AnpiModel
import AnpiStore
import Logging

/// Keeps one bad input from stopping the collector for ever (ENGINE §3).
///
/// Every start is counted durably until the engine has caught up. After two starts in a row that did not get there,
/// each further one applies one input at a time and notes each before. An input at which two of these ended is put
/// aside for everyone by a row of the log; one end alone proves nothing, since a power cut or a SIGKILL may have met
/// an innocent. Nothing else of the same row is lost.
struct PoisonGuard {
    /// Ends without catching up after which inputs are noted one by one.
    static let carefulAfter = 2

    private let attempts: Attempts
    private let logger: Logger
    private let announce: (LogPlace) throws -> Void
    private var isCareful = false
    private var hasBegun = false
    private var isCaughtUp = false
    /// To be put aside before anything is applied.
    private var culprit: LogPlace?

    /// - Parameter announce: makes every reader of the log skip the input; returns once that is durable.
    init(attempts: Attempts, logger: Logger, announce: @escaping (LogPlace) throws -> Void) {
        self.attempts = attempts
        self.logger = logger
        self.announce = announce
    }

    /// Counts this start, once a process, and puts aside the input that two careful ones have died of.
    mutating func begin(at now: Timestamp) throws {
        if !hasBegun {
            let start = try attempts.begin()
            hasBegun = true
            isCareful = start.uncleanEnds >= Self.carefulAfter
            if isCareful {
                logger.warning(
                    "The last starts ended before the log was applied: going one input at a time",
                    metadata: ["starts": "\(start.uncleanEnds)"])
            }
            if let noted = start.noted, noted == start.suspected { culprit = noted }
        }
        guard let culprit else { return }
        try putAside(culprit, at: now, because: "An input that ended the process twice is put aside")
        try attempts.forget()
        self.culprit = nil
    }

    /// A row cannot be read at all: no use in trying it three times.
    func putAside(unreadable place: LogPlace, at now: Timestamp) throws {
        try putAside(place, at: now, because: "A row of the log cannot be read and is put aside")
    }

    /// The log's row first: were it missing, other readers would go on to die of the input.
    private func putAside(_ place: LogPlace, at now: Timestamp, because message: Logger.Message) throws {
        try announce(place)
        try attempts.quarantine(place, at: now)
        logger.critical(
            message, metadata: ["writer": "\(place.writer)", "row": "\(place.seq)", "input": "\(place.index)"])
    }

    /// An input is about to be applied.
    func willApply(_ place: LogPlace) throws {
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
