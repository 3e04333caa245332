/// The log likelihood of many sites' votes at each share that a rival may darken.
struct RivalLikelihood: Hashable, Sendable {
    /// In nats, at `RivalShare.shares`.
    private(set) var logarithms = [Double](repeating: 0, count: RivalShare.shares.count)

    /// A logarithm is taken of the product of so many votes at once; the least vote is about 10⁻⁷, so that it cannot
    /// underflow.
    private static let votesAtOnce = 32

    init(of votes: [RivalVote]) {
        var first = votes.startIndex
        while first < votes.endIndex {
            let end = min(first + Self.votesAtOnce, votes.endIndex)
            for (place, share) in RivalShare.shares.enumerated() {
                var product = 1.0
                for vote in votes[first..<end] { product *= vote.likelihood(at: share) }
                logarithms[place] += product.naturalLogarithm
            }
            first = end
        }
    }

    /// At the share that explains the votes best, in nats.
    var best: Double { logarithms.reduce(logarithms[0], max) }

    /// How much better the best share explains the votes than no rival at all does, in nats; never negative.
    var gain: Double { best - logarithms[0] }
}
