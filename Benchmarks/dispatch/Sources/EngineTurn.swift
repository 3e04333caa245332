import AnpiEngine
import AnpiModel

/// A whole turn of the engine: everything that one input or one instant costs, of which the plan is a part.
///
/// An office after a flood: sites that lost server and mirror, each with the tasks of its rung, fewer machines than are
/// needed, closed roads. What nobody can do is looked at with its reason in the same turn.
struct EngineTurn {
    private var engine = Engine()
    private var now: Timestamp
    private var operations = 0
    private let sites: Int
    private static let coordinator = Command.Actor(name: "benchmark", role: .admin)

    /// - Parameters:
    ///   - sites: with four tasks each.
    ///   - loaners: machines in stock, of one system.
    init(seed: UInt64, sites: Int, engineers: Int, loaners: Int) {
        self.sites = sites
        let day = DispatchInstance(seed: seed, jobs: sites, engineers: engineers, isPlain: false).problem
        now = day.now
        let office = Office(id: OfficeID(trusted: "office"), name: "office", place: day.depots[0].place.coordinate)
        var fleet = Fleet(offices: [office])
        let always = try? OpeningHours(parsing: "24/7")
        for (number, job) in day.jobs.enumerated() {
            var site = Site(
                id: SiteID(trusted: "s-\(number)"), name: "site \(number)", office: office.id, place: job.to.coordinate,
                municipality: "22103", hours: always)
            (site.system, site.dataGigabytes) = ("karte", Double(20 + number % 100))
            fleet.sites.append(site)
            for (tier, height) in [(CopyTier.primary, 0.1), (.mirror, 0.2), (.external, 1.8)] {
                fleet.copies.append(CopyPlace(site: site.id, tier: tier, room: "\(tier)", heightMeters: height))
            }
        }
        for (number, one) in day.engineers.enumerated() {
            fleet.engineers.append(
                Engineer(
                    id: EngineerID(trusted: "e-\(number)"), name: "engineer \(number)", office: office.id,
                    place: one.place.coordinate, skills: Skill.allCases.filter { one.skills.skills.contains($0) },
                    shift: always))
        }
        for depot in day.depots {
            fleet.depots.append(
                Depot(
                    id: DepotID(trusted: "d-\(depot.id)"), name: "depot", office: office.id,
                    place: depot.place.coordinate))
        }
        for number in 0..<loaners {
            fleet.loaners.append(
                Loaner(id: LoanerID(trusted: "L-\(number)"), depot: fleet.depots[number % 6].id, fits: ["karte"]))
        }
        command(.importFleet(fleet))
        for closure in day.closures { command(.addFinding(Self.finding(closure))) }
        for number in 0..<sites {
            let damage = DamageReport(
                server: .lost, mirror: .lost, external: .works, power: true, network: true)
            command(.reportDamage(SiteID(trusted: "s-\(number)"), damage))
        }
    }

    /// Milliseconds of the processor for the round of the whole office that is due five minutes later.
    mutating func round() -> Double {
        let due = now + .seconds(300)
        return DispatchBenchmarkProgram.timed {
            var step = Step()
            engine.advance(to: due, into: &step)
            now = due
        }.took
    }

    /// The same for an input that touches every plan: a road is closed, and what it concerns is mended at once.
    mutating func closedRoad(_ seed: UInt64) -> Double {
        now = now + .seconds(2)
        let closure = DispatchInstance(seed: seed, jobs: 1, engineers: 1, isPlain: false).problem.closures[0]
        return DispatchBenchmarkProgram.timed { command(.addFinding(Self.finding(closure))) }.took
    }

    /// Tasks that nobody does by the plan as it stands, and all that are open.
    var undone: (unassigned: Int, open: Int) {
        let rows = engine.tasks(TaskFilter(openOnly: true), page: Page(limit: .max))["items"]
        guard case .array(let items)? = rows else { return (0, 0) }
        return (items.count { $0["plan"] == .null }, items.count)
    }

    private mutating func command(_ change: Command.Change) {
        operations += 1
        var step = Step()
        let command = Command(
            operation: "op-\(operations)", bodyDigest: [], actor: Self.coordinator, receivedAt: now, change: change)
        engine.apply(.command(command), at: now, into: &step)
    }

    private static func finding(_ closure: RoadClosure) -> FindingDraft {
        var draft = FindingDraft(kind: .road, result: closure.effect == .closed ? "closed" : "passableWithCare")
        if case .line(let line, _) = closure.shape { draft.line = line.map { [$0.longitude, $0.latitude] } }
        draft.expiresAt = closure.until
        return draft
    }
}
