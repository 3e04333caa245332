/// Numbers that repeat from their seed, for what the engine simulates (SplitMix64; Steele, Lea, Flood 2014).
///
/// The bits of a seed are part of what a replay repeats, so nothing here may change, and fractions are made by us: the
/// standard library does not promise its own.
struct SplitMix64: Hashable, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// The seed of one purpose on one day of one lane (ENGINE §3), by FNV-1a over the three.
    init(lane: Int, daysSinceEpoch day: Int, purpose: String) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for number in [Int64(lane), Int64(day)] {
            for shift in stride(from: 0, to: 64, by: 8) { mix(UInt8(truncatingIfNeeded: number >> Int64(shift))) }
        }
        for byte in purpose.utf8 { mix(byte) }
        self.init(seed: hash)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Evenly in 0..<1, 53 bits.
    mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
}
