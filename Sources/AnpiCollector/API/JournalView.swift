import AnpiEngine
import AnpiModel

/// Journal entries as people read them.
enum JournalView {
    /// As in `GET /v1/journal`.
    static func entry(_ line: JournalLine) -> JSON {
        .object([
            .init("number", .integer(line.number)), .init("at", .time(line.at)), .init("kind", .string(line.kind)),
            .init("site", .id(line.site)), .init("incident", .id(line.incident)), .init("task", .id(line.task)),
            .init("actor", .optional(line.actor)),
            .init("body", line.body.map { JSON.raw($0) } ?? .null), .init("erased", .bool(line.body == nil)),
        ])
    }

    /// As on timelines: number, time, kind, who, what the entry tells, and the names that people know it by.
    ///
    /// `kind` is what happened; a `kind` that the entry itself tells goes by another name.
    static func event(_ line: JournalLine, names: JournalNames) -> JSON {
        var members: [JSON.Member] = [
            .init("number", .integer(line.number)), .init("at", .time(line.at)),
            .init("kind", .string(line.kind)), .init("actor", .optional(line.actor)),
        ]
        for member in details(of: line, without: ["number", "at", "decision", "actor", "siteName", "device"]) {
            members.append(member.key == "kind" ? .init(subjectKind(line.kind), member.value) : member)
        }
        return .object(members + names.members(of: line))
    }

    /// As in the overview's `lastHour`.
    static func recent(_ line: JournalLine, names: JournalNames) -> JSON {
        var members: [JSON.Member] = [
            .init("number", .integer(line.number)), .init("at", .time(line.at)),
            .init("decision", .string(line.kind)), .init("site", .id(line.site)),
            .init("siteName", .optional(line.site.flatMap { names.sites[$0] })),
            .init("incident", .id(line.incident)), .init("task", .id(line.task)),
        ]
        let known = Set(members.map(\.key) + ["device"])
        members += details(of: line, without: known)
        return .object(members + names.members(of: line).filter { $0.key == "device" })
    }

    /// What the `kind` inside an entry is the kind of.
    private static func subjectKind(_ kind: String) -> String {
        switch kind {
        case _ where kind.contains("incident"): "incidentKind"
        case _ where kind.contains("finding"): "findingKind"
        default: "taskKind"
        }
    }

    private static func details(of line: JournalLine, without known: Set<String>) -> [JSON.Member] {
        guard let body = line.body, let members = JSONText.members(of: body) else { return [] }
        return members.filter { !known.contains($0.key) }
    }

    /// Entries that a scope may see: of its own sites and incidents, and what is about no site at all (blind time, warnings).
    static func visible(_ lines: [JournalLine], scope: Scope, engine: any EngineReading) async throws -> [JournalLine] {
        guard scope.offices != nil else { return lines }
        let seen = try await engine.read { engine in
            lines.map { line in
                if let site = line.site { return engine.site(site, scope: scope) != nil }
                if let task = line.task { return engine.task(task, scope: scope) != nil }
                if let incident = line.incident { return engine.incident(incident, scope: scope) != nil }
                return ["blind.", "hazard.", "feed."].contains(where: line.kind.hasPrefix)
            }
        }
        return zip(lines, seen).filter { $0.1 }.map { $0.0 }
    }
}
