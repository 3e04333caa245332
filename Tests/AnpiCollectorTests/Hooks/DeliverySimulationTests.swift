import AnpiModel
import AnpiStore
import Testing

@testable import AnpiCollector

/// The plan over days of simulated time, with receivers that fail in every way: the seed reproduces a failure.
@Suite struct DeliverySimulationTests {
    @Test(arguments: (0..<8).map { UInt64($0) })
    func nothingIsLostAndOrderIsKept(seed: UInt64) {
        var simulation = DeliverySimulation(seed: seed)
        simulation.run()
        #expect(simulation.faults.isEmpty, "seed \(seed): \(simulation.faults.prefix(3))")
        #expect(simulation.count(.waiting) == 0, "seed \(seed)")
        #expect(simulation.count(.delivered) + simulation.count(.dead) == simulation.rows.count)
        if simulation.longestOutage < .seconds(80_000) { #expect(simulation.count(.dead) == 0, "seed \(seed)") }
    }

    @Test func sameSeedDoesTheSame() {
        var first = DeliverySimulation(seed: 7)
        var second = DeliverySimulation(seed: 7)
        first.run()
        second.run()
        #expect(first.rows == second.rows && first.arrivals == second.arrivals)
    }
}

/// A store and receivers without clock or thread, and what must hold at every moment.
struct DeliverySimulation {
    private struct UnderWay {
        var row: Int
        var endsAt: Timestamp
        var result: DeliveryResult
    }

    static let hooks = ["a", "b", "c"]
    private static let subjects = (1...12).map { "I-\($0)" }
    private(set) var rows: [OutboxEntry] = []
    /// Ids in the order in which a receiver said 2xx.
    private(set) var arrivals: [String] = []
    private(set) var faults: [String] = []
    private var plan: DeliveryPlan
    private var random: SeededGenerator
    private var now = HookFilterTests.at
    private var underWay: [UnderWay] = []
    private var pending: [(at: Timestamp, hook: String, subject: String)] = []
    /// When a hook is down, by hook: from and to.
    private var outages: [String: (from: Timestamp, to: Timestamp)] = [:]
    /// Rows that wait, by hook, the oldest first.
    private var waiting: [String: [Int]] = [:]
    private var slowStarts: [String: [Timestamp]] = [:]

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        plan = DeliveryPlan(hooks: Self.hooks, seed: seed, at: now)
        let count = Int.random(in: 10...60, using: &random)
        let outageSecondsMax = seed.isMultiple(of: 2) ? 79_999 : 120_000
        for _ in 0..<count {
            let at = now + .milliseconds(Int.random(in: 0...7_200_000, using: &random))
            let subject = Self.subjects.randomElement(using: &random) ?? ""
            for hook in Self.hooks { pending.append((at, hook, subject)) }
        }
        pending.sort { $0.at < $1.at }
        for hook in Self.hooks {
            let from = now + .seconds(Int.random(in: 0...3_600, using: &random))
            let length = Duration.seconds(Int.random(in: 1...outageSecondsMax, using: &random))
            outages[hook] = (from, from + length)
        }
    }

    var longestOutage: Duration { outages.values.map { $0.to - $0.from }.max() ?? .zero }

    func count(_ state: OutboxEntry.State) -> Int { rows.count { $0.state == state } }

    mutating func run() {
        var turns = 0
        while turns < 200_000 {
            turns += 1
            arrive()
            end()
            begin()
            guard let next = nextTime() else { return }
            now = next
        }
        faults.append("it does not end")
    }

    private mutating func arrive() {
        while let event = pending.first, event.at <= now {
            pending.removeFirst()
            waiting[event.hook, default: []].append(rows.count)
            rows.append(
                OutboxEntry(
                    id: "0-\(rows.count + 1)-0", hook: event.hook, subject: event.subject, type: "incident.changed",
                    at: event.at, body: "{}", state: .waiting, attempts: 0, nextAt: event.at, lastStatus: nil,
                    superseded: 0, missed: 0))
        }
    }

    private mutating func end() {
        for ended in underWay where ended.endsAt <= now {
            let entry = rows[ended.row]
            if case .delivered = ended.result {
                arrivals.append(entry.id)
                let overtaken = waiting[entry.hook, default: []].contains {
                    $0 < ended.row && rows[$0].subject == entry.subject
                }
                if overtaken { faults.append("\(entry.id) overtook an older one of its subject") }
            }
            switch plan.judge(entry, ended.result, at: now).attempt {
            case .delivered: rows[ended.row].state = .delivered
            case .dead:
                rows[ended.row].state = .dead
                if now - entry.at < .seconds(86_400) { faults.append("\(entry.id) was given up too soon") }
            case .failed(let status, let nextAt):
                rows[ended.row].attempts += 1
                rows[ended.row].lastStatus = status
                rows[ended.row].nextAt = nextAt
            }
            if rows[ended.row].state != .waiting { waiting[entry.hook]?.removeAll { $0 == ended.row } }
            plan.settled(entry)
        }
        underWay.removeAll { $0.endsAt <= now }
    }

    private mutating func begin() {
        let questions = plan.questions(at: now)
        let found = questions.map { question in
            let heads = heads(of: question.hook).filter { question.isRecovering || $0.nextAt <= now }
            return (
                question: question,
                entries: Array(
                    (question.isRecovering ? heads.reversed() : heads)
                        .prefix(question.limit))
            )
        }
        let open = Set(Self.subjects.prefix(6))
        for entry in plan.choose(from: found, openIncidents: open, at: now) {
            check(entry, questions)
            guard let row = rows.firstIndex(where: { $0.id == entry.id }) else { continue }
            let (result, duration) = answer(of: entry.hook)
            underWay.append(UnderWay(row: row, endsAt: now + duration, result: result))
        }
    }

    private mutating func check(_ entry: OutboxEntry, _ questions: [DeliveryPlan.Question]) {
        if underWay.count >= DeliveryPlan.underWayMax { faults.append("too many under way") }
        if underWay.contains(where: { rows[$0.row].hook == entry.hook && rows[$0.row].subject == entry.subject }) {
            faults.append("two of one subject under way")
        }
        guard questions.contains(where: { $0.hook == entry.hook && $0.isRecovering }) else { return }
        let starts = slowStarts[entry.hook, default: []] + [now]
        slowStarts[entry.hook] = starts.suffix(11)
        if starts.count >= 11, let eleventh = starts.suffix(11).first, now - eleventh < .seconds(1) {
            faults.append("more than ten a second to a hook that recovers")
        }
    }

    private mutating func answer(of hook: String) -> (DeliveryResult, Duration) {
        let quick = Duration.milliseconds(Int.random(in: 2...3_000, using: &random))
        if let outage = outages[hook], now >= outage.from, now < outage.to {
            return Bool.random(using: &random)
                ? (.unavailable(status: nil, retryAfter: nil), .seconds(15))
                : (DeliveryResult(status: 502, retryAfter: nil), quick)
        }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<3: return (DeliveryResult(status: 500, retryAfter: nil), quick)
        case 3..<5: return (DeliveryResult(status: 429, retryAfter: .seconds(20)), quick)
        case 5..<7: return (DeliveryResult(status: 400, retryAfter: nil), quick)
        default: return (DeliveryResult(status: 200, retryAfter: nil), quick)
        }
    }

    private func heads(of hook: String) -> [OutboxEntry] {
        var seen: Set<String> = []
        return waiting[hook, default: []].map { rows[$0] }.filter { seen.insert($0.subject).inserted }
    }

    private func nextTime() -> Timestamp? {
        var times = underWay.map(\.endsAt)
        if let event = pending.first { times.append(event.at) }
        if waiting.values.contains(where: { !$0.isEmpty }), let look = plan.nextLook(after: now) { times.append(look) }
        times += Self.hooks.flatMap { heads(of: $0) }.map(\.nextAt)
        return times.filter { $0 > now }.min()
    }
}
