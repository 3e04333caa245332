import AnpiModel

/// A problem as flat arrays: numbers become places in lists, instants become milliseconds after now.
///
/// Planning asks millions of times when a job would end; nothing here is an object, and nothing is looked up by name.
struct PlanningTables: Sendable {
    /// Later than every instant of a plan: the end of what is not planned.
    static let never = 1 << 52
    /// Nothing is worth being left undone: a job that nobody does costs as if it waited a month longer than anybody works,
    static let undoneMilliseconds = 30 * 86_400_000
    /// of at most a year, so that sums stay within 64 bits where somebody works for ever,
    static let plannedMillisecondsMax = 366 * 86_400_000
    /// and as if it were an ordinary site's at least.
    static let undoneWeightMin = 1_000
    /// What a minute's driving costs: a thousandth of an ordinary site's waiting, only to tell equals apart.
    static let drivingWeight = 1
    /// Giving an accepted job to another costs so much waiting of its site, and an offered one so much.
    static let acceptanceMilliseconds = 15 * 60_000
    static let offerMilliseconds = 5 * 60_000

    let problem: PlanningProblem
    var travel: TravelTable

    // Jobs, in the order of the problem.
    var weight: [Int]
    let work: [Int]
    let pickup: [Int]
    let earliest: [Int]
    let to: [Int]
    /// -1 where there is none.
    let from: [Int]
    /// Whether an engineer may do a job: skills, pins, refusals; jobs × engineers.
    let isAllowed: [Bool]
    /// The engineer who accepted it or was asked for it; -1 where nobody was.
    let promised: [Int]
    /// What it costs to give it to another, as its site's waiting.
    let movedMilliseconds: [Int]
    /// What it costs when nobody does it.
    var penalty: [Int] = []
    /// The end of frozen work; `never` for what can be planned.
    let frozenEnd: [Int]
    var windows: Ranges
    let predecessors: Lists
    let successors: Lists

    // Engineers.
    let startPlace: [Int]
    let freeFrom: [Int]
    var spans: Ranges

    // Loaners.
    /// Whether a job has to fetch one.
    let needsLoaner: [Bool]
    /// jobs × loaners.
    var fits: [Bool]
    /// How many jobs could use each: who has the choice takes the one that others need least.
    var uses: [Int]
    var depotPlace: [Int]
    let loanersOfFrozen: [Bool]

    var jobs: Range<Int> { 0..<weight.count }
    var engineers: Range<Int> { 0..<startPlace.count }
    var loaners: Range<Int> { 0..<depotPlace.count }

    /// When one job of a route is done.
    struct Timing {
        var leaves: Int
        var arrives: Int
        var starts: Int
        /// `never` where it does not fit in.
        var ends: Int
    }

    /// When `job` would be done by `engineer` who is free at `place` from `free` on.
    ///
    /// `ready` is when the work may begin at the earliest; `depot` is where the loaner is fetched, -1 for none.
    @inline(__always)
    func timing(job: Int, engineer: Int, from place: Int, free: Int, ready: Int, depot: Int) -> Timing {
        for span in spans.range(of: engineer) where free < spans.upper[span] {
            let leaves = max(free, spans.lower[span])
            var time = leaves
            var at = place
            if depot >= 0 {
                time = travel.arrival(from: at, to: depot, ready: time) + pickup[job]
                at = depot
            }
            if from[job] >= 0 {
                time = travel.arrival(from: at, to: from[job], ready: time) + pickup[job]
                at = from[job]
            }
            let arrives = travel.arrival(from: at, to: to[job], ready: time)
            let starts = opening(of: job, from: max(arrives, ready))
            let ends = starts + work[job]
            if ends <= spans.upper[span] {
                return Timing(leaves: leaves, arrives: arrives, starts: starts, ends: ends)
            }
        }
        return Timing(leaves: Self.never, arrives: Self.never, starts: Self.never, ends: Self.never)
    }

    /// The first instant from `time` on at which the door is opened.
    @inline(__always)
    private func opening(of job: Int, from time: Int) -> Int {
        let range = windows.range(of: job)
        guard !range.isEmpty else { return time }
        for window in range where time < windows.upper[window] { return max(time, windows.lower[window]) }
        return Self.never
    }

    /// Milliseconds of driving on open roads for `job` from `place`.
    @inline(__always)
    func drive(job: Int, from place: Int, depot: Int) -> Int {
        var drive = 0
        var at = place
        if depot >= 0 {
            drive += travel.drive(from: at, to: depot)
            at = depot
        }
        if from[job] >= 0 {
            drive += travel.drive(from: at, to: from[job])
            at = from[job]
        }
        return drive + travel.drive(from: at, to: to[job])
    }

    /// Gives the jobs other weights.
    mutating func weigh(by weights: [Int]) {
        weight = weights
        let undone = min(spans.upper.max() ?? 0, Self.plannedMillisecondsMax) + Self.undoneMilliseconds
        penalty = weights.map { max($0, Self.undoneWeightMin) * undone }
    }

    func isAllowed(_ job: Int, by engineer: Int) -> Bool { isAllowed[job * startPlace.count + engineer] }

    func fits(_ loaner: Int, for job: Int) -> Bool { fits[job * depotPlace.count + loaner] }

    /// What it costs that `engineer` does `job` and not who accepted it.
    func moved(_ job: Int, to engineer: Int) -> Int {
        promised[job] < 0 || promised[job] == engineer ? 0 : weight[job] * movedMilliseconds[job]
    }

    func instant(_ time: Int) -> Timestamp { Timestamp(milliseconds: problem.now.milliseconds + Int64(time)) }
}

extension PlanningTables {
    /// Spans of time of each row, one behind the other.
    struct Ranges: Sendable {
        private(set) var first = [0]
        var lower: [Int] = []
        var upper: [Int] = []

        init(_ rows: [[Range<Int>]]) {
            for row in rows {
                lower += row.map(\.lowerBound)
                upper += row.map(\.upperBound)
                first.append(lower.count)
            }
        }

        @inline(__always)
        func range(of row: Int) -> Range<Int> { first[row]..<first[row + 1] }
    }

    /// Numbers of each row, one behind the other.
    struct Lists: Sendable {
        private var first = [0]
        private var items: [Int] = []

        init(_ rows: [[Int]]) {
            for row in rows {
                items += row
                first.append(items.count)
            }
        }

        @inline(__always)
        func range(of row: Int) -> Range<Int> { first[row]..<first[row + 1] }

        @inline(__always)
        subscript(index: Int) -> Int { items[index] }

        func row(_ row: Int) -> ArraySlice<Int> { items[range(of: row)] }
    }
}
