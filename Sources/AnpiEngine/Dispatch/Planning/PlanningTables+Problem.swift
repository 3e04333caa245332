import AnpiModel

extension PlanningTables {
    init(_ problem: PlanningProblem) {
        let now = problem.now
        func time(_ instant: Timestamp) -> Int {
            // Far enough for "never", near enough for sums.
            Int(min(max(instant.milliseconds - now.milliseconds, -Int64(Self.never)), Int64(Self.never)))
        }
        let jobs = problem.jobs
        let engineers = problem.engineers
        let jobNumbers = Self.places(of: jobs.map(\.id))
        let engineerNumbers = Self.places(of: engineers.map(\.id))
        let depotNumbers = Self.places(of: problem.depots.map(\.id))
        var places = PlaceList()

        self.problem = problem
        weight = jobs.map { max(1, $0.weightThousandths) }
        work = jobs.map { max(0, $0.minutes) * 60_000 }
        pickup = jobs.map { max(0, $0.pickupMinutes) * 60_000 }
        earliest = jobs.map { max(0, $0.earliest.map(time) ?? 0) }
        to = jobs.map { places.index(of: $0.to) }
        from = jobs.map { job in job.from.map { places.index(of: $0) } ?? -1 }
        promised = jobs.map { ($0.accepted ?? $0.offered).flatMap { engineerNumbers[$0] } ?? -1 }
        movedMilliseconds = jobs.map { $0.accepted == nil ? Self.offerMilliseconds : Self.acceptanceMilliseconds }
        windows = Ranges(jobs.map { $0.windows.map { time($0.lowerBound)..<time($0.upperBound) } })

        let frozen = jobs.map { job in
            job.frozen.map { max(0, time($0.startsAt) + max(0, job.minutes) * 60_000) } ?? Self.never
        }
        frozenEnd = frozen
        var predecessors: [[Int]] = []
        var successors: [[Int]] = Array(repeating: [], count: jobs.count)
        for (index, job) in jobs.enumerated() {
            let before = frozen[index] < Self.never ? [] : job.after.compactMap { jobNumbers[$0] }
            predecessors.append(before)
            for one in before { successors[one].append(index) }
        }
        self.predecessors = Lists(predecessors)
        self.successors = Lists(successors)

        isAllowed = jobs.flatMap { job in
            engineers.map { engineer in
                guard engineer.skills.isSuperset(of: job.skills) else { return false }
                if let pinned = job.pinned { return pinned == engineer.id }
                return !job.refusedBy.contains(engineer.id)
            }
        }

        // Who is at work goes on from there: from what begins last, when all is over.
        var startPlace = engineers.map { places.index(of: $0.place) }
        var freeFrom = engineers.map { max(0, $0.freeFrom.map(time) ?? 0) }
        var lastStart: [Timestamp] = Array(repeating: .distantPast, count: engineers.count)
        for (index, job) in jobs.enumerated() {
            guard let begun = job.frozen, let engineer = engineerNumbers[begun.engineer] else { continue }
            freeFrom[engineer] = max(freeFrom[engineer], frozen[index])
            guard begun.startsAt >= lastStart[engineer] else { continue }
            lastStart[engineer] = begun.startsAt
            startPlace[engineer] = to[index]
        }
        self.startPlace = startPlace
        self.freeFrom = freeFrom
        spans = Ranges(
            engineers.map { engineer in
                engineer.spans.map { max(0, time($0.lowerBound))..<max(0, time($0.upperBound)) }.filter { !$0.isEmpty }
            })

        let stock = LoanerStock(problem)
        needsLoaner = stock.needsLoaner
        fits = stock.fits
        uses = problem.loaners.indices.map { loaner in
            jobs.indices.count { stock.fits[$0 * problem.loaners.count + loaner] }
        }
        loanersOfFrozen = stock.isOfFrozen
        let depots = problem.depots.map { places.index(of: $0.place) }
        depotPlace = problem.loaners.map { loaner in depotNumbers[loaner.depot].map { depots[$0] } ?? -1 }
        travel = TravelTable(places: places.places, closures: problem.closures, now: now)
        weigh(by: weight)
    }

    /// Where each number stands in a list; of two equal ones the first.
    static func places(of numbers: [Int]) -> [Int: Int] {
        Dictionary(numbers.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Places without repetition, in the order in which they were first asked for.
private struct PlaceList {
    private(set) var places: [PlanningProblem.Place] = []
    private var known: [PlanningProblem.Place: Int] = [:]

    mutating func index(of place: PlanningProblem.Place) -> Int {
        if let index = known[place] { return index }
        places.append(place)
        known[place] = places.count - 1
        return places.count - 1
    }
}

/// Which loaner can serve which job.
private struct LoanerStock {
    /// Whether each job has to fetch one.
    let needsLoaner: [Bool]
    /// jobs × loaners.
    let fits: [Bool]
    /// What is under way already, by loaner.
    let isOfFrozen: [Bool]

    init(_ problem: PlanningProblem) {
        let numbers = PlanningTables.places(of: problem.loaners.map(\.id))
        let depots = Set(problem.depots.map(\.id))
        var isOfFrozen = Array(repeating: false, count: problem.loaners.count)
        var isReserved = isOfFrozen
        for job in problem.jobs {
            guard let reserved = job.loaner?.reserved.flatMap({ numbers[$0] }) else { continue }
            isReserved[reserved] = true
            if job.frozen != nil { isOfFrozen[reserved] = true }
        }
        needsLoaner = problem.jobs.map { job in
            guard let need = job.loaner, job.frozen == nil else { return false }
            // One that is reserved and not in stock is in the car.
            return need.reserved.map { numbers[$0] != nil } ?? true
        }
        fits = problem.jobs.flatMap { job in
            problem.loaners.indices.map { index in
                let loaner = problem.loaners[index]
                guard let need = job.loaner, depots.contains(loaner.depot), !isOfFrozen[index] else { return false }
                if let reserved = need.reserved { return reserved == loaner.id }
                return !isReserved[index] && (need.system.map(loaner.fits.contains) ?? true)
            }
        }
        self.isOfFrozen = isOfFrozen
    }
}
