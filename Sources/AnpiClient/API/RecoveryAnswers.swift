package import AnpiModel

/// Damage, what survives of a site's data, and what is planned (`GET /v1/sites/{id}/recovery`).
package struct Recovery: Decodable, Sendable {
    package var site: String
    package var siteName: String?
    /// Nil where nothing has happened.
    package var openedAt: Timestamp?
    package var endedAt: Timestamp?
    /// From belief alone: nothing is fetched and nothing restored before a person has told of damage.
    package var provisional: Bool?
    package var choice: Choice?
    package var card: Card?
    package var claims: Claims?
    package var tasks: [TaskRow]?
    /// That stands there.
    package var loaner: String?

    /// The rung of recovery with its reasons.
    package struct Choice: Decodable, Sendable {
        package var rung: String
        package var runnerUp: String?
        /// `here` or `elsewhere`, where work can go on in the cloud.
        package var meanwhile: String?
        package var dataLost: Bool?
        package var reasons: [Sentence]?
    }

    /// What the site has left of its data.
    package struct Card: Decodable, Sendable {
        package var copies: [Copy]?
        package var keptIfBuildingIsLost: Kept?
        /// Minutes until the site works again.
        package var recoveryMinutes: Int?
    }

    /// One copy with the chance that it survives.
    package struct Copy: Decodable, Sendable {
        package var tier: String
        /// 0…1.
        package var chance: Double
    }

    /// Data that is still there when all in the building is lost.
    package struct Kept: Decodable, Sendable {
        package var tier: String
        package var until: Timestamp
        package var verifiedAt: Timestamp
        /// 0…1.
        package var chance: Double
    }

    package struct Claims: Decodable, Sendable {
        /// `2022-10-10`.
        package var due: String
        package var daysLeft: Int
    }
}

/// The rung that is chosen for a site, as rows about it tell it.
package struct SiteRung: Decodable, Sendable {
    package var rung: String
    /// Nobody has told of damage yet.
    package var provisional: Bool?
}

/// A machine of the stock.
package struct LoanerRow: Decodable, Sendable {
    package var id: String
    package var state: String
    package var depotName: String?
    /// The systems that it runs.
    package var fits: [String]?
    package var imageVersion: String?
    /// Where it is lent to.
    package var site: String?
    package var since: Timestamp?
    /// The task that holds it.
    package var task: String?
    package var note: String?
}

/// Who is planned for a task and when.
package struct TaskPlan: Decodable, Sendable {
    package var engineer: String
    package var engineerName: String?
    package var startsAt: Timestamp?
    package var endsAt: Timestamp?
    package var loaner: String?
    /// Where the loaner is fetched.
    package var depotName: String?
}

/// Whom a coordinator has named for a task.
package struct TaskPinned: Decodable, Sendable {
    package var engineer: String
    package var reason: String?
    package var by: String?
}

/// Why a task is planned as it is (`GET /v1/tasks/{id}/why`).
package struct PlanWhy: Decodable, Sendable {
    /// `assigned`, `unassigned`, `begun` or `notPlanned`.
    package var outcome: String
    package var plan: TaskPlan?
    package var pin: TaskPinned?
    package var runnerUp: RunnerUp?
    package var obstacles: [Obstacle]?
    package var relaxations: [Relaxation]?
    /// By the roads alone; nil where no closed road holds anybody up.
    package var reachableFrom: Timestamp?

    /// The best other engineer.
    package struct RunnerUp: Decodable, Sendable {
        package var engineer: String
        package var engineerName: String
        package var laterMinutes: Int
    }

    /// The first rule that keeps an engineer away, with what belongs to it.
    package struct Obstacle: Decodable, Sendable {
        package var engineer: String
        package var engineerName: String
        package var obstacle: String
        package var skills: [String]?
        /// The engineer that it is pinned to.
        package var to: String?
        package var task: String?
        package var stock: [DepotStock]?
        package var until: Timestamp?
        package var minutes: Int?
    }

    /// Fitting machines of a depot, free or not.
    package struct DepotStock: Decodable, Sendable {
        package var depot: String
        package var machines: Int
    }

    /// A change that would make it possible.
    package struct Relaxation: Decodable, Sendable {
        /// `loaner` or `longerShift`.
        package var change: String
        package var depotName: String?
        package var engineerName: String?
        package var minutes: Int?
    }
}

extension APIClient {
    package func recovery(of site: String) throws(APIError) -> Read<Recovery> {
        try read(Recovery.self, from: get(Target("sites", site, "recovery")))
    }

    package func whyPlanned(_ task: String) throws(APIError) -> Read<PlanWhy> {
        try read(PlanWhy.self, from: get(Target("tasks", task, "why")))
    }

    package func loaners(_ filter: ListFilter) throws(APIError) -> Read<Items<LoanerRow>> {
        try read(Items<LoanerRow>.self, from: get(filter.applied(to: Target("loaners"))))
    }

    package func reportDamage(
        _ report: DamageReport, at site: String, change: Change
    ) throws(APIError) -> Read<Recovery> {
        try read(
            Recovery.self, from: send(.post, Target("sites", site, "damage"), body: report.json, change: change))
    }

    /// - Parameter engineer: nil takes the pin back.
    package func pinTask(
        _ id: String, to engineer: String?, reason: String?, change: Change
    ) throws(APIError) -> Read<TaskRow> {
        let body = JSON.present([.init("engineer", .optional(engineer)), .init("reason", .optional(reason))])
        return try read(TaskRow.self, from: send(.post, Target("tasks", id, "pin"), body: body, change: change))
    }

    package func setLoaner(
        _ id: String, state: String, site: String?, note: String?, change: Change
    ) throws(APIError) -> Read<LoanerRow> {
        let body = JSON.present([
            .init("state", .string(state)), .init("site", .optional(site)), .init("note", .optional(note)),
        ])
        return try read(LoanerRow.self, from: send(.post, Target("loaners", id), body: body, change: change))
    }
}
