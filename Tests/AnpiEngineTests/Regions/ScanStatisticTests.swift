import Testing

@testable import AnpiEngine

@Suite struct ScanStatisticTests {
    /// Reference §3.4 (b).
    @Test func threeSilentOfFiveScoreAsTheReferenceSays() {
        let scan = ScanStatistic(probabilities: Array(repeating: 0.002, count: 5))
        let score = scan.score(of: 0..<5) { $0 < 3 }
        #expect(abs(score.nats - 15.28) < 0.005)
        #expect(score.share == 0.6)
    }

    @Test func closedSitesAddNothingSilentOrHeard() {
        let closed = ScanStatistic(probabilities: Array(repeating: 0.97, count: 5))
        // The naive score is 3.74 here, by two that are heard against expectation.
        let score = closed.score(of: 0..<5) { $0 < 3 }
        #expect(score.nats < 0.05)
        let mixed = ScanStatistic(probabilities: [0.002, 0.002, 0.002, 0.99, 0.99, 0.002, 0.002])
        let open = mixed.score(of: [0, 1, 2, 5, 6]) { $0 < 3 }
        #expect(mixed.score(of: 0..<7) { $0 < 4 } == open)
    }

    @Test func aQuietSetScoresNothing() {
        let scan = ScanStatistic(probabilities: Array(repeating: 0.02, count: 50))
        #expect(scan.score(of: 0..<50) { _ in false } == ScanStatistic.Score())
    }

    /// Sites on a line, the nearest first, those before rather than those behind.
    private static func onALine(_ count: Int) -> (Int) -> [Int32] {
        { site in
            (1..<count).flatMap { [site - $0, site + $0] }.filter { (0..<count).contains($0) }.map(Int32.init)
        }
    }

    @Test func theClusterIsFoundWhereItIsAndEndsWhereItEnds() {
        let scan = ScanStatistic(probabilities: Array(repeating: 0.002, count: 300))
        let silent: Set = [100, 101, 102, 103, 250]
        let cluster = scan.bestCluster(around: 0..<300, isSilent: silent.contains, nearest: Self.onALine(300))
        #expect(cluster.map { Set($0.sites) } == [100, 101, 102, 103])
        #expect(cluster?.sites.first == cluster?.anchor)
        let score = cluster.map { scan.score(of: $0.sites, isSilent: silent.contains) }
        #expect(cluster?.score == score)
        // Four times ln(0.99 / 0.002).
        #expect(abs((cluster?.score.nats ?? 0) - 24.818) < 0.001)
    }

    @Test func aSetHasAtMostFiftySites() {
        let scan = ScanStatistic(probabilities: Array(repeating: 0.002, count: 200))
        let cluster = scan.bestCluster(around: 0..<200, isSilent: { _ in true }, nearest: Self.onALine(200))
        #expect(cluster?.sites.count == 50)
    }

    @Test func sitesThatAreExpectedToBeSilentAreNoAnchors() {
        let scan = ScanStatistic(probabilities: Array(repeating: 0.6, count: 20))
        #expect(scan.bestCluster(around: 0..<20, isSilent: { _ in true }, nearest: Self.onALine(20)) == nil)
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func theBestOfAllPrefixesIsThatOfTryingEachAlone(seed: UInt64) {
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        let probabilities = (0..<40).map { _ in 0.0005 + 0.6 * random.fraction() * random.fraction() }
        let silent = Set((0..<40).filter { _ in random.fraction() < 0.4 })
        let scan = ScanStatistic(probabilities: probabilities)
        let nearest = Self.onALine(40)
        var best = 0.0
        for anchor in 0..<40 where silent.contains(anchor) && probabilities[anchor] < 0.5 {
            let order = [anchor] + nearest(anchor).map(Int.init)
            for count in 2...40 {
                for step in 1...99 {
                    let share = Double(step) / 100
                    let nats = order.prefix(count).reduce(0) { sum, site in
                        let expected = probabilities[site]
                        let risen = max(share, expected)
                        let ratio = silent.contains(site) ? risen / expected : (1 - risen) / (1 - expected)
                        return sum + ratio.naturalLogarithm
                    }
                    best = max(best, nats)
                }
            }
        }
        let found = scan.bestCluster(around: 0..<40, isSilent: silent.contains, nearest: nearest)
        #expect(abs((found?.score.nats ?? 0) - best) < 1e-9)
    }
}
