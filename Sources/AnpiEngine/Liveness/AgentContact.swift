import AnpiModel

/// What is heard of one agent: a machine whose deadlines are facts, never beliefs (CONTRACTS §6).
///
/// A beat only writes `lastHeard`; the one entry that waits for the agent looks here again when it fires.
struct AgentContact: Hashable, Sendable {
    /// Receipt of the last authenticated request.
    private(set) var lastHeard: Timestamp = .distantPast
    private(set) var state: State = .unseen
    // Four bytes each, because there are a hundred thousand of them: a day in milliseconds and a year in seconds fit.
    private var intervalMilliseconds: Int32
    /// Negative where none is declared.
    private var graceSeconds: Int32
    /// How punctual its beats are.
    private(set) var punctuality = PhiAccrual()

    enum State: Hashable, Sendable {
        case unseen
        case reporting(Gasp)
        case late(Gasp)
        case silent(afterGasp: Bool)
        case signedOff(Claim)
    }

    enum Gasp: UInt8, Sendable {
        case none
        /// The last beat said that it is about to die.
        case given
        /// It beat on after its gasp: it was not the last, so an ordinary pause is borne again.
        case survived
    }

    /// A goodbye, which is believed until then.
    struct Claim: Hashable, Sendable {
        var until: Timestamp
        /// It ends at a time of the day (an opening, `backAt`), not after a span.
        var isTimeOfDay: Bool
    }

    enum OnNews: Hashable {
        case same
        case became(Contact)
    }

    enum OnDeadline: Hashable {
        /// Nothing is due before this.
        case wait(until: Timestamp)
        /// We are blind: look again when we hear.
        case waitForOurselves
        /// Nothing will ever be due.
        case idle
        case became(Contact)
    }

    init(
        state: State = .unseen, lastHeard: Timestamp = .distantPast, interval: Int64, declaredGraceSeconds: Int?,
        punctuality: PhiAccrual = PhiAccrual()
    ) {
        self.punctuality = punctuality
        self.state = state
        self.lastHeard = lastHeard
        intervalMilliseconds = Int32(clamping: interval)
        graceSeconds = declaredGraceSeconds.map { Int32(clamping: $0) } ?? -1
    }

    /// Of the last accepted beat, in milliseconds.
    private(set) var interval: Int64 {
        get { Int64(intervalMilliseconds) }
        set { intervalMilliseconds = Int32(clamping: newValue) }
    }

    /// Borne beyond the interval; nil leaves it to what was learned.
    var declaredGraceSeconds: Int? {
        get { graceSeconds < 0 ? nil : Int(graceSeconds) }
        set { graceSeconds = newValue.map { Int32(clamping: $0) } ?? -1 }
    }

    var contact: Contact {
        switch state {
        case .unseen: .unseen
        case .reporting: .reporting
        case .late: .late
        case .silent: .silent
        case .signedOff: .signedOff
        }
    }

    var isReporting: Bool { if case .reporting = state { true } else { false } }
    var isSilent: Bool { if case .silent = state { true } else { false } }

    /// True where its silence followed a last gasp.
    var diedOfPower: Bool { if case .silent(afterGasp: true) = state { true } else { false } }

    /// What a pause of this agent may last beyond its interval, in milliseconds: declared, else learned, else a number
    /// of intervals.
    func grace(_ parameters: Parameters) -> Int64 {
        if graceSeconds >= 0 { return Int64(graceSeconds) * 1_000 }
        if let learned = punctuality.graceSeconds(interval: Double(interval) / 1_000) { return Int64(learned) * 1_000 }
        return interval * Int64(parameters.defaultGraceIntervals)
    }

    /// The fleet names another interval for an agent that was never heard.
    mutating func intervalWasDeclared(_ interval: Int64) {
        if state == .unseen { self.interval = interval }
    }

    /// A request arrived whose beats are all known or late: it proves life at its receipt and nothing else.
    ///
    /// A goodbye stands: its sender empties its spool while it goes down.
    @discardableResult
    mutating func requestArrived(at now: Timestamp) -> OnNews {
        lastHeard = max(lastHeard, now)
        switch state {
        case .signedOff, .reporting: return .same
        case .late(let gasp):
            state = .reporting(gasp)
        case .unseen, .silent:
            state = .reporting(.none)
        }
        return .became(.reporting)
    }

    /// An ordinary beat arrived.
    @discardableResult
    mutating func beatArrived(at now: Timestamp, interval: Int64) -> OnNews {
        if state == .reporting(.none), self.interval == interval, now > lastHeard {
            let gap = Double(now.milliseconds - lastHeard.milliseconds) / 1_000
            punctuality.beatFollowed(afterSeconds: gap, intervalSeconds: Double(interval) / 1_000)
        }
        return heard(at: now, interval: interval, gasp: .none)
    }

    /// It is heard without a break up to `until`, told at once (CONTRACTS §8); whatever arrives before cuts the span.
    @discardableResult
    mutating func spanArrived(until: Timestamp) -> OnNews {
        heard(at: until, interval: interval, gasp: .none)
    }

    /// A span that was told beforehand ends here, because something arrives inside it.
    mutating func spanIsCut(at now: Timestamp) { lastHeard = min(lastHeard, now) }

    /// A beat arrived that says its sender is about to die.
    @discardableResult
    mutating func lastGaspArrived(at now: Timestamp, interval: Int64) -> OnNews {
        switch state {
        case .reporting(.given), .reporting(.survived), .late(.given), .late(.survived), .silent(afterGasp: true):
            heard(at: now, interval: interval, gasp: .survived)
        case .unseen, .reporting(.none), .late(.none), .silent(afterGasp: false), .signedOff:
            heard(at: now, interval: interval, gasp: .given)
        }
    }

    /// An announced shutdown arrived.
    @discardableResult
    mutating func goodbyeArrived(at now: Timestamp, interval: Int64, claim: Claim) -> OnNews {
        let before = contact
        lastHeard = max(lastHeard, now)
        self.interval = interval
        state = .signedOff(claim)
        return before == .signedOff ? .same : .became(.signedOff)
    }

    private mutating func heard(at now: Timestamp, interval: Int64, gasp: Gasp) -> OnNews {
        let before = contact
        lastHeard = max(lastHeard, now)
        self.interval = interval
        state = .reporting(gasp)
        return before == .reporting ? .same : .became(.reporting)
    }

    /// The next instant at which the contact changes if nothing more is heard; nil where it never does.
    func due(_ parameters: Parameters) -> BlindLedger.Deadline? {
        let grace = grace(parameters)
        func after(_ pause: Int64) -> BlindLedger.Deadline {
            BlindLedger.Deadline(
                at: lastHeard.adding(interval + pause), since: lastHeard, grace: pause, interval: interval)
        }
        return switch state {
        case .unseen, .silent: nil
        case .reporting(.given), .late(.given): after(Self.missedAfter(interval))
        case .reporting: after(grace / 2)
        case .late: after(grace)
        case .signedOff(let claim):
            BlindLedger.Deadline(
                at: claim.until, since: lastHeard, grace: grace, interval: interval, isTimeOfDay: claim.isTimeOfDay)
        }
    }

    /// A beat is missed when it has not come a tenth of its interval after it was due, one second at most: without
    /// that a network's jitter alone would make a device on its battery silent for some milliseconds.
    static func missedAfter(_ interval: Int64) -> Int64 { min(interval / 10, 1_000) }

    /// The entry that waits for this agent fired.
    mutating func deadlinePassed(at now: Timestamp, parameters: Parameters, blind: BlindLedger) -> OnDeadline {
        guard let due = due(parameters) else { return .idle }
        switch blind.allow(for: due) {
        case .whenWeHearAgain: return .waitForOurselves
        case .at(let at) where at > now: return .wait(until: at)
        case .at: break
        }
        switch state {
        case .reporting(.given), .late(.given), .late(.survived): state = .silent(afterGasp: true)
        case .reporting(let gasp): state = .late(gasp)
        case .late(.none), .signedOff: state = .silent(afterGasp: false)
        case .unseen, .silent: return .idle
        }
        return .became(contact)
    }
}

extension Timestamp {
    /// The instant so many milliseconds later.
    func adding(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: self.milliseconds + milliseconds)
    }
}
