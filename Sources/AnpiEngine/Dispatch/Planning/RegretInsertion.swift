/// Puts waiting jobs into a plan, each time the one that would lose most if its best engineer were taken by another
/// (regret-2 insertion; Potvin, Rousseau 1993).
struct RegretInsertion {
    private var book: RouteBook
    private let candidates: [Int]
    /// What each job would cost at each engineer's, roughly; nil where a rule is broken. Jobs × engineers.
    private var costs: [Int64?]
    /// The loaners that a job's costs rest on; nil where its costs are not known.
    private var loaners: [[Int]?]

    /// Puts in all that can be.
    ///
    /// - Parameter chosen: Only these jobs; nil for all.
    static func run(on book: inout RouteBook, only chosen: [Bool]? = nil) {
        let candidates = book.tables.jobs.filter { book.isWaiting($0) && chosen?[$0] ?? true }
        guard !candidates.isEmpty else { return }
        var insertion = RegretInsertion(book: book, candidates: candidates)
        insertion.run()
        book = insertion.book
    }

    private init(book: RouteBook, candidates: [Int]) {
        self.book = book
        self.candidates = candidates
        costs = Array(repeating: nil, count: book.tables.jobs.count * book.tables.engineers.count)
        loaners = Array(repeating: nil, count: book.tables.jobs.count)
    }

    private mutating func run() {
        let weights = book.tables.weight
        // Who waits for a job makes it as urgent as they are.
        book.weigh(by: PlanConstruction.urgency(of: book.tables))
        while let (job, engineer) = greatestRegret() {
            // The costs are rough, and grow old when other routes change: the place is looked for anew.
            let place = book.bestOpening(for: job, in: engineer, with: book.loanersToTry(for: job))
            if let place, book.put(job, after: place.node, with: place.loaner) {
                lookAgain(at: engineer, without: place.loaner)
            } else {
                if place != nil { book.takeBack() }
                costs[job * book.tables.engineers.count + engineer] = nil
            }
        }
        book.weigh(by: weights)
    }

    private mutating func greatestRegret() -> (job: Int, engineer: Int)? {
        let count = book.tables.engineers.count
        var greatest: (job: Int, engineer: Int, regret: Int64)?
        for job in candidates where book.canBePut(job) {
            if loaners[job] == nil { look(at: job) }
            guard let (engineer, regret) = Self.regret(of: costs[job * count..<(job + 1) * count]) else { continue }
            if greatest.map({ regret > $0.regret }) ?? true { greatest = (job, engineer, regret) }
        }
        return greatest.map { ($0.job, $0.engineer) }
    }

    /// A job's costs at everybody's.
    private mutating func look(at job: Int) {
        let loaners = book.loanersToTry(for: job)
        self.loaners[job] = loaners
        for engineer in book.tables.engineers { look(at: job, engineer, loaners) }
    }

    private mutating func look(at job: Int, _ engineer: Int, _ loaners: [Int]) {
        let opening = book.bestOpening(for: job, in: engineer, with: loaners, isRough: true)
        costs[job * book.tables.engineers.count + engineer] = opening?.cost
    }

    /// A route has changed, and a loaner (-1 for none) is no longer free.
    private mutating func lookAgain(at engineer: Int, without loaner: Int) {
        for job in candidates where book.isWaiting(job) {
            guard var known = loaners[job] else { continue }
            if loaner >= 0, known.contains(loaner) {
                let left = book.loanersToTry(for: job)
                guard left.map({ book.tables.depotPlace[$0] }) == known.map({ book.tables.depotPlace[$0] }) else {
                    loaners[job] = nil
                    continue
                }
                // Another from the same depot costs the same.
                known = left
                loaners[job] = left
            }
            look(at: job, engineer, known)
        }
    }

    /// The engineer with the least cost, and by how much the second is dearer; nil where nobody can.
    private static func regret(of costs: ArraySlice<Int64?>) -> (engineer: Int, regret: Int64)? {
        var best: (engineer: Int, cost: Int64)?
        // With nobody else, it is left undone.
        var second: Int64 = 0
        for (engineer, cost) in costs.enumerated() {
            guard let cost else { continue }
            if let known = best, cost >= known.cost {
                second = min(second, cost)
            } else {
                second = best?.cost ?? 0
                best = (engineer, cost)
            }
        }
        return best.map { ($0.engineer, second - $0.cost) }
    }
}
