internal import AnpiModel
internal import AnpiStore

/// How an attempt to deliver ended, as the receiver told it.
package enum DeliveryResult: Hashable, Sendable {
    /// 2xx.
    case delivered(status: Int)
    /// No answer, 408, 429 or 5xx: the receiver, or the way to it, is down or busy, whatever is sent to it.
    case unavailable(status: Int?, retryAfter: Duration?)
    /// Any other answer, redirects included: it does not want this delivery as it is.
    case refused(status: Int)
    /// 410: it wants nothing more.
    case gone

    /// - Parameter retryAfter: what the answer asked for.
    package init(status: Int, retryAfter: Duration?) {
        switch status {
        case 200..<300: self = .delivered(status: status)
        case 410: self = .gone
        case 429, 502, 503, 504: self = .unavailable(status: status, retryAfter: retryAfter)
        case _ where Self.saysUnavailable(status): self = .unavailable(status: status, retryAfter: nil)
        default: self = .refused(status: status)
        }
    }

    static func saysUnavailable(_ status: Int) -> Bool { status == 408 || status == 429 || status >= 500 }
}

/// When a delivery is tried again, and when it is given up (ENGINE §9).
struct DeliverySchedule: Sendable {
    /// Waits after the first attempts; afterwards `steadyDelay`.
    static let firstDelays: [Duration] = [.seconds(5), .seconds(30), .seconds(120)]
    static let steadyDelay = Duration.seconds(600)
    /// The steady delay is drawn from ± this part of it, so that what failed together does not come back together.
    static let jitter = 0.2
    /// A delivery is given up when it is older than this…
    static let giveUpAfter = Duration.seconds(24 * 3_600)
    /// …and has been tried this often: one that had to wait for an older one of its subject gets its chance too.
    static let attemptsLeast = 5
    /// The longest wait that `Retry-After` can ask for.
    static let retryAfterMax = steadyDelay

    /// The wait after attempt number `attempts`.
    static func delay(after attempts: Int, using random: inout some RandomNumberGenerator) -> Duration {
        if attempts <= firstDelays.count { return firstDelays[max(attempts, 1) - 1] }
        return steadyDelay * Double.random(in: (1 - jitter)...(1 + jitter), using: &random)
    }

    /// What is noted for an entry whose attempt has just ended.
    static func attempt(
        for entry: OutboxEntry, _ result: DeliveryResult, at now: Timestamp,
        using random: inout some RandomNumberGenerator
    ) -> DeliveryAttempt {
        let status: Int?
        var asked = Duration.zero
        switch result {
        case .delivered(let status): return .delivered(status: status, at: now)
        // It stays: the hook may be wanted again after the next start.
        case .gone: return .failed(status: 410, nextAt: now + steadyDelay)
        case .refused(let answered): status = answered
        case .unavailable(let answered, let retryAfter):
            status = answered
            asked = min(retryAfter ?? .zero, retryAfterMax)
        }
        let attempts = entry.attempts + 1
        if attempts >= attemptsLeast, now - entry.at >= giveUpAfter { return .dead(status: status, at: now) }
        return .failed(status: status, nextAt: now + max(asked, delay(after: attempts, using: &random)))
    }
}

/// A small generator for jitter that repeats from its seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
