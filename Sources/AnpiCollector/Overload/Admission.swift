package import AnpiModel
import Synchronization

/// What both doors ask before they do something: how much is going on, who comes too often, and when those who are sent
/// away may come again.
///
/// One relaxed load where all is calm. What decides lies in values of its own (`LoadMachine`, `RateTable`,
/// `RetrySpread`, `Work`); everything here is of a fixed size.
package final class Admission: Sendable {
    /// Why something was refused, for the count of it.
    package enum Reason: String, CaseIterable, Sendable {
        /// Its share of the queue before the log is taken.
        case queue
        /// The level of load does not allow it.
        case load
        /// This token comes too often.
        case rate
        /// Too many wrong tokens came from this address.
        case guesses
    }

    /// Wrong tokens of one address: a misconfigured office behind one line is told 401, a guesser soon 429. A right
    /// token is never asked for its address.
    static let guesses = RateTable<NetworkPlace>.Limit(burst: 100, refillMilliseconds: 1_000)
    /// Requests of one person's token: far above what a page or a script in order sends.
    static let callers = RateTable<String>.Limit(burst: 2_000, refillMilliseconds: 10)
    static let placesRemembered = 4_096
    /// Requests of one agent: twelve hours of single beats, a second apart and 100 a request, fit.
    static let agentRate = RateTable<AgentID>.Limit(burst: 600, refillMilliseconds: 100)
    /// Pings of one copy's address: a start, a success and some lines of a log each minute fit.
    static let pingRate = RateTable<PingPlace>.Limit(burst: 120, refillMilliseconds: 1_000)
    /// Agents, and addresses of pings, whose last requests are remembered; 16 bytes each.
    static let agentsRemembered = 32_768

    private struct Standing {
        var machine = LoadMachine()
        var since: Timestamp?
    }

    private let standing = Mutex(Standing())
    private let current = Atomic(LoadLevel.calm.rawValue)
    private let turn = Atomic<UInt64>(0)
    private let guesses = Mutex(RateTable<NetworkPlace>(Admission.guesses, places: Admission.placesRemembered))
    private let callers = Mutex(RateTable<String>(Admission.callers, places: Admission.placesRemembered))
    /// Asked by both doors, so that an agent has one limit however many connections it opens, and wherever.
    let agents = SharedRates(Admission.agentRate, places: Admission.agentsRemembered)
    let pings = SharedRates(Admission.pingRate, places: Admission.agentsRemembered)
    private let metrics: CollectorMetrics

    package init(metrics: CollectorMetrics = CollectorMetrics()) { self.metrics = metrics }

    package var level: LoadLevel { LoadLevel(rawValue: current.load(ordering: .relaxed)) ?? .calm }

    /// A look was taken at how much waits; the new level where it has changed.
    package func observed(_ reading: LoadReading, at now: Timestamp) -> LoadLevel? {
        let changed: LoadLevel? = standing.withLock { standing in
            guard standing.machine.observed(reading, at: now) else { return nil }
            standing.since = now
            return standing.machine.level
        }
        if let changed {
            current.store(changed.rawValue, ordering: .relaxed)
            metrics.loadLevel.set(Int64(changed.rawValue))
        }
        return changed
    }

    /// Why `work` is not done at the level that counts; nil where it is.
    func problem(with work: Work) -> Problem? {
        guard let from = work.refusedFrom, level >= from else { return nil }
        metrics.count(refused: work, because: .load)
        return Problem(
            .overloaded,
            "Much is going on and beats come first; this answer can wait. The overview is answered meanwhile.",
            retryAfterSeconds: retryAfterSeconds(for: work))
    }

    /// What is said where the queue has no room for `work`, counted.
    func busy(_ work: Work) -> WireAnswer {
        metrics.count(refused: work, because: .queue)
        return .busy(retryAfterSeconds: retryAfterSeconds(for: work))
    }

    /// The next number of seconds that one of those is told to wait who are refused.
    func retryAfterSeconds(for work: Work) -> Int {
        RetrySpread.seconds(for: work, turn: turn.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// A person's token asks; the problem where it comes too often.
    func asked(by tokenID: String, at now: Timestamp) -> Problem? {
        callers.withLock { $0.take(tokenID, at: now) }.map { tooOften(.page, $0) }
    }

    /// 429 for a token, or an address of pings, that comes too often.
    func tooOften(_ work: Work, _ wait: Duration) -> Problem {
        metrics.count(refused: work, because: .rate)
        return Problem(
            .tooManyRequests, "This token or ping address comes too often. Wait as long as Retry-After says.",
            retryAfterSeconds: wait.wholeSecondsUp)
    }

    /// A wrong token came from `place`: 401, or 429 where too many did.
    func guessed(from place: NetworkPlace, at now: Timestamp, _ usual: Problem) -> Problem {
        guard let wait = guesses.withLock({ $0.take(place, at: now) }) else { return usual }
        metrics.count(refused: .page, because: .guesses)
        return Problem(
            .tooManyRequests, "Too many wrong tokens or addresses came from here; a right one is taken at any time.",
            retryAfterSeconds: wait.wholeSecondsUp)
    }

    /// How this collector stands, for the overview.
    var json: JSON {
        let (level, since) = standing.withLock { ($0.machine.level, $0.since) }
        return ["level": .string(level.word), "since": level == .calm ? .null : .time(since)]
    }
}

extension Duration {
    /// Whole seconds, rounded up and at least one, as `Retry-After` takes them.
    var wholeSecondsUp: Int { max(1, Int((wholeMilliseconds + 999) / 1_000)) }
}
