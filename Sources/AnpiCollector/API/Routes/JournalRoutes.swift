import AnpiEngine
import AnpiModel
import Hummingbird

/// The journal and its chain.
struct JournalRoutes {
    static let kindsMax = 32

    /// By number.
    enum Order: String, CaseIterable {
        case asc, desc
    }

    let parts: PeoplesParts

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self).get("journal", use: list).get("journal/verify", use: verify)
    }

    @Sendable func list(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.coordinate)
        let query = try Query(
            request, allowed: ["after", "order", "cursor", "limit", "site", "incident", "task", "kind"])
        let kinds = (query.text("kind") ?? "").split(separator: ",").map(String.init)
        guard kinds.count <= Self.kindsMax else {
            throw Problem(path: "query.kind", "must name at most \(Self.kindsMax) kinds")
        }
        let filter = JournalFilter(
            site: try query.id("site", as: SiteID.self),
            incident: try query.spoken("incident", as: IncidentID.self),
            task: try query.spoken("task", as: TaskID.self), kinds: kinds)
        let lines = try await lines(query, filter)
        let seen = try await JournalView.visible(lines, scope: caller.scope, engine: parts.engine)
        let next = lines.count == (try query.limit()) ? lines.last.map { String($0.number) } : nil
        let asOf = try await parts.engine.read { $0.now }
        return .reading(.page(seen.map(JournalView.entry), next: next), asOf: asOf)
    }

    /// The page that is asked for: upwards from `after`, or downwards from the newest.
    private func lines(_ query: Query, _ filter: JournalFilter) async throws -> [JournalLine] {
        let limit = try query.limit()
        let cursor = try query.number("cursor", in: 0...Int64.max)
        let after = try query.number("after", in: 0...Int64.max)
        switch try query.word("order", as: Order.self) ?? .asc {
        case .asc: return try await parts.journal.read(after: cursor ?? after ?? 0, limit: limit, filter: filter)
        case .desc:
            guard after == nil else { throw Problem(path: "query.after", "goes upwards; leave it out with order=desc") }
            return try await parts.journal.newest(before: cursor, limit: limit, filter: filter)
        }
    }

    @Sendable func verify(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.coordinate)
        _ = try Query(request, allowed: [])
        let check = try await parts.journal.verify()
        return .json([
            "ok": .bool(check.firstBad == nil), "entries": .integer(check.entries), "erased": .integer(check.erased),
            "head": .string(check.head), "firstBad": check.firstBad.map { .integer($0) } ?? .null,
        ])
    }
}
