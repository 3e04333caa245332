import AnpiClient
import AnpiModel

/// A copy of the data in a line: where it stands, how old it is, whether it was ever read back.
enum CopyWords {
    /// - Parameter chance: that it survives, where that is a question.
    static func line(_ copy: CopyPlaceState, chance: Double? = nil, on paper: Paper) -> String {
        let words = paper.words
        let place = [copy.room, copy.heightMeters.map { JSON.fixed($0, digits: 1) + "m" }].compactMap(\.self)
        var parts = [
            words.term(.tier, copy.tier) + (place.isEmpty ? "" : words.bracketed(place.joined(separator: " ")))
        ]
        let state = copy.state ?? "unknown"
        parts.append(paper.colored(words.term(.copyState, state), Tone(copy: state)))
        if let goodAt = copy.goodAt {
            parts.append(words("copy.goodAt", ["time": paper.moments.short(goodAt)]))
            parts.append(
                copy.verifiedAt.map { words("copy.verifiedAt", ["time": paper.moments.short($0)]) }
                    ?? words("cli.copy.neverVerified"))
        }
        if copy.offline == true { parts.append(words("cli.copy.offline")) }
        if let chance { parts.append(words("cli.copy.chance", ["p": Words.percent(chance)])) }
        if copy.due == true { parts.append(paper.colored(words("cli.copy.due"), .warning)) }
        if let message = copy.message, !message.isEmpty, state != "good" { parts.append(message) }
        return parts.joined(separator: "  ")
    }

    /// The same in the width of a column.
    static func short(_ copy: SiteRow.NewestCopy?, on paper: Paper) -> String? {
        guard let copy else { return nil }
        return paper.words.term(.tier, copy.tier) + " " + paper.moments.short(copy.goodAt)
    }
}
