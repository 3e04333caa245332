import AnpiDigest
import AnpiEngine
import AnpiModel
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import NIOEmbedded
import Synchronization

@testable import AnpiCollector

/// A people's door on fakes, with one token of each kind and a fleet of two offices.
struct DoorFixture {
    static let now = Timestamp(milliseconds: 1_663_970_400_000)

    let engine = FakeEngine()
    let commands = FakeCommands()
    let beats = FakeBeats()
    let hazards = FakeHazards()
    let journal: FakeJournal
    let hub = LiveHub(clock: NeverClock())
    let keeper = MemoryTokens()
    let photos = FakePhotos()
    let audit = FakeAudit()
    let access: AccessControl
    let parts: PeoplesParts

    init(proxy: String? = nil, hasTLS: Bool = false, isReady: Bool = true) {
        journal = FakeJournal(hub: hub)
        access = AccessControl(keeper: keeper, proxy: ProxyTrust(flag: proxy), hasTLS: hasTLS)
        parts = PeoplesParts(
            engine: engine, commands: commands, beats: beats, hazards: hazards, journal: journal, hooks: FakeHooks(),
            photos: photos, audit: audit,
            access: access, metrics: CollectorMetrics(), now: { DoorFixture.now }, isReady: { isReady },
            dashboard: [StaticFile(path: "/", type: "text/html; charset=utf-8", bytes: Array("<p>".utf8))])
        for record in Tokens.all { access.tokens.insert(record) }
        access.pings.replacePlaces(from: Self.fleet)
        engine.importFleet(Self.fleet)
    }

    /// Tokens whose secrets are known to the tests.
    enum Tokens {
        static let admin = make("admin", .admin)
        static let coordinator = make("coord", .coordinator)
        static let hamamatsuCoordinator = make("hmmcoord", .coordinator, offices: ["hmm"])
        static let viewer = make("viewer", .viewer)
        static let hamamatsuViewer = make("hmmview", .viewer, offices: ["hmm"])
        static let engineer = make("engin", .engineer, engineer: "eng-3")
        static let agent = make("agent", .agent, agent: "shz-0041-server")
        static let pingUUID = "3f0c2f6e-9a53-4f0e-8b0a-2f6f0f6f7a11"
        static let pingKey = String(repeating: "k", count: 40)

        static var all: [TokenRecord] {
            [admin, coordinator, hamamatsuCoordinator, viewer, hamamatsuViewer, engineer, agent].map(\.record) + [
                TokenRecord(
                    id: "pingaaaaaaaa", role: .ping,
                    ping: PingPlace(site: SiteID(trusted: "shz-0041"), tier: .external), label: "",
                    createdAt: .distantPast, digest: SHA256.hash(Array(pingUUID.utf8))),
                TokenRecord(
                    id: "pingbbbbbbbb", role: .ping, label: "", createdAt: .distantPast,
                    digest: SHA256.hash(Array(pingKey.utf8))),
            ]
        }

        static func make(
            _ name: String, _ role: Role, engineer: String? = nil, agent: String? = nil, offices: [String]? = nil
        ) -> (text: String, record: TokenRecord) {
            let id = String((name + "aaaaaaaaaaaa").prefix(12))
            let secret = String((name + String(repeating: "s", count: 40)).prefix(40))
            let record = TokenRecord(
                id: id, role: role, engineer: engineer.map { EngineerID(trusted: $0) },
                agent: agent.map { AgentID(trusted: $0) }, offices: offices?.map { OfficeID(trusted: $0) },
                label: name, createdAt: .distantPast, digest: SHA256.hash(Array(secret.utf8)))
            return (TokenText.format(role: role, id: id, secret: secret), record)
        }
    }

    static let fleet: Fleet = {
        let place = Coordinate(latitude: 34.97, longitude: 138.38)
        func site(_ id: String, _ office: String) -> Site {
            Site(
                id: SiteID(trusted: id), name: "Clinic \(id)", office: OfficeID(trusted: office), place: place,
                municipality: "22103")
        }
        return Fleet(
            offices: [
                Office(id: OfficeID(trusted: "hmm"), name: "Hamamatsu", place: place),
                Office(id: OfficeID(trusted: "shz"), name: "Shizuoka", place: place),
            ],
            sites: [site("hmm-0001", "hmm"), site("shz-0041", "shz")],
            agents: [
                Agent(
                    id: AgentID(trusted: "shz-0041-server"), site: SiteID(trusted: "shz-0041"), device: .server,
                    rhythm: .always, intervalSeconds: 60)
            ],
            copies: [CopyPlace(site: SiteID(trusted: "shz-0041"), tier: .external, everyHours: 24)],
            engineers: [
                Engineer(
                    id: EngineerID(trusted: "eng-3"), name: "Suzuki", office: OfficeID(trusted: "shz"), place: place),
                Engineer(
                    id: EngineerID(trusted: "eng-4"), name: "Sato", office: OfficeID(trusted: "shz"), place: place),
            ])
    }()

    func door(bodies: BodyReader? = nil) throws -> PeoplesDoor {
        try PeoplesDoor(
            parts: parts, settings: .init(host: "127.0.0.1", port: 0),
            bodies: bodies ?? BodyReader(clock: NeverClock()),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// One request through the whole router.
    func send(
        _ method: HTTPRequest.Method, _ uri: String, token: String? = nil, _ headers: [String: String] = [:],
        body: String? = nil
    ) async throws -> TestResponse {
        var fields = HTTPFields()
        if let token { fields[.authorization] = "Bearer \(token)" }
        for (name, value) in headers { fields[HTTPField.Name(name)!] = value }
        let sent = fields
        return try await door().application().test(.router) { client in
            try await client.execute(
                uri: uri, method: method, headers: sent, body: body.map { ByteBuffer(string: $0) })
        }
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

/// A clock that never comes to the end of a sleep.
struct NeverClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Self, right: Self) -> Bool { left.offset < right.offset }
    }

    var now: Instant { Instant(offset: .zero) }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let (never, source) = AsyncStream<Void>.makeStream()
        for await _ in never {}
        withExtendedLifetime(source) {}
        throw CancellationError()
    }
}

/// A clock whose sleeps are over at once: every deadline passes immediately.
struct PassedClock: Clock {
    var now: NeverClock.Instant { NeverClock.Instant(offset: .zero) }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: NeverClock.Instant, tolerance: Duration?) async throws {}
}

extension PeoplesDoor {
    /// One request through the router, with a body of the test's own making.
    func respond(to request: Request) async throws -> Response {
        let context = PeopleContext(
            source: ApplicationRequestContextSource(
                channel: NIOAsyncTestingChannel(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        return try await router().buildResponder().respond(to: request, context: context)
    }
}
