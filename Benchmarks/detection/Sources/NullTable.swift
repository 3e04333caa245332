import AnpiEngine
import AnpiModel

/// How often chance alone makes the tails of the area tests, in a fleet to which nothing happens: the tests of all areas
/// are taken at fixed instants, whether anybody is silent or not, so that looking does not choose what is seen.
struct NullTable {
    private struct Level {
        let alpha: Double
        /// Tests with a tail of at most α.
        var alarms = 0
        /// The sum of what each test can attain at α, which is less: its count is whole.
        var attainable = 0.0
        /// Alarms of tests whose steps are smoothed: one that α lies within counts by the share of it that α covers. When
        /// nothing happens and the p are right, this is α × tests.
        var smoothed = 0.0

        /// - Parameter tails: P(X ≥ 0), P(X ≥ 1), ….
        mutating func observe(_ tails: [Double], silent: Int) {
            if tails[silent] <= alpha { alarms += 1 }
            attainable += tails.first { $0 <= alpha } ?? 0
            let (tail, above) = (tails[silent], silent + 1 < tails.count ? tails[silent + 1] : 0)
            guard tail > above else { return }
            smoothed += min(1, max(0, (alpha - above) / (tail - above)))
        }
    }

    /// All times of the day and of the hour are met in turn.
    static let every = Duration.seconds(3_700)
    /// Learning looks back a week, and a few weeks more until what was learned outweighs the first guess.
    static let burnIn = Duration.seconds(28 * 86_400)

    private var tests = 0
    private var levels = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7].map { Level(alpha: $0) }

    mutating func observe(_ taken: [AreaTest]) {
        let least = levels.map(\.alpha).min() ?? 0
        for test in taken where test.siteCount > 0 {
            tests += 1
            let tails = test.tails(downTo: least)
            for place in levels.indices { levels[place].observe(tails, silent: test.silentCount) }
        }
    }

    /// Nothing where no quiet fleet was played.
    var lines: [String] {
        guard tests > 0 else { return [] }
        let title = DetectionReport.row([
            "Null of area tests", "tests", "α × tests", "smoothed", "ratio", "alarms", "attainable", "ratio",
        ])
        return [title]
            + levels.map { level in
                let expected = level.alpha * Double(tests)
                return DetectionReport.row([
                    "α = \(level.alpha)", String(tests), JSON.fixed(expected, digits: 1),
                    JSON.fixed(level.smoothed, digits: 1), Self.ratio(level.smoothed, expected), String(level.alarms),
                    JSON.fixed(level.attainable, digits: 1), Self.ratio(Double(level.alarms), level.attainable),
                ])
            }
    }

    private static func ratio(_ alarms: Double, _ expected: Double) -> String {
        expected > 0 ? JSON.fixed(alarms / expected, digits: 2) : "–"
    }
}
