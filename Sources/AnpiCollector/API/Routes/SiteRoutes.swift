import AnpiEngine
import AnpiModel
import AnpiStore
import Hummingbird

/// Sites and their timelines.
struct SiteRoutes {
    let parts: PeoplesParts

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self)
            .get("sites", use: list)
            .get("sites/{id}", use: show)
            .get("sites/{id}/timeline", use: timeline)
            .get("sites/{id}/months", use: months)
    }

    @Sendable func list(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        let query = try Query(
            request, allowed: ["contact", "assessment", "office", "q", "retired", "limit", "cursor"])
        let filter = SiteFilter(
            contact: try query.word("contact", as: Contact.self),
            assessment: try query.word("assessment", as: Assessment.self),
            office: try query.id("office", as: OfficeID.self), text: query.text("q"),
            includesRetired: try query.flag("retired"))
        let page = Page(cursor: query.text("cursor"), limit: try query.limit())
        let (asOf, answer) = try await parts.engine.read { engine in
            (engine.now, engine.sites(filter, page: page, scope: caller.scope))
        }
        return .reading(answer, asOf: asOf)
    }

    @Sendable func show(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        _ = try Query(request, allowed: [])
        let id = try context.parameters.identifier(SiteID.self, "site")
        let (asOf, answer, time) = try await parts.engine.read { engine in
            (engine.now, engine.site(id, scope: caller.scope), engine.time(of: id, scope: caller.scope))
        }
        guard let answer, let time else { throw Problem(.notFound, "There is no site \(id).") }
        let figures = try await SiteAvailability.figures(of: time, in: parts.journal)
        return .reading(answer.adding(JSON.Member("availability", figures)), asOf: asOf)
    }

    @Sendable func timeline(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        let query = try Query(request, allowed: ["limit", "cursor"])
        let id = try context.parameters.identifier(SiteID.self, "site")
        let known = try await parts.engine.read { $0.site(id, scope: caller.scope) != nil }
        guard known else { throw Problem(.notFound, "There is no site \(id).") }
        let limit = try query.limit()
        let place = try SiteTimeline.Place(cursor: query.text("cursor"))
        // One more than a page holds, so that the last page knows that it is the last.
        let lines = try await parts.journal.newest(
            before: place.number, limit: limit + 1, filter: JournalFilter(site: id))
        let spans = try await parts.journal.contacts(of: id, after: place.span, limit: limit + 1)
        let page = SiteTimeline.page(lines, spans, from: place, limit: limit)
        let (asOf, items) = try await parts.engine.read { engine in
            let names = JournalNames(of: lines, in: engine)
            return (engine.now, page.moments.map { $0.json(site: id, names: names) })
        }
        return .reading(.page(items, next: page.next?.cursor), asOf: asOf)
    }
}

extension SiteRoutes {
    /// Contact of the months that are too old for the timeline.
    @Sendable func months(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        _ = try Query(request, allowed: [])
        let id = try context.parameters.identifier(SiteID.self, "site")
        let (asOf, known) = try await parts.engine.read { ($0.now, $0.site(id, scope: caller.scope) != nil) }
        guard known else { throw Problem(.notFound, "There is no site \(id).") }
        let items = try await parts.journal.months(of: id).map { month in
            JSON.object([
                JSON.Member("month", .string(String(month.month.civil().date.text.dropLast(3)))),
                .init("contact", .word(month.contact)), .init("seconds", .integer(month.milliseconds / 1_000)),
                .init("times", .integer(month.intervals)),
            ])
        }
        return .reading(.page(items, next: nil), asOf: asOf)
    }
}

extension Hummingbird.Parameters {
    /// The path's `{id}`; what is no identifier cannot exist.
    func identifier<Kind>(_ type: Identifier<Kind>.Type, _ word: String) throws -> Identifier<Kind> {
        guard let id = get("id").flatMap({ Identifier<Kind>($0) }) else {
            throw Problem(.notFound, "There is no such \(word).")
        }
        return id
    }

    /// The path's `{id}` as people say it.
    func spoken<Kind>(_ type: SpokenID<Kind>.Type, _ word: String) throws -> SpokenID<Kind> {
        guard let id = get("id").flatMap({ SpokenID<Kind>($0) }) else {
            throw Problem(.notFound, "There is no such \(word).")
        }
        return id
    }
}
