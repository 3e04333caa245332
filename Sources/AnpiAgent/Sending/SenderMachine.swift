package import AnpiModel

/// What a collector made of a request, as far as it changes what we do next.
package enum SendAnswer: Hashable, Sendable {
    /// 200 with a collector's answer.
    case accepted(HeartbeatResponse)
    /// 400, 413, 422: something in it will never be taken.
    case unacceptable(status: Int)
    /// 401, 403, 404: we are not who we should be; a person must look.
    case notAllowed(status: Int)
    /// 429, 503: later.
    case busy(retryAfter: Duration?)
    /// No answer, or one that no collector gives.
    case failed(why: String)
}

/// Which collector gets the next request, how large it may be and when it goes: the sender without its socket.
package struct SenderMachine: Sendable {
    /// The shortest and longest interval that a collector may ask for.
    package static let intervalSeconds = 1...3_600

    private enum State {
        /// So many collectors in a row have failed since the last success or wait.
        case trying(failed: Int, retryAfter: Duration?)
        case waiting(until: Duration)
    }

    private var state: State = .trying(failed: 0, retryAfter: nil)
    private var retry = RetryMachine()
    private let collectors: Int
    /// The collector that is asked next; the one that answered last stays.
    package private(set) var collector = 0
    /// Runs that the next request of backlog may hold.
    package private(set) var runsMax = Backlog.runsMax

    package init(collectors: Int) {
        precondition(collectors > 0, "an agent has a collector")
        self.collectors = collectors
    }

    package enum OnTurn: Hashable, Sendable {
        case send(collector: Int)
        case wait(until: Duration)
    }

    /// Something waits to be sent.
    package mutating func somethingWaits(at now: Duration) -> OnTurn {
        switch state {
        case .trying: return .send(collector: collector)
        case .waiting(let until):
            guard now >= until else { return .wait(until: until) }
            state = .trying(failed: 0, retryAfter: nil)
            return .send(collector: collector)
        }
    }

    package enum OnAnswer: Hashable, Sendable {
        /// Everything in the request is the collector's or was rejected for good: forget it.
        case remove(interval: Int, rejected: [HeartbeatResponse.Rejection], directives: [Directive])
        /// Send the first half of it.
        case halve
        /// It is one run that no collector takes: keep it aside, and go on with the rest.
        case setAside
        /// Ask the next collector at once.
        case next
        /// All were asked: wait.
        case wait(until: Duration)
    }

    /// A collector answered a request of `runs` runs, or failed to.
    package mutating func answered(
        _ answer: SendAnswer, runs: Int, at now: Duration, interval: Duration,
        using generator: inout some RandomNumberGenerator
    ) -> OnAnswer {
        switch answer {
        case .accepted(let response):
            heard()
            runsMax = min(Backlog.runsMax, runsMax * 2)
            let asked = min(max(response.interval, Self.intervalSeconds.lowerBound), Self.intervalSeconds.upperBound)
            return .remove(
                interval: asked, rejected: response.rejected,
                directives: response.directives.compactMap { Directive($0) })
        case .unacceptable:
            heard()
            guard runs > 1 else { return .setAside }
            runsMax = runs / 2
            return .halve
        case .busy(let retryAfter):
            return failed(retryAfter: retryAfter, at: now, interval: interval, using: &generator)
        case .notAllowed, .failed:
            return failed(retryAfter: nil, at: now, interval: interval, using: &generator)
        }
    }

    private mutating func heard() {
        retry.succeeded()
        state = .trying(failed: 0, retryAfter: nil)
    }

    private mutating func failed(
        retryAfter: Duration?, at now: Duration, interval: Duration, using generator: inout some RandomNumberGenerator
    ) -> OnAnswer {
        var failedBefore = 0
        var asked = retryAfter
        if case .trying(let count, let earlier) = state {
            failedBefore = count
            asked = [retryAfter, earlier].compactMap { $0 }.max()
        }
        collector = (collector + 1) % collectors
        guard failedBefore + 1 >= collectors else {
            state = .trying(failed: failedBefore + 1, retryAfter: asked)
            return .next
        }
        let until = now + retry.failed(interval: interval, retryAfter: asked, using: &generator)
        state = .waiting(until: until)
        return .wait(until: until)
    }
}
