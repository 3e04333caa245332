import AnpiModel

/// The chances behind `Survival`, before they are rounded: scenarios of the harm, and in each the fate of every copy.
struct SurvivalModel {
    /// The server's first; one is added where the fleet file has none, for every site has a server.
    let copies: [StoredCopy]
    private let harm: Harm
    private let depths: WaterDepths
    private let scenarios: [Scenario]
    /// By copy: those of one number share one draw.
    private let groups: [Int]

    /// One way that it may have gone; the weights of all add up to 1.
    private struct Scenario {
        var weight: Double
        var state: State

        enum State {
            case notHit
            case water(depthMeters: Double)
            case building
        }
    }

    /// The steps of the ladder of rungs, each with what must survive for it to be the last one needed.
    private enum Step: Int, CaseIterable {
        case serverAsItIs, serverDisk, mirror, external, away
    }

    /// The disk stands so much above the foot of the server: its lower part may be wet and the disk dry.
    private static let diskAboveFootMeters = 0.2
    /// What a person calls wet: dried and checked, a server's disk can mostly be read; other things seldom.
    private static let wetServerDisk = 0.6
    private static let wetOther = 0.3
    /// A server that did not come through may still have a disk that did.
    private static let diskOfFallenServer = 0.25
    private static let certain = Double(Survival.certain) / 1_000

    init(of copies: [StoredCopy], under harm: Harm) {
        let servers = copies.filter { $0.tier == .primary }
        self.copies = (servers.isEmpty ? [StoredCopy(tier: .primary)] : servers) + copies.filter { $0.tier != .primary }
        self.harm = harm
        depths = WaterDepths(of: self.copies, under: harm)
        let hit = Double(harm.effectiveHitChance) / 1_000
        let states: [Scenario] =
            harm.isWater
            ? depths.depths.map { Scenario(weight: hit * $0.weight, state: .water(depthMeters: $0.meters)) }
            : [Scenario(weight: hit, state: .building)]
        scenarios = states + [Scenario(weight: 1 - hit, state: .notHit)]
        groups = Self.groups(of: self.copies, isWater: harm.isWater)
    }

    /// Water spares one room and takes the next; what shakes or burns takes a building as a whole. Copies whose room
    /// nobody told are taken to stand together.
    private static func groups(of copies: [StoredCopy], isWater: Bool) -> [Int] {
        copies.indices.map { index in
            guard copies[index].isInBuilding else { return index }
            return copies.firstIndex { $0.isInBuilding && (!isWater || $0.room == copies[index].room) } ?? index
        }
    }

    // MARK: Chances

    /// That the copy at `index` survives, in thousandths.
    func chance(of index: Int) -> Int {
        Self.thousandths(scenarios.reduce(0) { $0 + $1.weight * survives(index, in: $1.state) })
    }

    /// That any copy survives, in thousandths: 1 − Π over groups (reference §3.7).
    var anyChance: Int {
        Self.thousandths(
            scenarios.reduce(0) { sum, scenario in
                sum + scenario.weight * (1 - noneOf(copies.indices.map { ($0, survives($0, in: scenario.state)) }))
            })
    }

    /// That nothing up to each step of the ladder survives, in thousandths.
    var noneUpTo: [Int] {
        Step.allCases.map { last in
            Self.thousandths(
                scenarios.reduce(0) { sum, scenario in
                    let steps = Step.allCases.filter { $0.rawValue <= last.rawValue }
                    return sum + scenario.weight * noneOf(steps.flatMap { parts(of: $0, in: scenario.state) })
                })
        }
    }

    /// Π over groups of (1 − the best chance in it): one draw a group, which the best survives if any does.
    private func noneOf(_ parts: [(copy: Int, chance: Double)]) -> Double {
        var best = [Double](repeating: 0, count: copies.count)
        for part in parts { best[groups[part.copy]] = max(best[groups[part.copy]], part.chance) }
        return best.reduce(1) { $0 * (1 - $1) }
    }

    private func parts(of step: Step, in state: Scenario.State) -> [(copy: Int, chance: Double)] {
        copies.indices.compactMap { index in
            switch (step, copies[index].tier) {
            case (.serverAsItIs, .primary): (index, runsOn(index, in: state))
            case (.serverDisk, .primary): (index, diskSurvives(index, in: state))
            case (.mirror, .mirror), (.external, .external), (.away, .offsite), (.away, .cloud):
                (index, survives(index, in: state))
            case (_, _): nil
            }
        }
    }

    // MARK: The fate of one copy

    /// That the data of the copy is there and can be read.
    private func survives(_ index: Int, in state: Scenario.State) -> Double {
        let copy = copies[index]
        guard copy.isInBuilding else { return copy.chanceAway }
        if copy.isSaidMissing { return 0 }
        switch harm.damage.answer(about: copy.tier)?.value {
        case .works: return Self.certain
        case .wet: return copy.tier == .primary ? Self.wetServerDisk : Self.wetOther
        case .lost: return 0
        case .unknown, nil: return min(Self.certain, staysWhole(copy, in: state))
        }
    }

    /// That the server runs on as it is.
    private func runsOn(_ index: Int, in state: Scenario.State) -> Double {
        harm.damage.answer(about: .primary)?.value == .wet ? 0 : survives(index, in: state)
    }

    /// That its disk can be read, whatever the rest of it is like.
    private func diskSurvives(_ index: Int, in state: Scenario.State) -> Double {
        guard harm.damage.answer(about: .primary) == nil else { return survives(index, in: state) }
        let whole = survives(index, in: state)
        switch state {
        case .notHit: return whole
        case .water:
            var disk = copies[index]
            disk.heightMeters = disk.height + Self.diskAboveFootMeters
            return min(Self.certain, staysWhole(disk, in: state))
        case .building: return min(Self.certain, whole + (1 - whole) * Self.diskOfFallenServer)
        }
    }

    private func staysWhole(_ copy: StoredCopy, in state: Scenario.State) -> Double {
        switch state {
        case .notHit: 1
        case .water(let depth): mark(in: copy).chance(at: copy.height, depth: depth)
        case .building: harm.chanceInBuilding
        }
    }

    /// What people said of others in the room of `copy`, where rooms and heights are known.
    private func mark(in copy: StoredCopy) -> WaterMark {
        var mark = WaterMark()
        guard harm.isWater, let room = copy.room, copy.heightMeters != nil else { return mark }
        for other in copies where other.room == room {
            guard let height = other.heightMeters, let answer = harm.damage.answer(about: other.tier) else { continue }
            mark.wasSeen(isDry: answer.value == .works, other.tier, at: height)
        }
        return mark
    }

    private static func thousandths(_ chance: Double) -> Int {
        Int((chance * 1_000).rounded(.toNearestOrAwayFromZero))
    }

    // MARK: Reasons

    /// Why the copy at `index` has the chance that it has.
    func reasons(for index: Int) -> [Worded<SurvivalReason>] {
        let copy = copies[index]
        guard copy.isInBuilding else { return copy.reasonsAway }
        if copy.isSaidMissing { return [Worded(.missing)] }
        if let answer = harm.damage.answer(about: copy.tier) {
            let word: SurvivalReason =
                switch answer.value {
                case .works: .saidToWork
                case .wet: .saidWet
                case .lost, .unknown: .saidLost
                }
            return [Worded(word, [.text("by", answer.by), .time("at", answer.at)])]
        }
        guard harm.isWater else { return [harm.reasonInBuilding] }
        if let told = mark(in: copy).reason(at: copy.height) { return [told] }
        let isAbove = copy.height > depths.meanMeters
        let word: SurvivalReason =
            depths.isMeasured
            ? (isAbove ? .aboveWater : .reachedByWater) : (isAbove ? .aboveExpectedWater : .reachedByExpectedWater)
        let height: [Worded<SurvivalReason>] =
            copy.heightMeters == nil ? [Worded(.heightUnknown, [.meters("meters", copy.height)])] : []
        return height + [Worded(word, [.meters("meters", copy.height), .meters("depth", depths.meanMeters)])]
    }
}
