/// The distribution of the greatest score of a quiet fleet, and how often a score so great would come by chance
/// (Abrams 2010; reference §3.4 b).
struct Gumbel: Hashable, Sendable {
    /// β.
    let scale: Double
    /// μ.
    let location: Double

    private static let eulerMascheroni = 0.577_215_664_901_532_9

    /// The tail of a log likelihood ratio falls about as e^−F, so β is near 1. Maxima that are mostly nought (a small or
    /// very quiet fleet) would fit a narrower one and alarm too often: it is never taken for less.
    private static let scaleMin = 1.0

    /// By moments: β = sd·√6/π, μ = mean − γβ.
    init(mean: Double, deviation: Double) {
        self.init(mean: mean, scale: deviation * 6.0.squareRoot() / .pi)
    }

    private init(mean: Double, scale: Double) {
        self.scale = scale
        location = mean - Self.eulerMascheroni * scale
    }

    /// Fitted to the greatest scores of replicated quiet nights; nil of fewer than two.
    init?(maxima: [Double]) {
        guard maxima.count > 1 else { return nil }
        let mean = maxima.reduce(0, +) / Double(maxima.count)
        let squares = maxima.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let fitted = Gumbel(mean: mean, deviation: (squares / Double(maxima.count - 1)).squareRoot())
        self.init(mean: mean, scale: max(Self.scaleMin, fitted.scale))
    }

    /// P(the greatest score of a quiet fleet ≥ `score`) = 1 − exp(−e^−z), exact also where it is tiny.
    func pValue(of score: Double) -> Double {
        -(-(-(score - location) / scale).exponential).exponentialLessOne
    }

    /// How long until a quiet fleet shows such a score by chance, with one test each `step`: RI = Δt / p, in days.
    func recurrenceDays(of score: Double, step: Duration) -> Double {
        Self.recurrenceDays(pValue: pValue(of: score), step: step)
    }

    /// RI = Δt / p, in days.
    static func recurrenceDays(pValue: Double, step: Duration) -> Double { step / .seconds(86_400) / pValue }
}
