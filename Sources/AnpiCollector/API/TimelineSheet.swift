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

    let language: Language

    /// - Parameter lines: newest first, as the journal gives them; people read a chronology from its beginning.
    func sheet(_ lines: [JournalLine], names: JournalNames, title: String) -> Sheet {
        Sheet(
            name: "timeline", title: title,
            columns: ["at", "event", "subject", "actor", "detail"].map {
                Labels.text("sheet.column.\($0)", language)
            },
            rows: lines.reversed().map { cells(of: $0, names) })
    }

    private func cells(of line: JournalLine, _ names: JournalNames) -> [String] {
        let subject = [
            line.task?.description, line.site.map { names.sites[$0] ?? $0.text },
            line.task == nil && line.site == nil ? line.incident?.description : nil,
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

    /// What an entry tells, word by word; members that are no plain text say nothing to people.
    private func detail(of line: JournalLine) -> String {
        guard let body = line.body, let members = JSONText.members(of: body) else { return "" }
        return members.compactMap { member -> String? in
            guard case .raw(let raw) = member.value, let text = Self.plain(raw) else { return nil }
            return word(member.key, text, of: line.kind)
        }.joined(separator: ", ")
    }

    private static func plain(_ raw: String) -> String? {
        guard raw.hasPrefix("\"") else { return nil }
        return try? JSONDecoder().decode(String.self, from: Data(raw.utf8))
    }

    private func word(_ key: String, _ text: String, of kind: String) -> String? {
        switch key {
        case "assessment", "attribution", "contact", "rung", "result", "availability":
            return Labels.word(key, text, language)
        case "to", "state": return word(text, ofStatesFor: kind)
        case "kind": return word(text, ofKindsFor: kind)
        case "reason":
            return TaskReason(rawValue: text).map { Labels.text($0.plainLabelKey, language) } ?? text
        case "engineer", "onBehalfOf", "into", "text", "note", "loaner": return text
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
