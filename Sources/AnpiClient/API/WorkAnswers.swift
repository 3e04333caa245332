package import AnpiModel

/// A task in a list.
package struct TaskRow: Decodable, Sendable {
    package var id: String
    package var state: String
    package var kind: String
    package var site: String?
    package var siteName: String?
    package var incident: String?
    package var engineer: String?
    package var engineerName: String?
    package var offer: Offer?
    package var reason: Sentence?
    package var eta: Timestamp?
    package var retryAt: Timestamp?
    package var skills: [String]?
    package var durationMinutes: Int?
    /// The rung of recovery that it belongs to.
    package var rung: String?
    /// The rung of its site, also where the task belongs to none.
    package var recovery: SiteRung?
    /// Tasks that come first and are not over.
    package var after: [String]?
    package var plan: TaskPlan?
    package var pin: TaskPinned?
    package var createdAt: Timestamp?
    package var version: Int?
    /// In the answer to a step: the finding that its road became.
    package var finding: FindingAnswer?

    /// The open offer to one engineer.
    package struct Offer: Decodable, Sendable {
        package var engineer: String
        package var until: Timestamp?
    }
}

/// A task with what is needed to do it: the keys of `TaskRow` and these.
package struct TaskDetail: Decodable, Sendable {
    package var row: TaskRow
    package var more: More

    package struct More: Decodable, Sendable {
        package var address: String?
        package var latitude: Double?
        package var longitude: Double?
        package var phone: String?
        package var contactName: String?
        package var contactPhone: String?
        package var keyHolder: String?
        package var copies: [CopyPlaceState]?
        package var why: Sentence?
        /// The checklist of its rung.
        package var steps: [Step]?
        package var offers: [PastOffer]?
        package var photos: [Photo]?
        package var timeline: [TimelineItem]?
    }

    /// A line of a checklist, as the office wrote it in both languages.
    package struct Step: Decodable, Sendable {
        package var ja: String
        package var en: String
    }

    /// A photo that belongs to the task.
    package struct Photo: Decodable, Sendable {
        package var digest: String
        package var at: Timestamp?
        package var by: String?
    }

    package init(from decoder: any Decoder) throws {
        row = try TaskRow(from: decoder)
        more = try More(from: decoder)
    }
}

/// An offer of a task, also one that has ended.
package struct PastOffer: Decodable, Sendable {
    package var engineer: String
    package var at: Timestamp?
    package var until: Timestamp?
    package var ended: String?
    package var endedAt: Timestamp?
    package var reason: Sentence?
}

/// One line of what happened; only the time is sure to be there.
package struct TimelineItem: Decodable, Sendable {
    package var at: Timestamp
    package var kind: String?
    package var decision: String?
    package var actor: String?
    package var site: String?
    package var task: String?
    package var incident: String?
    package var details: Details

    /// What a line tells, in the words of its kind.
    package struct Details: Decodable, Sendable {
        package var text: Sentence?
        package var state: String?
        package var to: String?
        package var contact: String?
        package var assessment: String?
        package var engineer: String?
        package var reason: Sentence?
        package var result: String?
        package var note: String?
        /// When it was done in the field, where that was earlier.
        package var doneAt: Timestamp?
    }

    private enum CodingKeys: String, CodingKey {
        case at, kind, decision, actor, site, task, incident
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        at = try container.decode(Timestamp.self, forKey: .at)
        kind = try container.decodeIfPresent(String.self, forKey: .kind)
        decision = try container.decodeIfPresent(String.self, forKey: .decision)
        actor = try container.decodeIfPresent(String.self, forKey: .actor)
        site = try container.decodeIfPresent(String.self, forKey: .site)
        task = try container.decodeIfPresent(String.self, forKey: .task)
        incident = try container.decodeIfPresent(String.self, forKey: .incident)
        details = try Details(from: decoder)
    }

    /// The dotted name of what happened, whatever the place calls it.
    package var name: String? { decision ?? kind }
}

package struct IncidentRow: Decodable, Sendable {
    package var id: String
    package var kind: String
    package var state: String
    package var sites: [String]?
    package var areas: [Area]?
    /// Which carrier or which release of the agent.
    package var cause: String?
    package var mergedInto: String?
    package var openedAt: Timestamp?
    package var stableAt: Timestamp?
    package var closedAt: Timestamp?
    package var drill: Bool?
    package var commander: String?
    package var reason: Sentence?
    package var version: Int?

    /// A municipality that it covers.
    package struct Area: Decodable, Sendable {
        package var municipality: String
        package var name: String?
    }
}

/// An incident with its sites, tasks and timeline: the keys of `IncidentRow` and these.
package struct IncidentDetail: Decodable, Sendable {
    package var row: IncidentRow
    package var more: More

    package struct More: Decodable, Sendable {
        package var siteRows: [SiteRow]?
        package var tasks: [TaskRow]?
        package var timeline: [TimelineItem]?
    }

    package init(from decoder: any Decoder) throws {
        row = try IncidentRow(from: decoder)
        more = try More(from: decoder)
    }
}

package struct EngineerRow: Decodable, Sendable {
    package var id: String
    package var name: String
    package var office: String?
    package var base: String?
    package var phone: String?
    package var skills: [String]?
    package var availability: String
    package var reason: Sentence?
    package var until: Timestamp?
    package var onDuty: Bool?
    package var nextOnDuty: Timestamp?
    package var task: TaskOfEngineer?

    /// The task that an engineer works on: its id, or a row of it.
    package struct TaskOfEngineer: Decodable, Sendable {
        package var id: String

        private enum CodingKeys: String, CodingKey {
            case id
        }

        package init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                id = text
            } else {
                id = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .id)
            }
        }
    }
}

/// Who the token speaks for.
package struct Identity: Decodable, Sendable {
    package var name: String
    package var role: String
    package var engineer: String?
    package var offices: [String]?
}
