/// What is believed of f, the share of healthy sites that a rival darkens, on a fixed grid (inference 3).
///
/// Prior and posterior are the same kind of value: no rival at all (f = 0), and 32 points from 0.03 to 0.97.
struct RivalShare: Hashable, Sendable {
    /// P(f = 0).
    private let none: Double
    /// P(f = `grid`).
    private let some: SIMD32<Double>

    /// f = 0.97·k/32, k = 1…32.
    static let grid = {
        var grid = SIMD32<Double>.zero
        for place in 0..<32 { grid[place] = 0.97 * Double(place + 1) / 32 }
        return grid
    }()

    /// A prior: P(f > 0) spread evenly.
    init(belief: Double) {
        none = 1 - belief
        some = SIMD32(repeating: belief / 32)
    }

    private init(none: Double, some: SIMD32<Double>) {
        self.none = none
        self.some = some
    }

    /// P(f > 0).
    var belief: Double { some.sum() }

    /// Mean of f: q·c of DESIGN §6.5.
    var mean: Double { (some * Self.grid).sum() }

    /// The mean of f with one site's own vote taken out, so that no site explains its silence by itself.
    func mean(without vote: RivalVote) -> Double {
        let others = some / vote.likelihoods
        return (others * Self.grid).sum() / (none / vote.atNone + others.sum())
    }

    /// Half of each: an area takes half of its prior from its prefecture's f.
    func mixed(with other: RivalShare) -> RivalShare {
        RivalShare(none: (none + other.none) / 2, some: (some + other.some) / 2)
    }

    /// The posterior after these votes.
    func updated(by votes: RivalLikelihood) -> RivalShare {
        let most = max(votes.atNone, votes.logarithms.max())
        var none = none * (votes.atNone - most).exponential
        var some = some
        for place in 0..<32 { some[place] *= (votes.logarithms[place] - most).exponential }
        let total = none + some.sum()
        none /= total
        some /= total
        return RivalShare(none: none, some: some)
    }
}

/// The log likelihood of many sites' votes at each f.
struct RivalLikelihood: Hashable, Sendable {
    /// In nats, at f = 0.
    private(set) var atNone = 0.0
    /// In nats, at `RivalShare.grid`.
    private(set) var logarithms = SIMD32<Double>.zero

    /// A logarithm is taken of the product of so many votes at once; the least vote is about 10⁻⁷, so that it cannot
    /// underflow.
    private static let votesAtOnce = 32

    init() {}

    init(of votes: some Sequence<RivalVote>) { add(votes) }

    mutating func add(_ votes: some Sequence<RivalVote>) {
        var none = 1.0
        var some = SIMD32<Double>(repeating: 1)
        var waiting = 0
        for vote in votes {
            none *= vote.atNone
            some *= vote.likelihoods
            waiting += 1
            if waiting == Self.votesAtOnce {
                addLogarithms(none, some)
                none = 1
                some = SIMD32(repeating: 1)
                waiting = 0
            }
        }
        if waiting > 0 { addLogarithms(none, some) }
    }

    private mutating func addLogarithms(_ none: Double, _ some: SIMD32<Double>) {
        atNone += none.naturalLogarithm
        for place in 0..<32 { logarithms[place] += some[place].naturalLogarithm }
    }

    /// How much better the best f explains the votes than f = 0 does, in nats; never negative.
    var gain: Double { max(0, logarithms.max() - atNone) }
}

extension RivalVote {
    /// At `RivalShare.grid`.
    fileprivate var likelihoods: SIMD32<Double> { atNone + slope * RivalShare.grid }
}
