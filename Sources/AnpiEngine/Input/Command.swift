package import AnpiModel

/// A person's change, decided by the engine in the order of the input log.
package struct Command: Hashable, Codable, Sendable {
    /// The caller's `Idempotency-Key`, or one drawn by the door.
    package var operation: String
    /// SHA-256 of the body as sent: the same key with another body is refused.
    package var bodyDigest: [UInt8]
    package var actor: Actor
    package var receivedAt: Timestamp
    /// The version of the subject that the caller saw (`If-Match`); another one is a conflict.
    package var expectedVersion: Int?
    package var change: Change

    package init(
        operation: String, bodyDigest: [UInt8], actor: Actor, receivedAt: Timestamp, expectedVersion: Int? = nil,
        change: Change
    ) {
        self.operation = operation
        self.bodyDigest = bodyDigest
        self.actor = actor
        self.receivedAt = receivedAt
        self.expectedVersion = expectedVersion
        self.change = change
    }

    /// A time that somebody says something was done at: never after it was received, whatever their clock says.
    func doneAt(_ said: Timestamp?) -> Timestamp? { said.map { min($0, receivedAt) } }

    /// Who asks.
    package struct Actor: Hashable, Codable, Sendable {
        /// What the journal and the timeline call them.
        package var name: String
        package var role: Role
        /// Who an engineer's token speaks for.
        package var engineer: EngineerID?
        /// Offices the token is limited to; nil is all.
        package var offices: [OfficeID]?

        package init(name: String, role: Role, engineer: EngineerID? = nil, offices: [OfficeID]? = nil) {
            self.name = name
            self.role = role
            self.engineer = engineer
            self.offices = offices
        }
    }

    package enum Change: Hashable, Codable, Sendable {
        /// The whole fleet set; what is gone from it is retired.
        case importFleet(Fleet)
        case addFinding(FindingDraft)
        case transitionTask(TaskID, TaskTransition)
        case noteTask(TaskID, TaskNote)
        /// The bytes are in the store already.
        case addPhoto(TaskID, TaskPhoto)
        case setAvailability(EngineerID, AvailabilityChange)
        case transitionIncident(IncidentID, IncidentTransition)
        /// What somebody says of a site's damage; it replaces only what it names.
        case reportDamage(SiteID, DamageReport)
        /// A coordinator names who does a task, or takes that back.
        case pinTask(TaskID, TaskPin)
        /// How an incident is led: its title, its commander, what is due when.
        case changeIncident(IncidentID, IncidentChange)
        /// One incident turned out to be part of another.
        case mergeIncident(IncidentID, IncidentMerge)
        case addSitrep(IncidentID, SitrepDraft)
        case enterClaims(SiteID, ClaimsChange)
        /// A machine is back in stock, lent, or out of service.
        case setLoaner(LoanerID, LoanerChange)
    }
}

/// `POST /v1/engineers/{id}/availability`.
package struct AvailabilityChange: Hashable, Codable, Sendable {
    package var availability: Availability
    package var reason: String?
    package var until: Timestamp?

    package init(availability: Availability, reason: String? = nil, until: Timestamp? = nil) {
        self.availability = availability
        self.reason = reason
        self.until = until
    }
}

/// `POST /v1/incidents/{id}/transitions`.
package struct IncidentTransition: Hashable, Codable, Sendable {
    package var to: IncidentState
    package var reason: String?

    package init(to: IncidentState, reason: String? = nil) {
        self.to = to
        self.reason = reason
    }
}

/// `POST /v1/tasks/{id}/pin`; without an engineer the pin is taken back.
package struct TaskPin: Hashable, Codable, Sendable {
    package var engineer: EngineerID?
    package var reason: String?

    package init(engineer: EngineerID?, reason: String? = nil) {
        self.engineer = engineer
        self.reason = reason
    }
}

/// `POST /v1/loaners/{id}`.
package struct LoanerChange: Hashable, Codable, Sendable {
    package var state: LoanerState
    /// Where it stands; needed when it is lent.
    package var site: SiteID?
    package var note: String?

    package init(state: LoanerState, site: SiteID? = nil, note: String? = nil) {
        self.state = state
        self.site = site
        self.note = note
    }
}

/// Where a loaner is. Being held by a task is no state of its own: the task says it.
package enum LoanerState: String, Hashable, Codable, CaseIterable, Sendable {
    case inStock, lent, outOfService
}
