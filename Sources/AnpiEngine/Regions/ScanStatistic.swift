/// Where silence gathers, whatever borders say: the expectation-based scan (reference §3.4 b).
///
/// `F(S) = max_s Σ_silent ln(s_i/p_i) + Σ_heard ln((1 − s_i)/(1 − p_i))` with s_i = max(s, p_i), s over a grid of 0.01: a
/// site whose silence is expected anyway adds nothing, silent or heard. Of the sets S around a silent site only its
/// nearest neighbours are tried, so the cost goes with the silent sites and not with the fleet.
struct ScanStatistic: Sendable {
    /// What is most unlike chance among the sets tried.
    struct Cluster: Hashable, Sendable {
        /// The silent site that it is around.
        let anchor: Int
        /// All of its sites, silent or not, nearest first; the anchor is the first.
        let sites: [Int]
        /// F, in nats; with the s that it is greatest at.
        let score: Score
    }

    struct Score: Hashable, Sendable {
        /// F, in nats, 0 and above.
        var nats = 0.0
        /// s: the share of the set that is silent beyond expectation; 0 where none is.
        var share = 0.0
    }

    /// Sets of up to so many sites are tried.
    static let sitesMax = 50
    /// What lies farther from the anchor belongs to another event, in kilometres.
    static let radiusKilometers = 30.0
    /// Only around a silence that says something (p below this) is a set tried.
    static let informativeBelow = 0.5

    /// s = 0.01 … 0.99.
    private static let steps = 99
    private static let logarithms = (1...steps).map { (Double($0) / 100).naturalLogarithm }
    private static let logarithmsOfRest = (1...steps).map { (1 - Double($0) / 100).naturalLogarithm }

    /// What one site adds at each s: `silent` or `heard` plus the grid's own logarithm, from place `first` on.
    private struct Terms {
        let silent: Double
        let heard: Double
        /// The first place of the grid with s > p.
        let first: Int
        let isInformative: Bool

        init(probability: Double) {
            silent = -probability.naturalLogarithm
            heard = -(1 - probability).naturalLogarithm
            var first = 0
            while first < steps, Double(first + 1) / 100 <= probability { first += 1 }
            self.first = first
            isInformative = probability < informativeBelow
        }
    }

    private let terms: [Terms]

    /// - Parameter probabilities: p of every site in its slot now, above 0 (inference 2: the floor of area tests).
    init(probabilities: some Sequence<Double>) { terms = probabilities.map(Terms.init(probability:)) }

    var count: Int { terms.count }

    /// F of one set with borders: a municipality, a power area, a river's basin.
    func score(of sites: some Sequence<Int>, isSilent: (Int) -> Bool) -> Score {
        var sums = [Double](repeating: 0, count: Self.steps)
        for site in sites { add(site, isSilent: isSilent(site), to: &sums) }
        return Self.best(of: sums)
    }

    /// The set of greatest F around any of `anchors`; nil where none is silent against expectation.
    ///
    /// - Parameters:
    ///   - anchors: sites to try; those that are heard, or whose silence says nothing, are passed over.
    ///   - nearest: the site's neighbours within `radiusKilometers`, nearest first, without itself; only the first
    ///     `sitesMax` − 1 are read.
    func bestCluster<Neighbours: Sequence<Int>>(
        around anchors: some Sequence<Int>, isSilent: (Int) -> Bool, nearest: (Int) -> Neighbours
    ) -> Cluster? {
        var best = (anchor: 0, count: 0, score: Score())
        var sums = [Double](repeating: 0, count: Self.steps)
        for anchor in anchors where terms[anchor].isInformative && isSilent(anchor) {
            for place in 0..<Self.steps { sums[place] = 0 }
            add(anchor, isSilent: true, to: &sums)
            var count = 1
            for site in nearest(anchor).prefix(Self.sitesMax - 1) {
                let silent = isSilent(site)
                add(site, isSilent: silent, to: &sums)
                count += 1
                // A site that is heard can only lower the score.
                guard silent else { continue }
                let score = Self.best(of: sums)
                if score.nats > best.score.nats { best = (anchor, count, score) }
            }
        }
        guard best.count > 0 else { return nil }
        let sites = [best.anchor] + nearest(best.anchor).prefix(best.count - 1)
        return Cluster(anchor: best.anchor, sites: sites, score: best.score)
    }

    private func add(_ site: Int, isSilent: Bool, to sums: inout [Double]) {
        let terms = terms[site]
        let own = isSilent ? terms.silent : terms.heard
        let grid = isSilent ? Self.logarithms : Self.logarithmsOfRest
        for place in terms.first..<Self.steps { sums[place] += grid[place] + own }
    }

    private static func best(of sums: [Double]) -> Score {
        var best = Score()
        for place in 0..<steps where sums[place] > best.nats {
            best = Score(nats: sums[place], share: Double(place + 1) / 100)
        }
        return best
    }
}
