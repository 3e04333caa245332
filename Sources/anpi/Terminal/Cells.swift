import AnpiModel

/// Text broken into lines by terminal cells, wide characters counted as two.
enum Cells {
    /// `text` in lines of at most `cells`: broken at spaces, or between any two characters where a word is longer than
    /// the line (Japanese has no spaces). Line breaks of the text stay.
    static func wrapped(_ text: String, to cells: Int) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph in
            wrapped(paragraph: paragraph, to: cells)
        }
    }

    private static func wrapped(paragraph: Substring, to cells: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        var used = 0
        func close() {
            while line.last == " " { line.removeLast() }
            lines.append(line)
            line = ""
            used = 0
        }
        for word in words(of: paragraph) {
            let wordCells = word.cellWidth
            if used + trimmed(word).cellWidth > cells, used > 0, wordCells <= cells || used > cells / 2 { close() }
            if line.isEmpty, word.allSatisfy({ $0 == " " }), !lines.isEmpty { continue }
            for character in word {
                let next = character.cellWidth
                if used + next > cells, character != " ", !staysOnTheLine(character) { close() }
                line.append(character)
                used += next
            }
        }
        if !line.isEmpty || lines.isEmpty { close() }
        return lines
    }

    /// Japanese never begins a line with these; one cell too many is the lesser evil.
    private static func staysOnTheLine(_ character: Character) -> Bool { "、。）」".contains(character) }

    /// The paragraph cut after each run of spaces.
    private static func words(of paragraph: Substring) -> [String] {
        var words: [String] = []
        var word = ""
        var ended = false
        for character in paragraph {
            if ended, character != " " {
                words.append(word)
                word = ""
                ended = false
            }
            word.append(character)
            if character == " " { ended = true }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    private static func trimmed(_ word: String) -> String {
        var word = word
        while word.last == " " { word.removeLast() }
        return word
    }
}
