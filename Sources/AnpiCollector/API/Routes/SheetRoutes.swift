import AnpiEngine
import AnpiModel
import HTTPTypes
import Hummingbird

/// Claims, readiness, and the sheets of an incident: as JSON for the page, as CSV for spreadsheets.
struct SheetRoutes {
    let parts: PeoplesParts
    let bodies: BodyReader
    let door: CommandDoor

    /// The sheets there are.
    enum Name: String, CaseIterable {
        case claims, readiness, damage, timeline, resources
    }

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self)
            .get("claims", use: claims)
            .get("claims.csv") { try await csv(.claims, $0, $1) }
            .post("sites/{id}/claims", use: enterClaims)
            .get("readiness", use: readiness)
            .get("readiness.csv") { try await csv(.readiness, $0, $1) }
            .get("sheets/{sheet}", use: sheet)
    }

    @Sendable func claims(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        let query = try Query(request, allowed: ["incident", "limit", "cursor"])
        let incident = try query.spoken("incident", as: IncidentID.self)
        let page = Page(cursor: query.text("cursor"), limit: try query.limit())
        let (asOf, answer) = try await parts.engine.read { engine in
            (engine.now, engine.claims(of: incident, page: page, scope: caller.scope))
        }
        return .reading(answer, asOf: asOf)
    }

    @Sendable func enterClaims(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.work)
        let id = try context.parameters.identifier(SiteID.self, "site")
        let sent = try await bodies.json(request, as: ClaimsChange.self)
        let known = try await parts.engine.read { $0.site(id, scope: caller.scope) != nil }
        guard known else { throw Problem(.notFound, "There is no site \(id).") }
        return try await door.submit(.enterClaims(id, sent.value), request, by: caller, body: sent.bytes)
    }

    @Sendable func readiness(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        let query = try Query(request, allowed: ["office", "municipality", "limit", "cursor"])
        let office = try query.id("office", as: OfficeID.self)
        let area = try Self.area(query)
        let page = Page(cursor: query.text("cursor"), limit: try query.limit())
        let (asOf, answer) = try await parts.engine.read { engine in
            (engine.now, engine.readiness(office: office, area: area, page: page, scope: caller.scope))
        }
        return .reading(answer, asOf: asOf)
    }

    /// The first digits of municipality codes: two are a prefecture, five one municipality.
    private static func area(_ query: Query) throws -> String? {
        guard let area = query.text("municipality") else { return nil }
        guard (2...5).contains(area.utf8.count), area.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw Problem(path: "query.municipality", "must be 2 to 5 digits of a municipality code")
        }
        return area
    }

    // MARK: Sheets

    @Sendable func sheet(_ request: Request, context: PeopleContext) async throws -> Response {
        let text = context.parameters.get("sheet") ?? ""
        let isCSV = text.hasSuffix(".csv")
        guard let name = Name(rawValue: isCSV ? String(text.dropLast(4)) : text) else {
            let known = Name.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.notFound, "There is no sheet \(text); known: \(known), each also with .csv.")
        }
        if isCSV { return try await csv(name, request, context) }
        let (asOf, sheet) = try await read(name, request, context)
        return .reading(sheet.json, asOf: asOf)
    }

    @Sendable private func csv(_ name: Name, _ request: Request, _ context: PeopleContext) async throws -> Response {
        let (asOf, sheet) = try await read(name, request, context)
        var response = Response.text(sheet.csv, type: .csv)
        response.headers[.anpiAsOf] = asOf.rfc3339()
        response.headers[.contentDisposition] = "attachment; filename=\"\(name.rawValue).csv\""
        return response
    }

    private func read(
        _ name: Name, _ request: Request, _ context: PeopleContext
    ) async throws -> (asOf: Timestamp, sheet: Sheet) {
        let caller = try context.caller()
        try caller.require(.read)
        let query = try Query(request, allowed: ["incident", "office", "municipality", "lang"])
        let language = try query.word("lang", as: Language.self) ?? request.language
        let incident = try query.spoken("incident", as: IncidentID.self)
        let office = try query.id("office", as: OfficeID.self)
        let area = try Self.area(query)
        let engine = parts.engine
        switch name {
        case .claims:
            return try await engine.read { engine in
                (engine.now, engine.claimsTable(of: incident, language, scope: caller.scope))
            }
        case .readiness:
            return try await engine.read { engine in
                (engine.now, engine.readinessSheet(office: office, area: area, language, scope: caller.scope))
            }
        case .damage, .timeline, .resources: break
        }
        guard let incident else { throw Problem(path: "query.incident", "is missing: whose \(name.rawValue) sheet?") }
        let lines = name == .timeline ? try await timeline(of: incident, caller) : []
        let (asOf, sheet) = try await engine.read { engine -> (Timestamp, Sheet?) in
            switch name {
            case .damage: return (engine.now, engine.damageSheet(of: incident, language, scope: caller.scope))
            case .resources: return (engine.now, engine.resourcesSheet(of: incident, language, scope: caller.scope))
            case .claims, .readiness, .timeline:
                guard engine.incident(incident, scope: caller.scope) != nil,
                    let title = engine.sheetTitle(name.rawValue, of: incident, language)
                else { return (engine.now, nil) }
                return (engine.now, TimelineSheet(language: language, engine: engine).sheet(lines, title: title))
            }
        }
        guard let sheet else { throw Problem(.notFound, "There is no incident \(incident).") }
        return (asOf, sheet)
    }

    private func timeline(of incident: IncidentID, _ caller: Principal) async throws -> [JournalLine] {
        let lines = try await parts.journal.newest(
            before: nil, limit: TimelineSheet.linesMax, filter: JournalFilter(incident: incident))
        return try await JournalView.visible(lines, scope: caller.scope, engine: parts.engine)
    }
}

extension Request {
    /// The first language of ours that the caller asks for; Japanese is the offices' own.
    var language: Language {
        for header in headers[values: .acceptLanguage] {
            for part in header.split(separator: ",") {
                let tag = part.prefix { $0 != ";" }.trimmingSpaces().lowercased()
                if let language = Language.allCases.first(where: {
                    tag == $0.rawValue || tag.hasPrefix($0.rawValue + "-")
                }) {
                    return language
                }
            }
        }
        return .ja
    }

    /// Whether the caller asks for a page of Markdown.
    var wantsMarkdown: Bool {
        headers[values: .accept].contains { $0.lowercased().contains("text/markdown") }
    }
}
