package import AnpiModel
package import AnpiStore
internal import Dispatch
internal import Foundation
package import Logging
internal import Synchronization

/// Carries what waits in the outbox to the hooks, on threads of its own.
///
/// At least once: a delivery is recorded after its answer has come, so one that was under way when the process died is
/// sent again, with the same `webhook-id`. Whether anything waits is only ever asked of the store; a ring is a hint.
package final class HookDelivery: Sendable {
    /// How long `stop` waits for deliveries under way; what takes longer is sent again after the next start.
    package static let stopTime = Duration.seconds(10)
    /// How often the store is looked at when nobody rings and nothing is due.
    static let pollIdle = Duration.seconds(2)
    /// The same when something is due that may not go yet.
    static let pollHeld = Duration.seconds(1)
    /// How long what was found for a hook that recovers is drawn from: with 100,000 waiting, finding it again for each
    /// of ten deliveries a second would be most of the work.
    static let backlogTime = Duration.seconds(1)
    /// The wait after the store has failed.
    static let storePause = Duration.seconds(1)
    /// How long ended deliveries are kept for people, and how often older ones are removed.
    static let keptFor = Duration.seconds(30 * 86_400)
    static let purgeEvery = Duration.seconds(3_600)

    private struct State {
        var hooks: [String: Hook]
        var plan: DeliveryPlan
        var jobs: [OutboxEntry] = []
        /// What was found for hooks that recover, without what has been taken since.
        var backlogs: [String: Backlog] = [:]
        var tallies: [String: HookTally] = [:]
        var isStopping = false
        var threads = 0
    }

    private struct Backlog {
        var foundAt: Timestamp
        var entries: [OutboxEntry]
    }

    private let outbox: Outbox
    private let incidents: StateRows
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let mayAct: @Sendable () -> Bool
    private let state: Mutex<State>
    private let doorbell = Doorbell()
    private let work = DispatchSemaphore(value: 0)
    private let finished = DispatchSemaphore(value: 0)
    /// One a worker: rung to end its wait for the store.
    private let pauses = (0..<DeliveryPlan.underWayMax).map { _ in Doorbell() }

    /// - Parameters:
    ///   - seed: of the jitter.
    ///   - now: the collector's clock.
    ///   - mayAct: false while another process delivers.
    package init(
        hooks: [Hook], database: any SQLDatabase, lane: Int = 0, logger: Logger,
        seed: UInt64 = .random(in: .min ... .max), now: @escaping @Sendable () -> Timestamp,
        mayAct: @escaping @Sendable () -> Bool = { true }
    ) {
        outbox = Outbox(database, lane: lane)
        incidents = StateRows(database, lane: lane)
        self.logger = logger
        self.now = now
        self.mayAct = mayAct
        state = Mutex(
            State(hooks: Self.byName(hooks), plan: DeliveryPlan(hooks: hooks.map(\.name), seed: seed, at: now())))
    }

    private static func byName(_ hooks: [Hook]) -> [String: Hook] {
        Dictionary(hooks.map { ($0.name, $0) }) { first, _ in first }
    }

    /// From now on these are the hooks; what is under way ends as it began.
    package func replace(_ hooks: [Hook]) {
        let now = now()
        state.withLock { state in
            state.hooks = Self.byName(hooks)
            state.plan.replace(hooks: hooks.map(\.name), at: now)
            state.backlogs = [:]
        }
        begin()
        warnOfOrphans()
        doorbell.ring()
    }

    /// Starts the threads, unless they run. Without hooks there is nothing to do and no thread.
    package func begin() {
        let isFirst = state.withLock { state in
            guard !state.hooks.isEmpty, state.threads == 0, !state.isStopping else { return false }
            state.threads = DeliveryPlan.underWayMax + 1
            return true
        }
        guard isFirst else { return }
        start("anpi-hooks") { [self] in dispatch() }
        for index in 0..<DeliveryPlan.underWayMax {
            start("anpi-hook-\(index)") { [self] in carryOut(pause: pauses[index]) }
        }
    }

    /// Something was committed: the outbox may hold more.
    package func wake() { doorbell.ring() }

    /// Ends the threads; false where a delivery is still under way after `limit`.
    @discardableResult
    package func stop(waitingAtMost limit: Duration = stopTime) -> Bool {
        let threads = state.withLock { state in
            state.isStopping = true
            return state.threads
        }
        doorbell.ring()
        for pause in pauses { pause.ring() }
        for _ in 0..<DeliveryPlan.underWayMax { work.signal() }
        let deadline = DispatchTime.now() + .nanoseconds(Int(limit / .nanoseconds(1)))
        return (0..<threads).allSatisfy { _ in finished.wait(timeout: deadline) == .success }
    }

    /// How each hook stands.
    package func states() -> [String: HookState] {
        state.withLock { state in
            state.hooks.compactMapValues { hook in state.plan.state(of: hook.name) }
        }
    }

    /// How attempts have ended, by hook; one that nothing was sent to is not in it.
    package func tallies() -> [String: HookTally] { state.withLock { $0.tallies } }

    private func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread { [finished] in
            body()
            finished.signal()
        }
        thread.name = name
        thread.start()
    }

    // MARK: Picking

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func dispatch() {
        warnOfOrphans()
        var lastPurge = Timestamp.distantPast
        while !isStopping {
            guard mayAct() else {
                doorbell.wait(atMost: Self.pollHeld)
                continue
            }
            var wait = Self.storePause
            do {
                let chosen = try pick()
                state.withLock { $0.jobs += chosen }
                for _ in chosen { work.signal() }
                let now = now()
                if now - lastPurge >= Self.purgeEvery {
                    while !isStopping, try outbox.purge(endedBefore: now - Self.keptFor) > 0 {}
                    lastPurge = now
                }
                wait = try untilNextLook()
            } catch {
                logger.error("The outbox could not be read", metadata: ["error": "\(error)"])
            }
            doorbell.wait(atMost: wait)
        }
    }

    /// Takes from the store what may go out now; each must be handed to `deliver`.
    func pick() throws -> [OutboxEntry] {
        let now = now()
        let questions = state.withLock { $0.plan.questions(at: now) }
        var found: [(question: DeliveryPlan.Question, entries: [OutboxEntry])] = []
        var open: Set<String> = []
        for question in questions {
            let entries =
                try question.isRecovering
                ? backlog(question, at: now) : outbox.due(now: now, hook: question.hook, limit: question.limit)
            if question.isRecovering { try addOpenIncidents(among: entries, to: &open) }
            found.append((question, entries))
        }
        return state.withLock { state in
            guard !state.isStopping else { return [] }
            let chosen = state.plan.choose(from: found, openIncidents: open, at: now)
            for entry in chosen { state.backlogs[entry.hook]?.entries.removeAll { $0.id == entry.id } }
            return chosen
        }
    }

    /// What waits for a hook that recovers, whatever its time, newest first.
    private func backlog(_ question: DeliveryPlan.Question, at now: Timestamp) throws -> [OutboxEntry] {
        let known = state.withLock { $0.backlogs[question.hook] }
        if let known, !known.entries.isEmpty, now - known.foundAt < Self.backlogTime { return known.entries }
        let entries = try outbox.due(now: .distantFuture, hook: question.hook, newestFirst: true, limit: question.limit)
        state.withLock { $0.backlogs[question.hook] = Backlog(foundAt: now, entries: entries) }
        return entries
    }

    private func addOpenIncidents(among entries: [OutboxEntry], to open: inout Set<String>) throws {
        for subject in Set(entries.map(\.subject)) where subject.hasPrefix("I-") && !open.contains(subject) {
            guard let row = try incidents.find(.incident, subject), let state = IncidentState(rawValue: row.state)
            else { continue }
            switch state {
            case .candidate, .active, .stable: open.insert(subject)
            case .closed, .merged: break
            }
        }
    }

    private func untilNextLook() throws -> Duration {
        let now = now()
        let due = try outbox.nextDue()
        var wait = Self.pollIdle
        if let due { wait = due > now ? min(wait, due - now) : Self.pollHeld }
        if let look = state.withLock({ $0.plan.nextLook(after: now) }) { wait = min(wait, look - now) }
        return max(wait, .milliseconds(1))
    }

    /// Says once that deliveries wait for hooks that the file no longer has: a typing error would be silent.
    private func warnOfOrphans() {
        let counts = (try? outbox.counts()) ?? []
        let hooks = state.withLock { $0.hooks }
        for count in counts where count.waiting > 0 && hooks[count.hook] == nil {
            logger.warning(
                "Deliveries wait for a hook that is not in the hooks file",
                metadata: ["hook": "\(count.hook)", "waiting": "\(count.waiting)"])
        }
    }

    // MARK: Carrying out

    private func carryOut(pause: Doorbell) {
        let sender = HookSender()
        while true {
            work.wait()
            // Taken only while we run: what is left stays waiting in the store.
            let (job, isStopping) = state.withLock { state in
                (state.isStopping || state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isStopping)
            }
            if let job { deliver(job, by: sender, pause: pause) }
            if isStopping { return }
        }
    }

    /// Sends one that `pick` has given, records how it ended, and lets the next of its subject go.
    func deliver(_ entry: OutboxEntry, by sender: HookSender, pause: Doorbell) {
        defer {
            state.withLock { state in
                state.plan.settled(entry)
                // It may have been found once more while it was under way; the next of its subject has not.
                state.backlogs[entry.hook]?.entries.removeAll { $0.id == entry.id }
            }
            doorbell.ring()
        }
        // It may have been superseded since it was found, and what it stands for may have grown.
        guard let hook = state.withLock({ $0.hooks[entry.hook] }), let entry = try? outbox.find(entry.id),
            entry.state == .waiting
        else {
            return
        }
        let (result, failure) = sender.send(entry, to: hook, at: now())
        let end = now()
        let verdict = state.withLock { state in
            let verdict = state.plan.judge(entry, result, at: end)
            switch verdict.attempt {
            case .delivered: state.tallies[hook.name, default: HookTally()].delivered += 1
            case .failed: state.tallies[hook.name, default: HookTally()].failed += 1
            case .dead: state.tallies[hook.name, default: HookTally()].dead += 1
            }
            return verdict
        }
        tell(verdict, of: entry, hook, failure)
        record(verdict.attempt, of: entry, pause: pause)
    }

    /// Tries until it is written or we stop: a delivery that is not recorded would be sent again at once.
    private func record(_ attempt: DeliveryAttempt, of entry: OutboxEntry, pause: Doorbell) {
        while true {
            do {
                try outbox.record(entry.id, attempt)
                return
            } catch {
                logger.error(
                    "A delivery could not be recorded",
                    metadata: ["hook": "\(entry.hook)", "delivery": "\(entry.id)", "error": "\(error)"])
            }
            if isStopping { return }
            pause.wait(atMost: Self.storePause)
            if isStopping { return }
        }
    }

    private func tell(_ verdict: DeliveryPlan.Verdict, of entry: OutboxEntry, _ hook: Hook, _ failure: String?) {
        var metadata: Logger.Metadata = [
            "hook": "\(hook.name)", "host": "\(hook.address.host)", "delivery": "\(entry.id)",
        ]
        if let failure { metadata["failure"] = "\(failure)" }
        switch verdict.attempt {
        case .delivered(let status, _): metadata["status"] = "\(status)"
        case .failed(let status?, _), .dead(let status?, _): metadata["status"] = "\(status)"
        case .failed(nil, _), .dead(nil, _): break
        }
        switch verdict.news {
        case .nothing: break
        case .beganFailing: logger.warning("A hook does not answer; deliveries wait", metadata: metadata)
        case .recovered: logger.info("A hook answers again", metadata: metadata)
        case .disabled: logger.error("A hook wants nothing more (410) and is disabled", metadata: metadata)
        }
        if case .dead = verdict.attempt { logger.error("A delivery is given up", metadata: metadata) }
    }
}
