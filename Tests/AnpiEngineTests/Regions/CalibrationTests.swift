import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct CalibrationTests {
    /// Sixty clinics on a grid of a kilometre, each with a server.
    private func story() -> Story {
        let fleet = Fleet(
            offices: [Fleet.office()],
            sites: (0..<60).map { number in
                var site = Fleet.site("s-\(number)")
                site.place = Coordinate(
                    latitude: 35 + Double(number / 8) * 0.01, longitude: 138.4 + Double(number % 8) * 0.01)
                return site
            }, agents: (0..<60).map { Fleet.agent("a-\($0)", at: "s-\($0)") })
        return Story(fleet)
    }

    @Test func theSameFleetOnTheSameDayGivesTheSameNull() {
        let story = story()
        let first = story.engine.calibration()
        #expect(first != nil)
        #expect(first == story.engine.calibration())
        #expect(first?.sites == 60)
        // With 60 sites of p = 0.002 hardly a night has one silent: the line is that of a near-empty null.
        #expect((10.0...30.0).contains(first?.scanThreshold ?? 0))
    }

    @Test func aNullRaisesTheLineAndNeverLowersIt() throws {
        var story = story()
        let fixed = story.engine.parameters.scanThreshold(sites: 60)
        #expect(story.engine.scanThreshold == fixed)
        for (threshold, expected) in [(fixed - 5, fixed), (fixed + 5, fixed + 5)] {
            let calibration = Calibration(
                at: story.now, sites: 60, nights: 199, scale: 1, location: 1, scanThreshold: threshold)
            story.engine.apply(.calibrated(calibration), at: story.now, into: &story.step)
            #expect(story.engine.scanThreshold == expected)
        }
        let restored = try Engine(
            restoring: story.engine.checkpointHead(), blocks: story.engine.checkpointBlocks(dirtyOnly: false))
        #expect(restored.scanThreshold == fixed + 5)
    }

    @Test func aFleetTooSmallForAnAlarmHasNoNull() {
        #expect(Story(Fleet(sites: [Fleet.site("s-1")])).engine.calibration() == nil)
    }
}
