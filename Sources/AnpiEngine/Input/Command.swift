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
        case setAvailability(EngineerID, AvailabilityChange)
        case transitionIncident(IncidentID, IncidentTransition)
    }
}

/// `POST /v1/findings` (CONTRACTS §3).
package struct FindingDraft: Hashable, Codable, Sendable {
    package var kind: FindingKind
    package var site: SiteID?
    package var place: Coordinate?
    package var area: Area?
    /// A ring of longitude and latitude, in this order (GeoJSON).
    package var polygon: [[Double]]?
    /// A line of longitude and latitude, for roads.
    package var line: [[Double]]?
    package var result: String
    package var direction: CallDirection?
    package var callBackAt: Timestamp?
    package var utility: Utility?
    package var provider: String?
    package var phenomenon: Phenomenon?
    package var radiusKilometers: Double?
    package var trusted: Bool?
    /// At most 2,000 characters.
    package var text: String?
    /// Who saw it; the caller's name where absent.
    package var author: String?
    package var observedAt: Timestamp?
    package var expiresAt: Timestamp?

    package struct Area: Hashable, Codable, Sendable {
        package var municipalities: [String]

        package init(municipalities: [String]) { self.municipalities = municipalities }
    }

    package init(kind: FindingKind, site: SiteID? = nil, result: String) {
        self.kind = kind
        self.site = site
        self.result = result
    }
}

/// `POST /v1/tasks/{id}/transitions` (CONTRACTS §4).
package struct TaskTransition: Hashable, Codable, Sendable {
    /// A state of the task, or `declined`, which ends the offer.
    package var to: Target
    /// The engineer a coordinator acts for; with `to` = `offered`, the one to ask.
    package var onBehalfOf: EngineerID?
    package var reason: String?
    package var eta: Timestamp?
    package var retryAt: Timestamp?
    package var note: String?

    package init(
        to: Target, onBehalfOf: EngineerID? = nil, reason: String? = nil, eta: Timestamp? = nil,
        retryAt: Timestamp? = nil, note: String? = nil
    ) {
        self.to = to
        self.onBehalfOf = onBehalfOf
        self.reason = reason
        self.eta = eta
        self.retryAt = retryAt
        self.note = note
    }

    package enum Target: String, Hashable, Codable, CaseIterable, Sendable {
        case draft, offered, accepted, travelling, onSite, blocked, done, failed, cancelled
        case declined
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
