package import AnpiModel

/// Who does what when, and with which loaner. Numbers are those of the problem's jobs, engineers and loaners.
package struct Plan: Hashable, Sendable {
    /// By engineer in the order of the problem, each engineer's in the order of their way; frozen work included.
    package var visits: [Visit]
    /// Jobs that nobody can do within the hard rules, in the order of the problem.
    package var unassigned: [Int]
    package var cost: PlanCost

    package init(visits: [Visit] = [], unassigned: [Int] = [], cost: PlanCost = PlanCost()) {
        self.visits = visits
        self.unassigned = unassigned
        self.cost = cost
    }

    /// One job of one engineer.
    package struct Visit: Hashable, Sendable {
        package var job: Int
        package var engineer: Int
        package var loaner: Int?
        /// Setting out from where the engineer was; `startsAt` for frozen work.
        package var leavesAt: Timestamp
        /// At the job's `to`, after what is picked up on the way.
        package var arrivesAt: Timestamp
        package var startsAt: Timestamp
        package var endsAt: Timestamp
        /// Under way or at work when this was planned.
        package var isFrozen: Bool

        package init(
            job: Int, engineer: Int, loaner: Int? = nil, leavesAt: Timestamp, arrivesAt: Timestamp,
            startsAt: Timestamp, endsAt: Timestamp, isFrozen: Bool = false
        ) {
            self.job = job
            self.engineer = engineer
            self.loaner = loaner
            self.leavesAt = leavesAt
            self.arrivesAt = arrivesAt
            self.startsAt = startsAt
            self.endsAt = endsAt
            self.isFrozen = isFrozen
        }
    }

    /// The visit of a job, by its number.
    package func visit(of job: Int) -> Visit? { visits.first { $0.job == job } }
}

/// What a plan costs, in whole thousandths of a weight times milliseconds, so that sums are exact and the same everywhere.
///
/// An ordinary site (weight 1,000) that waits for a minute costs 60,000,000.
package struct PlanCost: Hashable, Sendable {
    /// Σ w · C: for each job its weight by the time from now to the end of its work.
    package var waiting: Int64 = 0
    /// A small term, so that among equal plans the one with less driving is chosen.
    package var driving: Int64 = 0
    /// For accepted jobs that are given to another.
    package var moved: Int64 = 0
    /// For jobs that nobody does.
    package var unassigned: Int64 = 0

    package init() {}

    package var total: Int64 { waiting + driving + moved + unassigned }

    /// The total in minutes of an ordinary site's waiting, for people.
    package var minutes: Double { Double(total) / Double(Self.perMinute) }

    /// One minute of waiting of an ordinary site.
    package static let perMinute: Int64 = 60_000_000
}
