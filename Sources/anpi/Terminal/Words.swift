import AnpiClient
import AnpiModel

/// The label table in the language of the person at the prompt.
struct Words: Sendable {
    var language: Language

    /// The sentence of `key` with its places filled.
    func callAsFunction(_ key: String, _ arguments: [String: String] = [:]) -> String {
        Labels.text(key, language, arguments)
    }

    /// A word of the vocabulary in its short form, or as it came where it is newer than this program.
    func term(_ family: Family, _ word: String?) -> String {
        word.map { Labels.word(family.rawValue, $0, language) } ?? "—"
    }

    /// `▲ 被災濃厚`: shape and word carry the meaning, colour only helps.
    func marked(_ family: Family, _ word: String) -> String {
        let text = term(family, word)
        return Self.marks[family]?[word].map { $0 + " " + text } ?? text
    }

    /// `▲ 被災濃厚 94%`; without the number where nobody doubts, or where a person has said it.
    func belief(_ assessment: String, _ probability: Double?) -> String {
        let text = marked(.assessment, assessment)
        guard let probability, ["unknown", "suspect", "likelyHit"].contains(assessment) else { return text }
        return text + " " + Self.percent(probability, isCertain: false)
    }

    /// A share in whole percent; a belief is never said to be certain: `<1%`, `>99%`.
    static func percent(_ share: Double, isCertain: Bool = true) -> String {
        if !isCertain, share < 0.01 { return "<1%" }
        if !isCertain, share > 0.99 { return ">99%" }
        return JSON.fixed(share * 100, digits: 0) + "%"
    }

    /// A reason as a whole sentence; times in it as people say them.
    func sentence(_ sentence: Sentence?, _ moments: Moments) -> String? {
        switch sentence {
        case nil: return nil
        case .text(let text): return text.isEmpty ? nil : Labels.has(text) ? self(text) : text
        case .labelled(let key, let arguments):
            guard !Labels.has(key) else {
                return Labels.sentence(key, language, arguments, asOf: moments.now)
            }
            // A newer collector's reason: what is known of it is better than nothing.
            let facts = arguments.keys.sorted().map { "\($0) \(arguments[$0] ?? "")" }
            return facts.isEmpty ? key : key + " (" + facts.joined(separator: ", ") + ")"
        }
    }

    /// Parts of a sentence one after the other.
    func list(_ parts: [String?]) -> String {
        parts.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: language == .ja ? "、" : ", ")
    }

    /// A text in the brackets of the language, with its gap before it.
    func bracketed(_ text: String) -> String { language == .ja ? "（\(text)）" : " (\(text))" }

    /// `田中さん`, `Tanaka`.
    func person(_ name: String) -> String { self("cli.person", ["name": name]) }

    /// Reasons that commands offer as one word are shown in words; free text stays.
    ///
    /// The collector's own reasons travel as one word too where nobody is named.
    func reason(_ text: String) -> String {
        let keys = [
            "cli.reason.\(text)", "task.reason.\(text).plain", "task.reason.\(text)", "incident.reason.\(text)",
        ]
        return keys.lazy.filter { Labels.has($0) && Labels.places(in: self($0)).isEmpty }.first.map { self($0) } ?? text
    }

    /// What a line of a timeline or of the journal is about; its dotted name where there is no word for it.
    func event(_ name: String) -> String {
        Labels.has("cli.event.\(name)") ? self("cli.event.\(name)") : term(.decision, name)
    }

    /// What a step led to: a state of a task or an incident, or how an offer ended.
    func stepWord(_ word: String) -> String {
        let families: [Family] = [.taskState, .incidentState, .offer]
        return families.first { Labels.has("\($0.rawValue).\(word)") }.map { term($0, word) } ?? word
    }

    /// `北緯35.0231 東経138.4810`: four digits are ten metres.
    func place(_ latitude: Double, _ longitude: Double) -> String {
        self(
            "cli.place",
            ["latitude": JSON.fixed(latitude, digits: 4), "longitude": JSON.fixed(longitude, digits: 4)])
    }

    /// Families of the label table.
    enum Family: String, Sendable {
        case contact, assessment, attribution, taskState, taskKind, tier, copyState, incidentState, incidentKind
        case result, availability, skill, device, rhythm, role, findingKind, decision, weekday
        case freshness, hazardState, hazardStatus, slot, drillState, rung
        case phenomenon = "hazardPhenomenon"
        /// How an offer ended.
        case offer
    }

    private static let marks: [Family: [String: String]] = [
        .contact: ["unseen": "◌", "reporting": "●", "late": "◐", "silent": "○", "signedOff": "⏻"],
        .assessment: [
            "ok": "●", "quiet": "▭", "unknown": "？", "suspect": "△", "likelyHit": "▲", "confirmedHit": "■",
            "confirmedOK": "✓",
        ],
        .incidentState: ["candidate": "◇", "active": "◆"],
    ]
}
