import AnpiClient
import AnpiEngine
import AnpiModel

/// A replay as a person reads it: what changed, when, and why.
struct ReplayScreen {
    let words: Words
    private let names: [String: String]
    private let engineers: [String: String]

    init(words: Words, fleet: Fleet) {
        self.words = words
        names = Dictionary(fleet.sites.map { ($0.id.text, $0.name) }) { first, _ in first }
        engineers = Dictionary(fleet.engineers.map { ($0.id.text, $0.name) }) { first, _ in first }
    }

    /// The lines of one decision; none for what only machines follow (contact of devices, ordinary hearing).
    mutating func lines(_ decision: Decision) -> [String] {
        switch decision.name {
        case .siteAssessed: assessed(decision)
        case .incidentProposed, .incidentOpened, .incidentJoined, .incidentLeft, .incidentChanged, .incidentMerged,
            .incidentStable, .incidentClosed:
            [head(decision) + incident(decision)]
        case .taskDrafted, .taskOffered, .taskChanged: [head(decision) + task(decision)]
        case .blindBegan, .blindEnded, .feedChanged, .hazardQuarantined:
            [head(decision) + words.event(decision.name.rawValue) + detail(decision)]
        case .hazardApplied:
            [head(decision) + words.event(decision.name.rawValue) + "  " + (text(decision, "headline") ?? "")]
        case .agentContact, .siteContact, .sitePlanned, .journalAnchored: []
        }
    }

    private func assessed(_ decision: Decision) -> [String] {
        let assessment = text(decision, "assessment") ?? ""
        guard assessment != "ok", assessment != "quiet", let site = decision.site?.text else { return [] }
        var parts = [place(site), words.marked(.assessment, assessment)]
        if case .decimal(let probability, _)? = value(decision, "probability") {
            parts.append("\(Int((probability * 100).rounded()))%")
        }
        if let attribution = text(decision, "attribution") { parts.append(words.term(.attribution, attribution)) }
        var lines = [head(decision) + parts.joined(separator: "  ")]
        guard case .array(let evidence)? = value(decision, "evidence") else { return lines }
        for (number, item) in evidence.enumerated() {
            guard case .decimal(let weight, _)? = item["weight"], decision.sentences.indices.contains(number),
                let sentence = sentence(decision.sentences[number], at: decision.at)
            else { continue }
            lines.append("        \(number + 1) \(sentence)" + words.bracketed(BeliefWords.signed(weight)))
        }
        return lines
    }

    /// A label's key with its arguments as a sentence in the reader's language.
    private func sentence(_ labelled: JSON, at instant: Timestamp) -> String? {
        guard case .string(let key)? = labelled["key"], case .object(let members)? = labelled["arguments"] else {
            return nil
        }
        let arguments = members.compactMap { member -> (String, String)? in
            switch member.value {
            case .string(let text): (member.key, text)
            case .integer(let number): (member.key, String(number))
            case .null, .bool, .decimal, .array, .object, .raw: nil
            }
        }
        return words.sentence(
            .labelled(key: key, arguments: Dictionary(arguments) { first, _ in first }),
            Moments(now: instant, words: words))
    }

    private func incident(_ decision: Decision) -> String {
        var parts = [decision.incident?.description ?? "", words.event(decision.name.rawValue)]
        if let kind = text(decision, "kind") { parts.append(words.term(.incidentKind, kind)) }
        if let cause = text(decision, "cause") { parts.append(cause) }
        if let site = text(decision, "site") { parts.append(place(site)) }
        if let into = text(decision, "into") { parts.append("→ \(into)") }
        if let reason = text(decision, "reason") { parts.append(words.reason(reason)) }
        if case .array(let sites)? = value(decision, "sites"), !sites.isEmpty {
            parts.append(words("cli.replay.sites", ["n": String(sites.count)]))
        }
        return parts.joined(separator: "  ")
    }

    private func task(_ decision: Decision) -> String {
        var parts = [decision.task?.description ?? "", words.event(decision.name.rawValue)]
        if let kind = text(decision, "kind") { parts.append(words.term(.taskKind, kind)) }
        if let state = text(decision, "state") { parts.append(words.term(.taskState, state)) }
        if let site = decision.site?.text { parts.append(place(site)) }
        if let engineer = text(decision, "engineer") { parts.append(engineers[engineer] ?? engineer) }
        if let reason = text(decision, "reason") { parts.append(words.reason(reason)) }
        return parts.joined(separator: "  ")
    }

    private func detail(_ decision: Decision) -> String {
        let parts = [
            text(decision, "freshness").map { words.term(.freshness, $0) }, text(decision, "reason"),
            text(decision, "from").flatMap(Timestamp.init(rfc3339:)).map {
                Moments(now: decision.at, words: words).short($0)
            },
        ].compactMap(\.self)
        return parts.isEmpty ? "" : "  " + parts.joined(separator: "  ")
    }

    private func head(_ decision: Decision) -> String {
        let (date, milliseconds) = decision.at.civil()
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let seconds = milliseconds / 1_000
        return "\(date.month)/\(date.day) \(two(seconds / 3_600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))  "
    }

    private func place(_ site: String) -> String { names[site].map { "\(site) \($0)" } ?? site }

    private func value(_ decision: Decision, _ key: String) -> JSON? { decision.details.first { $0.key == key }?.value }

    private func text(_ decision: Decision, _ key: String) -> String? {
        if case .string(let text)? = value(decision, key) { text } else { nil }
    }
}
