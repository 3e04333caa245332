#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Random numbers that a printed seed brings back on every machine (SplitMix64, Steele, Lea and Flood 2014).
package struct SimulationRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// A generator of its own for one purpose and subject, so that drawing more for one never shifts another.
    init(seed: UInt64, _ purpose: Purpose, _ subject: Int = 0, _ part: Int = 0) {
        state = seed
        for key in [purpose.rawValue, UInt64(bitPattern: Int64(subject)), UInt64(bitPattern: Int64(part))] {
            state = next() ^ (key &* 0xD1B5_4A32_D192_ED03)
        }
        _ = next()
    }

    /// What numbers are drawn for.
    enum Purpose: UInt64 {
        case geography = 1, sites, habits, ordinaryDays, outages, releases, weather, disasters, findings, boots
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// In 0..<1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// True once in `1 / probability` times.
    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// Uniform in `range`.
    mutating func within(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * unit()
    }

    /// Exponential with this mean.
    mutating func exponential(mean: Double) -> Double { -log(1 - unit()) * mean }

    /// Standard normal (Box and Muller).
    mutating func normal() -> Double {
        (-2 * log(1 - unit())).squareRoot() * cos(2 * .pi * unit())
    }

    /// Log-normal with this median and this standard deviation of the logarithm.
    mutating func logNormal(median: Double, sigma: Double) -> Double { median * exp(sigma * normal()) }

    /// The index of a weight, drawn by weight.
    mutating func index(of weights: [Double]) -> Int {
        var left = unit() * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
            left -= weight
            if left < 0 { return index }
        }
        return weights.count - 1
    }

    // The mathematics of the C library, so that only this file needs it.
    static func sine(_ angle: Double) -> Double { sin(angle) }
    static func cosine(_ angle: Double) -> Double { cos(angle) }
    static func exponentiate(_ value: Double) -> Double { exp(value) }
    static func logarithm10(_ value: Double) -> Double { log10(value) }

    /// The share of a standard normal distribution below `value`.
    static func normalShare(below value: Double) -> Double { 0.5 * erfc(-value / 2.0.squareRoot()) }
}
