/// How well each share that a rival may darken explains the votes of an area.
struct RivalLikelihood: Hashable, Sendable {
    /// At `RivalShare.shares`, the best of them 1.
    let relative: [Double]
    /// How much better the best share explains the votes than no rival at all does, in nats; never negative.
    let gain: Double

    init(of ballot: RivalBallot, _ known: inout VoteLogarithms) {
        var logarithms = [Double](repeating: 0, count: RivalShare.shares.count)
        for entry in ballot.entries { known.add(entry, to: &logarithms) }
        let best = logarithms.reduce(logarithms[0], max)
        relative = logarithms.map { ($0 - best).exponential }
        gain = best - logarithms[0]
    }
}
