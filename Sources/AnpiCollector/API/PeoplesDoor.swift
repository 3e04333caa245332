import AnpiModel
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
package import NIOSSL
import ServiceLifecycle

/// The people's door: router, limits and the server around it.
package struct PeoplesDoor: Service {
    package struct Settings: Sendable {
        package var host: String
        package var port: Int
        /// Ends TLS here; nil is plain HTTP (`ListenRule` decides where that is allowed).
        package var tls: TLSConfiguration?
        /// Open connections; further ones wait to be accepted.
        package var connectionsMax = 2_048
        /// Of those that one address may have; a proxy's are not counted.
        package var connectionsPerAddressMax = 1_024
        /// A connection without a request in hand is closed after this.
        package var idleSeconds: Int64 = 60
        /// The head of a connection's first request must be there by then; that of a later one `idleSeconds` after the
        /// answer before it.
        package var headSeconds: Int64 = 15
        package var headerFieldBytesMax = 8 << 10
        package var headerBytesMax = 32 << 10
        package var headerFieldsMax = 100

        package init(host: String, port: Int, tls: TLSConfiguration? = nil) {
            self.host = host
            self.port = port
            self.tls = tls
        }
    }

    private let parts: PeoplesParts
    private let settings: Settings
    private let bodies: BodyReader
    private let openAPI: StaticFile
    private let labels: StaticFile
    private let uploads = Uploads()
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    /// `onListening` is told the port, which the system chooses where the settings say 0.
    package init(
        parts: PeoplesParts, settings: Settings, clock: any Clock<Duration> = ContinuousClock(), logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws {
        try self.init(
            parts: parts, settings: settings, bodies: BodyReader(clock: clock), logger: logger,
            onListening: onListening)
    }

    init(
        parts: PeoplesParts, settings: Settings, bodies: BodyReader, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws {
        self.parts = parts
        self.settings = settings
        self.bodies = bodies
        self.logger = logger
        self.onListening = onListening
        guard let url = Bundle.module.url(forResource: "openapi", withExtension: "json") else {
            throw CollectorError(.configuration, "openapi.json is missing beside the program")
        }
        openAPI = StaticFile(
            path: "/openapi.json", type: AnswerType.json.rawValue, bytes: Array(try Data(contentsOf: url)))
        labels = StaticFile(
            path: "/v1/labels", type: AnswerType.json.rawValue, bytes: Array(Labels.json.text.utf8))
    }

    package func run() async throws {
        try await application().run()
    }

    func application() throws -> some ApplicationProtocol {
        let (head, idle) = (TimeAmount.seconds(settings.headSeconds), TimeAmount.seconds(settings.idleSeconds))
        let places = PlaceLimit(
            perPlaceMax: settings.connectionsPerAddressMax, proxy: parts.access.proxy, metrics: parts.metrics)
        var http = HTTP1Channel.Configuration(
            additionalChannelHandlers: [places.handler(), HeadDeadline(first: head, next: idle)], idleTimeout: idle)
        http.httpDecoder.maxHeaderFieldSize = settings.headerFieldBytesMax
        http.httpDecoder.maxHeaderListSize = settings.headerBytesMax
        http.httpDecoder.maxHeaderFieldCount = settings.headerFieldsMax
        let plain = HTTPServerBuilder.http1(configuration: http)
        let onListening = onListening
        return Application(
            router: router(), server: try settings.tls.map { try .tls(plain, tlsConfiguration: $0) } ?? plain,
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port),
                availableConnectionsDelegate: .maximum(settings.connectionsMax, logger: logger)),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) }, logger: logger)
    }

    /// All routes; packing first, then errors, then what is refused under load, then drills, then the gate where one is needed.
    func router() -> Router<PeopleContext> {
        // Middleware must be there before the routes, and this one has to know them: they are laid out twice.
        let plan = Router(context: PeopleContext.self)
        addRoutes(to: plan)
        let router = Router(context: PeopleContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(middleware: CompressionMiddleware())
        router.add(middleware: ErrorMiddleware(metrics: parts.metrics, methods: MethodTable(plan)))
        router.add(middleware: AdmissionMiddleware(admission: parts.admission))
        if let drills = parts.drills {
            router.add(
                middleware: DrillDoor(
                    drills: drills, gate: gate, routers: DrillRouters { drillRouter($0).buildResponder() }))
        }
        addRoutes(to: router)
        return router
    }

    private var gate: Gate { Gate(access: parts.access, admission: parts.admission, now: parts.now) }

    private func addRoutes(to router: Router<PeopleContext>) {
        let sessions = SessionRoutes(parts: parts, bodies: bodies)
        let beats = BeatRoutes(parts: parts, bodies: bodies, gate: gate)

        router.addRoutes(OpenRoutes(parts: parts, files: [openAPI, labels]).routes)
        router.addRoutes(beats.pings, atPath: "ping")
        router.addRoutes(sessions.open, atPath: "v1")
        router.addRoutes(beats.heartbeats, atPath: "v1")

        let gated = router.group().add(middleware: gate)
        gated.addRoutes(MetricsRoutes(parts: parts).routes)
        let door = CommandDoor(commands: parts.commands, metrics: parts.metrics, now: parts.now)
        var collections = laneRoutes(parts, door)
        collections += [TokenRoutes(parts: parts, bodies: bodies).routes, ReplayRoutes(parts: parts).routes]
        if let drills = parts.drills { collections.append(DrillRoutes(drills: drills, bodies: bodies).routes) }
        for collection in collections { gated.addRoutes(collection, atPath: "v1") }
    }

    /// What can be asked of the real fleet and of a drill alike.
    private func laneRoutes(_ parts: PeoplesParts, _ door: CommandDoor) -> [RouteCollection<PeopleContext>] {
        [
            SessionRoutes(parts: parts, bodies: bodies).gated, OverviewRoutes(parts: parts).routes,
            SiteRoutes(parts: parts).routes, FindingRoutes(parts: parts, bodies: bodies, door: door).routes,
            HazardRoutes(parts: parts, bodies: bodies).routes,
            TaskRoutes(parts: parts, bodies: bodies, door: door).routes,
            RecoveryRoutes(parts: parts, bodies: bodies, door: door).routes,
            PhotoRoutes(parts: parts, bodies: bodies, door: door, uploads: uploads).routes,
            SheetRoutes(parts: parts, bodies: bodies, door: door).routes,
            IncidentRoutes(parts: parts, bodies: bodies, door: door).routes,
            EngineerRoutes(parts: parts, bodies: bodies, door: door).routes,
            FleetRoutes(parts: parts, bodies: bodies, door: door).routes, HookRoutes(parts: parts).routes,
            JournalRoutes(parts: parts).routes, LiveRoutes(parts: parts).routes,
        ]
    }

    /// The same routes on the lane of a drill, by its clock. Its changes are no figures of the real fleet.
    private func drillRouter(_ drill: DrillParts) -> Router<PeopleContext> {
        var parts = parts
        parts.engine = drill.engine
        parts.commands = drill.commands
        parts.hazards = DrillHazards()
        parts.journal = drill.journal
        parts.availability = nil
        parts.overviews = SharedOverviews()
        parts.hooks = drill.hooks
        parts.photos = drill.photos
        parts.audit = drill.audit
        let door = CommandDoor(commands: drill.commands, metrics: CollectorMetrics(), now: drill.now)
        let router = Router(context: PeopleContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(middleware: UnroutedInDrills())
        for collection in laneRoutes(parts, door) { router.addRoutes(collection, atPath: "v1") }
        return router
    }
}
