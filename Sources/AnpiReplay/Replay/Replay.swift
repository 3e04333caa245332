import AnpiDigest
package import AnpiEngine
import AnpiHazards
package import AnpiModel

/// A fleet and a feed through the engine that also runs live: the same lines give the same decisions, to the byte
/// (ENGINE §3).
///
/// Time is the feed's: each line is applied at its `at`, and whatever was due until then is judged before it.
package struct Replay: Sendable {
    package private(set) var engine: Engine
    /// The number of the line in hand, and of its changes so far: their keys.
    private var line = 0
    private var changes = 0
    /// What the line in hand is to the engine; nil where nobody asks.
    private var inputs: [Input]?
    /// Steps of tasks and commands that the engine refused, by what it answered: a feed of a real day may know more
    /// than the engine did.
    package private(set) var refused: [Refusal] = []

    package struct Refusal: Hashable, Sendable {
        package var at: Timestamp
        package var sentence: String
    }

    /// Messages count as handed in: a feed tells those that came, not each time somebody asked for more, so that hours
    /// without one must not look like hours in which nobody could be asked.
    private static let source = FeedState.submitted

    /// Refusals that are kept.
    static let refusedMax = 1_000

    /// - Parameter start: when the fleet is imported: no later than the first line.
    package init(fleet: Fleet, start: Timestamp, parameters: Parameters = Parameters(), into step: inout Step) {
        engine = Engine(parameters: parameters)
        engine.advance(to: start, into: &step)
        apply(Self.opening(fleet, at: start), at: start, into: &step)
    }

    /// Goes on with an engine that has taken the feed's first `line` lines elsewhere.
    package init(resuming engine: Engine, afterLine line: Int) {
        self.engine = engine
        self.line = line
    }

    /// The import that a feed begins with.
    package static func opening(_ fleet: Fleet, at start: Timestamp) -> Input {
        .command(
            Command(
                operation: "feed-0", bodyDigest: [], actor: Command.Actor(name: "replay", role: .admin),
                receivedAt: start, change: .importFleet(fleet)))
    }

    /// The fleet is imported anew.
    package mutating func take(_ fleet: Fleet, at instant: Timestamp, into step: inout Step) {
        line += 1
        changes = 0
        command(.importFleet(fleet), at: instant, actor: "replay", role: .admin, into: &step)
    }

    /// Applies one line and says what it was to the engine, for another engine that is to take the same.
    ///
    /// None where it only lets time pass, and where the engine has nothing that the line speaks of.
    package mutating func inputs(of line: FeedLine, into step: inout Step) -> [Input] {
        inputs = []
        take(line, into: &step)
        defer { inputs = nil }
        return inputs ?? []
    }

    /// Applies one line; what was decided is appended to `step`.
    package mutating func take(_ line: FeedLine, into step: inout Step) {
        self.line += 1
        changes = 0
        let at = line.at
        switch line.event {
        case .time: engine.advance(to: at, into: &step)
        case .heartbeat(let request):
            apply(.heartbeats(Heartbeats(receivedAt: at, request: request)), at: at, into: &step)
        case .heard(let agent, let until):
            apply(.heard(HeardSpan(receivedAt: at, agent: agent, until: until)), at: at, into: &step)
        case .finding(var draft):
            if draft.observedAt == nil { draft.observedAt = at }
            command(.addFinding(draft), at: at, actor: draft.author ?? "feed", into: &step)
        case .damage(let site, var report):
            if report.at == nil { report.at = at }
            command(.reportDamage(site, report), at: at, actor: report.by ?? "feed", into: &step)
        case .claims(let site, let change):
            command(.enterClaims(site, change), at: at, actor: "feed", into: &step)
        case .hazard(let xml): hazardArrived(xml, at: at, into: &step)
        case .task(let task): move(task, at: at, into: &step)
        case .engineer(let change):
            let availability = AvailabilityChange(
                availability: change.available ? .available : .unavailable, reason: change.reason, until: change.until)
            command(.setAvailability(change.id, availability), at: at, actor: change.id.text, into: &step)
        }
    }

    private mutating func hazardArrived(_ xml: String, at: Timestamp, into step: inout Step) {
        let bytes = Array(xml.utf8)
        let digest = SHA256.hash(bytes)
        do throws(HazardError) {
            let message = try HazardParser.parse(bytes, receivedAt: at)
            let input = HazardInput(receivedAt: at, feed: Self.source, digest: digest, message: message)
            apply(.hazard(input), at: at, into: &step)
        } catch {
            let input = QuarantinedHazard(receivedAt: at, feed: Self.source, digest: digest, reason: error.reason)
            apply(.hazardQuarantined(input), at: at, into: &step)
        }
    }

    /// A feed names a task by its site and kind: the newest such one that is not final.
    private mutating func move(_ task: FeedLine.TaskStep, at: Timestamp, into step: inout Step) {
        engine.advance(to: at, into: &step)
        guard let id = engine.newestTask(task.kind, at: task.site) else {
            return refuse("no open \(task.kind.rawValue) task at \(task.site)", at: at)
        }
        // The feed tells what happened: whoever took it had been asked.
        if task.to == .accepted, let engineer = task.engineer, engine.offeredEngineer(of: id) != engineer {
            // The plan of this engine had asked somebody else: that offer is taken back.
            if engine.offeredEngineer(of: id) != nil {
                command(.transitionTask(id, TaskTransition(to: .draft)), at: at, actor: "feed", into: &step)
            }
            let offer = TaskTransition(to: .offered, onBehalfOf: engineer)
            command(.transitionTask(id, offer), at: at, actor: "feed", into: &step)
        }
        let transition = TaskTransition(
            to: task.to, onBehalfOf: task.engineer, reason: task.reason, road: task.road)
        command(.transitionTask(id, transition), at: at, actor: "feed", into: &step)
    }

    /// A change of the feed's; its key names the line, and its place where a line is several changes.
    private mutating func command(
        _ change: Command.Change, at: Timestamp, actor: String, role: Role = .coordinator, into step: inout Step
    ) {
        changes += 1
        let operation = "feed-\(line)" + (changes == 1 ? "" : "-\(changes)")
        let command = Command(
            operation: operation, bodyDigest: [], actor: Command.Actor(name: actor, role: role),
            receivedAt: at, change: change)
        apply(.command(command), at: at, into: &step)
    }

    private mutating func apply(_ input: Input, at: Timestamp, into step: inout Step) {
        inputs?.append(input)
        engine.apply(input, at: at, into: &step)
        for outcome in step.outcomes where outcome.status >= 400 { refuse(outcome.body.text, at: at) }
        step.outcomes = []
    }

    private mutating func refuse(_ sentence: String, at: Timestamp) {
        if refused.count < Self.refusedMax { refused.append(Refusal(at: at, sentence: sentence)) }
    }
}
