/// Widths on a terminal: Japanese characters take two cells, and tables must still line up.
extension String {
    /// Cells that the text takes on a terminal; control characters take none.
    package var cellWidth: Int { reduce(0) { $0 + $1.cellWidth } }

    /// The text with spaces after it (or before it) up to `cells`; a longer one is left as it is.
    package func padded(toCells cells: Int, atStart: Bool = false) -> String {
        let spaces = String(repeating: " ", count: max(0, cells - cellWidth))
        return atStart ? spaces + self : self + spaces
    }

    /// The text cut to at most `cells`, with `…` where something was cut.
    package func truncated(toCells cells: Int) -> String {
        guard cellWidth > cells else { return self }
        guard cells > 0 else { return "" }
        var kept = ""
        var width = 1
        for character in self {
            width += character.cellWidth
            guard width <= cells else { break }
            kept.append(character)
        }
        return kept + "…"
    }
}

extension Character {
    /// 0, 1 or 2 cells.
    package var cellWidth: Int {
        if isASCII { return asciiValue.map { $0 < 0x20 || $0 == 0x7F ? 0 : 1 } ?? 0 }
        var width = 0
        for scalar in unicodeScalars {
            // A variation selector asks for the coloured form, which terminals draw wide.
            if scalar.value == 0xFE0F { return max(width, 2) }
            width = max(width, CellWidth.width(of: scalar.value))
        }
        return width
    }
}

/// A short table after Unicode's East Asian Width: W and F take two cells, marks and joiners none.
///
/// Ambiguous characters (▲, ○, …) take one, as terminals draw them outside of old Japanese encodings.
enum CellWidth {
    static func width(of scalar: UInt32) -> Int {
        if scalar < 0x300 { return scalar < 0x20 || (0x7F..<0xA0).contains(scalar) || scalar == 0xAD ? 0 : 1 }
        if contains(none, scalar) { return 0 }
        return contains(wide, scalar) ? 2 : 1
    }

    /// Combining marks, joiners, variation selectors.
    private static let none: [ClosedRange<UInt32>] = [
        0x300...0x36F, 0x483...0x489, 0x591...0x5BD, 0x610...0x61A, 0x64B...0x65F, 0x200B...0x200F, 0x202A...0x202E,
        0x2060...0x2064, 0x20D0...0x20FF, 0x302A...0x302D, 0x3099...0x309A, 0xFE00...0xFE0F, 0xFE20...0xFE2F,
        0xFEFF...0xFEFF, 0xE0001...0xE01EF,
    ]

    /// Kana, ideographs, Hangul, full-width forms, emoji.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0...0x23F0, 0x23F3...0x23F3,
        0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653, 0x267F...0x267F, 0x2693...0x2693, 0x26A1...0x26A1,
        0x26AA...0x26AB, 0x26BD...0x26BE, 0x26C4...0x26C5, 0x26CE...0x26CE, 0x26D4...0x26D4, 0x26EA...0x26EA,
        0x26F2...0x26F3, 0x26F5...0x26F5, 0x26FA...0x26FA, 0x26FD...0x26FD, 0x2705...0x2705, 0x270A...0x270B,
        0x2728...0x2728, 0x274C...0x274C, 0x274E...0x274E, 0x2753...0x2755, 0x2757...0x2757, 0x2795...0x2797,
        0x27B0...0x27B0, 0x27BF...0x27BF, 0x2B1B...0x2B1C, 0x2B50...0x2B50, 0x2B55...0x2B55, 0x2E80...0x303E,
        0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
        0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF,
        0x1F004...0x1F004, 0x1F0CF...0x1F0CF, 0x1F18E...0x1F18E, 0x1F191...0x1F19A, 0x1F1E6...0x1F202,
        0x1F210...0x1F23B, 0x1F240...0x1F248, 0x1F250...0x1F251, 0x1F260...0x1F265, 0x1F300...0x1F64F,
        0x1F680...0x1F6FF, 0x1F7E0...0x1F7EB, 0x1F900...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD,
    ]

    /// Binary search; ranges are ascending and apart.
    private static func contains(_ ranges: [ClosedRange<UInt32>], _ scalar: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if scalar > ranges[middle].upperBound {
                low = middle + 1
            } else if scalar < ranges[middle].lowerBound {
                high = middle
            } else {
                return true
            }
        }
        return false
    }

    /// Both tables, for the test that they are ascending.
    static var tables: [[ClosedRange<UInt32>]] { [none, wide] }
}
