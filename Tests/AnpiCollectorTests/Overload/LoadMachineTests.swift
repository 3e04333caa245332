import AnpiModel
import Testing

@testable import AnpiCollector

@Suite struct LoadMachineTests {
    private static let start = Timestamp(milliseconds: 1_663_970_400_000)
    private static let calm = LoadReading(queueFill: 0, oldestWait: .zero, loopLag: .zero)

    /// The level after each reading, one every 100 ms.
    private static func levels(_ machine: inout LoadMachine, _ readings: [LoadReading], from tick: Int = 0)
        -> [LoadLevel]
    {
        readings.enumerated().map { index, reading in
            _ = machine.observed(reading, at: start + .milliseconds(100) * (tick + index))
            return machine.level
        }
    }

    @Test(arguments: [
        (LoadReading(queueFill: 0.2, oldestWait: .zero, loopLag: .zero), LoadLevel.busy),
        (LoadReading(queueFill: 0.4, oldestWait: .zero, loopLag: .zero), .crowded),
        (LoadReading(queueFill: 0, oldestWait: .seconds(2), loopLag: .zero), .busy),
        (LoadReading(queueFill: 0, oldestWait: .seconds(60), loopLag: .zero), .busy),
        (LoadReading(queueFill: 0, oldestWait: .zero, loopLag: .milliseconds(500)), .busy),
        (LoadReading(queueFill: 0, oldestWait: .zero, loopLag: .seconds(2)), .crowded),
        (LoadReading(queueFill: 0.19, oldestWait: .milliseconds(1_999), loopLag: .milliseconds(499)), .calm),
    ])
    func threeReadingsInARowMakeALevel(reading: LoadReading, level: LoadLevel) {
        var machine = LoadMachine()
        #expect(Self.levels(&machine, [reading, reading, reading]) == [.calm, .calm, level])
    }

    @Test func oneBadReadingIsForgotten() {
        var machine = LoadMachine()
        let slept = LoadReading(queueFill: 0, oldestWait: .seconds(6), loopLag: .seconds(6))
        let readings = [slept, Self.calm, slept, slept, Self.calm, slept, slept]
        #expect(Self.levels(&machine, readings).allSatisfy { $0 == .calm })
    }

    @Test func theLeastOfTheReadingsCounts() {
        var machine = LoadMachine()
        let busy = LoadReading(queueFill: 0.3, oldestWait: .zero, loopLag: .zero)
        let crowded = LoadReading(queueFill: 0.9, oldestWait: .zero, loopLag: .zero)
        #expect(Self.levels(&machine, [crowded, busy, crowded]).last == .busy)
        #expect(Self.levels(&machine, [crowded, crowded, crowded], from: 3).last == .crowded)
    }

    @Test func itGoesDownOneStepAtATimeAfterACalmWhile() {
        var machine = LoadMachine()
        let crowded = LoadReading(queueFill: 0.9, oldestWait: .zero, loopLag: .zero)
        _ = Self.levels(&machine, [crowded, crowded, crowded])
        let levels = Self.levels(&machine, Array(repeating: Self.calm, count: 70), from: 3)
        #expect(levels.firstIndex(of: .busy) == 30, "three seconds after the first calm reading")
        #expect(levels.firstIndex(of: .calm) == 60)
        #expect(levels.last == .calm)
    }

    @Test func whatLiesBetweenTheTwoBoundsKeepsALevelUpForever() {
        var machine = LoadMachine()
        let busy = LoadReading(queueFill: 0.25, oldestWait: .zero, loopLag: .zero)
        let between = LoadReading(queueFill: 0.1, oldestWait: .zero, loopLag: .zero)
        _ = Self.levels(&machine, [busy, busy, busy])
        #expect(Self.levels(&machine, Array(repeating: between, count: 100), from: 3).allSatisfy { $0 == .busy })
        var other = LoadMachine()
        #expect(Self.levels(&other, Array(repeating: between, count: 100)).allSatisfy { $0 == .calm })
    }

    @Test func aReadingThatHoldsTheLevelStartsTheCalmWhileAnew() {
        var machine = LoadMachine()
        let busy = LoadReading(queueFill: 0.25, oldestWait: .zero, loopLag: .zero)
        _ = Self.levels(&machine, [busy, busy, busy])
        let almost = Array(repeating: Self.calm, count: 30)
        #expect(Self.levels(&machine, almost + [busy] + almost, from: 3).allSatisfy { $0 == .busy })
    }

    @Test func itIsToldOnceWhenALevelChanges() {
        let admission = Admission()
        let busy = LoadReading(queueFill: 0.3, oldestWait: .zero, loopLag: .zero)
        let told = (0..<10).map { admission.observed(busy, at: Self.start + .milliseconds(100) * $0) }
        #expect(told.compactMap { $0 } == [.busy])
        #expect(admission.json.text == #"{"level":"busy","since":"2022-09-24T07:00:00.200+09:00"}"#)
    }
}
