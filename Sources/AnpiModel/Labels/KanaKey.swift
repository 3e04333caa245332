/// The key by which Japanese names are put in order: their reading in hiragana, voiced marks and small letters folded.
///
/// `String <` would part ガ from か and put every small letter before its large one. Where two readings fold to the same
/// key, the unfolded text decides, so that the order is the same everywhere.
package struct KanaKey: Hashable, Comparable, Sendable {
    /// The folded reading.
    package let folded: String
    private let original: String

    /// The key of a reading; where a site has none, of its name.
    package init(_ reading: String) {
        var folded = String.UnicodeScalarView()
        for scalar in reading.unicodeScalars {
            Self.fold(scalar, into: &folded)
        }
        self.folded = String(folded)
        self.original = reading
    }

    package static func < (left: Self, right: Self) -> Bool {
        if left.folded != right.folded {
            return left.folded.unicodeScalars.lexicographicallyPrecedes(right.folded.unicodeScalars)
        }
        return left.original.unicodeScalars.lexicographicallyPrecedes(right.original.unicodeScalars)
    }

    private static func fold(_ scalar: Unicode.Scalar, into folded: inout String.UnicodeScalarView) {
        var value = scalar.value
        if (0xFF66...0xFF9D).contains(value) { value = halfWidth[Int(value - 0xFF66)].value }
        if (0xFF01...0xFF5E).contains(value) { value -= 0xFEE0 }
        if (0x30A1...0x30F6).contains(value) { value -= 0x60 }
        switch value {
        // Marks written on their own, combining or half-width; spaces; the dot between words.
        case 0x3099...0x309C, 0xFF9E, 0xFF9F, 0x20, 0x3000, 0x30FB, 0xFF65: return
        // A long vowel is the vowel it lengthens: カード is read かあど.
        case 0x30FC, 0xFF70:
            if let last = folded.last, let vowel = vowel(of: last) { folded.append(vowel) }
            return
        case 0x41...0x5A: value += 0x20
        case 0x3041...0x3096: value = base(value)
        default: break
        }
        if let scalar = Unicode.Scalar(value) { folded.append(scalar) }
    }

    /// The large letter without a voiced mark.
    private static func base(_ value: UInt32) -> UInt32 {
        switch value {
        // Small a i u e o, ya yu yo, wa; small tsu, ka, ke.
        case 0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3083, 0x3085, 0x3087, 0x308E: value + 1
        case 0x3063: 0x3064
        case 0x3095: 0x304B
        case 0x3096: 0x3051
        // か to ぢ stand in pairs (plain odd, voiced even); after っ the pairs are the other way round.
        case 0x304B...0x3062: value - (value - 0x304B) % 2
        case 0x3065, 0x3067, 0x3069: value - 1
        // は to ぽ stand in threes.
        case 0x306F...0x307D: value - (value - 0x306F) % 3
        // ゔ is う.
        case 0x3094: 0x3046
        default: value
        }
    }

    /// The vowel of a folded letter.
    private static func vowel(of letter: Unicode.Scalar) -> Unicode.Scalar? {
        for (row, vowel) in zip(rows, ["あ", "い", "う", "え", "お"] as [Unicode.Scalar])
        where row.unicodeScalars.contains(letter) {
            return vowel
        }
        return nil
    }

    private static let rows = ["あかさたなはまやらわ", "いきしちにひみりゐ", "うくすつぬふむゆる", "えけせてねへめれゑ", "おこそとのほもよろを"]

    /// The full-width letters of U+FF66…FF9D.
    private static let halfWidth: [Unicode.Scalar] = Array(
        "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン".unicodeScalars)
}

extension Site {
    /// The site's place in Japanese order.
    package var kanaKey: KanaKey { KanaKey(kana ?? name) }
}
