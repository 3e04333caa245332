import AnpiEngine
import AnpiModel

/// Everything the collector counts. Labels are words of fixed sets: no site, no person, no token.
package final class CollectorMetrics: Sendable {
    /// Which door a beat came through.
    package enum Door: String, CaseIterable, Sendable { case agents, people }

    /// What became of a heartbeat or ping request.
    package enum BeatResult: String, CaseIterable, Sendable { case accepted, refused, overloaded }

    /// Rows appended to the input log.
    package let commits = MetricCounter()
    /// Callers that commits answered.
    package let committedRequests = MetricCounter()
    package let commitSeconds = MetricDurations()
    /// Requests that wait for a commit.
    package let queued = MetricGauge()
    /// Steps the engine has committed.
    package let steps = MetricCounter()
    package let decisions = MetricCounter()

    /// Connections of the agents' door that were one too many.
    package let refusedConnections = MetricCounter()
    /// 0 calm, 1 busy, 2 crowded.
    package let loadLevel = MetricGauge()

    private let refused: [[MetricCounter]] = Work.allCases.map { _ in
        Admission.Reason.allCases.map { _ in MetricCounter() }
    }
    private let beatRequests: [[MetricCounter]] = Door.allCases.map { _ in
        BeatResult.allCases.map { _ in MetricCounter() }
    }
    private let http: [[MetricCounter]] = RouteClass.allCases.map { _ in (0..<5).map { _ in MetricCounter() } }
    private let outcomes: [MetricCounter] = (0..<5).map { _ in MetricCounter() }

    package init() {}

    package func count(beatRequest result: BeatResult, door: Door) {
        guard let row = Door.allCases.firstIndex(of: door), let column = BeatResult.allCases.firstIndex(of: result)
        else { return }
        beatRequests[row][column].add()
    }

    func count(refused work: Work, because reason: Admission.Reason) {
        guard let row = Work.allCases.firstIndex(of: work),
            let column = Admission.Reason.allCases.firstIndex(of: reason)
        else { return }
        refused[row][column].add()
    }

    func count(request route: RouteClass, status: Int) {
        guard let row = RouteClass.allCases.firstIndex(of: route) else { return }
        http[row][Self.column(status)].add()
    }

    /// A step was committed; of its entries the decisions count, not the notes about what people did.
    func count(step entries: [Step.Entry]) {
        steps.add()
        for entry in entries {
            switch entry {
            case .decision: decisions.add()
            case .note: break
            }
        }
    }

    func count(outcomeStatus status: Int) { outcomes[Self.column(status)].add() }

    private static func column(_ status: Int) -> Int { min(max(status / 100, 1), 5) - 1 }

    /// What is known of the engine at one moment.
    struct EngineReading: Sendable {
        var asOf: Timestamp
        var statistics: Engine.Statistics
        var fleetVersion: Int
        var isDeaf: Bool
    }

    /// The page that Prometheus reads; `engine` is nil while it is loading. Names of hooks are the hooks file's, a fixed
    /// set too.
    func text(engine: EngineReading?, hooks: [HookReading], liveClients: Int) -> String {
        var text = MetricsText()
        writeIngest(to: &text)
        text.family("anpi_http_requests_total", .counter, "Requests at the people's door by route and status class.")
        for (route, counters) in zip(RouteClass.allCases, http) {
            for (index, counter) in counters.enumerated() where counter.total > 0 {
                text.sample(
                    "anpi_http_requests_total", counter.total,
                    ["route": route.rawValue, "status": "\(index + 1)xx"])
            }
        }
        writeOverload(to: &text)
        text.family("anpi_command_outcomes_total", .counter, "People's changes by the status of their outcome.")
        for (index, counter) in outcomes.enumerated() where index >= 1 {
            text.sample("anpi_command_outcomes_total", counter.total, ["status": "\(index + 1)xx"])
        }
        text.family("anpi_live_clients", .gauge, "Open live streams.")
        text.sample("anpi_live_clients", Int64(liveClients))
        if !hooks.isEmpty { Self.write(hooks, to: &text) }
        text.family("anpi_engine_up", .gauge, "1 when the engine is loaded.")
        text.sample("anpi_engine_up", engine == nil ? 0 : 1)
        if let engine { Self.write(engine, to: &text) }
        return text.text
    }

    private func writeIngest(to text: inout MetricsText) {
        text.family("anpi_beat_requests_total", .counter, "Heartbeat and ping requests by door and result.")
        for (door, counters) in zip(Door.allCases, beatRequests) {
            for (result, counter) in zip(BeatResult.allCases, counters) {
                text.sample(
                    "anpi_beat_requests_total", counter.total,
                    ["door": door.rawValue, "result": result.rawValue])
            }
        }
        let counters: [(String, String, MetricCounter)] = [
            ("anpi_log_commits_total", "Rows appended to the input log.", commits),
            ("anpi_log_committed_requests_total", "Callers that commits answered.", committedRequests),
            ("anpi_engine_steps_total", "Steps the engine has committed.", steps),
            ("anpi_engine_decisions_total", "Decisions the engine has committed.", decisions),
        ]
        for (name, help, counter) in counters {
            text.family(name, .counter, help)
            text.sample(name, counter.total)
        }
        text.family("anpi_log_queued_requests", .gauge, "Requests that wait for a commit.")
        text.sample("anpi_log_queued_requests", queued.current)
        text.histogram("anpi_log_commit_seconds", "Time of a commit to the input log.", commitSeconds)
    }

    private func writeOverload(to text: inout MetricsText) {
        text.family("anpi_load_level", .gauge, "How much is asked of this collector: calm (0), busy (1), crowded (2).")
        text.sample("anpi_load_level", loadLevel.current)
        text.family("anpi_refused_total", .counter, "Requests that were told to come again, by what they were and why.")
        for (work, counters) in zip(Work.allCases, refused) {
            for (reason, counter) in zip(Admission.Reason.allCases, counters) where counter.total > 0 {
                text.sample(
                    "anpi_refused_total", counter.total, ["work": work.rawValue, "reason": reason.rawValue])
            }
        }
        text.family("anpi_refused_connections_total", .counter, "Agents' connections that were one too many.")
        text.sample("anpi_refused_connections_total", refusedConnections.total)
    }

    private static func write(_ hooks: [HookReading], to text: inout MetricsText) {
        text.family("anpi_hook_attempts_total", .counter, "Attempts to deliver since the start, by how they ended.")
        for hook in hooks {
            let ends = [
                ("delivered", hook.tally.delivered), ("failed", hook.tally.failed), ("dead", hook.tally.dead),
            ]
            for (end, count) in ends {
                text.sample("anpi_hook_attempts_total", count, ["hook": hook.name, "result": end])
            }
        }
        text.family("anpi_hook_deliveries", .gauge, "Deliveries that wait or were given up and not retried.")
        for hook in hooks {
            text.sample("anpi_hook_deliveries", Int64(hook.waiting), ["hook": hook.name, "state": "waiting"])
            text.sample("anpi_hook_deliveries", Int64(hook.dead), ["hook": hook.name, "state": "dead"])
        }
    }

    private static func write(_ engine: EngineReading, to text: inout MetricsText) {
        text.family("anpi_sites", .gauge, "Sites by contact.")
        for (contact, count) in zip(Contact.allCases, engine.statistics.sitesByContact) {
            text.sample("anpi_sites", Int64(count), ["contact": contact.rawValue])
        }
        text.family("anpi_agents", .gauge, "Agents by contact.")
        for (contact, count) in zip(Contact.allCases, engine.statistics.agentsByContact) {
            text.sample("anpi_agents", Int64(count), ["contact": contact.rawValue])
        }
        let gauges: [(String, String, Int)] = [
            ("anpi_incidents_open", "Incidents that are not closed.", engine.statistics.openIncidents),
            ("anpi_tasks_open", "Tasks that are not final.", engine.statistics.openTasks),
            ("anpi_findings_valid", "Findings that have not expired.", engine.statistics.validFindings),
            ("anpi_engine_deadlines", "Entries in the engine's deadline queue.", engine.statistics.deadlines),
            ("anpi_fleet_version", "Version of the fleet set that counts.", engine.fleetVersion),
            ("anpi_deaf", "1 while the collector itself cannot hear.", engine.isDeaf ? 1 : 0),
        ]
        for (name, help, value) in gauges {
            text.family(name, .gauge, help)
            text.sample(name, Int64(value))
        }
        text.family("anpi_engine_time_timestamp_seconds", .gauge, "The engine's time; time() - x is its lag.")
        text.sample(
            "anpi_engine_time_timestamp_seconds",
            JSON.fixed(Double(engine.asOf.milliseconds) / 1_000, digits: 3))
    }
}
