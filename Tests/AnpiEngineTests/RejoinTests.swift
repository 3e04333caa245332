import AnpiAgent
import AnpiModel
import Testing

@testable import AnpiEngine

/// Agents as they are: a beat each interval, a spool, and the agent's own `RetryMachine`; times are milliseconds since
/// the start.
private struct SimulatedAgents {
    static let interval = 60
    static let milliseconds = interval * 1_000

    private struct Event {
        var at: Int
        var agent: Int
        var isRetry: Bool
    }

    let start: Timestamp
    private var random: SeededGenerator
    private var retry: [RetryMachine]
    /// While a retry is planned new beats wait in the spool for it.
    private var isRetrying: [Bool]
    private var newestBeat: [Int]
    private var produced: [Int64]
    private var sent: [Int64]
    private let diesAt: [Int: Int]
    /// By the second in which they come; looked up only.
    private var agenda: [Int: [Event]] = [:]

    init(count: Int, seed: UInt64, start: Timestamp, diesAt: [Int: Int]) {
        self.start = start
        self.diesAt = diesAt
        random = SeededGenerator(seed: seed)
        retry = Array(repeating: RetryMachine(), count: count)
        isRetrying = Array(repeating: false, count: count)
        newestBeat = Array(repeating: 0, count: count)
        produced = Array(repeating: 0, count: count)
        sent = Array(repeating: 0, count: count)
        for agent in 0..<count {
            plan(Event(at: Int.random(in: 0..<Self.milliseconds, using: &random), agent: agent, isRetry: false))
        }
    }

    private mutating func plan(_ event: Event) { agenda[event.at / 1_000, default: []].append(event) }

    /// What reaches the collector in this second, while it is up: when, from whom, the requests.
    mutating func second(_ second: Int, isUp: Bool, deliver: (Timestamp, Int, [[Beat]]) -> Void) {
        // A first delay may be so short that the retry falls into the same second.
        while var events = agenda.removeValue(forKey: second) {
            events.sort { ($0.at, $0.agent) < ($1.at, $1.agent) }
            for event in events {
                if let dies = diesAt[event.agent], second >= dies { continue }
                happens(event, isUp: isUp, deliver: deliver)
            }
        }
    }

    private mutating func happens(_ event: Event, isUp: Bool, deliver: (Timestamp, Int, [[Beat]]) -> Void) {
        let agent = event.agent
        if !event.isRetry {
            produced[agent] += 1
            newestBeat[agent] = event.at
            plan(Event(at: event.at + Self.milliseconds, agent: agent, isRetry: false))
            if isRetrying[agent] { return }
        }
        isRetrying[agent] = !isUp
        if isUp {
            deliver(start.adding(Int64(event.at)), agent, requests(of: agent))
            retry[agent].succeeded()
            sent[agent] = produced[agent]
        } else {
            let delay = retry[agent].failed(interval: .seconds(Self.interval), using: &random)
            let pause = Int((delay / .milliseconds(1)).rounded(.up))
            plan(Event(at: event.at + pause, agent: agent, isRetry: true))
        }
    }

    /// The newest beat first and alone, then the backlog as a run.
    private func requests(of agent: Int) -> [[Beat]] {
        let newest = start.adding(Int64(newestBeat[agent]))
        var requests = [[Beat(seq: produced[agent], at: newest, interval: Self.interval)]]
        let backlog = produced[agent] - sent[agent] - 1
        if backlog > 0 {
            let first = newest.adding(-backlog * Int64(Self.milliseconds))
            requests.append([Beat(seq: sent[agent] + 1, count: Int(backlog), at: first, interval: Self.interval)])
        }
        return requests
    }
}

@Suite struct RejoinTests {
    @Test(arguments: [11, 12, 13] as [UInt64])
    func aCollectorDeadForAnHourAccusesNobodyAndFindsTheOneThatDied(seed: UInt64) {
        print("seed \(seed)")
        let count = 2_000
        let fleet = Fleet(
            offices: [Fleet.office()], sites: (0..<count).map { Fleet.site("s-\($0)") },
            agents: (0..<count).map { Fleet.agent("a-\($0)", at: "s-\($0)") },
            engineers: [Fleet.engineer("eng-1", north: 0.1)])
        var story = Story(fleet)
        let start = story.now
        let (dies, back) = (600, 600 + 3_600)
        var agents = SimulatedAgents(count: count, seed: seed, start: start, diesAt: [1_234: dies + 1_800])
        for second in 0..<(back + 1_800) {
            let isUp = second < dies || second >= back
            if second == back { story.deaf(start.adding(Int64(dies) * 1_000), start.adding(Int64(back) * 1_000)) }
            agents.second(second, isUp: isUp) { now, agent, requests in
                if story.now < now { story.pass(to: now) }
                for beats in requests { story.send("a-\(agent)", sentAt: now, beats) }
            }
            let end = start.adding(Int64(second + 1) * 1_000)
            if isUp { story.pass(to: end) }
        }
        let silent = story.decisions.filter { $0.name == .siteContact && $0.json["contact"] == "silent" }
        #expect(silent.map(\.site) == [SiteID(trusted: "s-1234")])
        // end + grace + rejoin = 120 + 180 s after the collector was back.
        #expect(silent.first?.at == start.adding(Int64(back + 300) * 1_000))
        #expect(story.names.filter { $0 == .incidentOpened }.count == 1)
        #expect(story.engine.statistics.sitesByContact == [0, count - 1, 0, 1, 0])
        // Every beat of the dark hour is kept as proof.
        let proofs = story.step.history.filter { if case .lateRun = $0 { true } else { false } }
        #expect(proofs.count >= count - 1)
    }
}
