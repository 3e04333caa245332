package import AnpiModel

/// Which part of the fleet a reader may see or asks for; nil is all offices.
package struct Scope: Hashable, Sendable {
    package var offices: [OfficeID]?

    package init(offices: [OfficeID]? = nil) { self.offices = offices }

    package static let all = Scope()

    /// True where something that belongs to `office` may be seen; what belongs to no office is everyone's.
    package func contains(_ office: OfficeID?) -> Bool {
        guard let offices, let office else { return true }
        return offices.contains(office)
    }
}

/// What `GET /v1/sites` narrows by; nil does not narrow.
package struct SiteFilter: Hashable, Sendable {
    package var contact: Contact?
    package var assessment: Assessment?
    package var office: OfficeID?
    /// Part of the name, the reading, the id or the address.
    package var text: String?
    /// Also those that left the fleet files.
    package var includesRetired: Bool

    package init(
        contact: Contact? = nil, assessment: Assessment? = nil, office: OfficeID? = nil, text: String? = nil,
        includesRetired: Bool = false
    ) {
        self.contact = contact
        self.assessment = assessment
        self.office = office
        self.text = text
        self.includesRetired = includesRetired
    }
}

/// What `GET /v1/tasks` narrows by; nil does not narrow.
package struct TaskFilter: Hashable, Sendable {
    package var state: TaskState?
    package var engineer: EngineerID?
    package var site: SiteID?
    /// Only tasks that are not final.
    package var openOnly: Bool

    package init(state: TaskState? = nil, engineer: EngineerID? = nil, site: SiteID? = nil, openOnly: Bool = false) {
        self.state = state
        self.engineer = engineer
        self.site = site
        self.openOnly = openOnly
    }
}

/// A page of a list: how many at most, and where the page before it ended.
package struct Page: Hashable, Sendable {
    /// The `next` of the page before; nil begins.
    package var cursor: String?
    /// 1…1,000.
    package var limit: Int

    package init(cursor: String? = nil, limit: Int = 100) {
        self.cursor = cursor
        self.limit = min(1_000, max(1, limit))
    }
}

/// The current state of one subject as a row that others query (ENGINE §5).
package struct SubjectRow: Hashable, Sendable {
    /// `site`, `incident`, `task`, `finding`, `engineer` or `fleet`.
    package var kind: String
    package var id: String
    /// The site of a task or finding, the office of a site or engineer.
    package var parent: String?
    package var state: String
    package var version: Int
    package var body: JSON
}
