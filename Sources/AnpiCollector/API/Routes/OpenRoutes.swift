import AnpiEngine
import AnpiModel
import HTTPTypes
import Hummingbird
import NIOCore

/// What needs no token: labels, the page's files, the API's description, and whether we live.
struct OpenRoutes {
    let parts: PeoplesParts
    /// The API's description and the labels.
    let files: [StaticFile]

    var routes: RouteCollection<PeopleContext> {
        let routes = RouteCollection(context: PeopleContext.self)
            .get("-/healthy") { _, _ in Response.text("OK\n", type: .text) }
            .get("-/ready", use: ready)
        for file in parts.dashboard + files {
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
        let packed = ContentCoding.acceptsGzip(request.headers) ? file.packed : nil
        let form = packed ?? file.plain
        var headers: HTTPFields = [.eTag: form.tag, .cacheControl: "no-cache", .vary: "Accept-Encoding"]
        let known = (request.headers[.ifNoneMatch] ?? "").split(separator: ",").map { $0.trimmingSpaces() }
        if known.contains(where: { $0 == form.tag || $0 == "W/\(form.tag)" || $0 == "*" }) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = file.type
        if packed != nil { headers[.contentEncoding] = "gzip" }
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: form.bytes)))
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
        let hooks = (try? await parts.hooks.readings()) ?? []
        return .text(
            parts.metrics.text(engine: engine, hooks: hooks, liveClients: parts.liveClients()), type: .metrics)
    }
}
