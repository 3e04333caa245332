import AnpiModel
import FoundationEssentials
import Testing

@testable import AnpiEngine

/// What a scenario came to, as a page that a person can read: how often each thing was decided, then the key decisions.
struct Report {
    private var lines: [String]

    init(_ title: String, _ playback: Playback, leavesOut: Set<DecisionName> = []) {
        lines = [title, ""]
        for name in DecisionName.allCases {
            let count = playback.named(name).count
            if count > 0 { lines.append("\(name.rawValue): \(count)") }
        }
        lines.append("")
        lines += playback.decisions.filter { Self.isKey($0) && !leavesOut.contains($0.name) }.map(Self.text)
    }

    /// A page with nothing but its title yet.
    init(_ title: String) { lines = [title, ""] }

    /// More lines at the end.
    mutating func add(_ more: [String]) { lines += more }

    /// Contacts come and go all day, and so do beliefs of single sites that nobody doubts.
    private static func isKey(_ decision: Decision) -> Bool {
        switch decision.name {
        case .incidentProposed, .incidentOpened, .incidentChanged, .incidentMerged, .incidentStable, .incidentClosed,
            .incidentLeft, .blindBegan, .blindEnded, .feedChanged, .hazardApplied, .hazardQuarantined, .taskOffered:
            true
        case .siteAssessed: decision.isFlag
        case .agentContact, .siteContact, .sitePlanned, .incidentJoined, .taskDrafted, .taskChanged, .journalAnchored:
            false
        }
    }

    /// One line, with how many where all of them would fill it.
    static func text(_ decision: Decision) -> String {
        var parts = [decision.at.description, decision.name.rawValue]
        if let site = decision.site { parts.append(site.text) }
        for member in decision.details {
            switch (member.key, member.value) {
            case ("site", _), ("digest", _), ("evidence", _), ("identifier", _), ("newestReportAt", _), (_, .null):
                break
            case ("sites", .array(let sites)): parts.append("\(sites.count) sites")
            case ("areas", .array(let areas)) where areas.count > 6: parts.append("\(areas.count) areas")
            case (let key, .string(let text)): parts.append("\(key)=\(text)")
            case (let key, let value): parts.append("\(key)=\(value.text)")
            }
        }
        return parts.joined(separator: "  ")
    }

    /// Warnings and incidents, but not who joined.
    static func isOfIncidents(_ decision: Decision) -> Bool {
        decision.name != .siteAssessed && decision.name != .taskOffered && isKey(decision)
    }

    /// What is believed of a site, with each reason and its weight in nats.
    static func reasons(_ decision: Decision) -> [String] {
        guard case .array(let evidence)? = decision.details.first(where: { $0.key == "evidence" })?.value else {
            return [text(decision)]
        }
        return [text(decision)]
            + evidence.map { item in
                guard case .string(let sentence)? = item["text"], let weight = item["weight"] else { return item.text }
                return "    \(weight.text)  \(sentence)"
            }
    }

    /// Compares with the kept page; `ANPI_RECORD_SNAPSHOTS=1 swift test` writes it anew.
    func compare(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let folder = "/" + "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/") + "/Snapshots"
        let url = URL(filePath: "\(folder)/\(name).txt")
        let text = lines.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["ANPI_RECORD_SNAPSHOTS"] == "1" { try Data(text.utf8).write(to: url) }
        let kept = String(decoding: try Data(contentsOf: url), as: UTF8.self)
        let keptLines = kept.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let difference = zip(lines, keptLines).first { $0.0 != $0.1 }
        #expect(
            text == kept, "first difference: \(difference.map { "\($0.0) / \($0.1)" } ?? "length")",
            sourceLocation: sourceLocation)
    }
}

extension Decision {
    /// A site that somebody should look at.
    var isFlag: Bool {
        name == .siteAssessed
            && (word("assessment").flatMap(Assessment.init)?.severity ?? 0) >= Assessment.suspect.severity
    }
}
