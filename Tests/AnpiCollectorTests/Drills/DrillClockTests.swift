import AnpiModel
import Testing

@testable import AnpiCollector

@Suite struct DrillClockTests {
    private static let start = Timestamp(milliseconds: 1_000_000)

    private static func real(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: 9_000_000 + milliseconds) }

    private func clock(speed: Int = 600, seconds: Int = 86_400) -> DrillClock {
        DrillClock(speed: speed, now: Self.start, end: Self.start + .seconds(seconds))
    }

    @Test(arguments: [1, 600, 3_600]) func goesAsManyTimesFasterAsItsSpeedSays(_ speed: Int) {
        var clock = clock(speed: speed)
        #expect(clock.look(at: Self.real(0)) == Self.start)
        #expect(clock.look(at: Self.real(200)) == Self.start + .milliseconds(200 * speed))
        #expect(clock.look(at: Self.real(500)) == Self.start + .milliseconds(500 * speed))
    }

    @Test func standsStillWhileNobodyPlaysIt() {
        var clock = clock()
        _ = clock.look(at: Self.real(0))
        // A process that was stopped for an hour, a clock that stepped back, an engine that is being loaded.
        #expect(clock.look(at: Self.real(3_600_000)) == Self.start + DrillClock.stepMax * 600)
        let stood = clock.now
        #expect(clock.look(at: Self.real(3_000_000)) == stood)
        #expect(clock.look(at: Self.real(3_000_900), isPlaying: false) == stood)
        #expect(clock.look(at: Self.real(3_001_000)) == stood + .seconds(60))
    }

    @Test func stopsAtTheEndOfTheFeedAndGoesNoFurtherByItself() {
        var clock = clock(seconds: 60)
        _ = clock.look(at: Self.real(0))
        #expect(clock.look(at: Self.real(900)) == Self.start + .seconds(60))
        clock.stand(at: clock.now + .milliseconds(1))
        #expect(clock.look(at: Self.real(1_800)) == Self.start + .seconds(60) + .milliseconds(1))
    }

    @Test func aStepThatIsTooLongToPlayIsPlayedLater() {
        var clock = clock()
        _ = clock.look(at: Self.real(0))
        _ = clock.look(at: Self.real(1_000))
        clock.stand(at: Self.start + .seconds(100))
        #expect(clock.look(at: Self.real(1_100)) == Self.start + .seconds(160))
    }

    @Test func whatCannotBePlayedOnStands() {
        var clock = clock()
        _ = clock.look(at: Self.real(0))
        clock.stop()
        #expect(clock.look(at: Self.real(1_000)) == Self.start)
    }

    @Test(arguments: [(374_400, 1_248), (300, 1), (0, 1), (60, 1), (100_000_000, 3_600), (301, 2)])
    func aDrillOfAnyLengthIsOverInAboutFiveMinutes(_ seconds: Int, _ speed: Int) {
        #expect(DrillClock.usualSpeed(from: Self.start, to: Self.start + .seconds(seconds)) == speed)
    }
}
