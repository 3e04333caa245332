/// Numbers by name in four bytes a slot: the names stand in the rows, and are compared there.
///
/// A `Dictionary` of ids costs 20 bytes a slot, half of them empty, and its hash is seeded anew in every process; this
/// one is the same everywhere. It only ever holds names of the fleet files, so nobody outside can make them collide.
struct NumberTable: Sendable {
    /// A number, or `free`; the count is a power of two, or 0.
    private var slots: [Int32] = []
    private(set) var count = 0

    private static let free: Int32 = -1

    init() {}

    /// The number of the name with this hash for which `isName` holds.
    func number(hash: UInt64, where isName: (Int) -> Bool) -> Int? {
        guard !slots.isEmpty else { return nil }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != Self.free {
            let number = Int(slots[slot])
            if isName(number) { return number }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Adds a number whose name is not in the table; `hashOf` gives the hash of one that is.
    mutating func insert(_ number: Int, hash: UInt64, hashOf: (Int) -> UInt64) {
        reserve(count + 1, hashOf: hashOf)
        place(Int32(number), hash: hash)
        count += 1
    }

    /// Makes room for so many names, a third of the slots staying free.
    mutating func reserve(_ names: Int, hashOf: (Int) -> UInt64) {
        guard slots.count < names + names / 2 + 1 else { return }
        var size = 16
        while size < names + names / 2 + 1 { size *= 2 }
        let old = slots
        slots = [Int32](repeating: Self.free, count: size)
        for number in old where number != Self.free { place(number, hash: hashOf(Int(number))) }
    }

    private mutating func place(_ number: Int32, hash: UInt64) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != Self.free { slot = (slot + 1) & mask }
        slots[slot] = number
    }
}

/// A hash of texts that is the same in every process and on every machine.
enum TextHash {
    /// Eight bytes at a time, little-endian, each mixed in by a multiplication; not for texts that an attacker chooses.
    static func of(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8(of)
    }

    static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = 0xCBF2_9CE4_8422_2325 ^ UInt64(bytes.count)
        func mix(_ word: UInt64) {
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
        }
        let raw = UnsafeRawBufferPointer(bytes)
        var index = 0
        while index + 8 <= raw.count {
            mix(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
            index += 8
        }
        var rest: UInt64 = 0
        while index < raw.count {
            rest = rest << 8 | UInt64(raw[index])
            index += 1
        }
        mix(rest)
        return hash
    }
}
