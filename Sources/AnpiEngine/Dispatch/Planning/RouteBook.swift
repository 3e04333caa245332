/// Who does what in which order, and when each job ends: the state that planning changes and takes back.
///
/// Routes are rings: each engineer's begins and ends at a node behind the jobs. A change relinks a few nodes and then lets
/// the times settle: along the routes, and across them where a job waits for another's. Everything is noted, so that a
/// change that breaks a rule or does not pay is undone exactly.
struct RouteBook: Sendable {
    var tables: PlanningTables
    private(set) var cost = PlanCost()

    /// Who does each job, -1 for nobody; each engineer's own node is theirs.
    private(set) var engineer: [Int]
    private(set) var next: [Int]
    private(set) var previous: [Int]
    /// When each job ends; `never` where it is not planned.
    private(set) var end: [Int]
    /// Milliseconds that are driven for each job.
    private(set) var drive: [Int]
    /// The loaner that each job fetches, -1 for none.
    private(set) var loaner: [Int]
    /// The job that has each loaner, -1 where it is free.
    private(set) var holder: [Int]

    private var undo: [Note] = []
    private var costBefore = PlanCost()
    /// Jobs whose time has to be looked at again.
    private var unsettled: [Int] = []
    /// Jobs that were put in and have no time yet.
    private var untimed = 0

    private struct Note {
        enum Field { case engineer, next, previous, end, drive, loaner, holder }
        var field: Field
        var index: Int
        var value: Int
    }

    /// Steps until times must have settled: where jobs wait for one another in a ring, they never do.
    private let stepsMax: Int

    init(_ tables: PlanningTables) {
        self.tables = tables
        let jobs = tables.jobs.count
        let nodes = jobs + tables.engineers.count
        engineer = Array(repeating: -1, count: jobs) + tables.engineers
        next = Array(0..<nodes)
        previous = Array(0..<nodes)
        end = tables.frozenEnd + tables.freeFrom
        drive = Array(repeating: 0, count: jobs)
        loaner = Array(repeating: -1, count: jobs)
        holder = Array(repeating: -1, count: tables.loaners.count)
        stepsMax = 8 * jobs + 64
        weigh(by: tables.weight)
    }

    /// The node at which an engineer's route begins and ends.
    func head(of engineer: Int) -> Int { tables.jobs.count + engineer }

    func isJob(_ node: Int) -> Bool { node < tables.jobs.count }

    func isPlanned(_ job: Int) -> Bool { engineer[job] >= 0 }

    /// Sums anew with other weights.
    mutating func weigh(by weights: [Int]) {
        tables.weigh(by: weights)
        cost = PlanCost()
        for job in tables.jobs {
            if isPlanned(job) {
                cost.waiting += Int64(tables.weight[job] * end[job])
                cost.driving += Int64(drive[job] * PlanningTables.drivingWeight)
                cost.moved += Int64(tables.moved(job, to: engineer[job]))
            } else if isWaiting(job) {
                cost.unassigned += Int64(tables.penalty[job])
            }
        }
    }

    /// Neither planned nor under way: it can be put in.
    func isWaiting(_ job: Int) -> Bool { end[job] == PlanningTables.never }

    func isFree(_ loaner: Int) -> Bool { holder[loaner] < 0 && !tables.loanersOfFrozen[loaner] }

    /// An engineer's jobs in the order of their way.
    func route(of engineer: Int) -> [Int] {
        var jobs: [Int] = []
        var node = next[head(of: engineer)]
        while isJob(node) {
            jobs.append(node)
            node = next[node]
        }
        return jobs
    }

    // MARK: Changes

    /// Begins a change: what follows can be undone up to here.
    mutating func begin() {
        undo.removeAll(keepingCapacity: true)
        unsettled.removeAll(keepingCapacity: true)
        untimed = 0
        costBefore = cost
    }

    /// Takes back everything since `begin`.
    mutating func takeBack() {
        while let note = undo.popLast() {
            switch note.field {
            case .engineer: engineer[note.index] = note.value
            case .next: next[note.index] = note.value
            case .previous: previous[note.index] = note.value
            case .end: end[note.index] = note.value
            case .drive: drive[note.index] = note.value
            case .loaner: loaner[note.index] = note.value
            case .holder: holder[note.index] = note.value
            }
        }
        cost = costBefore
    }

    /// What the change since `begin` costs.
    var difference: Int64 { cost.total - costBefore.total }

    /// Takes a job out of its route; its loaner is free again unless it keeps it.
    mutating func remove(_ job: Int, keepsLoaner: Bool = false) {
        let follower = next[job]
        link(previous[job], follower)
        lookAgain(at: follower)
        cost.waiting -= Int64(tables.weight[job] * end[job])
        cost.driving -= Int64(drive[job] * PlanningTables.drivingWeight)
        cost.moved -= Int64(tables.moved(job, to: engineer[job]))
        cost.unassigned += Int64(tables.penalty[job])
        note(.engineer, job, engineer[job])
        engineer[job] = -1
        note(.drive, job, drive[job])
        drive[job] = 0
        setEnd(of: job, to: PlanningTables.never)
        if !keepsLoaner, loaner[job] >= 0 { setLoaner(of: job, to: -1) }
    }

    /// Puts a job that is in no route behind a node.
    mutating func insert(_ job: Int, after node: Int) {
        let follower = next[node]
        link(node, job)
        link(job, follower)
        note(.engineer, job, engineer[job])
        engineer[job] = engineer[node]
        cost.unassigned -= Int64(tables.penalty[job])
        cost.moved += Int64(tables.moved(job, to: engineer[job]))
        untimed += 1
        lookAgain(at: follower)
        lookAgain(at: job)
    }

    /// Gives a job a loaner, or none.
    mutating func setLoaner(of job: Int, to new: Int) {
        let old = loaner[job]
        if old >= 0, holder[old] == job {
            note(.holder, old, job)
            holder[old] = -1
        }
        note(.loaner, job, old)
        loaner[job] = new
        if new >= 0 {
            note(.holder, new, holder[new])
            holder[new] = job
        }
        if isPlanned(job) { lookAgain(at: job) }
    }

    /// What comes behind either of two nodes of different routes changes places.
    mutating func exchangeTails(after one: Int, and other: Int) {
        let (oneHead, otherHead) = (head(of: engineer[one]), head(of: engineer[other]))
        let (oneTail, otherTail) = (next[one], next[other])
        let (oneLast, otherLast) = (previous[oneHead], previous[otherHead])
        give(from: oneTail, to: engineer[other])
        give(from: otherTail, to: engineer[one])
        join(one, otherTail, otherLast, oneHead)
        join(other, oneTail, oneLast, otherHead)
    }

    /// Hangs a tail, which may be empty, between a node and the end of its ring.
    private mutating func join(_ node: Int, _ first: Int, _ last: Int, _ head: Int) {
        guard isJob(first) else {
            link(node, head)
            return
        }
        link(node, first)
        link(last, head)
        lookAgain(at: first)
    }

    /// The jobs from a node on are another engineer's.
    private mutating func give(from first: Int, to new: Int) {
        var job = first
        while isJob(job) {
            cost.moved += Int64(tables.moved(job, to: new) - tables.moved(job, to: engineer[job]))
            note(.engineer, job, engineer[job])
            engineer[job] = new
            // Their spans differ: each is looked at, also where it would end at the same time.
            lookAgain(at: job)
            job = next[job]
        }
    }

    // MARK: Times

    /// Lets the times follow from the changes; false where a rule is broken.
    ///
    /// A job is looked at whenever what it follows has changed, until nothing changes any more. That ends where no job
    /// waits for itself; where one does, it never gets a time or is pushed out of every shift.
    mutating func settle() -> Bool {
        var steps = 0
        while let first = unsettled.popLast() {
            guard isPlanned(first) else { continue }
            guard settleDrive(of: first) else { return false }
            var job = first
            while isJob(job) {
                steps += 1
                guard steps <= stepsMax else { return false }
                let ready = ready(job)
                if ready >= PlanningTables.never || end[previous[job]] == PlanningTables.never {
                    // It is looked at again once those that were put in before it have their time.
                    guard waitsForPlanned(job) else { return false }
                    break
                }
                let ends = tables.timing(
                    job: job, engineer: engineer[job], from: place(before: job), free: end[previous[job]],
                    ready: ready, depot: depot(of: job)
                ).ends
                guard ends != end[job] else { break }
                guard ends < PlanningTables.never else { return false }
                setTime(of: job, to: ends)
                job = next[job]
            }
        }
        return untimed == 0
    }

    private mutating func setTime(of job: Int, to ends: Int) {
        if end[job] == PlanningTables.never {
            untimed -= 1
        } else {
            cost.waiting -= Int64(tables.weight[job] * end[job])
        }
        cost.waiting += Int64(tables.weight[job] * ends)
        setEnd(of: job, to: ends)
    }

    /// Whether all that a job waits for is in a route at least.
    private func waitsForPlanned(_ job: Int) -> Bool {
        tables.predecessors.row(job).allSatisfy { !isWaiting($0) || isPlanned($0) }
    }

    /// What is driven for a job; false where the engineer may not do it, or it lacks its loaner.
    private mutating func settleDrive(of job: Int) -> Bool {
        guard tables.isAllowed(job, by: engineer[job]) else { return false }
        if tables.needsLoaner[job], loaner[job] < 0 { return false }
        let driven = tables.drive(job: job, from: place(before: job), depot: depot(of: job))
        guard driven != drive[job] else { return true }
        cost.driving += Int64((driven - drive[job]) * PlanningTables.drivingWeight)
        note(.drive, job, drive[job])
        drive[job] = driven
        return true
    }

    /// The times of a planned job.
    func timing(of job: Int) -> PlanningTables.Timing { timing(of: job, after: previous[job], with: loaner[job]) }

    /// The times that a job would have behind a node.
    func timing(of job: Int, after node: Int, with loaner: Int) -> PlanningTables.Timing {
        tables.timing(
            job: job, engineer: engineer[node], from: place(behind: node), free: end[node], ready: ready(job),
            depot: loaner < 0 ? -1 : tables.depotPlace[loaner])
    }

    /// When the work may begin: its own time, and what has to be over before.
    @inline(__always)
    func ready(_ job: Int) -> Int {
        var ready = tables.earliest[job]
        for place in tables.predecessors.range(of: job) { ready = max(ready, end[tables.predecessors[place]]) }
        return ready
    }

    /// Where an engineer is before a job.
    @inline(__always)
    private func place(before job: Int) -> Int { place(behind: previous[job]) }

    /// Where an engineer is once a node is done.
    func place(behind node: Int) -> Int { isJob(node) ? tables.to[node] : tables.startPlace[engineer[node]] }

    @inline(__always)
    func depot(of job: Int) -> Int { loaner[job] < 0 ? -1 : tables.depotPlace[loaner[job]] }

    // MARK: Notes

    private mutating func lookAgain(at node: Int) {
        if isJob(node) { unsettled.append(node) }
    }

    private mutating func setEnd(of job: Int, to new: Int) {
        note(.end, job, end[job])
        end[job] = new
        for place in tables.successors.range(of: job) {
            let follower = tables.successors[place]
            if isPlanned(follower) { unsettled.append(follower) }
        }
    }

    private mutating func link(_ node: Int, _ follower: Int) {
        note(.next, node, next[node])
        next[node] = follower
        note(.previous, follower, previous[follower])
        previous[follower] = node
    }

    private mutating func note(_ field: Note.Field, _ index: Int, _ value: Int) {
        undo.append(Note(field: field, index: index, value: value))
    }
}
