package import AnpiModel

/// A fleet, what it sent and what was true of it, made up from a plan.
///
/// It shares no parameter and no code with the engine: what it knows of disasters comes from elsewhere, and much of it
/// (feeders, exchanges, people's habits) is in no fleet file. The feed is made as it is read, so that a year of a large
/// fleet needs no room.
package struct SimulatedWorld: Sendable {
    package let plan: SimulationPlan
    package let fleet: Fleet
    /// Only for the scorer.
    package let truth: SimulationTruth

    private let sites: [SimulatedSite]
    private let agents: [SimulatedAgent]
    /// By agent, disjoint and in order.
    private let outages: [[Outage]]
    /// Official messages and findings, in order.
    private let others: [FeedLine]

    /// Makes the world of `plan`; throws only if a pattern of hours were written in a way that fleet files do not know.
    package init(_ plan: SimulationPlan) throws(OpeningHoursError) {
        self.plan = plan
        let world = try SimulatedFleet(plan)
        fleet = world.fleet
        sites = world.sites
        agents = world.agents
        var ledger = OutageLedger(sites: sites.count, agents: agents.count)
        OrdinaryLife(plan: plan, world: world).happen(to: &ledger)
        var others: [FeedLine] = []
        var random = SimulationRandom(seed: plan.seed, .weather, -1)
        for storm in plan.hasSharedCauses ? Seasons(plan: plan, landscape: world.landscape).storms() : [] {
            others += storm.messages(world.landscape, &random)
            storm.blow(over: world, &ledger, &random)
        }
        var catastrophes: [Catastrophe] = []
        for number in plan.disasters.indices {
            var catastrophe = Catastrophe(number: number, plan: plan, world: world)
            catastrophe.strike(&ledger)
            others += catastrophe.messages
            catastrophes.append(catastrophe)
        }
        outages = agents.enumerated().map { number, agent in
            ledger.outages(of: number, agent, at: agent.site >= 0 ? world.sites[agent.site] : nil)
        }
        if plan.hasFindings {
            for catastrophe in catastrophes {
                var office = OfficeLife(plan: plan, world: world, catastrophe: catastrophe, outages: outages)
                others += office.findings()
            }
        }
        // A stable order also where two are told in the same millisecond.
        self.others = others.enumerated().filter { plan.start <= $0.element.at && $0.element.at < plan.end }
            .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        truth = SimulationTruth(
            disasters: catastrophes.map {
                .init(number: $0.number, kind: $0.disaster.kind, from: $0.disaster.at, to: $0.to)
            },
            sites: catastrophes.flatMap { catastrophe in
                catastrophe.truths.keys.sorted().compactMap { catastrophe.truths[$0] }
            })
    }

    /// The feed from its first line; each call begins anew.
    package func feed() -> SimulatedFeed {
        let timelines = agents.enumerated().map { number, agent in
            AgentTimeline(
                number, agent, at: agent.site >= 0 ? sites[agent.site] : nil, outages: outages[number], plan: plan)
        }
        return SimulatedFeed(timelines: timelines, others: others, end: plan.end)
    }
}

extension Storm {
    /// Wind takes a few feeders and exchanges.
    fileprivate func blow(over world: SimulatedFleet, _ ledger: inout OutageLedger, _ random: inout SimulationRandom) {
        let gone = world.landscape.feeders.indices.map { _ in random.chance(0.02) ? random.within(600...14_400) : nil }
        let cut = world.landscape.exchanges.indices.map { _ in random.chance(0.01) ? random.within(600...18_000) : nil }
        for (index, site) in world.sites.enumerated() where peaks[site.municipality] != nil {
            if let seconds = gone[site.feeder] { ledger.cutPower(of: index, Span(from: at, seconds: seconds)) }
            if let seconds = cut[site.exchange] {
                ledger.cutLine(of: index, Span(from: at.later(900), seconds: seconds))
            }
        }
    }
}

/// The lines of a simulated world in order of time, ending with one that only tells the end.
package struct SimulatedFeed: Sequence, IteratorProtocol {
    private var timelines: [AgentTimeline]
    private var others: ArraySlice<FeedLine>
    private let end: Timestamp
    private var isEnded = false
    /// The next line of each agent, as a heap: earliest first, then by agent.
    private var heap: [(line: FeedLine, agent: Int)] = []

    fileprivate init(timelines: [AgentTimeline], others: [FeedLine], end: Timestamp) {
        self.timelines = timelines
        self.others = others[...]
        self.end = end
        for agent in timelines.indices {
            if let line = self.timelines[agent].next() { heap.append((line, agent)) }
        }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    package mutating func next() -> FeedLine? {
        guard let first = heap.first, first.line.at < end else {
            if let other = others.popFirst() { return other }
            guard !isEnded else { return nil }
            isEnded = true
            return FeedLine(at: end, .time)
        }
        if let other = others.first, other.at <= first.line.at { return others.popFirst() }
        if let next = timelines[first.agent].next() {
            heap[0] = (next, first.agent)
        } else {
            let last = heap.removeLast()
            if heap.isEmpty { return first.line }
            heap[0] = last
        }
        sink(0)
        return first.line
    }

    private mutating func sink(_ start: Int) {
        var index = start
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && isBefore(child, least) {
                least = child
            }
            guard least != index else { return }
            heap.swapAt(index, least)
            index = least
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        let (left, right) = (heap[left], heap[right])
        return left.line.at == right.line.at ? left.agent < right.agent : left.line.at < right.line.at
    }
}
