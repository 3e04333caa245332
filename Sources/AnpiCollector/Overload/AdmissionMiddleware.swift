import HTTPTypes
import Hummingbird

/// Refuses at the people's door what can wait while much is going on, before anything is read or looked up.
struct AdmissionMiddleware: RouterMiddleware {
    typealias Context = PeopleContext

    let admission: Admission

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        if let work = Work(route: context.endpointPath, method: request.method),
            let problem = admission.problem(with: work)
        {
            throw problem
        }
        return try await next(request, context)
    }
}

extension Work {
    /// Answers that walk along history or through the whole fleet.
    static let expensiveRoutes: Set<String> = [
        "/v1/replay", "/v1/journal/verify", "/v1/sites/{id}/timeline", "/v1/incidents/{id}/sitreps",
        "/v1/incidents/{id}/sitreps/{number}", "/v1/claims", "/v1/claims.csv", "/v1/readiness", "/v1/readiness.csv",
        "/v1/sheets/{sheet}", "/v1/fleet",
    ]

    /// Never refused: the overview is shared instead (`SharedOverviews`), and the others cost next to nothing.
    static let alwaysAnswered: Set<String> = ["/v1/overview", "/v1/me", "/v1/labels", "/v1/session"]

    /// What a request at the people's door is worth, by the pattern of its route; nil for what is never refused here:
    /// the log's queue has its own say about changes and beats.
    init?(route: String?, method: HTTPRequest.Method) {
        guard let route, route.hasPrefix("/v1/"), method == .get || method == .head,
            !Self.alwaysAnswered.contains(route)
        else { return nil }
        self = Self.expensiveRoutes.contains(route) ? .expensive : .page
    }
}
