internal import AnpiModel

/// How a hook answers; decides how many deliveries it may have under way and when the next may begin.
struct HookHealth: Hashable, Sendable {
    /// Deliveries a second to a hook that recovers (ENGINE §9).
    static let recoveringPerSecond = 10
    /// The wait before a hook that does not answer is tried again, doubling to the longest. The deliveries' own delays
    /// come on top: this one keeps a thousand subjects from knocking one after the other.
    static let firstPause = Duration.seconds(5)
    static let longestPause = Duration.seconds(60)

    enum State: Hashable, Sendable {
        case ok
        /// It did not answer; one delivery at a time, none before `notBefore`.
        case failing(failures: Int, notBefore: Timestamp)
        /// It answers again, or we have just started: what waits goes out slowly, none before `notBefore`.
        case recovering(notBefore: Timestamp)
        /// It said 410: nothing goes out until the next start.
        case gone
    }

    private(set) var state: State
    /// The last delivery was answered, but not with success.
    private(set) var wasRefused = false

    /// What waits at the start goes out like after a recovery: it may be much, and the file may have been mended.
    init(startingAt now: Timestamp) { state = .recovering(notBefore: now) }

    enum OnEnd: Hashable, Sendable {
        case nothing
        case beganFailing
        case recovered
        case disabled
    }

    /// A delivery to the hook has ended.
    mutating func deliveryEnded(_ result: DeliveryResult, at now: Timestamp) -> OnEnd {
        switch (result, state) {
        case (_, .gone): return .nothing
        case (.gone, _):
            state = .gone
            return .disabled
        case (.delivered, .failing), (.refused, .failing):
            state = .recovering(notBefore: now)
            noteRefusal(result)
            return .recovered
        case (.delivered, _), (.refused, _):
            noteRefusal(result)
            return .nothing
        case (.unavailable(_, let retryAfter), .failing(let failures, let notBefore)):
            let pause = Self.pause(after: failures + 1, retryAfter)
            state = .failing(failures: failures + 1, notBefore: max(notBefore, now + pause))
            return .nothing
        case (.unavailable(_, let retryAfter), .ok), (.unavailable(_, let retryAfter), .recovering):
            state = .failing(failures: 1, notBefore: now + Self.pause(after: 1, retryAfter))
            return .beganFailing
        }
    }

    /// A delivery begins now.
    mutating func deliveryBegan(at now: Timestamp) {
        if case .recovering = state {
            state = .recovering(notBefore: now + .milliseconds(1_000 / Self.recoveringPerSecond))
        }
    }

    /// Nothing that waits for the recovering hook is left.
    mutating func backlogEnded() {
        if case .recovering = state { state = .ok }
    }

    /// Whether a delivery may begin now, while `underWay` others to the same hook are not yet answered.
    func mayBegin(underWay: Int, at now: Timestamp) -> Bool {
        switch state {
        case .ok: underWay < DeliveryPlan.underWayMaxOfHook
        case .failing(_, let notBefore): underWay == 0 && now >= notBefore
        case .recovering(let notBefore): underWay < DeliveryPlan.underWayMaxOfHook && now >= notBefore
        case .gone: false
        }
    }

    /// When it is worth looking again although nothing has happened.
    var notBefore: Timestamp? {
        switch state {
        case .failing(_, let notBefore), .recovering(let notBefore): notBefore
        case .ok, .gone: nil
        }
    }

    private mutating func noteRefusal(_ result: DeliveryResult) {
        if case .refused = result { wasRefused = true } else { wasRefused = false }
    }

    private static func pause(after failures: Int, _ retryAfter: Duration?) -> Duration {
        let doubled = firstPause * (1 << min(failures - 1, 10))
        return max(min(doubled, longestPause), min(retryAfter ?? .zero, DeliverySchedule.retryAfterMax))
    }
}
