/// Guesses what was meant by a misspelt word, so that an error can offer it.
enum Spelling {
    /// The word of `candidates` nearest to `word`, where it is near enough to be meant; upper and lower case are alike.
    static func nearest(to word: String, in candidates: [String]) -> String? {
        // A misspelt word is short; a long one would only cost time.
        guard word.utf8.count <= 64 else { return nil }
        let lowered = Array(word.lowercased())
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(lowered, Array(candidate.lowercased()))
            if distance <= max(1, candidate.count / 4), distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.word
    }

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var row = [index + 1]
            for (column, other) in right.enumerated() {
                var best = min(last[column] + (character == other ? 0 : 1), last[column + 1] + 1, row[column] + 1)
                if index > 0, column > 0, character == right[column - 1], left[index - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                row.append(best)
            }
            beforeLast = last
            last = row
        }
        return last[right.count]
    }
}
