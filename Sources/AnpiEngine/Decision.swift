package import AnpiModel

/// The closed list of what the engine can decide (CONTRACTS §7): replay, live stream and hooks share it.
package enum DecisionName: String, CaseIterable, Codable, Sendable {
    case agentContact = "agent.contact"
    case siteContact = "site.contact"
    case siteAssessed = "site.assessed"
    case sitePlanned = "site.planned"
    case incidentProposed = "incident.proposed"
    case incidentOpened = "incident.opened"
    case incidentJoined = "incident.joined"
    case incidentLeft = "incident.left"
    case incidentChanged = "incident.changed"
    case incidentMerged = "incident.merged"
    case incidentStable = "incident.stable"
    case incidentClosed = "incident.closed"
    case taskDrafted = "task.drafted"
    case taskOffered = "task.offered"
    case taskChanged = "task.changed"
    case blindBegan = "blind.began"
    case blindEnded = "blind.ended"
    case feedChanged = "feed.changed"
    case hazardApplied = "hazard.applied"
    case hazardQuarantined = "hazard.quarantined"
    case journalAnchored = "journal.anchored"
}

/// One decision: what is told to the journal, the live stream and the hooks.
package struct Decision: Hashable, Sendable {
    package var at: Timestamp
    package var name: DecisionName
    package var site: SiteID?
    package var agent: AgentID?
    package var incident: IncidentID?
    package var task: TaskID?
    /// The offices whose sites it is about; empty where it is about all (blind time).
    package var offices: [OfficeID]
    /// Members after `at` and `decision`, in documented order.
    package var details: [JSON.Member]
    /// The label's key and arguments of each piece of `evidence` in `details`, whose own text is in the language of the
    /// offices: for who reads it here in another one. Not told outside.
    package var sentences: [JSON]

    package init(
        at: Timestamp, name: DecisionName, site: SiteID? = nil, agent: AgentID? = nil, incident: IncidentID? = nil,
        task: TaskID? = nil, offices: [OfficeID] = [], details: [JSON.Member], sentences: [JSON] = []
    ) {
        self.at = at
        self.name = name
        self.site = site
        self.agent = agent
        self.incident = incident
        self.task = task
        self.offices = offices
        self.details = details
        self.sentences = sentences
    }

    /// The decision as everyone outside reads it.
    package var json: JSON {
        .object([.init("at", .time(at)), .init("decision", .word(name))] + details)
    }

    /// What deliveries about it are ordered by: the incident where there is one, else the site, else the kind.
    package var subject: String {
        incident?.description ?? site?.text ?? task?.description ?? name.rawValue
    }
}

/// The answer to a command, kept so that the same key gets the same answer.
package struct Outcome: Hashable, Sendable {
    package var operation: String
    package var bodyDigest: [UInt8]
    /// An HTTP status.
    package var status: Int
    /// The answer's JSON, a problem document from 400 on.
    package var body: JSON
    /// The subject's new version, sent as `ETag`.
    package var version: Int?

    package init(operation: String, bodyDigest: [UInt8], status: Int, body: JSON, version: Int? = nil) {
        self.operation = operation
        self.bodyDigest = bodyDigest
        self.status = status
        self.body = body
        self.version = version
    }
}

/// What happened while inputs were applied and time advanced: everything that one transaction has to write.
package struct Step: Sendable {
    /// Decisions and notes in the order they were made, which is the journal's.
    package private(set) var entries: [Entry] = []
    package var outcomes: [Outcome] = []
    package var history: [HistoryRow] = []
    /// Subjects whose current-state row must be written, each once, in the order of their first change.
    package var changed = ChangedRows()

    package init() {}

    /// One line of the journal.
    package enum Entry: Hashable, Sendable {
        case decision(Decision)
        case note(Note)
    }

    package mutating func append(_ decision: Decision) { entries.append(.decision(decision)) }

    package mutating func append(_ note: Note) { entries.append(.note(note)) }

    /// The decisions alone.
    package var decisions: [Decision] {
        entries.compactMap { entry in
            if case .decision(let decision) = entry { decision } else { nil }
        }
    }

    /// A line of the journal that is not a decision: a person's change, a quarantined row.
    package struct Note: Hashable, Sendable {
        package var at: Timestamp
        /// Dotted and stable, such as `command.fleet` or `input.quarantined`.
        package var kind: String
        package var site: SiteID?
        package var incident: IncidentID?
        package var task: TaskID?
        package var actor: String?
        package var body: JSON

        package init(
            at: Timestamp, kind: String, site: SiteID? = nil, incident: IncidentID? = nil, task: TaskID? = nil,
            actor: String? = nil, body: JSON
        ) {
            self.at = at
            self.kind = kind
            self.site = site
            self.incident = incident
            self.task = task
            self.actor = actor
            self.body = body
        }
    }
}

/// Subjects whose row changed in a step.
package struct ChangedRows: Sendable {
    package private(set) var keys: [Key] = []
    private var seen: Set<Key> = []

    package enum Key: Hashable, Sendable {
        case site(SiteID)
        case incident(IncidentID)
        case task(TaskID)
        case finding(FindingID)
        case engineer(EngineerID)
        /// The fleet set itself: a new version was imported.
        case fleet
    }

    package mutating func insert(_ key: Key) {
        if seen.insert(key).inserted { keys.append(key) }
    }
}

/// What is kept of the past, written when something changed (ENGINE §5).
package enum HistoryRow: Hashable, Sendable {
    /// An interval of contact that has closed; `subject` is an agent's or a site's id.
    case contact(subject: String, isSite: Bool, contact: Contact, from: Timestamp, to: Timestamp)
    /// A copy whose value changed.
    case copy(site: SiteID, report: CopyReport, source: String, at: Timestamp)
    /// A run that arrived after its time: proof that the agent lived.
    case lateRun(agent: AgentID, boot: String, seq: Int64, count: Int, from: Timestamp, to: Timestamp)
    /// Time in which we could not hear.
    case blind(from: Timestamp, to: Timestamp)
}
