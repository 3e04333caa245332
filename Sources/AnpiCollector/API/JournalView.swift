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

    /// As on timelines: number, time, kind, who, and what the entry tells.
    static func event(_ line: JournalLine) -> JSON {
        .object(
            [
                .init("number", .integer(line.number)), .init("at", .time(line.at)),
                .init("kind", .string(line.kind)), .init("actor", .optional(line.actor)),
            ] + details(of: line, without: ["number", "at", "kind", "decision", "actor"]))
    }

    /// As in the overview's `lastHour`; `names` tells how sites are called.
    static func recent(_ line: JournalLine, names: [SiteID: String]) -> JSON {
        .object(
            [
                .init("number", .integer(line.number)), .init("at", .time(line.at)),
                .init("decision", .string(line.kind)), .init("site", .id(line.site)),
                .init("siteName", .optional(line.site.flatMap { names[$0] })),
                .init("incident", .id(line.incident)), .init("task", .id(line.task)),
            ]
                + details(
                    of: line, without: ["number", "at", "decision", "site", "siteName", "incident", "task"]))
    }

    private static func details(of line: JournalLine, without known: Set<String>) -> [JSON.Member] {
        guard let body = line.body, let members = JSONText.members(of: body) else { return [] }
        return members.filter { !known.contains($0.key) }
    }

    /// Entries that a scope may see: of its own sites and incidents, and what is about no site at all (blind time).
    static func visible(_ lines: [JournalLine], scope: Scope, engine: any EngineReading) async throws -> [JournalLine] {
        guard scope.offices != nil else { return lines }
        let seen = try await engine.read { engine in
            lines.map { line in
                if let site = line.site { return engine.site(site, scope: scope) != nil }
                if let task = line.task { return engine.task(task, scope: scope) != nil }
                if let incident = line.incident { return engine.incident(incident, scope: scope) != nil }
                return line.kind.hasPrefix("blind.")
            }
        }
        return zip(lines, seen).filter { $0.1 }.map { $0.0 }
    }
}
