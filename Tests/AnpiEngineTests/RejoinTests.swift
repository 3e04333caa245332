import AnpiModel
import Testing

@testable import AnpiEngine

/// Agents as they are: a beat each interval, a spool, and the retry rule of ENGINE §4; seconds as the unit of time.
private struct SimulatedAgents {
    static let interval = 60
    let start: Timestamp
    private var random: SeededGenerator
    private var nextBeat: [Int]
    private var nextTry: [Int]
    private var failures: [Int]
    private var produced: [Int64]
    private var sent: [Int64]
    private let diesAt: [Int: Int]
    /// Agents by the second at which they do something; looked up only.
    private var agenda: [Int: [Int]] = [:]

    init(count: Int, seed: UInt64, start: Timestamp, diesAt: [Int: Int]) {
        self.start = start
        self.diesAt = diesAt
        random = SeededGenerator(seed: seed)
        nextBeat = []
        nextTry = Array(repeating: .max, count: count)
        failures = Array(repeating: 0, count: count)
        produced = Array(repeating: 0, count: count)
        sent = Array(repeating: 0, count: count)
        for agent in 0..<count {
            nextBeat.append(Int.random(in: 0..<Self.interval, using: &random))
            agenda[nextBeat[agent], default: []].append(agent)
        }
    }

    /// What reaches the collector in this second, while it is up.
    mutating func second(_ second: Int, isUp: Bool, deliver: (Int, [[Beat]]) -> Void) {
        for agent in agenda.removeValue(forKey: second) ?? [] {
            if let dies = diesAt[agent], second >= dies { continue }
            if nextBeat[agent] == second {
                produced[agent] += 1
                nextBeat[agent] += Self.interval
                agenda[nextBeat[agent], default: []].append(agent)
                // While a retry is planned the beat waits in the spool for it.
                if nextTry[agent] != .max { continue }
            } else if nextTry[agent] != second {
                continue
            }
            if isUp {
                deliver(agent, requests(of: agent, at: second))
                (failures[agent], nextTry[agent]) = (0, .max)
                sent[agent] = produced[agent]
            } else {
                nextTry[agent] = second + pause(after: failures[agent])
                failures[agent] += 1
                agenda[nextTry[agent], default: []].append(agent)
            }
        }
    }

    /// A random 0…1 interval first, doubling to a cap of two intervals, ±50 % at the cap.
    private mutating func pause(after failures: Int) -> Int {
        let interval = Double(Self.interval)
        let first = Double.random(in: 0...interval, using: &random)
        let cap = min(max(2 * interval, 2), 120)
        var pause = max(1, first)
        for _ in 0..<failures { pause = min(pause * 2, cap) }
        if failures > 1 { pause = cap * Double.random(in: 0.5...1.5, using: &random) }
        return max(1, Int(pause))
    }

    /// The newest beat first and alone, then the backlog as a run.
    private func requests(of agent: Int, at second: Int) -> [[Beat]] {
        let newest = start.adding(Int64(nextBeat[agent] - Self.interval) * 1_000)
        var requests = [[Beat(seq: produced[agent], at: newest, interval: Self.interval)]]
        let backlog = produced[agent] - sent[agent] - 1
        if backlog > 0 {
            let first = newest.adding(-backlog * Int64(Self.interval) * 1_000)
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
            let now = start.adding(Int64(second) * 1_000)
            agents.second(second, isUp: isUp) { agent, requests in
                if story.now < now { story.pass(to: now) }
                for beats in requests { story.send("a-\(agent)", sentAt: now, beats) }
            }
            if isUp { story.pass(to: now) }
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
