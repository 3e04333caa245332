import AnpiModel
import HTTPTypes
import Hummingbird
import Synchronization
import Testing

@testable import AnpiCollector

@Suite struct AdmissionTests {
    private static let now = Timestamp(milliseconds: 1_663_970_400_000)

    private static func admission(at level: LoadLevel, metrics: CollectorMetrics = CollectorMetrics()) -> Admission {
        let admission = Admission(metrics: metrics)
        let fill = [0, 0.3, 0.9][level.rawValue]
        for _ in 0..<3 {
            _ = admission.observed(LoadReading(queueFill: fill, oldestWait: .zero, loopLag: .zero), at: now)
        }
        return admission
    }

    @Test(arguments: [
        (LoadLevel.calm, []), (.busy, [Work.expensive]), (.crowded, [.page, .expensive]),
    ])
    func theLessSomethingIsWorthTheEarlierItIsRefused(level: LoadLevel, refused: [Work]) {
        let admission = Self.admission(at: level)
        #expect(Work.allCases.filter { admission.problem(with: $0) != nil } == refused)
    }

    @Test func shareAndOrderGoTogether() {
        let shares = Work.allCases.map(\.queueShare)
        #expect(shares == shares.sorted(by: >))
        #expect(Work.urgent.queueShare == 1)
    }

    @Test(arguments: Work.allCases)
    func theRefusedAreSentAwayForDifferentTimes(work: Work) throws {
        let range = RetrySpread.range(of: work)
        let seconds = (1...1_000).map { RetrySpread.seconds(for: work, turn: UInt64($0)) }
        #expect(Set(seconds) == Set(range), "each of them, and no other")
        // Any second of the range is named about equally often: a fleet comes back evenly.
        for second in range {
            let share = Double(seconds.count { $0 == second }) * Double(range.count) / 1_000
            #expect((0.8...1.2).contains(share), "\(second): \(share)")
        }
    }

    @Test func whatIsRefusedIsCountedByKindAndReason() {
        let metrics = CollectorMetrics()
        let admission = Self.admission(at: .crowded, metrics: metrics)
        let problem = admission.problem(with: .page)
        #expect(problem?.status == 503 && problem?.retryAfterSeconds != nil)
        let answer = admission.busy(.backlog)
        #expect(answer.status == 503 && answer.headers.contains { $0.name == "retry-after" })
        let text = metrics.text(engine: nil, hooks: [], liveClients: 0)
        #expect(text.contains(#"anpi_refused_total{work="page",reason="load"} 1"#))
        #expect(text.contains(#"anpi_refused_total{work="backlog",reason="queue"} 1"#))
    }

    @Test func anAddressThatGuessesIsToldToWaitAndARightTokenIsNot() {
        let admission = Admission()
        let place = NetworkPlace("203.0.113.7")
        let usual = Problem(.unauthorized, "wrong")
        for _ in 0..<100 { #expect(admission.guessed(from: place, at: Self.now, usual).status == 401) }
        let problem = admission.guessed(from: place, at: Self.now, usual)
        #expect(problem.status == 429 && problem.retryAfterSeconds == 1)
        #expect(admission.guessed(from: NetworkPlace("203.0.113.8"), at: Self.now, usual).status == 401)
    }

    @Test func oneHouseholdOfIPv6IsOnePlace() {
        #expect(NetworkPlace("2001:db8:1:2::7") == NetworkPlace("2001:db8:1:2:ffff::9"))
        #expect(NetworkPlace("2001:db8:1:2::7") != NetworkPlace("2001:db8:1:3::7"))
        #expect(NetworkPlace("::ffff:203.0.113.7") == NetworkPlace("203.0.113.7"))
        #expect(NetworkPlace("203.0.113.7") != NetworkPlace("203.0.113.8"))
        #expect(NetworkPlace("") == NetworkPlace("local"))
    }

    @Test func noPlaceHasAllConnectionsAndAClosedOneMakesRoom() {
        var tally = ConnectionTally(max: 5, perPlaceMax: 3)
        let (greedy, other) = (NetworkPlace("203.0.113.7"), NetworkPlace("203.0.113.8"))
        let greedyOnes = (0..<5).map { _ in tally.opened(from: greedy) }
        #expect(greedyOnes == [true, true, true, false, false])
        let others = [other, nil, other].map { tally.opened(from: $0) }
        #expect(others == [true, true, false], "five are open")
        tally.closed(from: greedy)
        let again = tally.opened(from: greedy)
        #expect(again)
        for place in [greedy, greedy, greedy, other, nil] { tally.closed(from: place) }
        #expect(tally.open == 0)
    }

    @Test(
        arguments: [
            ("/v1/replay", .get, .expensive), ("/v1/journal/verify", .get, .expensive),
            ("/v1/sites/{id}/timeline", .get, .expensive), ("/v1/sites", .get, .page), ("/v1/live", .get, .page),
            ("/v1/overview", .get, nil), ("/v1/me", .get, nil), ("/v1/findings", .post, nil),
            ("/v1/heartbeats", .post, nil), ("/ping/{a}", .get, nil), ("/-/ready", .get, nil), ("/metrics", .get, nil),
            ("/", .get, nil), (nil, .get, nil),
        ] as [(String?, HTTPRequest.Method, Work?)])
    func routesAreWorthWhatTheyCost(route: String?, method: HTTPRequest.Method, work: Work?) {
        #expect(Work(route: route, method: method) == work)
    }

    @Test func everyExpensiveRouteIsOneOfTheDoors() throws {
        let known = Set(try DoorFixture().door().router().routes.map { "\($0.path)" })
        for route in Work.expensiveRoutes.union(Work.alwaysAnswered) {
            #expect(known.contains(route), "\(route)")
        }
    }

    @Test(arguments: [
        ([Beat.Notice?.none], Work.beat), ([nil, nil], .backlog), ([.lastGasp], .urgent), ([nil, .lastGasp], .urgent),
        ([.goodbye], .urgent),
    ])
    func aNoticeMakesTheWholeRequestUrgent(notices: [Beat.Notice?], work: Work) {
        let beats = notices.enumerated().map { index, notice in
            var beat = Beat(seq: Int64(index), at: Self.now, interval: 60)
            beat.notice = notice
            return beat
        }
        #expect(Work(of: HeartbeatRequest(agent: AgentID(trusted: "a"), boot: "b", beats: beats)) == work)
    }

    @Test(arguments: [
        (seconds: 0, alone: true, work: Work.urgent), (119, true, .urgent), (121, true, .backlog),
        (6 * 3_600, true, .backlog), (6 * 3_600, false, .backlog), (-3_600, true, .urgent),
    ])
    func aNoticeOutOfASpoolIsBacklogHoweverWrongTheAgentsClockIs(seconds: Int64, alone: Bool, work: Work) {
        // Its clock is a day behind: what counts is how long before sending it was said.
        let sentAt = Self.now - .seconds(86_400)
        var gasp = Beat(seq: 1, at: sentAt - .seconds(seconds), interval: 60)
        gasp.notice = .lastGasp
        let beats = alone ? [gasp] : [gasp, Beat(seq: 2, at: sentAt, interval: 60)]
        let request = HeartbeatRequest(agent: AgentID(trusted: "a"), boot: "b", sentAt: sentAt, beats: beats)
        #expect(Work(of: request) == work)
    }

    @Test func anOverviewIsSharedWhileMuchIsGoingOn() async throws {
        let shared = SharedOverviews()
        let key = SharedOverviews.Key(office: nil, offices: nil)
        let made = Atomic<Int64>(0)
        func overview(at seconds: Int64, _ level: LoadLevel, of key: SharedOverviews.Key = key) async throws -> Int64 {
            let now = Self.now + .seconds(seconds)
            let overview = try await shared.overview(of: key, level: level, now: { now }) {
                .init(asOf: now, json: .integer(made.add(1, ordering: .relaxed).newValue))
            }
            guard case .integer(let number) = overview.json else { return 0 }
            return number
        }
        #expect(try await overview(at: 0, .calm) == 1)
        #expect(try await overview(at: 0, .calm) == 2, "in calm times each is made anew")
        #expect(try await overview(at: 2, .busy) == 2)
        #expect(try await overview(at: 2, .busy, of: .init(office: nil, offices: [])) == 3, "another scope")
        #expect(try await overview(at: 3, .busy) == 4, "too old")
        #expect(try await overview(at: 12, .crowded) == 4)
        #expect(try await overview(at: 12, .calm) == 5)
    }

    @Test(arguments: [(CollectorError.Code.storeFailed, 599, true), (.starting, 599, true), (.starting, 600, false)])
    func theLastOverviewIsShownWhereNoNewOneCanBeMade(code: CollectorError.Code, age: Int64, isShown: Bool)
        async throws
    {
        let shared = SharedOverviews()
        let key = SharedOverviews.Key(office: nil, offices: nil)
        _ = try await shared.overview(of: key, level: .calm, now: { Self.now }) { .init(asOf: Self.now, json: .null) }
        let later = try? await shared.overview(of: key, level: .calm, now: { Self.now + .seconds(age) }) {
            throw CollectorError(code)
        }
        #expect((later?.asOf == Self.now) == isShown)
        await #expect(throws: Problem.self, "who may not see it is told so") {
            try await shared.overview(of: key, level: .calm, now: { Self.now }) { throw Problem(.notFound, "") }
        }
    }

    @Test func noMoreOverviewsAreKeptThanMayAndTheOldestGoes() async throws {
        let shared = SharedOverviews()
        func key(_ number: Int) -> SharedOverviews.Key { .init(office: OfficeID(trusted: "o\(number)"), offices: nil) }
        for number in 0...SharedOverviews.overviewsMax {
            let at = Self.now + .milliseconds(number)
            _ = try await shared.overview(of: key(number), level: .calm, now: { at }) { .init(asOf: at, json: .null) }
        }
        func isKept(_ number: Int) async -> Bool {
            let found = try? await shared.overview(of: key(number), level: .calm, now: { Self.now + .seconds(1) }) {
                throw CollectorError(.starting)
            }
            return found != nil
        }
        #expect(await isKept(0) == false)
        #expect(await isKept(1))
        #expect(await isKept(SharedOverviews.overviewsMax))
    }
}
