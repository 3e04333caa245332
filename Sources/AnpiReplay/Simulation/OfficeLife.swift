import AnpiModel

/// What people log while a disaster happens: calls that the office makes, calls that come in, what neighbours and the
/// power company say. Answers follow the truth, and come late or not at all.
struct OfficeLife {
    let plan: SimulationPlan
    let world: SimulatedFleet
    let catastrophe: Catastrophe
    /// By agent, in order.
    let outages: [[Outage]]
    private var random: SimulationRandom
    private var lines: [FeedLine] = []

    /// Two people who need five minutes for a call that nobody takes.
    private static let secondsACall = 150.0
    private static let triesMax = 3
    private static let watchDays = 2

    init(plan: SimulationPlan, world: SimulatedFleet, catastrophe: Catastrophe, outages: [[Outage]]) {
        self.plan = plan
        self.world = world
        self.catastrophe = catastrophe
        self.outages = outages
        random = SimulationRandom(seed: plan.seed, .findings, catastrophe.number)
    }

    /// Everything logged about this disaster, in no order.
    mutating func findings() -> [FeedLine] {
        switch catastrophe.disaster.kind {
        case .flood, .quake, .typhoon:
            calls()
            callsIn()
            neighbours()
            utility()
        case .blackout:
            calls()
            utility()
        case .carrierOutage, .agentRelease: break
        }
        return lines
    }

    // MARK: The telephone

    private mutating func calls() {
        let touched = Set(catastrophe.truths.keys.map { world.sites[$0].municipality })
        let candidates = world.sites.indices.filter { touched.contains(world.sites[$0].municipality) }
        guard !candidates.isEmpty else { return }
        var tries: [Int: (count: Int, last: Timestamp)] = [:]
        var settled: Set<Int> = []
        var now = catastrophe.disaster.at.later(3_600)
        let until = min(plan.end, catastrophe.disaster.at.later(Double(Self.watchDays) * 86_400))
        while now < until {
            defer { now = now.later(Self.secondsACall) }
            let hour = now.civil().millisecondOfDay / 3_600_000
            guard (7..<20).contains(hour) else { continue }
            // Whoever is dark and was not asked lately; a handful is looked at, as a person looks down a list.
            for _ in 0..<30 {
                let site = candidates[Int(random.unit() * Double(candidates.count))]
                let earlier = tries[site]
                guard !settled.contains(site),
                    earlier.map({ $0.count < Self.triesMax && now > $0.last.later(7_200) }) ?? true,
                    isDark(site, at: now)
                else { continue }
                tries[site] = ((earlier?.count ?? 0) + 1, now)
                let answer = answer(of: site, at: now)
                if answer == "damage" || answer == "noDamage" { settled.insert(site) }
                logCall(.out, world.sites[site].id, answer, at: now.later(120))
                break
            }
        }
    }

    private mutating func answer(of site: Int, at now: Timestamp) -> String {
        let truth = catastrophe.truths[site]
        let isHit = truth?.hit == true && truth?.hitAt.map { $0 <= now } == true
        if catastrophe.disaster.kind == .quake, (now - catastrophe.disaster.at).wholeSeconds < 21_600,
            random.chance(0.3)
        {
            return "congested"
        }
        if isHit {
            if truth?.unreachable == true { return random.chance(0.4) ? "lineDead" : "noAnswer" }
            return random.chance(0.7) ? "damage" : "noAnswer"
        }
        let (date, millisecond) = now.civil()
        let isStaffed = world.sites[site].staffed(on: date)?.contains(millisecond / 60_000) ?? false
        if truth?.powerOnly == true { return random.chance(isStaffed ? 0.55 : 0.2) ? "noDamage" : "noAnswer" }
        if truth != nil, random.chance(0.5) { return "lineDead" }
        return random.chance(isStaffed ? 0.8 : 0.1) ? "noDamage" : "noAnswer"
    }

    private mutating func callsIn() {
        for site in catastrophe.truths.keys.sorted() {
            guard let truth = catastrophe.truths[site], let hitAt = truth.hitAt, !truth.unreachable, random.chance(0.5)
            else { continue }
            let at = byDay(hitAt.later(random.exponential(mean: 7_200)))
            logCall(.in, truth.site, "damage", at: at)
        }
    }

    // MARK: Others

    /// People near a site that is hit tell of it; now and then somebody tells of damage where there is none.
    private mutating func neighbours() {
        let phenomenon: Phenomenon = catastrophe.disaster.kind == .quake ? .quake : .flood
        for site in catastrophe.truths.keys.sorted() {
            guard let truth = catastrophe.truths[site], let hitAt = truth.hitAt, random.chance(0.3) else { continue }
            report(
                near: world.sites[site].place, phenomenon, at: hitAt.later(random.within(1_800...28_800)),
                isTrusted: random.chance(0.6))
        }
        if random.chance(0.5), let anywhere = world.sites.indices.randomElement(using: &random) {
            report(
                near: world.sites[anywhere].place, phenomenon,
                at: catastrophe.disaster.at.later(random.within(3_600...43_200)), isTrusted: false)
        }
    }

    private mutating func report(near place: Coordinate, _ phenomenon: Phenomenon, at: Timestamp, isTrusted: Bool) {
        let seen = place.moved(east: random.normal() * 0.2, north: random.normal() * 0.2)
        var draft = FindingDraft(kind: .report, result: "damage")
        draft.place = seen
        draft.phenomenon = phenomenon
        draft.radiusKilometers = 0.5
        draft.trusted = isTrusted
        log(draft, at: byDay(at))
    }

    /// The power company names municipalities, not feeders, some time after it knows.
    private mutating func utility() {
        let dark = Dictionary(grouping: catastrophe.feedersOut) { world.landscape.feeders[$0.feeder].municipality }
        for municipality in dark.keys.sorted() {
            guard let spans = dark[municipality]?.map(\.span), let from = spans.map(\.from).min(),
                let to = spans.map(\.to).max(), random.chance(0.75)
            else { continue }
            let code = world.landscape.municipalities[municipality].code
            for (result, at) in [
                ("down", from.later(random.within(1_200...3_600))), ("restored", to.later(random.within(0...3_600))),
            ] {
                var draft = FindingDraft(kind: .outage, result: result)
                draft.utility = .power
                draft.area = .init(municipalities: [code])
                draft.author = "電力会社"
                log(draft, at: at)
            }
        }
    }

    // MARK: Common

    private mutating func logCall(_ direction: CallDirection, _ site: SiteID, _ answer: String, at: Timestamp) {
        var draft = FindingDraft(kind: .phone, site: site, result: answer)
        draft.direction = direction
        log(draft, at: at)
    }

    private mutating func log(_ draft: FindingDraft, at: Timestamp) {
        guard at < plan.end else { return }
        var draft = draft
        draft.author = draft.author ?? "当番"
        lines.append(FeedLine(at: at, .finding(draft)))
    }

    /// Nobody sees or calls in the night: then it is told between half past six and half past eight.
    private mutating func byDay(_ at: Timestamp) -> Timestamp {
        let (date, millisecond) = at.civil()
        let hour = millisecond / 3_600_000
        if (6..<22).contains(hour) { return at }
        return Timestamp(hour < 6 ? date : date.adding(days: 1), minuteOfDay: 390).later(random.within(0...7_200))
    }

    private func isDark(_ site: Int, at now: Timestamp) -> Bool {
        let (date, millisecond) = now.civil()
        let isStaffed = world.sites[site].staffed(on: date)?.contains(millisecond / 60_000) ?? false
        return world.sites[site].agents.allSatisfy { agent in
            if world.agents[agent].rhythm == .hours, !isStaffed { return true }
            return outages[agent].contains { $0.from <= now && now < $0.to }
        }
    }
}
