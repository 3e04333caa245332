/// How long those are sent away who cannot be served now.
///
/// A fleet that is refused in one second must not come back in one second. So each answer names another number of
/// seconds of its range, in steps of the golden ratio: any row of answers is spread evenly, and nothing is drawn.
enum RetrySpread {
    /// Seconds that `Retry-After` may name: the less something is worth, the longer and the wider.
    static func range(of work: Work) -> ClosedRange<Int> {
        switch work {
        case .urgent: 1...2
        case .beat: 2...15
        case .command: 1...5
        case .backlog: 15...90
        case .page: 3...12
        case .expensive: 10...40
        }
    }

    /// - Parameter turn: the how manyth refusal this is.
    static func seconds(for work: Work, turn: UInt64) -> Int {
        let range = range(of: work)
        // 2^64 divided by the golden ratio: its multiples lie as evenly on a circle as can be (Weyl).
        let place = (turn &* 0x9E37_79B9_7F4A_7C15) >> 32
        return range.lowerBound + Int((place * UInt64(range.count)) >> 32)
    }
}
