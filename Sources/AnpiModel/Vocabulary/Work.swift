/// What kind of event an incident is about.
package enum IncidentKind: String, Codable, CaseIterable, Sendable {
    case hazard, cluster, carrier, power, agentRelease, collector, single
}

package enum IncidentState: String, Codable, CaseIterable, Sendable {
    case candidate, active, stable, closed, merged
}

package enum TaskKind: String, Codable, CaseIterable, Sendable {
    case phone, inspect, swapPeripherals, restartAndCheck, promoteMirror, fetchLoaner, bringExternal
    case restoreOnLoaner, restoreAtOffice, deliver, claims
}

package enum TaskState: String, Codable, CaseIterable, Sendable {
    case draft, offered, accepted, travelling, onSite, blocked, done, failed, cancelled

    /// True where no transition leads out.
    package var isFinal: Bool { successors.isEmpty }

    /// The states a task may go to from here (CONTRACTS §4).
    package var successors: [TaskState] {
        switch self {
        case .draft: [.offered, .cancelled]
        case .offered: [.accepted, .draft, .cancelled]
        case .accepted: [.travelling, .onSite, .blocked, .draft, .cancelled]
        case .travelling: [.onSite, .blocked, .draft, .cancelled]
        case .onSite: [.done, .failed, .blocked]
        case .blocked: [.accepted, .travelling, .onSite, .draft, .cancelled]
        case .done, .failed, .cancelled: []
        }
    }
}

/// How an offer of a task to one engineer ended.
package enum OfferEnd: String, Codable, CaseIterable, Sendable {
    case accepted, declined, expired, withdrawn
}

package enum Skill: String, Codable, CaseIterable, Sendable {
    /// Everyone's.
    case inspect
    case hardware, restore, network, claims
}

/// Whether an engineer can be sent.
package enum Availability: String, Codable, CaseIterable, Sendable {
    case available, unavailable
    /// Not asked since the incident began: their own homes flood too.
    case unconfirmed
}

/// Who a token speaks for.
package enum Role: String, Codable, CaseIterable, Sendable {
    /// Everything, tokens and fleet included.
    case admin
    case coordinator, engineer, viewer
    case agent
    /// The secret in a ping URL.
    case ping
}
