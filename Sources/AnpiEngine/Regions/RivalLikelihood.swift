/// The log likelihood of many sites' votes at each share that a rival may darken.
struct RivalLikelihood: Hashable, Sendable {
    /// In nats, at `RivalShare.shares`.
    private(set) var logarithms = [Double](repeating: 0, count: RivalShare.shares.count)

    /// A logarithm is taken of the product of so many votes at once; the least vote is about 10⁻⁷, so that it cannot
    /// underflow.
    private static let votesAtOnce = 32

    init(of votes: [RivalVote]) {
        var products = [Double](repeating: 1, count: logarithms.count)
        let shares = RivalShare.shares
        for (number, vote) in votes.enumerated() {
            for place in products.indices { products[place] *= vote.likelihood(at: shares[place]) }
            guard (number + 1).isMultiple(of: Self.votesAtOnce) || number == votes.count - 1 else { continue }
            for place in products.indices {
                logarithms[place] += products[place].naturalLogarithm
                products[place] = 1
            }
        }
    }

    /// At the share that explains the votes best, in nats.
    var best: Double { logarithms.reduce(logarithms[0], max) }

    /// How much better the best share explains the votes than no rival at all does, in nats; never negative.
    var gain: Double { best - logarithms[0] }
}
