/// How much a warning feed can be believed: silence of a feed is never "no warning" (DESIGN §6.8).
package enum FeedFreshness: String, Hashable, Codable, CaseIterable, Sendable {
    /// It answers, and what it says is recent.
    case fresh
    /// It should have been heard from by now; what is in force still counts.
    case delayed
    /// Nothing new for so long that "no warning" is not known any more.
    case stale
    /// A polled feed that has never answered.
    case error
    /// Nobody has ever given us a warning.
    case never

    /// The absence of a warning may be taken for "no warning".
    package var isTrusted: Bool { self == .fresh || self == .delayed }
}
