import AnpiEngine
import AnpiModel
import Testing

@testable import AnpiCollector

@Suite struct WatermarkTests {
    private let start = Timestamp(milliseconds: 1_000_000)

    private func after(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_000_000 + milliseconds) }

    @Test func inputsAreStampedLaterThanTheLastStatement() {
        let watermark = Watermark(startingAt: start)
        #expect(watermark.seal(at: start, hasInputs: true) == .wait(until: after(1)))
        #expect(watermark.seal(at: after(1), hasInputs: true) == .append(at: after(1)))
    }

    @Test func anIdleWriterStatesItsWatermarkFiveTimesASecond() {
        var watermark = Watermark(startingAt: start)
        #expect(watermark.seal(at: after(150), hasInputs: false) == .wait(until: after(200)))
        #expect(watermark.seal(at: after(200), hasInputs: false) == .state(after(200)))
        watermark.committed(after(200))
        #expect(watermark.seal(at: after(201), hasInputs: false) == .wait(until: after(400)))
    }

    @Test func twoSecondsWithoutAStatementAreNotYetBlindTime() {
        let watermark = Watermark(startingAt: start)
        #expect(watermark.seal(at: after(2_000), hasInputs: true) == .append(at: after(2_000)))
        #expect(
            watermark.seal(at: after(2_001), hasInputs: true)
                == .admit(deaf: Input.Span(from: start, to: after(2_001))))
    }

    @Test func aCommitThatFailedLetsTheWatermarkStandStill() {
        let watermark = Watermark(startingAt: start)
        _ = watermark.seal(at: after(100), hasInputs: true)
        #expect(watermark.stated == start)
        #expect(
            watermark.seal(at: after(5_000), hasInputs: false)
                == .admit(deaf: Input.Span(from: start, to: after(5_000))))
    }

    @Test func aClockThatStandsBackWaits() {
        let watermark = Watermark(startingAt: start)
        #expect(watermark.seal(at: after(-500), hasInputs: true) == .wait(until: after(1)))
    }
}
