#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

// The C library's functions that the formulae of detection need, under names of ours, so that no other file imports it.
// They may differ in the last bit between libraries: what decides is rounded to `Millinats` after them.
extension Double {
    /// ln x; −∞ at 0.
    var naturalLogarithm: Double { log(self) }

    /// eˣ.
    var exponential: Double { exp(self) }

    /// eˣ − 1, exact also where x is tiny.
    var exponentialLessOne: Double { expm1(self) }

    /// log₁₀ x; −∞ at 0.
    var decimalLogarithm: Double { log10(self) }

    /// Φ(x): that a standard normal value is at most x.
    var standardNormalCumulative: Double { 0.5 * erfc(-self / 2.0.squareRoot()) }
}
