#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The one function of the C library's mathematics that drawing a ring needs.
enum Trigonometry {
    static func cosine(ofDegrees degrees: Double) -> Double { cos(degrees * .pi / 180) }
}
