package import AnpiModel

/// Why one job is planned as it is, or not at all.
package struct PlanExplanation: Hashable, Sendable {
    package var job: Int
    package var outcome: Outcome
    /// When the first engineer who may do it could stand at the site by the roads alone; nil where no closed road holds
    /// anybody up.
    package var reachableFrom: Timestamp?

    package init(job: Int, outcome: Outcome, reachableFrom: Timestamp? = nil) {
        self.job = job
        self.outcome = outcome
        self.reachableFrom = reachableFrom
    }

    package enum Outcome: Hashable, Sendable {
        /// Somebody goes; who would be next, nil where nobody else can.
        case assigned(engineer: Int, runnerUp: RunnerUp?)
        /// Work that has begun is nobody's choice.
        case frozen(engineer: Int)
        /// Nobody can: each engineer's first broken rule in the order of the problem, and what would help.
        case unassigned(obstacles: [EngineerObstacle], relaxations: [Relaxation])
    }

    /// The best other engineer for a job, all else unchanged but the times that follow from it.
    package struct RunnerUp: Hashable, Sendable {
        package var engineer: Int
        /// By how many minutes this job's work would end later (negative: earlier, and others pay for it).
        package var laterMinutes: Int
        /// By how much the whole plan would cost more, in minutes of an ordinary site's waiting; never negative when the
        /// plan is at rest.
        package var costMinutes: Int

        package init(engineer: Int, laterMinutes: Int, costMinutes: Int) {
            self.engineer = engineer
            self.laterMinutes = laterMinutes
            self.costMinutes = costMinutes
        }
    }

    package struct EngineerObstacle: Hashable, Sendable {
        package var engineer: Int
        package var obstacle: Obstacle

        package init(engineer: Int, obstacle: Obstacle) {
            self.engineer = engineer
            self.obstacle = obstacle
        }
    }

    /// A hard rule that an assignment would break, in the order in which they are looked at.
    package enum Obstacle: Hashable, Sendable {
        case noSkill([Skill])
        /// A coordinator has named another engineer.
        case pinned(to: Int)
        case refused
        /// They cannot be sent at all within the time that is planned.
        case unavailable
        /// The job before it is itself not planned.
        case waitsFor(job: Int)
        /// No fitting loaner is free.
        case noLoaner
        /// The way is closed until then, which is too late for them.
        case roadClosed(until: Timestamp)
        /// They would come too late for the last time at which the door is opened.
        case windowMissed
        /// With what they have to do already, they would need so many minutes more than they work.
        case shiftEnds(byMinutes: Int)
    }

    /// A change that would make the job possible; each has been tried on this plan before it is said.
    package enum Relaxation: Hashable, Sendable {
        /// One more fitting loaner at this depot.
        case loaner(depot: Int)
        /// This engineer works so many minutes longer.
        case longerShift(engineer: Int, minutes: Int)
    }
}
