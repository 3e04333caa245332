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

    /// What one site adds at each s above its p: the grid's own ln s or ln(1 − s), and this.
    private struct Terms {
        /// −ln p.
        let silent: Double
        /// −ln(1 − p).
        let heard: Double
        /// The first place of the grid with s > p; `steps` where there is none.
        let first: Int
        let isInformative: Bool

        init(probability: Double) {
            precondition(probability > 0 && probability < 1, "a silence is never impossible, nor certain")
            silent = -probability.naturalLogarithm
            heard = -(1 - probability).naturalLogarithm
            var first = 0
            while first < steps, Double(first + 1) / 100 <= probability { first += 1 }
            self.first = first
            isInformative = probability < informativeBelow
        }
    }

    /// The sums over a set, kept as what begins at each place of the grid: a site is added in constant time.
    private struct Sums {
        private static let logarithms = (1...steps).map { (Double($0) / 100).naturalLogarithm }
        private static let logarithmsOfRest = (1...steps).map { (1 - Double($0) / 100).naturalLogarithm }

        private var silent = [Double](repeating: 0, count: steps)
        private var heard = [Double](repeating: 0, count: steps)
        private var own = [Double](repeating: 0, count: steps)

        mutating func empty() {
            for place in 0..<steps {
                silent[place] = 0
                heard[place] = 0
                own[place] = 0
            }
        }

        mutating func add(_ terms: Terms, isSilent: Bool) {
            guard terms.first < steps else { return }
            if isSilent { silent[terms.first] += 1 } else { heard[terms.first] += 1 }
            own[terms.first] += isSilent ? terms.silent : terms.heard
        }

        /// F with its s.
        var score: Score {
            var best = Score()
            var (silentSoFar, heardSoFar, ownSoFar) = (0.0, 0.0, 0.0)
            let (logarithms, logarithmsOfRest) = (Self.logarithms, Self.logarithmsOfRest)
            for place in 0..<steps {
                silentSoFar += silent[place]
                heardSoFar += heard[place]
                ownSoFar += own[place]
                let nats = silentSoFar * logarithms[place] + heardSoFar * logarithmsOfRest[place] + ownSoFar
                if nats > best.nats { best = Score(nats: nats, share: Double(place + 1) / 100) }
            }
            return best
        }
    }

    private let terms: [Terms]

    /// - Parameter probabilities: p of every site in its slot now, above 0 (inference 2: the floor of area tests).
    init(probabilities: some Sequence<Double>) { terms = probabilities.map(Terms.init(probability:)) }

    var count: Int { terms.count }

    /// F of one set with borders: a municipality, a power area, a river's basin.
    func score(of sites: some Sequence<Int>, isSilent: (Int) -> Bool) -> Score {
        var sums = Sums()
        for site in sites { sums.add(terms[site], isSilent: isSilent(site)) }
        return sums.score
    }

    /// The set of greatest F around any of `anchors`; nil where none is silent against expectation.
    ///
    /// - Parameters:
    ///   - anchors: sites to try; those that are heard, or whose silence says nothing, are passed over.
    ///   - nearest: the site's neighbours within `radiusKilometers`, nearest first, without itself; only the first
    ///     `sitesMax` − 1 are read.
    func bestCluster(
        around anchors: some Sequence<Int>, isSilent: (Int) -> Bool, nearest: (Int) -> [Int32]
    ) -> Cluster? {
        var best = (anchor: 0, count: 0, score: Score())
        var sums = Sums()
        for anchor in anchors where terms[anchor].isInformative && isSilent(anchor) {
            sums.empty()
            sums.add(terms[anchor], isSilent: true)
            for (place, site) in nearest(anchor).prefix(Self.sitesMax - 1).enumerated() {
                let silent = isSilent(Int(site))
                sums.add(terms[Int(site)], isSilent: silent)
                // A site that is heard can only lower the score.
                guard silent else { continue }
                let score = sums.score
                if score.nats > best.score.nats { best = (anchor, place + 2, score) }
            }
        }
        guard best.count > 0 else { return nil }
        let sites = [best.anchor] + nearest(best.anchor).prefix(best.count - 1).map(Int.init)
        return Cluster(anchor: best.anchor, sites: sites, score: best.score)
    }
}
