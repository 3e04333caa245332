/// What a change to one route would cost, computed along the way without changing anything.
///
/// Most moves do not pay, and most of those show it here already. Times in other routes are taken as they are: where a job
/// for which others wait would end at another time, `laterElsewhere` or `soonerElsewhere` say that the sum is not all.
struct RouteWalk {
    private let engineer: Int
    private var place: Int
    private var free: Int
    /// Added to the plan's cost, leaving things undone aside.
    private(set) var cost = 0
    private(set) var isPossible = true
    /// Others, elsewhere, would have to wait longer: the change costs at least this.
    private(set) var laterElsewhere = false
    /// Others, elsewhere, could perhaps begin sooner.
    private(set) var soonerElsewhere = false
    /// The job that came from elsewhere; -1 for none.
    private var visited = -1

    /// Sets out from where an engineer is once a node is done.
    init(behind node: Int, in book: RouteBook) {
        engineer = book.engineer[node]
        place = book.place(behind: node)
        free = book.end[node]
    }

    /// The route of a planned job without it.
    init(removing job: Int, from book: RouteBook) {
        self.init(behind: book.previous[job], in: book)
        follow(book.next[job], in: book)
    }

    /// False where the two routes of a change show that it breaks a rule or costs more than `threshold`.
    static func isWorthTrying(_ one: RouteWalk, _ other: RouteWalk, upTo threshold: Int64) -> Bool {
        // Where something ends sooner for which others wait, the walk need not see all: only trying tells.
        if one.soonerElsewhere || other.soonerElsewhere { return true }
        return one.isPossible && other.isPossible && Int64(one.cost + other.cost) <= threshold
    }

    /// True where nothing but this route changes.
    var isWhole: Bool { !laterElsewhere && !soonerElsewhere }

    /// Goes to a job that was elsewhere or nowhere.
    mutating func visit(_ job: Int, with loaner: Int, in book: RouteBook) {
        let depot = loaner < 0 ? -1 : book.tables.depotPlace[loaner]
        let drive = book.tables.drive(job: job, from: place, depot: depot)
        cost += (drive - book.drive[job]) * PlanningTables.drivingWeight
        cost += book.tables.moved(job, to: engineer)
        if book.isPlanned(job) { cost -= book.tables.moved(job, to: book.engineer[job]) }
        visited = job
        _ = go(to: job, depot: depot, in: book)
    }

    /// Goes on with a job and all behind it, until nothing differs from what is planned.
    mutating func follow(_ first: Int, in book: RouteBook) {
        guard isPossible, book.isJob(first) else { return }
        var job = first
        let depot = book.depot(of: job)
        cost +=
            (book.tables.drive(job: job, from: place, depot: depot) - book.drive[job]) * PlanningTables.drivingWeight
        // Another's jobs all change hands.
        let changesHands = book.engineer[job] != engineer
        repeat {
            if changesHands {
                guard book.tables.isAllowed(job, by: engineer) else {
                    isPossible = false
                    return
                }
                cost += book.tables.moved(job, to: engineer) - book.tables.moved(job, to: book.engineer[job])
            }
            let isSame = go(to: job, depot: book.depot(of: job), in: book)
            if !isPossible || isSame && !changesHands { return }
            job = book.next[job]
        } while book.isJob(job)
    }

    /// Whether the job ends when it is planned to.
    @inline(__always)
    private mutating func go(to job: Int, depot: Int, in book: RouteBook) -> Bool {
        let ends = book.tables.timing(
            job: job, engineer: engineer, from: place, free: free, ready: book.ready(job), depot: depot
        ).ends
        guard ends < PlanningTables.never else {
            isPossible = false
            return false
        }
        let planned = book.end[job]
        place = book.tables.to[job]
        free = ends
        guard ends != planned else { return true }
        cost += book.tables.weight[job] * (planned == PlanningTables.never ? ends : ends - planned)
        for index in book.tables.successors.range(of: job) {
            let waiting = book.tables.successors[index]
            // A job put before what it waits for would wait for itself: only trying tells.
            guard book.isPlanned(waiting) || waiting == visited else { continue }
            if ends < planned { soonerElsewhere = true } else { laterElsewhere = true }
        }
        return false
    }
}
