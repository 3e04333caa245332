import AnpiModel

@testable import AnpiEngine

/// An engine with what was decided so far, driven in the words of a story.
struct Story {
    var engine: Engine
    var step = Step()
    private var operations = 0

    /// Saturday 24 September 2022, 05:58 in Shizuoka.
    static let dawn = at("2022-09-24T05:58:00.000+09:00")

    static func at(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? .distantPast }

    init(_ fleet: Fleet = .small(), at start: Timestamp = Story.dawn) {
        // Alone and at once: stories about one site need not wait for its neighbours.
        var parameters = Parameters()
        parameters.groupWait = .zero
        engine = Engine(parameters: parameters)
        engine.advance(to: start, into: &step)
        _ = command(.importFleet(fleet), as: .admin)
    }

    init(engine: Engine) { self.engine = engine }

    /// One whose rules hang on other numbers.
    init(parameters: Parameters, fleet: Fleet) {
        engine = Engine(parameters: parameters)
        engine.advance(to: Story.dawn, into: &step)
        _ = command(.importFleet(fleet), as: .admin)
    }

    /// Keys go on where another story of the same engine stands.
    mutating func skipOperations(of other: Story) { operations = other.operations }

    var now: Timestamp { engine.now }
    var decisions: [Decision] { step.decisions }
    var names: [DecisionName] { decisions.map(\.name) }
    var texts: [String] { decisions.map(\.json.text) }

    /// What was decided since the last time this was asked.
    mutating func news() -> [Decision] {
        defer { step = Step() }
        return step.decisions
    }

    mutating func pass(_ duration: Duration) { engine.advance(to: now + duration, into: &step) }

    mutating func pass(to instant: Timestamp) { engine.advance(to: instant, into: &step) }

    /// A beat of an agent, received now.
    mutating func beat(
        _ agent: String, _ seq: Int64, boot: String = "boot-1", _ change: (inout Beat) -> Void = { _ in }
    ) {
        var beat = Beat(seq: seq, at: now, interval: 60)
        change(&beat)
        send(agent, boot: boot, [beat])
    }

    mutating func send(_ agent: String, boot: String = "boot-1", sentAt: Timestamp? = nil, _ beats: [Beat]) {
        let request = HeartbeatRequest(
            agent: AgentID(trusted: agent), boot: boot, sentAt: sentAt ?? now, version: "1.4.0", beats: beats)
        engine.apply(.heartbeats(Heartbeats(receivedAt: now, request: request)), at: now, into: &step)
    }

    /// Beats of several agents each minute for so long; `seq` goes on from `first`.
    mutating func beats(_ agents: [String], from first: Int64, minutes: Int) {
        for minute in 0..<minutes {
            for agent in agents { beat(agent, first + Int64(minute)) }
            pass(.seconds(60))
        }
    }

    mutating func ping(_ site: String, _ tier: CopyTier, _ kind: Ping.Kind, message: String? = nil) {
        let ping = Ping(receivedAt: now, site: SiteID(trusted: site), tier: tier, kind: kind, message: message)
        engine.apply(.ping(ping), at: now, into: &step)
    }

    /// An agent is heard from now until then without a break.
    mutating func hear(_ agent: String, until: Timestamp) {
        engine.apply(
            .heard(HeardSpan(receivedAt: now, agent: AgentID(trusted: agent), until: until)), at: now, into: &step)
    }

    mutating func restore(epoch: Int64) {
        engine.apply(.restored(Restored(at: now, epoch: epoch)), at: now, into: &step)
    }

    mutating func deaf(_ from: Timestamp, _ to: Timestamp) {
        engine.apply(.deaf(Input.Span(from: from, to: to)), at: from, into: &step)
    }

    /// Applies a command and gives its one outcome.
    mutating func command(
        _ change: Command.Change, as actor: Command.Actor = .coordinator, ifVersion version: Int? = nil
    ) -> Outcome {
        operations += 1
        let before = step.outcomes.count
        engine.apply(
            .command(
                Command(
                    operation: "op-\(operations)", bodyDigest: [], actor: actor, receivedAt: now,
                    expectedVersion: version, change: change)), at: now, into: &step)
        precondition(step.outcomes.count == before + 1, "a command has exactly one outcome")
        return step.outcomes[before]
    }

    mutating func move(
        _ task: Int, _ to: TaskTransition.Target, as actor: Command.Actor = .coordinator, onBehalfOf: String? = nil,
        ifVersion version: Int? = nil, reason: String? = nil
    ) -> Outcome {
        command(
            .transitionTask(
                TaskID(task),
                TaskTransition(to: to, onBehalfOf: onBehalfOf.map { EngineerID(trusted: $0) }, reason: reason)),
            as: actor, ifVersion: version)
    }

    func task(_ number: Int) -> TaskRecord? { engine.tasks[number] }
    func incident(_ number: Int) -> IncidentRecord? { engine.incidents[number] }

    func contact(_ site: String) -> Contact? {
        engine.index.number(of: SiteID(trusted: site)).map { engine.sites[$0].contact }
    }

    func assessment(_ site: String) -> Assessment? {
        engine.index.number(of: SiteID(trusted: site)).map { engine.sites[$0].assessment }
    }

    func contact(ofAgent agent: String) -> Contact? {
        engine.index.number(of: AgentID(trusted: agent)).map { engine.agents[$0].contact.contact }
    }
}

extension Command.Actor {
    static let admin = Command.Actor(name: "admin", role: .admin)
    static let coordinator = Command.Actor(name: "Suzuki", role: .coordinator)
    static let viewer = Command.Actor(name: "guest", role: .viewer)

    static func engineer(_ id: String) -> Command.Actor {
        Command.Actor(name: id, role: .engineer, engineer: EngineerID(trusted: id))
    }
}

extension Fleet {
    static let shizuoka = Coordinate(latitude: 34.9756, longitude: 138.3828)

    static func office(_ id: String = "shz") -> Office {
        Office(id: OfficeID(trusted: id), name: "静岡営業所", phone: "054-000-0000", place: shizuoka)
    }

    static func site(
        _ id: String, hours: String? = nil, kind: SiteKind = .clinic, office: String = "shz"
    ) -> Site {
        Site(
            id: SiteID(trusted: id), name: "清水内科 \(id)", kind: kind, office: OfficeID(trusted: office),
            place: Coordinate(latitude: 35.0159, longitude: 138.4895), municipality: "22103",
            hours: hours.flatMap { try? OpeningHours(parsing: $0) })
    }

    static func agent(
        _ id: String, at site: String, device: Device = .server, rhythm: Rhythm = .always, interval: Int? = 60,
        grace: Int? = 120, canary: Bool = false
    ) -> Agent {
        Agent(
            id: AgentID(trusted: id), site: SiteID(trusted: site), device: device, rhythm: rhythm,
            intervalSeconds: interval, graceSeconds: grace, canary: canary)
    }

    static func engineer(
        _ id: String, north: Double, skills: [Skill] = [.inspect], shift: String? = nil, onCall: String? = nil
    ) -> Engineer {
        Engineer(
            id: EngineerID(trusted: id), name: "技術者 \(id)", office: OfficeID(trusted: "shz"),
            place: Coordinate(latitude: 35.0159 + north, longitude: 138.4895), skills: skills,
            shift: shift.flatMap { try? OpeningHours(parsing: $0) },
            onCall: onCall.flatMap { try? OpeningHours(parsing: $0) })
    }

    /// Two clinics with a server each, one with opening hours and a PC; three engineers, `eng-1` the nearest.
    static func small() -> Fleet {
        Fleet(
            offices: [office()],
            sites: [
                site("s-1"), site("s-2"), site("s-3", hours: "Mo-Fr 09:00-12:00,15:00-18:00; Sa 09:00-12:00; PH off"),
            ],
            agents: [
                agent("a-1", at: "s-1"), agent("a-2", at: "s-2"),
                agent("a-3", at: "s-3", device: .mirror, rhythm: .hours),
            ],
            copies: [
                CopyPlace(site: SiteID(trusted: "s-1"), tier: .external, room: "2F", heightMeters: 3, everyHours: 24)
            ],
            engineers: [
                engineer("eng-1", north: 0.01), engineer("eng-2", north: 0.05), engineer("eng-3", north: 0.2),
            ])
    }
}

/// A small random number generator with a seed that a failing test prints.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        // SplitMix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
