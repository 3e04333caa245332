import AnpiModel

/// How late one device's beats are, learned from uninterrupted runs, and how unlikely a wait is after it.
///
/// Phi accrual in the form of Akka and Cassandra (reference §3.1), on an exponentially weighted mean and variance instead
/// of a window of samples (ENGINE §5). What is learned is the delay behind the stated interval, so that a changed
/// interval spoils nothing. φ says "late", never "damaged": it sets the grace and weighs nothing.
struct PhiAccrual: Hashable, Sendable {
    /// Mean delay of a beat behind its due time, in seconds; negative where the device is early.
    private(set) var meanDelaySeconds: Float = 0
    private(set) var varianceSquareSeconds: Float = 0
    /// Beats learned from, at most `window`.
    private(set) var samples: UInt16 = 0

    /// The memory: a beat's share fades as in a mean over this many.
    static let window: UInt16 = 1_000
    /// Fewer samples say nothing.
    static let samplesMin: UInt16 = 30
    /// φ at which a device counts as silent.
    static let threshold = 8.0
    private static let deviationsAtThreshold = deviations(reaching: threshold)
    /// φ beyond this is all the same (the formula underflows).
    static let phiMax = 300.0
    /// One lost request is no silence: senders retry within an interval, so one interval is granted beside the spread.
    static let pauseIntervals = 1.0
    /// The spread is never taken for less than this part of the interval (10 s of a minute).
    static let deviationFloorIntervals = 1.0 / 6

    init() {}

    /// A beat followed the one before it. The caller passes only neighbours of one boot, received as they were sent,
    /// with no blind time between; a gap beyond three intervals was an outage, which must not become the rule.
    mutating func beatFollowed(afterSeconds gap: Double, intervalSeconds interval: Double) {
        guard gap >= 0, gap <= 3 * interval else { return }
        samples = min(samples + 1, Self.window)
        let share = 1 / Double(samples)
        let difference = gap - interval - Double(meanDelaySeconds)
        meanDelaySeconds = Float(Double(meanDelaySeconds) + share * difference)
        varianceSquareSeconds = Float((1 - share) * (Double(varianceSquareSeconds) + share * difference * difference))
    }

    /// The grace after which φ reaches `threshold`, in whole seconds rounded up; nil until enough was heard.
    func graceSeconds(interval: Double) -> Int? {
        guard samples >= Self.samplesMin else { return nil }
        let pause = Self.pauseIntervals * interval
        let wait = Double(meanDelaySeconds) + pause + Self.deviationsAtThreshold * deviation(interval)
        return Int(max(0, wait).rounded(.up))
    }

    /// φ of a wait since the last beat.
    func phi(afterSeconds wait: Double, interval: Double) -> Double {
        let mean = interval + Double(meanDelaySeconds) + Self.pauseIntervals * interval
        return Self.phi(afterSeconds: wait, mean: mean, deviation: deviation(interval))
    }

    private func deviation(_ interval: Double) -> Double {
        max(Double(varianceSquareSeconds).squareRoot(), Self.deviationFloorIntervals * interval)
    }

    /// φ = −log₁₀ P(a beat comes later than this), the normal tail by its logistic approximation.
    static func phi(afterSeconds wait: Double, mean: Double, deviation: Double) -> Double {
        let deviations = (wait - mean) / deviation
        let odds = (-deviations * (1.5976 + 0.070566 * deviations * deviations)).exponential
        // Two forms of one number: each is exact on its side of the mean.
        let tail = wait > mean ? odds / (1 + odds) : 1 - 1 / (1 + odds)
        return min(phiMax, -tail.decimalLogarithm)
    }

    /// How many standard deviations beyond the mean φ reaches `threshold`, by bisection.
    static func deviations(reaching threshold: Double) -> Double {
        var low = 0.0
        var high = 40.0
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if phi(afterSeconds: middle, mean: 0, deviation: 1) < threshold { low = middle } else { high = middle }
        }
        return high
    }
}

extension PhiAccrual {
    func write(to writer: inout ByteWriter) {
        writer.put(unsigned: UInt64(samples))
        guard samples > 0 else { return }
        writer.put(unsigned: UInt64(meanDelaySeconds.bitPattern))
        writer.put(unsigned: UInt64(varianceSquareSeconds.bitPattern))
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        guard let samples = UInt16(exactly: try reader.unsigned()) else { throw .malformed }
        self.samples = samples
        guard samples > 0 else { return }
        meanDelaySeconds = Float(bitPattern: UInt32(truncatingIfNeeded: try reader.unsigned()))
        varianceSquareSeconds = Float(bitPattern: UInt32(truncatingIfNeeded: try reader.unsigned()))
    }
}
