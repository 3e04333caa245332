import Testing

@testable import AnpiEngine

@Suite struct PhiAccrualTests {
    /// Reference §3.1: mean 180 s, standard deviation 10 s.
    @Test(arguments: [
        (180.0, 0.301, 0.0005), (200, 1.643, 0.0005), (220, 4.737, 0.0005), (232, 7.92, 0.005), (240, 10.78, 0.005),
    ])
    func phiIsThatOfTheReference(wait: Double, expected: Double, tolerance: Double) {
        #expect(abs(PhiAccrual.phi(afterSeconds: wait, mean: 180, deviation: 10) - expected) <= tolerance)
    }

    @Test(arguments: [(1.0, 1.283, 0.001), (3, 3.06, 0.01), (8, 5.23, 0.005), (12, 6.29, 0.005)])
    func aThresholdIsReachedSoManyDeviationsBeyondTheMean(phi: Double, expected: Double, tolerance: Double) {
        #expect(abs(PhiAccrual.deviations(reaching: phi) - expected) <= tolerance)
    }

    @Test func phiStaysFiniteFarFromTheMean() {
        #expect(PhiAccrual.phi(afterSeconds: 10_000, mean: 180, deviation: 10) == 300)
        #expect(PhiAccrual.phi(afterSeconds: -10_000, mean: 180, deviation: 10) == 0)
    }

    @Test func aPunctualDeviceNeedsNoMoreThanTheFloorAllows() {
        var device = PhiAccrual()
        for _ in 0..<29 { device.beatFollowed(afterSeconds: 60, intervalSeconds: 60) }
        #expect(device.graceSeconds(interval: 60) == nil)
        device.beatFollowed(afterSeconds: 60, intervalSeconds: 60)
        // One interval of pause and 5.23 × 10 s.
        #expect(device.graceSeconds(interval: 60) == 113)
        #expect(abs(device.phi(afterSeconds: 173, interval: 60) - PhiAccrual.threshold) < 0.3)
    }

    @Test func anUnpunctualDeviceIsGrantedMore() {
        var device = PhiAccrual()
        for number in 0..<400 {
            device.beatFollowed(afterSeconds: number.isMultiple(of: 2) ? 40 : 100, intervalSeconds: 60)
        }
        // 10 s late on average and 30 s of spread: 10 + 60 + 5.23 × 30.
        #expect(abs(device.meanDelaySeconds - 10) < 0.2)
        #expect(abs(device.varianceSquareSeconds - 900) < 1)
        #expect(device.graceSeconds(interval: 60) == 227)
    }

    @Test func anOutageDoesNotBecomeTheRule() {
        var device = PhiAccrual()
        for _ in 0..<50 { device.beatFollowed(afterSeconds: 61, intervalSeconds: 60) }
        let before = device
        device.beatFollowed(afterSeconds: 3_600, intervalSeconds: 60)
        #expect(device == before)
    }

    @Test func aChangedIntervalSpoilsNothing() {
        var device = PhiAccrual()
        for _ in 0..<50 { device.beatFollowed(afterSeconds: 62, intervalSeconds: 60) }
        for _ in 0..<50 { device.beatFollowed(afterSeconds: 12, intervalSeconds: 10) }
        #expect(abs(device.meanDelaySeconds - 2) < 0.001)
        #expect(device.varianceSquareSeconds < 0.001)
    }

    @Test func memoryFadesAndStaysSmall() {
        var device = PhiAccrual()
        for _ in 0..<5_000 { device.beatFollowed(afterSeconds: 90, intervalSeconds: 60) }
        for _ in 0..<1_000 { device.beatFollowed(afterSeconds: 60, intervalSeconds: 60) }
        // 1/e of the old delay is left after as many beats as are remembered.
        #expect(abs(device.meanDelaySeconds - 30 * 0.3677) < 0.1)
        #expect(MemoryLayout<PhiAccrual>.size <= 12)
    }
}
