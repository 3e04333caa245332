/// Text as official messages carry it: padded, broken over lines, with full-width digits and letters.
enum OfficialText {
    /// Without white space (also the ideographic space) at both ends.
    static func trimmed(_ text: String) -> String {
        var text = text[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    /// One line for people: runs of white space become one space, at most `charactersMax` characters.
    static func line(_ text: String, charactersMax: Int) -> String {
        let joined = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return joined.count <= charactersMax ? joined : joined.prefix(charactersMax - 1) + "…"
    }

    /// Codes and numbers: full-width ASCII (０–９, Ａ–Ｚ, ＋, －) as ASCII, white space taken out.
    static func code(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !scalar.properties.isWhitespace {
            switch scalar.value {
            case 0xFF01...0xFF5E: result.append(Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar)
            // MINUS SIGN, as some editors write it.
            case 0x2212: result.append("-")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    static func isDigits(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}

/// FNV-1a, 64 bits: a short name for a long list, the same on every machine.
struct Fingerprint {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ text: String) {
        for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        value = (value ^ 0xFF) &* 0x0000_0100_0000_01B3
    }
}
