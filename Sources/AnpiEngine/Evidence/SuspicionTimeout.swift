/// How long a lone silence must last before it counts (Lifeguard, arXiv 1707.00788; inference 5).
///
/// `max(Min, Max − (Max − Min)·ln(C + 1)/ln(K + 1))`: independent signs that agree shorten the wait.
struct SuspicionTimeout: Hashable, Sendable {
    /// Interval + grace of the device.
    var minimum: Duration
    /// The 99 % quantile of the fleet's ordinary silences.
    var maximum: Duration
    /// Confirmations after which the minimum holds, K.
    var expectedConfirmations = 3

    /// `maximum` until the fleet's own is learned.
    static let maximumAtFirst: Duration = .seconds(40 * 60)

    /// The wait with `confirmations` other signs, C, to the millisecond.
    func timeout(confirmations: Int) -> Duration {
        guard maximum > minimum else { return minimum }
        let confirmed =
            Double(confirmations + 1).naturalLogarithm / Double(max(expectedConfirmations, 1) + 1).naturalLogarithm
        let shortened = (maximum - minimum) / .milliseconds(1) * min(1, confirmed)
        return maximum - .milliseconds(Int64(shortened.rounded()))
    }
}
