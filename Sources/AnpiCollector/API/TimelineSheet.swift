import AnpiEngine
import AnpiModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The chronology of an incident (クロノロジー, ICS 214): its journal, a line an entry, in words.
struct TimelineSheet {
    /// The newest entries that one sheet has; the journal has them all.
    static let linesMax = 1_000
    /// Of a list inside an entry so many are named.
    private static let namesMax = 8

    let language: Language
    /// How sites and engineers are called now.
    let engine: Engine

    /// - Parameter lines: newest first, as the journal gives them; people read a chronology from its beginning.
    func sheet(_ lines: [JournalLine], title: String) -> Sheet {
        Sheet(
            name: "timeline", title: title,
            columns: ["at", "event", "subject", "actor", "detail"].map {
                Labels.text("sheet.column.\($0)", language)
            },
            rows: lines.reversed().map(cells))
    }

    private func cells(of line: JournalLine) -> [String] {
        let site = line.site ?? line.text(of: "site").flatMap { SiteID($0) }
        let subject = [
            line.task?.description, site.map { engine.name(of: $0) ?? $0.text },
            line.task == nil && site == nil ? line.incident?.description : nil,
        ]
        return [
            clock(line.at), event(line.kind), subject.compactMap(\.self).joined(separator: " "), line.actor ?? "",
            detail(of: line),
        ]
    }

    /// With its day and its seconds: one minute holds many entries.
    private func clock(_ instant: Timestamp) -> String {
        String(instant.rfc3339().prefix(19)).replacing("T", with: " ")
    }

    private func event(_ kind: String) -> String {
        for key in ["decision.\(kind)", "cli.event.\(kind)"] where Labels.has(key) { return Labels.text(key, language) }
        return kind
    }

    /// What an entry tells, word by word and each once; members that are no plain text say nothing to people.
    private func detail(of line: JournalLine) -> String {
        guard let body = line.body, let members = JSONText.members(of: body) else { return "" }
        var told: [String] = []
        for member in members {
            guard case .raw(let raw) = member.value else { continue }
            let part =
                Self.plain(String.self, raw).flatMap { word(member.key, $0, of: line.kind) }
                ?? Self.plain([String].self, raw).flatMap { list(member.key, $0) }
            if let part, !told.contains(part) { told.append(part) }
        }
        return told.joined(separator: ", ")
    }

    private static func plain<Value: Decodable>(_ type: Value.Type, _ raw: String) -> Value? {
        guard raw.hasPrefix("\"") || raw.hasPrefix("[\"") else { return nil }
        return try? JSONDecoder().decode(type, from: Data(raw.utf8))
    }

    /// Sites and engineers by name; of areas only how many there are, for their codes say nothing.
    private func list(_ key: String, _ items: [String]) -> String? {
        let named: [String]
        switch key {
        case "areas": return Labels.text("sheet.areas", language, ["n": String(items.count)])
        case "sites": named = items.map { id in SiteID(id).flatMap { engine.name(of: $0) } ?? id }
        case "engineers": named = items.map(engineer)
        default: return nil
        }
        let rest = named.count - Self.namesMax
        let more = rest > 0 ? [Labels.text("sheet.more", language, ["n": String(rest)])] : []
        return (named.prefix(Self.namesMax) + more).joined(separator: ", ")
    }

    private func engineer(_ id: String) -> String { EngineerID(id).flatMap { engine.name(of: $0) } ?? id }

    private func word(_ key: String, _ text: String, of kind: String) -> String? {
        switch key {
        case "assessment", "attribution", "contact", "rung", "result", "availability":
            return Labels.word(key, text, language)
        case "to", "state": return word(text, ofStatesFor: kind)
        case "kind": return word(text, ofKindsFor: kind)
        case "reason":
            return TaskReason(rawValue: text).map { Labels.text($0.plainLabelKey, language) } ?? text
        case "engineer", "onBehalfOf": return engineer(text)
        case "into", "text", "note", "loaner": return text
        default: return nil
        }
    }

    private func word(_ text: String, ofStatesFor kind: String) -> String {
        let family = kind.hasSuffix(".contact") ? "contact" : kind.contains("incident") ? "incidentState" : "taskState"
        return Labels.word(family, text, language)
    }

    private func word(_ text: String, ofKindsFor kind: String) -> String {
        let family = kind.contains("incident") ? "incidentKind" : kind.contains("finding") ? "findingKind" : "taskKind"
        return Labels.word(family, text, language)
    }
}
