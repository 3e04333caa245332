package import AnpiModel
package import AnpiStore

/// Decides which deliveries go out next; pure, time is an argument.
///
/// The shell asks the store `questions`, hands what it found to `choose`, carries those out, and tells how each ended:
/// `judge` says what to record, `settled` that it is recorded. Until then its (hook, subject) is taken, so that the
/// deliveries about one subject reach a hook one at a time and in order.
package struct DeliveryPlan: Sendable {
    /// Deliveries under way in all: the threads of the shell.
    package static let underWayMax = 4
    /// To one hook, so that a slow one leaves threads to the others.
    static let underWayMaxOfHook = 2
    /// To all hooks together that do not answer: at least one thread is left to those that do.
    static let underWayMaxOfFailing = underWayMax - 1
    /// Entries looked at for a hook in one turn.
    static let lookedAt = 32
    /// The same for a hook that recovers, of which the newest open incidents come first.
    static let lookedAtRecovering = 200

    /// What the store is asked for one hook.
    package struct Question: Hashable, Sendable {
        package var hook: String
        /// Also what would wait longer because the hook did not answer; newest first.
        package var isRecovering: Bool
        package var limit: Int
    }

    /// What is to be recorded for an attempt, and whether people should hear of the hook.
    package struct Verdict: Hashable, Sendable {
        package var attempt: DeliveryAttempt
        package var news: News

        package enum News: Hashable, Sendable {
            case nothing
            case beganFailing
            case recovered
            case disabled
        }
    }

    private struct Line: Hashable {
        var hook: String
        var subject: String
    }

    private struct Lane {
        var health: HookHealth
        var underWay = 0
    }

    /// In the order of the hooks file.
    private var names: [String]
    private var lanes: [String: Lane] = [:]
    private var taken: Set<Line> = []
    /// The hook that is asked first in this turn, so that none is always last.
    private var first = 0
    private var random: SeededGenerator

    /// - Parameter seed: of the jitter.
    package init(hooks: [String], seed: UInt64, at now: Timestamp) {
        names = hooks
        random = SeededGenerator(seed: seed)
        for name in hooks { lanes[name] = Lane(health: HookHealth(startingAt: now)) }
    }

    /// The hooks file was read again: who stays keeps its health, unless its receiver wanted nothing more (410); that
    /// may be what was mended.
    package mutating func replace(hooks: [String], at now: Timestamp) {
        names = hooks
        first = 0
        let before = lanes
        lanes = [:]
        for name in hooks {
            var lane = before[name] ?? Lane(health: HookHealth(startingAt: now))
            if case .gone = lane.health.state { lane.health = HookHealth(startingAt: now) }
            lanes[name] = lane
        }
    }

    // MARK: Choosing

    /// What to ask the store for now; empty where no delivery could begin.
    package func questions(at now: Timestamp) -> [Question] {
        guard taken.count < Self.underWayMax else { return [] }
        return names.indices.compactMap { offset in
            let name = names[(first + offset) % names.count]
            guard let lane = lanes[name], lane.health.mayBegin(underWay: lane.underWay, at: now) else { return nil }
            let isRecovering = if case .recovering = lane.health.state { true } else { false }
            return Question(
                hook: name, isRecovering: isRecovering,
                limit: isRecovering ? Self.lookedAtRecovering : Self.lookedAt)
        }
    }

    /// Takes the deliveries that begin now out of what the store found, one hook after the other in turn.
    ///
    /// - Parameters:
    ///   - found: for each question, the heads of its subjects.
    ///   - openIncidents: of the subjects found, those that are incidents still open.
    package mutating func choose(
        from found: [(question: Question, entries: [OutboxEntry])], openIncidents: Set<String>, at now: Timestamp
    ) -> [OutboxEntry] {
        var queues = found.map { question, entries in
            var queue = entries.filter { mayGo($0, isRecovering: question.isRecovering, at: now) }
            if question.isRecovering {
                if queue.isEmpty, lanes[question.hook]?.underWay == 0 { lanes[question.hook]?.health.backlogEnded() }
                queue = Self.openFirst(queue, openIncidents)
            }
            queue.reverse()
            return (hook: question.hook, entries: queue)
        }
        var chosen: [OutboxEntry] = []
        var tookOne = true
        while tookOne {
            tookOne = false
            for index in queues.indices where taken.count < Self.underWayMax {
                guard let entry = queues[index].entries.last, begin(entry, at: now) else { continue }
                queues[index].entries.removeLast()
                chosen.append(entry)
                tookOne = true
            }
        }
        if !names.isEmpty { first = (first + 1) % names.count }
        return chosen
    }

    private func mayGo(_ entry: OutboxEntry, isRecovering: Bool, at now: Timestamp) -> Bool {
        guard !taken.contains(Line(hook: entry.hook, subject: entry.subject)) else { return false }
        if entry.nextAt <= now { return true }
        guard isRecovering else { return false }
        // It waits because nobody answered; what was answered and refused keeps its own time.
        guard let status = entry.lastStatus else { return true }
        return status == 410 || DeliveryResult.saysUnavailable(status)
    }

    private mutating func begin(_ entry: OutboxEntry, at now: Timestamp) -> Bool {
        guard var lane = lanes[entry.hook], lane.health.mayBegin(underWay: lane.underWay, at: now) else { return false }
        if case .failing = lane.health.state, underWayOfFailing >= Self.underWayMaxOfFailing { return false }
        lane.health.deliveryBegan(at: now)
        lane.underWay += 1
        lanes[entry.hook] = lane
        taken.insert(Line(hook: entry.hook, subject: entry.subject))
        return true
    }

    private var underWayOfFailing: Int {
        names.reduce(0) { sum, name in
            guard let lane = lanes[name], case .failing = lane.health.state else { return sum }
            return sum + lane.underWay
        }
    }

    /// Open incidents, the newest first, then everything else as it came.
    private static func openFirst(_ entries: [OutboxEntry], _ open: Set<String>) -> [OutboxEntry] {
        let incidents = entries.filter { open.contains($0.subject) }.sorted {
            (IncidentID($0.subject)?.number ?? 0) > (IncidentID($1.subject)?.number ?? 0)
        }
        return incidents + entries.filter { !open.contains($0.subject) }
    }

    // MARK: Ends

    /// An attempt has ended; says what to record.
    package mutating func judge(_ entry: OutboxEntry, _ result: DeliveryResult, at now: Timestamp) -> Verdict {
        let attempt = DeliverySchedule.attempt(for: entry, result, at: now, using: &random)
        let news: Verdict.News =
            switch lanes[entry.hook]?.health.deliveryEnded(result, at: now) {
            case nil, .nothing: .nothing
            case .beganFailing: .beganFailing
            case .recovered: .recovered
            case .disabled: .disabled
            }
        return Verdict(attempt: attempt, news: news)
    }

    /// The attempt is recorded, or was given back without one: the next of its subject may go.
    package mutating func settled(_ entry: OutboxEntry) {
        guard taken.remove(Line(hook: entry.hook, subject: entry.subject)) != nil else { return }
        lanes[entry.hook]?.underWay -= 1
    }

    // MARK: What others ask

    /// The first time after `now` at which a hook may begin that may not now.
    package func nextLook(after now: Timestamp) -> Timestamp? {
        names.compactMap { lanes[$0]?.health.notBefore }.filter { $0 > now }.min()
    }

    /// How a hook stands, in a word for people; nil where there is none of this name.
    package func state(of hook: String) -> HookState? {
        guard let health = lanes[hook]?.health else { return nil }
        return switch health.state {
        case .gone: .disabled
        case .failing: .retrying
        case .ok, .recovering: health.wasRefused ? .retrying : .ok
        }
    }
}

/// How a hook stands, as people read it.
package enum HookState: String, Hashable, Sendable, CaseIterable {
    case ok
    /// The last delivery did not arrive; it is tried again.
    case retrying
    /// Its receiver said 410; nothing is sent until the collector starts again.
    case disabled
}
