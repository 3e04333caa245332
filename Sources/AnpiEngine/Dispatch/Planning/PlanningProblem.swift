package import AnpiModel

/// Everything that a plan rests on, as plain values: who can go, what is to be done where, what can be lent, which roads
/// are closed.
///
/// Jobs, engineers, loaners and depots carry the caller's own numbers, so that a plan can be compared with an older one
/// whose lists were other lists. The order of the lists decides between equals.
package struct PlanningProblem: Hashable, Sendable {
    /// Nothing is planned before it.
    package var now: Timestamp
    package var jobs: [Job]
    package var engineers: [Engineer]
    package var loaners: [Loaner]
    /// Where loaners can stand: for "one more loaner at …", also where none stands now.
    package var depots: [Depot]
    package var closures: [RoadClosure]

    package init(
        now: Timestamp, jobs: [Job] = [], engineers: [Engineer] = [], loaners: [Loaner] = [], depots: [Depot] = [],
        closures: [RoadClosure] = []
    ) {
        self.now = now
        self.jobs = jobs
        self.engineers = engineers
        self.loaners = loaners
        self.depots = depots
        self.closures = closures
    }

    /// A point of a route.
    package struct Place: Hashable, Sendable {
        package var coordinate: Coordinate
        /// Roads around it are slow (coordination §4: 25 km/h instead of 40).
        package var isInHazardArea: Bool

        package init(_ coordinate: Coordinate, isInHazardArea: Bool = false) {
            self.coordinate = coordinate
            self.isInHazardArea = isInHazardArea
        }

        /// How long the way to another place takes on open roads.
        ///
        /// Great-circle distance × 1.4 for the bends of roads, at 25 km/h around places in a hazard area and at 40 km/h
        /// elsewhere (coordination §4): half of the way goes by the speed of each end. Whole seconds, so that the last bit
        /// of a sine decides nothing.
        package func driveMilliseconds(to other: Place) -> Int {
            let hoursPerKilometer = (1 / kilometersPerHour + 1 / other.kilometersPerHour) / 2
            let kilometers = coordinate.distanceKilometers(to: other.coordinate) * Self.detour
            return Int((kilometers * hoursPerKilometer * 3_600).rounded()) * 1_000
        }

        private var kilometersPerHour: Double { isInHazardArea ? 25 : 40 }
        private static let detour = 1.4
    }

    /// One task, as planning sees it: one engineer goes there once, by way of what has to be picked up.
    package struct Job: Hashable, Sendable {
        /// The caller's number, of one job only.
        package var id: Int
        /// What a minute of waiting costs: 1,000 is an ordinary site. At least 1, so that nothing is left undone for free.
        package var weightThousandths: Int
        /// Something is picked up here on the way.
        package var from: Place?
        /// Minutes at each place where something is picked up, the loaner's depot included.
        package var pickupMinutes: Int
        package var to: Place
        /// Minutes of work at `to`.
        package var minutes: Int
        package var skills: SkillSet
        /// Work at `to` does not begin before it.
        package var earliest: Timestamp?
        /// When somebody opens the door at `to`: work begins within one of these spans, and may go on beyond its end.
        /// Ascending; empty is always.
        package var windows: [Range<Timestamp>]
        /// Jobs whose work is over before this one's begins, whoever does them. Numbers that are not in the problem are done.
        package var after: [Int]
        package var loaner: LoanerNeed?
        /// Under way or at work: neither engineer nor time is planned any more.
        package var frozen: Frozen?
        /// A coordinator said who does it: nobody else may. It outweighs a refusal.
        package var pinned: Int?
        /// Who has accepted it: giving it to another costs as much as 15 minutes of waiting.
        package var accepted: Int?
        /// Who was asked and has not answered: asking another costs as much as 5 minutes of waiting.
        package var offered: Int?
        /// Engineers who declined it.
        package var refusedBy: [Int]

        package init(
            id: Int, weightThousandths: Int = 1_000, from: Place? = nil, pickupMinutes: Int = 10, to: Place,
            minutes: Int, skills: SkillSet = [], earliest: Timestamp? = nil, windows: [Range<Timestamp>] = [],
            after: [Int] = [], loaner: LoanerNeed? = nil, frozen: Frozen? = nil, pinned: Int? = nil,
            accepted: Int? = nil, offered: Int? = nil, refusedBy: [Int] = []
        ) {
            self.id = id
            self.weightThousandths = weightThousandths
            self.from = from
            self.pickupMinutes = pickupMinutes
            self.to = to
            self.minutes = minutes
            self.skills = skills
            self.earliest = earliest
            self.windows = windows
            self.after = after
            self.loaner = loaner
            self.frozen = frozen
            self.pinned = pinned
            self.accepted = accepted
            self.offered = offered
            self.refusedBy = refusedBy
        }
    }

    /// That a job takes a loaner along: its depot is the first stop on the way.
    package struct LoanerNeed: Hashable, Sendable {
        /// The records system that it must run; nil where nobody knows: then any will do.
        package var system: String?
        /// This one and no other, by its number: a person chose it, or it is in the car already.
        package var reserved: Int?

        package init(system: String?, reserved: Int? = nil) {
            self.system = system
            self.reserved = reserved
        }
    }

    /// Work that has begun.
    package struct Frozen: Hashable, Sendable {
        /// The engineer's number.
        package var engineer: Int
        /// When the work at `to` began, or is expected to.
        package var startsAt: Timestamp

        package init(engineer: Int, startsAt: Timestamp) {
            self.engineer = engineer
            self.startsAt = startsAt
        }
    }

    /// Somebody who can be sent.
    package struct Engineer: Hashable, Sendable {
        package var id: Int
        /// Where they are, or will be when they are free.
        package var place: Place
        /// When they can work (shift, on call, not unavailable), ascending, not overlapping. A job from setting out to the
        /// end of the work lies within one of these spans.
        package var spans: [Range<Timestamp>]
        package var skills: SkillSet
        /// Busy until then with what is not in the problem.
        package var freeFrom: Timestamp?

        package init(
            id: Int, place: Place, spans: [Range<Timestamp>], skills: SkillSet, freeFrom: Timestamp? = nil
        ) {
            self.id = id
            self.place = place
            self.spans = spans
            self.skills = skills
            self.freeFrom = freeFrom
        }
    }

    /// A machine that stands in a depot. One that a job reserves and that is not among them is in the engineer's car.
    package struct Loaner: Hashable, Sendable {
        package var id: Int
        /// The number of the depot where it stands.
        package var depot: Int
        /// The records systems that it can run.
        package var fits: [String]

        package init(id: Int, depot: Int, fits: [String]) {
            self.id = id
            self.depot = depot
            self.fits = fits
        }
    }

    package struct Depot: Hashable, Sendable {
        package var id: Int
        package var place: Place

        package init(id: Int, place: Place) {
            self.id = id
            self.place = place
        }
    }
}

/// Skills as a set of bits; `inspect`, which everybody has, is never in it.
package struct SkillSet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package init(_ skills: [Skill]) {
        var bits: UInt32 = 0
        for (bit, skill) in Self.bits.enumerated() where skills.contains(skill) { bits |= 1 << UInt32(bit) }
        rawValue = bits
    }

    /// The skills in the order of the vocabulary.
    package var skills: [Skill] {
        Self.bits.enumerated().filter { rawValue & (1 << UInt32($0.offset)) != 0 }.map(\.element)
    }

    private static let bits = Skill.allCases.filter { $0 != .inspect }
}
