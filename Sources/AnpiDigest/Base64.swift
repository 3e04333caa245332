/// Base64 (RFC 4648) in both alphabets, for signatures and tokens; Foundation's would bring Foundation in.
package enum Base64 {
    /// Which characters stand for 62 and 63, and whether `=` fills the last group.
    package enum Alphabet: Sendable {
        /// `+`, `/` and padding.
        case standard
        /// `-`, `_` and no padding: safe in URLs and file names.
        case url
    }

    package static func encode(_ bytes: [UInt8], alphabet: Alphabet = .standard) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let taken = min(3, bytes.count - index)
            var group: UInt32 = 0
            for offset in 0..<3 { group = group << 8 | (offset < taken ? UInt32(bytes[index + offset]) : 0) }
            for offset in 0..<4 {
                if offset <= taken {
                    text.append(character(UInt8(truncatingIfNeeded: group >> UInt32(18 - 6 * offset)) & 0x3F, alphabet))
                } else if alphabet == .standard {
                    text.append(0x3D)
                }
            }
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil where a character is of another alphabet, the padding is wrong, or bits beyond the last byte are set: a
    /// value has one spelling, so that two different texts never are the same secret.
    package static func decode(_ text: some StringProtocol, alphabet: Alphabet = .standard) -> [UInt8]? {
        var characters = Array(text.utf8)
        if alphabet == .standard {
            guard characters.count % 4 == 0 else { return nil }
            for _ in 0..<2 where characters.last == 0x3D { characters.removeLast() }
        }
        guard characters.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count * 3 / 4)
        var bits: UInt32 = 0
        var bitCount: UInt32 = 0
        for character in characters {
            guard let value = value(of: character, alphabet) else { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
                bits &= (1 << bitCount) - 1
            }
        }
        return bits == 0 ? bytes : nil
    }

    private static func character(_ value: UInt8, _ alphabet: Alphabet) -> UInt8 {
        switch value {
        case 0..<26: 0x41 + value
        case 26..<52: 0x61 + value - 26
        case 52..<62: 0x30 + value - 52
        case 62: alphabet == .standard ? 0x2B : 0x2D
        default: alphabet == .standard ? 0x2F : 0x5F
        }
    }

    private static func value(of character: UInt8, _ alphabet: Alphabet) -> UInt8? {
        switch (character, alphabet) {
        case (0x41...0x5A, _): character - 0x41
        case (0x61...0x7A, _): character - 0x61 + 26
        case (0x30...0x39, _): character - 0x30 + 52
        case (0x2B, .standard), (0x2D, .url): 62
        case (0x2F, .standard), (0x5F, .url): 63
        default: nil
        }
    }
}
