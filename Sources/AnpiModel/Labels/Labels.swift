/// One text for people in both languages.
package struct Label: Hashable, Sendable {
    /// Dotted: `contact.silent`; the long form of a word has `.long` after it, the form for exactly one `.one`.
    package let key: String
    package let ja: String
    package let en: String

    package init(_ key: String, _ ja: String, _ en: String) {
        self.key = key
        self.ja = ja
        self.en = en
    }

    package func text(_ language: Language) -> String {
        switch language {
        case .ja: ja
        case .en: en
        }
    }
}

/// The one string table for everything people read: page, command line and notices.
///
/// Sentences are whole, never glued together, with places named in braces (`{time}`). The words of the vocabulary have
/// the family's name before them (`taskState.draft`); families are `contact`, `assessment`, `attribution`, `taskState`,
/// `offer`, `taskKind`, `tier`, `copyState`, `rung`, `incidentState`, `incidentKind`, `callResult`, `result`,
/// `findingKind`, `availability`, `device`, `rhythm`, `siteKind`, `skill`, `power`, `link`, `goodbye`, `role`, `slot`,
/// `holiday`, `weekday`, `utility`, `phenomenon`, `direction`, `decision`, `freshness`, `hazardState`, `hazardStatus`,
/// `hazardPhenomenon`, `intensity`, `probability`, `taskPlace`, `accessWindow`, `claimsKind`, `readinessClause`,
/// `readinessResult`, `loanerState`, `damageComponent`, `damageBuilding`.
package enum Labels {
    /// Every label, section by section.
    package static let all: [Label] =
        vocabulary + work + recovery + incidents + evidence + belief + screen + decisions + hazards + drills + page
        + commandLine + field

    private static let table: [String: Label] = Dictionary(all.map { ($0.key, $0) }) { first, _ in first }

    /// The text of `key` with its places filled from `arguments`; a key that is not in the table shows itself.
    ///
    /// Where `n` is 1 and there is a `.one` form, that is used: English counts, Japanese does not.
    package static func text(_ key: String, _ language: Language, _ arguments: [String: String] = [:]) -> String {
        let single = arguments["n"] == "1" ? table[key + ".one"] : nil
        guard let label = single ?? table[key] else { return key }
        return fill(label.text(language), arguments)
    }

    /// Whether the table has `key`.
    package static func has(_ key: String) -> Bool { table[key] != nil }

    /// The word for a value of the vocabulary: `word("contact", Contact.silent, .ja)` is 途絶.
    package static func word(_ family: String, _ value: some RawRepresentable<String>, _ language: Language) -> String {
        word(family, value.rawValue, language)
    }

    /// The word for a value of the vocabulary as it came over the wire; an unknown one shows itself.
    package static func word(_ family: String, _ value: String, _ language: Language) -> String {
        table["\(family).\(value)"]?.text(language) ?? value
    }

    /// A sentence whose arguments came from the collector: instants become clock times, values of the vocabulary words.
    ///
    /// An argument named after a family (`device`, `contact`, `tier`, …) is a value of it; the page does the same.
    package static func sentence(
        _ key: String, _ language: Language, _ arguments: [String: String] = [:], asOf: Timestamp
    ) -> String {
        var words: [String: String] = [:]
        for (name, value) in arguments {
            if let instant = Timestamp(rfc3339: value) {
                words[name] = when(instant, asOf: asOf, language)
            } else {
                words[name] = familiesInSentences.contains(name) ? word(name, value, language) : value
            }
        }
        return text(key, language, words)
    }

    private static let familiesInSentences: Set = [
        "contact", "assessment", "attribution", "device", "tier", "link", "availability", "result", "phenomenon",
        "intensity",
    ]

    /// An instant as short as it can be without a doubt: `06:02`, `昨日 22:10`, `9/18 22:10`, `2021/9/18 22:10`.
    package static func when(_ instant: Timestamp, asOf: Timestamp, _ language: Language) -> String {
        let (date, millisecondOfDay) = instant.civil()
        let today = asOf.civil().date
        let clock = twoDigits(millisecondOfDay / 3_600_000) + ":" + twoDigits(millisecondOfDay / 60_000 % 60)
        if date == today { return clock }
        if date == today.adding(days: -1) { return text("time.yesterday", language, ["time": clock]) }
        let day = "\(date.month)/\(date.day) \(clock)"
        return date.year == today.year ? day : "\(date.year)/\(day)"
    }

    /// A length of time in at most two units: `45秒`, `2時間57分`, `3日`.
    package static func span(_ duration: Duration, _ language: Language) -> String {
        let seconds = max(0, duration.wholeSeconds)
        switch seconds {
        case ..<60: return text("time.seconds", language, ["n": String(seconds)])
        case ..<3_600: return text("time.minutes", language, ["n": String(seconds / 60)])
        case ..<172_800:
            return text(
                "time.hoursMinutes", language, ["h": String(seconds / 3_600), "m": String(seconds / 60 % 60)])
        default: return text("time.days", language, ["n": String(seconds / 86_400)])
        }
    }

    /// The whole table as `GET /v1/labels` answers it: `{"ja":{key:text,…},"en":{…}}`.
    package static let json: JSON = .object(
        Language.allCases.map { language in
            .init(language.rawValue, .object(all.map { .init($0.key, .string($0.text(language))) }))
        })

    /// The names of the places in `text`, in their order.
    package static func places(in text: String) -> [String] {
        var names: [String] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            rest = rest[rest.index(after: open)...]
            guard let close = rest.firstIndex(of: "}") else { break }
            names.append(String(rest[..<close]))
            rest = rest[rest.index(after: close)...]
        }
        return names
    }

    /// One pass, so that braces inside an argument are never taken for a place.
    private static func fill(_ text: String, _ arguments: [String: String]) -> String {
        var filled = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            filled += rest[..<open]
            guard let close = rest[open...].firstIndex(of: "}") else { return filled + rest[open...] }
            let name = String(rest[rest.index(after: open)..<close])
            filled += arguments[name] ?? String(rest[open...close])
            rest = rest[rest.index(after: close)...]
        }
        return filled + rest
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
}
