import AnpiClient
import AnpiEngine
import AnpiHazards
package import AnpiModel
import AnpiStore
import Dispatch
import Foundation
package import Logging
import ServiceLifecycle
import Synchronization

/// Looks at Atom feeds of official messages and hands what is new to the log, on a thread of its own.
///
/// A message that cannot be read is quarantined by itself; a feed that cannot be read is said so in the log, and the
/// others go on.
package final class HazardPoller: Sendable {
    /// One list or message.
    static let timeout = Duration.seconds(15)
    /// How long `stop` waits for a request under way.
    static let stopTime = DispatchTimeInterval.seconds(17)

    private let feeds: [String]
    private let every: Duration
    private let intake: HazardIntake
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let mayAct: @Sendable () -> Bool
    private let doorbell = Doorbell()
    private let finished = DispatchSemaphore(value: 0)
    private let isStopping = Atomic(false)

    /// - Parameters:
    ///   - every: between two looks; JMA asks for no more than one a minute.
    ///   - mayAct: false while another process looks.
    package init(
        feeds: [String], every: Duration, intake: HazardIntake, logger: Logger,
        now: @escaping @Sendable () -> Timestamp, mayAct: @escaping @Sendable () -> Bool = { true }
    ) {
        self.feeds = feeds
        self.every = every
        self.intake = intake
        self.logger = logger
        self.now = now
        self.mayAct = mayAct
    }

    package func begin() {
        guard !feeds.isEmpty else { return }
        let thread = Thread { [self] in
            run()
            finished.signal()
        }
        thread.name = "anpi-hazards"
        thread.start()
    }

    package func stop() {
        guard !feeds.isEmpty else { return }
        isStopping.store(true, ordering: .releasing)
        doorbell.ring()
        _ = finished.wait(timeout: .now() + Self.stopTime)
    }

    private var mayGoOn: Bool { !isStopping.load(ordering: .acquiring) }

    private func run() {
        var options = HTTPClient.Options(timeout: Self.timeout, answerBytesMax: AtomFeed.bytesMax)
        options.userAgent = "anpi/\(ProgramVersion.text)"
        let client: HTTPClient
        do { client = try HTTPClient(options: options) } catch {
            return logger.error("Feeds of warnings cannot be read", metadata: ["error": "\(error)"])
        }
        var plans = feeds.map { FeedPlan(address: $0, known: known(of: $0)) }
        while mayGoOn {
            for index in plans.indices where mayGoOn && mayAct() { look(at: &plans[index], client) }
            let next = FeedPlan.nextLook(after: now(), every: every)
            while mayGoOn, now() < next { doorbell.wait(atMost: max(next - now(), .milliseconds(1))) }
        }
    }

    private func known(of feed: String) -> [String] {
        do { return try intake.messages.names(from: feed, since: now() - FeedPlan.oldest) } catch {
            logger.warning("Known messages are fetched again", metadata: ["error": "\(error)"])
            return []
        }
    }

    /// One look at one feed: its lists, then what is new in them.
    private func look(at plan: inout FeedPlan, _ client: HTTPClient) {
        var succeeded = false
        var newest: Timestamp?
        for list in plan.lists(at: now()) where mayGoOn {
            do {
                guard let answer = try read(list, of: plan, client) else {
                    // Unchanged: it answers, and that is all that is known.
                    plan.wasRead(list, plan.validators(of: list), at: now())
                    succeeded = succeeded || list == plan.address
                    continue
                }
                newest = max(newest, answer.feed.entries.map(\.updatedAt).max())
                plan.wasRead(list, answer.validators, at: now())
                for entry in plan.wanted(answer.feed.entries, at: now()) where mayGoOn { fetch(entry, &plan, client) }
                succeeded = succeeded || list == plan.address
            } catch {
                plan.wasUnreadable(list, isGone: (error as? UnexpectedStatus)?.status == 404)
                logger.warning("A feed of warnings did not answer", metadata: ["feed": "\(list)", "error": "\(error)"])
            }
        }
        guard mayGoOn else { return }
        let isDurable = append {
            .feedSeen(FeedSeen(at: $0, feed: plan.address, succeeded: succeeded, newestReportAt: newest))
        }
        if !isDurable { logger.warning("A look at a feed could not be written down") }
    }

    /// Nil where the list has not changed.
    private func read(
        _ list: String, of plan: FeedPlan, _ client: HTTPClient
    ) throws -> (feed: AtomFeed, validators: FeedPlan.Validators)? {
        let known = plan.validators(of: list)
        var headers: [(name: String, value: String)] = [("Accept", "application/atom+xml, application/xml")]
        if let eTag = known.eTag { headers.append(("If-None-Match", eTag)) }
        if let lastModified = known.lastModified { headers.append(("If-Modified-Since", lastModified)) }
        let response = try client.perform(HTTPRequest(.get, list, headers: headers))
        if response.status == 304 { return nil }
        guard response.status == 200 else { throw UnexpectedStatus(status: response.status) }
        let validators = FeedPlan.Validators(
            eTag: response.header("ETag"), lastModified: response.header("Last-Modified"))
        return (try AtomFeed(response.body), validators)
    }

    private func fetch(_ entry: AtomFeed.Entry, _ plan: inout FeedPlan, _ client: HTTPClient) {
        do {
            let response = try client.perform(HTTPRequest(.get, entry.link))
            guard response.status == 200 else { throw UnexpectedStatus(status: response.status) }
            let kept = try intake.keep(response.body, name: entry.link, feed: plan.address)
            guard append(kept.input) else { throw CollectorError(.overloaded, "the input log did not take it") }
            if case .quarantined(let reason) = kept.receipt.outcome {
                logger.warning(
                    "A warning is in quarantine", metadata: ["name": "\(entry.link)", "reason": "\(reason)"])
            }
            plan.wasTaken(entry.link)
        } catch {
            let isGivenUp = plan.wasMissed(entry.link)
            logger.warning(
                isGivenUp ? "A warning is given up" : "A warning could not be fetched",
                metadata: ["name": "\(entry.link)", "error": "\(error)"])
        }
    }

    /// Appends and waits until it is durable.
    private func append(_ make: (Timestamp) -> Input) -> Bool {
        let settled = DispatchSemaphore(value: 0)
        let isDurable = Mutex(false)
        let isTaken = intake.commit.submit(as: .beat, make) { durable in
            isDurable.withLock { $0 = durable }
            settled.signal()
        }
        guard isTaken else { return false }
        settled.wait()
        return isDurable.withLock { $0 }
    }
}

/// An answer that is neither the list nor "unchanged".
private struct UnexpectedStatus: Error, CustomStringConvertible {
    var status: Int
    var description: String { "HTTP status \(status)" }
}

private func max(_ left: Timestamp?, _ right: Timestamp?) -> Timestamp? {
    guard let left, let right else { return left ?? right }
    return left < right ? right : left
}

/// Looks at the feeds until the process ends.
struct HazardPollerService: Service {
    let poller: HazardPoller

    func run() async throws {
        poller.begin()
        try await gracefulShutdown()
        poller.stop()
    }
}
