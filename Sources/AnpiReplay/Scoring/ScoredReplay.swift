package import AnpiEngine
import AnpiModel

/// A simulated world played through the engine, scored as it goes: what was decided beside what was true.
package struct ScoredReplay {
    private var replay: Replay
    private var scorer: Scorer
    /// Kinds by incident: who joins later is told without it.
    private var kinds: [IncidentID: IncidentKind] = [:]
    /// Incidents that are real; a candidate has not been told as one, whoever joins it.
    private var opened: Set<IncidentID> = []
    /// Tasks of kind `inspect` that somebody was asked to do.
    private var offered: Set<TaskID> = []
    private let plan: SimulationPlan

    /// - Parameter watch: sees every decision in order, for whoever looks for causes.
    package init(
        _ world: SimulatedWorld, parameters: Parameters = Parameters(), watch: (Decision) -> Void = { _ in }
    ) {
        plan = world.plan
        scorer = Scorer(truth: world.truth)
        var step = Step()
        replay = Replay(fleet: world.fleet, start: plan.start, parameters: parameters, into: &step)
        observe(step, watch)
    }

    package mutating func take(_ line: FeedLine, watch: (Decision) -> Void = { _ in }) {
        var step = Step()
        replay.take(line, into: &step)
        if !step.entries.isEmpty { observe(step, watch) }
    }

    /// The engine as it stands, for whoever measures more of it.
    package var engine: Engine { replay.engine }

    package consuming func score() -> Score { scorer.score(from: plan.start, to: plan.end) }

    private mutating func observe(_ step: Step, _ watch: (Decision) -> Void) {
        for entry in step.entries {
            guard case .decision(let decision) = entry else { continue }
            observe(decision)
            watch(decision)
        }
    }

    private mutating func observe(_ decision: Decision) {
        if decision.name == .siteAssessed { return assessed(decision) }
        if decision.name == .taskOffered { return wasOffered(decision) }
        guard let incident = decision.incident else { return }
        let told = decision.details
        if case .string(let word)? = told.value("kind"), let kind = IncidentKind(rawValue: word) {
            kinds[incident] = kind
        }
        if decision.name == .incidentOpened {
            opened.insert(incident)
            if kinds[incident] == .single { scorer.observeSingle() }
        }
        guard [.incidentOpened, .incidentJoined, .incidentChanged].contains(decision.name), opened.contains(incident),
            let kind = kinds[incident]
        else { return }
        var sites: [SiteID] = []
        if case .string(let site)? = told.value("site") { sites.append(SiteID(trusted: site)) }
        if case .array(let list)? = told.value("sites") {
            for case .string(let site) in list { sites.append(SiteID(trusted: site)) }
        }
        scorer.observe(IncidentRecord(at: decision.at, incident: incident, kind: kind, sites: sites))
    }

    private mutating func wasOffered(_ decision: Decision) {
        guard let site = decision.site, let task = decision.task,
            case .string("inspect")? = decision.details.value("kind"), offered.insert(task).inserted
        else { return }
        scorer.observe(VisitRecord(at: decision.at, site: site))
    }

    private mutating func assessed(_ decision: Decision) {
        guard let site = decision.site, case .string(let word)? = decision.details.value("assessment"),
            let assessment = Assessment(rawValue: word)
        else { return }
        var probability: Double?
        if case .decimal(let value, _)? = decision.details.value("probability") { probability = value }
        scorer.observe(
            AssessmentRecord(at: decision.at, site: site, assessment: assessment, probability: probability))
    }
}

extension [JSON.Member] {
    fileprivate func value(_ key: String) -> JSON? { first { $0.key == key }?.value }
}
