import AnpiEngine
import AnpiModel
import Hummingbird

/// The first screen.
struct OverviewRoutes {
    static let recentMax = 50
    /// Entries looked at for the last hour of one office; beyond it the hour is shown in part.
    static let scannedMax = 400
    static let recentSpan: Duration = .seconds(3_600)

    let parts: PeoplesParts

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self).get("overview", use: overview)
    }

    @Sendable func overview(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        let query = try Query(request, allowed: ["office"])
        let office = try query.id("office", as: OfficeID.self)
        let answer = try await parts.overviews.overview(
            of: .init(office: office, offices: caller.offices), level: parts.admission.level, now: parts.now
        ) {
            try await make(office, caller)
        }
        return .reading(answer.json.adding(JSON.Member("load", parts.admission.json)), asOf: answer.asOf)
    }

    private func make(_ office: OfficeID?, _ caller: Principal) async throws -> SharedOverviews.Overview {
        if let office { try await checkOffice(office, caller) }
        let scope = office.map { Scope(offices: [$0]) } ?? caller.scope
        let recent = try await recent(scope: scope)
        let (asOf, answer) = try await parts.engine.read { engine in
            let names = JournalNames(of: recent, in: engine)
            let rows = JSON.array(recent.map { JournalView.recent($0, names: names) })
            return (engine.now, engine.overview(office: office, scope: caller.scope, lastHour: rows))
        }
        let availability = parts.availability?.json(scope: scope) ?? .null
        return SharedOverviews.Overview(
            asOf: asOf, json: answer.adding(JSON.Member("availability", availability)))
    }

    private func checkOffice(_ office: OfficeID, _ caller: Principal) async throws {
        let isKnown = try await parts.engine.read { engine in engine.fleet.offices.contains { $0.id == office } }
        guard isKnown, caller.covers(office) else { throw Problem(.notFound, "There is no office \(office).") }
    }

    private func recent(scope: Scope) async throws -> [JournalLine] {
        let filter = JournalFilter(kinds: DecisionName.allCases.filter { $0 != .journalAnchored }.map(\.rawValue))
        let newest = try await parts.journal.newest(
            before: nil, limit: scope.offices == nil ? Self.recentMax : Self.scannedMax, filter: filter)
        guard let last = newest.first else { return [] }
        let now = try await parts.engine.read { $0.now }
        let since = max(now, last.at) - Self.recentSpan
        let inTime = newest.filter { $0.at >= since }
        return Array(try await JournalView.visible(inTime, scope: scope, engine: parts.engine).prefix(Self.recentMax))
    }
}

extension Principal {
    /// The part of the fleet the token may see.
    var scope: Scope { Scope(offices: offices) }
}
