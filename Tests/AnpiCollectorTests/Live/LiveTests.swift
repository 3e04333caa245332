import AnpiEngine
import AnpiModel
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing

@testable import AnpiCollector

struct LiveTests {
    typealias Tokens = DoorFixture.Tokens

    /// A stream is answered when it ends: beside tests that block their threads that may take a while.
    static let patient = TestClient.Configuration(timeout: .seconds(50))

    static func entry(_ number: Int64, office: String? = nil) -> LiveEntry {
        LiveEntry(
            number: number, name: .siteContact, at: DoorFixture.now,
            offices: office.map { [OfficeID(trusted: $0)] } ?? [], text: #"{"n":\#(number)}"#)
    }

    @Test func entriesComeInOrderThenTheClockThenTheKeepAlive() async {
        let subscription = LiveSubscription(capacity: 4)
        let clock = LiveClock(asOf: DoorFixture.now, deafSince: nil)
        subscription.offerKeepAlive()
        subscription.offer(LiveClock(asOf: .distantPast, deafSince: nil))
        subscription.offer(clock)
        subscription.offer([Self.entry(1), Self.entry(2)])
        #expect(await subscription.next() == .entry(Self.entry(1)))
        #expect(await subscription.next() == .entry(Self.entry(2)))
        #expect(await subscription.next() == .clock(clock))
        #expect(await subscription.next() == .keepAlive)
    }

    @Test func aClientThatTakesNothingIsDropped() async {
        let ended = Mutex<[LiveSubscription.Ending]>([])
        let subscription = LiveSubscription(capacity: 2) { ending in ended.withLock { $0.append(ending) } }
        subscription.offer([Self.entry(1), Self.entry(2)])
        #expect(subscription.ending == nil)
        subscription.offer([Self.entry(3)])
        #expect(subscription.ending == .tooSlow)
        subscription.offer([Self.entry(4)])
        subscription.end(.left)
        #expect(await subscription.next() == nil)
        #expect(ended.withLock { $0 } == [.tooSlow])
    }

    @Test func aWaitingReaderIsWokenByEntryEndAndCancellation() async {
        let subscription = LiveSubscription(capacity: 2)
        async let first = subscription.next()
        subscription.offer([Self.entry(1)])
        #expect(await first == .entry(Self.entry(1)))
        let reader = Task { await subscription.next() }
        reader.cancel()
        #expect(await reader.value == nil)
        #expect(subscription.ending == .left)
    }

    @Test func theHubForgetsClientsAndStops() throws {
        let hub = LiveHub(capacity: 1, clock: NeverClock())
        let first = try hub.subscribe()
        let second = try hub.subscribe()
        #expect(hub.clientCount == 2)
        first.end(.left)
        #expect(hub.clientCount == 1)
        hub.stop()
        #expect(second.ending == .shutdown)
        #expect(hub.clientCount == 0)
        #expect(throws: CollectorError.self) { try hub.subscribe() }
    }

    /// Writes a stream until `last` is told, then ends it as `ending`; returns all text.
    private func told(
        _ fixture: DoorFixture, after: Int64?, offices: [OfficeID]? = nil, last: String,
        ending: LiveSubscription.Ending = .left, publish: [LiveEntry],
        isWelcome: @escaping @Sendable () -> Bool = { true }, onPart: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> String {
        let subscription = try fixture.journal.committed()
        let stream = EventStream(
            subscription: subscription, journal: fixture.journal, engine: fixture.engine,
            scope: Scope(offices: offices), after: after, isWelcome: isWelcome)
        fixture.hub.publish(publish)
        let text = Mutex("")
        var writer: any ResponseBodyWriter = HookedWriter { part in
            text.withLock { $0 += part }
            onPart(part)
            if part.contains(last) { subscription.end(ending) }
        }
        try await stream.write(to: &writer)
        return text.withLock { $0 }
    }

    @Test func aStreamResumesFromTheJournalWithoutRepeating() async throws {
        let fixture = DoorFixture()
        for number in 1...3 as ClosedRange<Int64> { fixture.journal.add(number, .siteContact, site: "shz-0041") }
        // Committed while the client catches up: in the journal and in the buffer.
        let text = try await told(
            fixture, after: 1, last: "id: 4\n", publish: [Self.entry(3), Self.entry(4)])
        let ids = text.split(separator: "\n").filter { $0.hasPrefix("id: ") }
        #expect(ids == ["id: 2", "id: 3", "id: 4"])
        #expect(text.contains("event: site.contact\ndata: {\"at\":"))
    }

    @Test func aClientThatKnowsMoreThanTheJournalIsToldToBeginAnew() async throws {
        let fixture = DoorFixture()
        for number in 1...3 as ClosedRange<Int64> { fixture.journal.add(number, .siteContact, site: "shz-0041") }
        // The database was brought back from a copy: what comes next has numbers that the client has seen before.
        let text = try await told(fixture, after: 9, last: "id: 4\n", publish: [Self.entry(4)])
        #expect(text.contains("event: reset\ndata: {}\n\n"))
        #expect(text.contains("id: 4\n"))
    }

    @Test func aClientWhoseLineHasLeftForTheArchiveIsToldToBeginAnew() async throws {
        let fixture = DoorFixture()
        for number in 5...6 as ClosedRange<Int64> { fixture.journal.add(number, .siteContact, site: "shz-0041") }
        let text = try await told(fixture, after: 2, last: "id: 7\n", publish: [Self.entry(7)])
        #expect(text.contains("event: reset\ndata: {}\n\n"))
    }

    @Test func aScopedClientHearsItsOwnOfficesAndWhatConcernsAll() async throws {
        let fixture = DoorFixture()
        fixture.journal.add(1, .siteContact, site: "shz-0041")
        fixture.journal.add(2, .siteContact, site: "hmm-0001")
        let text = try await told(
            fixture, after: 0, offices: [OfficeID(trusted: "hmm")], last: "id: 5\n",
            publish: [Self.entry(3, office: "shz"), Self.entry(4, office: "hmm"), Self.entry(5)])
        let ids = text.split(separator: "\n").filter { $0.hasPrefix("id: ") }
        #expect(ids == ["id: 2", "id: 4", "id: 5"])
    }

    @Test func aSlowClientIsToldWhyItEnds() async throws {
        let text = try await told(
            DoorFixture(), after: nil, last: "id: 1\n", ending: .tooSlow, publish: [Self.entry(1)])
        #expect(text.hasSuffix(": too slow, open the stream again from the last id\n\n"))
    }

    @Test(.timeLimit(.minutes(1))) func nothingIsToldOnceTheCallerIsNotWelcome() async throws {
        let isWelcome = Mutex(true)
        let text = try await told(
            DoorFixture(), after: nil, last: "id: 3\n", publish: [Self.entry(1), Self.entry(2), Self.entry(3)],
            isWelcome: { isWelcome.withLock { $0 } },
            onPart: { part in
                if part.contains("id: 1\n") { isWelcome.withLock { $0 = false } }
            })
        #expect(text.contains("id: 1\n"))
        #expect(!text.contains("id: 2\n"))
        #expect(text.hasSuffix(": the token or session is no longer valid\n\n"))
    }

    @Test func nothingIsCaughtUpOnceTheCallerIsNotWelcome() async throws {
        let fixture = DoorFixture()
        fixture.journal.add(1, .siteContact, site: "shz-0041")
        let text = try await told(fixture, after: 0, last: "id: 1\n", publish: [], isWelcome: { false })
        #expect(!text.contains("id: 1\n"))
        #expect(text.hasSuffix(": the token or session is no longer valid\n\n"))
    }

    /// What ends while a stream is open.
    enum Ended: CaseIterable {
        case token, tokenOfSession, session
    }

    @Test(.timeLimit(.minutes(1)), arguments: Ended.allCases)
    func anOpenStreamEndsWithTheNextTickAfterItsTokenOrSession(ended: Ended) async throws {
        let fixture = DoorFixture()
        let id = Tokens.viewer.record.id
        let cookie = fixture.access.sessions.begin(tokenID: id, at: DoorFixture.now)
        try await fixture.door().application().test(.live) { client in
            let port = try #require(client.port)
            let text = try await TestClient.withClient(host: "127.0.0.1", port: port, configuration: Self.patient) {
                client in
                let credential: HTTPFields =
                    ended == .token
                    ? [.authorization: "Bearer \(Tokens.viewer.text)"]
                    : [.cookie: "\(SessionTable.cookieName)=\(cookie)"]
                async let answer = client.get("/v1/live", headers: credential)
                _ = await fixture.journal.subscriptions.first { _ in true }
                switch ended {
                case .token, .tokenOfSession: fixture.access.tokens.revoke(id: id, at: DoorFixture.now)
                case .session: fixture.access.sessions.end(cookie: cookie)
                }
                fixture.hub.advanced(to: LiveClock(asOf: DoorFixture.now, deafSince: nil))
                fixture.hub.tellTime()
                return try await answer.body.map { String(buffer: $0) } ?? ""
            }
            #expect(!text.contains("event: asof"))
            #expect(text.hasSuffix(": the token or session is no longer valid\n\n"))
        }
        #expect(fixture.hub.clientCount == 0)
    }

    @Test(.timeLimit(.minutes(1))) func anOpenStreamDoesNotBlockTheShutdown() async throws {
        let fixture = DoorFixture()
        let (ports, listening) = AsyncStream<Int>.makeStream()
        let door = try PeoplesDoor(
            parts: fixture.parts, settings: .init(host: "127.0.0.1", port: 0), bodies: BodyReader(clock: NeverClock()),
            logger: .silent, onListening: { listening.yield($0) })
        let group = ServiceGroup(configuration: .init(services: [.init(service: door)], logger: .silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(await ports.first { _ in true })
            let text = try await TestClient.withClient(host: "127.0.0.1", port: port, configuration: Self.patient) {
                client in
                async let answer = client.get("/v1/live", headers: [.authorization: "Bearer \(Tokens.viewer.text)"])
                _ = await fixture.journal.subscriptions.first { _ in true }
                await group.triggerGracefulShutdown()
                return try await answer.body.map { String(buffer: $0) } ?? ""
            }
            #expect(text.hasSuffix(": the collector is stopping\n\n"))
            try await tasks.waitForAll()
        }
    }
}

/// A body writer that shows each part to the test.
struct HookedWriter: ResponseBodyWriter {
    let onPart: @Sendable (String) -> Void

    mutating func write(_ buffer: ByteBuffer) async throws { onPart(String(buffer: buffer)) }
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
