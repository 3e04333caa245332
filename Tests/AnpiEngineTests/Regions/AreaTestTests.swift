import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct AreaTestTests {
    @Test func tailsGoOnUntilTheLeastThatIsAskedForAndHoldTheCountItself() {
        var test = AreaTest()
        for site in 0..<3 { test.add(site, isSilent: site == 0, probability: 0.1) }
        let all = [1, 0.271, 0.028, 0.001]
        #expect(zip(test.tails(downTo: 0), all).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(test.tails(downTo: 0).count == 5, "four of three sites are never silent")
        #expect(test.tails(downTo: 0.05).count == 3)
        // The count is 1, and the tail above it is wanted too.
        #expect(test.tails(downTo: 0.5).count == 3)
        #expect(abs(test.tail() - 0.271) < 1e-12)
    }

    @Test func everyMunicipalityIsTestedAlsoWhereNobodyIsSilent() {
        var fleet = Fleet.small()
        fleet.sites[1].municipality = "22104"
        var story = Story(fleet)
        story.beats(["a-1", "a-2"], from: 1, minutes: 1)
        story.beats(["a-2"], from: 2, minutes: 10)
        let tests = story.engine.areaTests()
        // Two municipalities, and their power areas; the third site was never heard and shows nothing.
        #expect(tests.map(\.siteCount) == [1, 1, 1, 1])
        #expect(tests.map(\.silentCount) == [1, 0, 1, 0])
    }
}
