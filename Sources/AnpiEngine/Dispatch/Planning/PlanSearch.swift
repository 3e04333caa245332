/// Local search on a plan: relocations, swaps, exchanges of tails (2-opt*), loaners given to others.
///
/// Changes that cost a little are accepted at first and ever less so (threshold accepting; Dueck, Scheuer 1990), which
/// leads out of local optima without exponentials; the best plan seen is what comes out. The budget is moves tried.
struct PlanSearch {
    private var book: RouteBook
    private var best: RouteBook
    private var random: SplitMix64
    /// Jobs that are or can be planned; frozen ones are not.
    private let jobs: [Int]
    private let neighbours: PlanningTables.Lists

    /// How many of the nearest jobs a job is moved next to.
    private static let neighboursMax = 24
    /// The first threshold, as a share of what one job costs on average.
    private static let firstThreshold = 0.2

    private enum Move {
        case relocate(Int, after: Int)
        case swap(Int, Int)
        case tails(after: Int, and: Int)
        case loaner(Int, Int)
        case put(Int, after: Int, loaner: Int)
        case replace(Int, by: Int)
    }

    init(_ book: RouteBook, seed: UInt64) {
        self.book = book
        best = book
        random = SplitMix64(seed: seed)
        let tables = book.tables
        let jobs = tables.jobs.filter { tables.frozenEnd[$0] == PlanningTables.never }
        self.jobs = jobs
        neighbours = Self.nearest(of: jobs, in: tables)
    }

    /// The best plan found with so many moves; never dearer than the one to begin with.
    static func improve(_ book: RouteBook, moves: Int, seed: UInt64) -> RouteBook {
        var search = PlanSearch(book, seed: seed)
        guard !search.jobs.isEmpty, !book.tables.engineers.isEmpty else { return book }
        search.run(moves: moves)
        return search.best
    }

    private mutating func run(moves: Int) {
        let average = Double(book.cost.waiting) / Double(jobs.count)
        var isBest = true
        for number in 0..<moves {
            guard let move = propose() else { continue }
            let left = 1 - Double(number) / Double(moves)
            let threshold = Int64(average * Self.firstThreshold * left * left * random.fraction())
            guard isWorthTrying(move, threshold) else { continue }
            book.begin()
            guard apply(move), book.difference <= threshold else {
                book.takeBack()
                continue
            }
            guard book.difference != 0 else { continue }
            if book.difference > 0, isBest {
                // The best is left: only now it is worth a copy.
                book.takeBack()
                best = book
                isBest = false
                book.begin()
                _ = apply(move)
            } else if book.cost.total < best.cost.total {
                isBest = true
            }
        }
        if book.cost.total < best.cost.total { best = book }
    }

    // MARK: Moves

    private mutating func propose() -> Move? {
        let job = jobs[pick(jobs.count)]
        guard book.isPlanned(job) else { return proposeForWaiting(job) }
        switch pick(16) {
        case 0..<7: return proposeRelocation(of: job)
        case 7..<11:
            guard let other = neighbour(of: job), book.isPlanned(other), other != job else { return nil }
            guard isAllowed(job, by: book.engineer[other]), isAllowed(other, by: book.engineer[job]) else { return nil }
            return .swap(job, other)
        case 11..<15:
            guard let other = neighbour(of: job), book.isPlanned(other) else { return nil }
            let node = book.previous[other]
            guard book.engineer[node] != book.engineer[job], isAllowed(other, by: book.engineer[job]) else {
                return nil
            }
            return .tails(after: job, and: node)
        default:
            guard book.loaner[job] >= 0 else { return proposeRelocation(of: job) }
            let loaner = pick(book.tables.loaners.count)
            return isLoanerFor(job, loaner) ? .loaner(job, loaner) : nil
        }
    }

    private mutating func proposeRelocation(of job: Int) -> Move? {
        guard let node = target(near: job), node != job, node != book.previous[job] else { return nil }
        return isAllowed(job, by: book.engineer[node]) ? .relocate(job, after: node) : nil
    }

    /// A node to come behind: beside a near job, or at the beginning of anybody's route.
    private mutating func target(near job: Int) -> Int? {
        guard pick(8) > 0 else { return book.head(of: pick(book.tables.engineers.count)) }
        guard let near = neighbour(of: job), book.isPlanned(near) else { return nil }
        return pick(2) == 0 ? near : book.previous[near]
    }

    private mutating func proposeForWaiting(_ job: Int) -> Move? {
        if pick(2) == 0 {
            guard let node = target(near: job), isAllowed(job, by: book.engineer[node]) else { return nil }
            guard book.tables.needsLoaner[job] else { return .put(job, after: node, loaner: -1) }
            guard !book.tables.loaners.isEmpty else { return nil }
            let loaner = pick(book.tables.loaners.count)
            guard book.isFree(loaner), book.tables.fits(loaner, for: job) else { return nil }
            return .put(job, after: node, loaner: loaner)
        }
        let other = jobs[pick(jobs.count)]
        guard book.isPlanned(other), isAllowed(job, by: book.engineer[other]) else { return nil }
        return .replace(other, by: job)
    }

    /// Whether a planned job could have this loaner instead of its own, giving its own to whoever has it.
    private func isLoanerFor(_ job: Int, _ loaner: Int) -> Bool {
        guard loaner != book.loaner[job], book.tables.fits(loaner, for: job) else { return false }
        if book.isFree(loaner) { return true }
        let other = book.holder[loaner]
        return other >= 0 && book.tables.fits(book.loaner[job], for: other)
    }

    /// False where the routes themselves show that a move breaks a rule or costs more than the threshold.
    private func isWorthTrying(_ move: Move, _ threshold: Int64) -> Bool {
        var one: RouteWalk
        var other: RouteWalk
        switch move {
        case .relocate(let job, let node):
            let removal = RouteWalk(removing: job, from: book)
            return book.isWorthMoving(job, out: removal, after: node, upTo: threshold)
        case .swap(let first, let second):
            guard book.engineer[first] != book.engineer[second] else { return true }
            one = RouteWalk(behind: book.previous[first], in: book)
            one.visit(second, with: book.loaner[second], in: book)
            one.follow(book.next[first], in: book)
            other = RouteWalk(behind: book.previous[second], in: book)
            other.visit(first, with: book.loaner[first], in: book)
            other.follow(book.next[second], in: book)
        case .tails(let first, let second):
            one = RouteWalk(behind: first, in: book)
            one.follow(book.next[second], in: book)
            other = RouteWalk(behind: second, in: book)
            other.follow(book.next[first], in: book)
        case .loaner, .put, .replace: return true
        }
        return RouteWalk.isWorthTrying(one, other, upTo: threshold)
    }

    private mutating func apply(_ move: Move) -> Bool {
        switch move {
        case .relocate(let job, let node):
            book.remove(job, keepsLoaner: true)
            book.insert(job, after: node)
        case .swap(let one, let other): swap(one, other)
        case .tails(let one, let other): book.exchangeTails(after: one, and: other)
        case .loaner(let job, let loaner):
            let (own, other) = (book.loaner[job], book.holder[loaner])
            book.setLoaner(of: job, to: loaner)
            if other >= 0 { book.setLoaner(of: other, to: own) }
        case .put(let job, let node, let loaner):
            if loaner >= 0 { book.setLoaner(of: job, to: loaner) }
            book.insert(job, after: node)
        case .replace(let old, let new):
            let (node, own) = (book.previous[old], book.loaner[old])
            book.remove(old)
            if book.tables.needsLoaner[new] {
                let inherited = own >= 0 && book.tables.fits(own, for: new) ? own : nil
                guard let loaner = inherited ?? book.loanersToTry(for: new).first else { return false }
                book.setLoaner(of: new, to: loaner)
            }
            book.insert(new, after: node)
        }
        return book.settle()
    }

    private mutating func swap(_ one: Int, _ other: Int) {
        if book.previous[other] == one {
            book.remove(one, keepsLoaner: true)
            book.insert(one, after: other)
        } else if book.previous[one] == other {
            book.remove(other, keepsLoaner: true)
            book.insert(other, after: one)
        } else {
            let (beforeOne, beforeOther) = (book.previous[one], book.previous[other])
            book.remove(one, keepsLoaner: true)
            book.remove(other, keepsLoaner: true)
            book.insert(one, after: beforeOther)
            book.insert(other, after: beforeOne)
        }
    }

    // MARK: Choices

    private func isAllowed(_ job: Int, by engineer: Int) -> Bool { book.tables.isAllowed(job, by: engineer) }

    /// Evenly in 0..<count; `count` is small, so the bias is none that matters.
    private mutating func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    private mutating func neighbour(of job: Int) -> Int? {
        let range = neighbours.range(of: job)
        return range.isEmpty ? nil : neighbours[range.lowerBound + pick(range.count)]
    }

    /// For each job those whose end is nearest to where it begins.
    private static func nearest(of jobs: [Int], in tables: PlanningTables) -> PlanningTables.Lists {
        var rows: [[Int]] = Array(repeating: [], count: tables.jobs.count)
        var nearest: [(drive: Int, job: Int)] = []
        for job in jobs {
            nearest.removeAll(keepingCapacity: true)
            for other in jobs where other != job {
                let drive = tables.drive(job: job, from: tables.to[other], depot: -1)
                if nearest.count == neighboursMax {
                    guard drive < nearest[neighboursMax - 1].drive else { continue }
                    nearest.removeLast()
                }
                let place = nearest.firstIndex { $0.drive > drive } ?? nearest.count
                nearest.insert((drive, other), at: place)
            }
            rows[job] = nearest.map(\.job)
        }
        return PlanningTables.Lists(rows)
    }
}
