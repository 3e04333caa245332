/// Log odds, or a weight that is added to them, in thousandths of a nat.
///
/// Each weight is rounded once and sums are of integers (ENGINE §3): the order of the evidence, the optimiser and the
/// machine never change what is decided or printed.
struct Millinats: Hashable, Comparable, Sendable {
    var count: Int

    /// No evidence; as log odds, a probability of one half.
    static let zero = Millinats(0)

    /// No single weight is beyond ±30 nats (odds of 10¹³): a factor of nought must not drown all that follows.
    static let limit = 30_000

    init(_ count: Int) { self.count = count }

    /// The nearest thousandth, away from zero where two are as near; at most `limit`.
    init(nats: Double) {
        let thousandths = (nats * 1_000).rounded(.toNearestOrAwayFromZero)
        count = Int(min(max(thousandths, -Double(Self.limit)), Double(Self.limit)))
    }

    /// The weight of a Bayes factor.
    init(factor: Double) { self.init(nats: factor.naturalLogarithm) }

    /// The log odds of a probability: ln(P / (1 − P)).
    init(probability: Double) { self.init(factor: probability / (1 - probability)) }

    var nats: Double { Double(count) / 1_000 }

    /// The probability that these log odds stand for.
    var probability: Double { 1 / (1 + (-nats).exponential) }

    static func < (left: Millinats, right: Millinats) -> Bool { left.count < right.count }
    static func + (left: Millinats, right: Millinats) -> Millinats { Millinats(left.count + right.count) }
    static func - (left: Millinats, right: Millinats) -> Millinats { Millinats(left.count - right.count) }
    static func += (left: inout Millinats, right: Millinats) { left.count += right.count }
}
