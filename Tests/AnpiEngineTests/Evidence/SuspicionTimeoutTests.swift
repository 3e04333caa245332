import Testing

@testable import AnpiEngine

@Suite struct SuspicionTimeoutTests {
    /// Reference §3.2: Min 180 s, Max 900 s, K 3.
    @Test(arguments: [(0, 900.0), (1, 540), (2, 329.4), (3, 180), (9, 180)])
    func confirmationsShortenTheWait(confirmations: Int, seconds: Double) {
        let timeout = SuspicionTimeout(minimum: .seconds(180), maximum: .seconds(900))
        #expect(abs(timeout.timeout(confirmations: confirmations) / .seconds(1) - seconds) < 0.05)
    }

    @Test func theWaitIsInWholeMilliseconds() {
        let timeout = SuspicionTimeout(minimum: .seconds(180), maximum: .seconds(900))
        #expect(timeout.timeout(confirmations: 2) == .milliseconds(329_413))
    }

    @Test func aSlowDeviceNeverWaitsLessThanItsOwnDeadline() {
        let timeout = SuspicionTimeout(minimum: .seconds(3_600), maximum: SuspicionTimeout.maximumAtFirst)
        #expect(timeout.timeout(confirmations: 0) == .seconds(3_600))
        #expect(timeout.timeout(confirmations: 5) == .seconds(3_600))
    }
}
