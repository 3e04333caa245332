import Testing

@testable import AnpiEngine

/// C/W: how much likelier a shared cause than chance makes who fell silent with a site.
@Suite struct SharedStartTests {
    private static func ratio(together: Int, apart: Int, heard: Int) -> Double {
        var start = SharedStart()
        for _ in 0..<together { start.addSilent(isTogether: true) }
        for _ in 0..<apart { start.addSilent(isTogether: false) }
        for _ in 0..<heard { start.addHeard() }
        return start.ratio(window: .seconds(240), span: .seconds(10_800))
    }

    @Test func whoHasNoNeighboursIsToldNothing() {
        #expect(abs(Self.ratio(together: 0, apart: 0, heard: 0) - 1) < 0.02)
    }

    @Test(arguments: [(0, 0.0506), (1, 4.55), (2, 819)])
    func theMoreBeganWithItTheLikelierACauseThatTheyShare(together: Int, expected: Double) {
        let ratio = Self.ratio(together: together, apart: 0, heard: 20)
        #expect(abs(ratio / expected - 1) < 0.02, "\(ratio)")
    }

    @Test func whereSilencesComeFastTwoAtOnceAreChance() {
        #expect(Self.ratio(together: 1, apart: 20, heard: 20) < 0.2)
    }

    @Test func aRatioOfOneLeavesTheShareAndNoneOfItIsEverCertain() {
        #expect(SharedStart.share(0.3, times: 1) == 0.3)
        #expect(SharedStart.share(0, times: 1_000) == 0)
        #expect(abs(SharedStart.share(0.01, times: 99) - 0.5) < 1e-9)
    }
}
