/// The null of the scan: what the greatest score looks like when nothing happens, made each night anew from the p of
/// the fleet (reference §3.4 b).
struct QuietNights: Sendable {
    /// Replicated nights: enough for a Gumbel fit (Abrams 2010: 99–199).
    static let nights = 199

    private let probabilities: [Double]
    private let scan: ScanStatistic

    /// - Parameter probabilities: p of every site in the slot that the null is for, with the floor of area tests.
    init(probabilities: [Double]) {
        self.probabilities = probabilities
        scan = ScanStatistic(probabilities: probabilities)
    }

    /// The greatest score of each night, in nats; each site silent by its own p, independent of the others.
    ///
    /// - Parameter nearest: as `ScanStatistic.bestCluster` has it.
    func greatestScores(
        nights: Int = nights, using random: inout SplitMix64, nearest: (Int) -> [Int32]
    ) -> [Double] {
        var isSilent = [Bool](repeating: false, count: probabilities.count)
        return (0..<nights).map { _ in
            for site in probabilities.indices { isSilent[site] = random.fraction() < probabilities[site] }
            let best = scan.bestCluster(around: probabilities.indices, isSilent: { isSilent[$0] }, nearest: nearest)
            return best?.score.nats ?? 0
        }
    }
}
