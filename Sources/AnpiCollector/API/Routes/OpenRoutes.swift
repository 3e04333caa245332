import AnpiEngine
import AnpiModel
import HTTPTypes
import Hummingbird
import NIOCore

/// What needs no token: labels, the page's files, the API's description, and whether we live.
struct OpenRoutes {
    let parts: PeoplesParts
    let openAPI: StaticFile
    private let labels = StaticFile(path: "/v1/labels", type: "application/json", bytes: Array(Labels.json.text.utf8))

    init(parts: PeoplesParts, openAPI: StaticFile) {
        self.parts = parts
        self.openAPI = openAPI
    }

    var routes: RouteCollection<PeopleContext> {
        let routes = RouteCollection(context: PeopleContext.self)
            .get("-/healthy") { _, _ in Response.text("OK\n", type: .text) }
            .get("-/ready", use: ready)
        for file in parts.dashboard + [openAPI, labels] {
            routes.get(RouterPath(file.path)) { request, _ in Self.serve(file, request) }
        }
        return routes
    }

    @Sendable func ready(_ request: Request, context: PeopleContext) async throws -> Response {
        guard parts.isReady() else { throw CollectorError(.starting) }
        return .text("OK\n", type: .text)
    }

    /// 304 where the caller has it already; every use asks again, so that an update shows at once.
    static func serve(_ file: StaticFile, _ request: Request) -> Response {
        let headers: HTTPFields = [.eTag: file.tag, .cacheControl: "no-cache"]
        let known = (request.headers[.ifNoneMatch] ?? "").split(separator: ",").map { $0.trimmingSpaces() }
        if known.contains(where: { $0 == file.tag || $0 == "W/\(file.tag)" || $0 == "*" }) {
            return Response(status: .notModified, headers: headers)
        }
        var response = Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
        response.headers[.contentType] = file.type
        return response
    }
}

/// What a machine that watches the collector reads; it needs a token.
struct MetricsRoutes {
    let parts: PeoplesParts

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self).get("metrics", use: metrics)
    }

    @Sendable func metrics(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        let engine = try? await parts.engine.read { engine in
            CollectorMetrics.EngineReading(
                asOf: engine.now, statistics: engine.statistics, fleetVersion: engine.fleetVersion,
                isDeaf: engine.deafSince != nil)
        }
        return .text(parts.metrics.text(engine: engine, liveClients: parts.liveClients()), type: .metrics)
    }
}
