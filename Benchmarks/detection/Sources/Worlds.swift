import AnpiEngine
import AnpiModel
import AnpiReplay

/// The worlds that were played, summed by what happened in them.
struct Worlds {
    enum Group: Hashable {
        case quiet
        case disaster(DisasterKind, hasFindings: Bool)

        var name: String {
            switch self {
            case .quiet: "quiet"
            case .disaster(let kind, false): kind.rawValue
            case .disaster(let kind, true): kind.rawValue + " + findings"
            }
        }
    }

    struct Sum {
        var worlds = 0
        var score = Score()
    }

    private(set) var groups: [(group: Group, sum: Sum)] = []
    private(set) var all = Score()
    private(set) var lines = 0
    /// Of the processor, for applying parsed lines.
    private(set) var replaying = Duration.zero
    private(set) var rivals: [(group: Group, run: FixedTimeoutRival.Run)] = []
    /// Of the quiet fleets.
    private(set) var null = NullTable()

    /// Lines that are made before they are applied, so that making them is not measured.
    private static let linesAtOnce = 8_192

    mutating func play(_ plan: SimulationPlan, as group: Group, explain: Bool) throws {
        let world = try SimulatedWorld(plan)
        var rival = FixedTimeoutRival(fleet: world.fleet, start: plan.start)
        var causes = explain ? Causes(world.truth) : nil
        var replay = ScoredReplay(world) { causes?.observe($0) }
        var feed = world.feed()
        var sample = group == .quiet ? plan.start + NullTable.burnIn : .distantFuture
        var ready: [FeedLine] = []
        var isEnded = false
        while !isEnded {
            ready.removeAll(keepingCapacity: true)
            while ready.count < Self.linesAtOnce, let line = feed.next() { ready.append(line) }
            isEnded = ready.isEmpty
            for line in ready { rival.observe(line) }
            let began = Processor.used
            var testing = Duration.zero
            for line in ready {
                while sample <= line.at {
                    replay.take(FeedLine(at: sample, .time)) { causes?.observe($0) }
                    let asked = Processor.used
                    null.observe(replay.engine.areaTests())
                    testing += Processor.used - asked
                    sample = sample + NullTable.every
                }
                replay.take(line) { causes?.observe($0) }
            }
            replaying += Processor.used - began - testing
            lines += ready.count
        }
        let score = replay.score()
        causes?.tell("\(group.name), seed \(plan.seed)")
        all.add(score)
        let place = groups.firstIndex { $0.group == group } ?? groups.count
        if place == groups.count { groups.append((group, Sum())) }
        groups[place].sum.worlds += 1
        groups[place].sum.score.add(score)
        rivals.append((group, FixedTimeoutRival.Run(rival: rival, truth: world.truth, end: plan.end)))
        Files.complain("… \(group.name), seed \(plan.seed)")
    }

    /// The rival with the setting that is best over all worlds, which no detector knows beforehand.
    func bestRival() -> (setting: FixedTimeoutRival.Setting, score: FlagScore)? {
        FixedTimeoutRival.best(in: rivals.map(\.run))
    }

    /// The best of those that find as many sites as the engine's suspects, half of them within twice its time or an
    /// hour.
    func bestEarlyRival() -> (setting: FixedTimeoutRival.Setting, score: FlagScore)? {
        let recall = all.suspect.recall ?? 0
        let soon = max(.seconds(3_600), (all.suspect.delay(atShare: 0.5) ?? .zero) * 2)
        return FixedTimeoutRival.best(in: rivals.map(\.run)) { score in
            (score.recall ?? 0) >= recall && (score.delay(atShare: 0.5) ?? .zero) <= soon
        }
    }

    /// The rival's flags in the worlds of one group.
    func rival(_ setting: FixedTimeoutRival.Setting, in group: Group) -> FlagScore {
        var score = FlagScore()
        for (own, run) in rivals where own == group {
            score.add(FlagScore(run.rival.flags(setting, end: run.end), truth: run.truth))
        }
        return score
    }
}
