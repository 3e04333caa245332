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
    /// With `to` = `blocked`: the road that stands in the way.
    package var road: BlockedRoad?
    /// When it was done in the field, where that was before it was sent; told, never used for any order.
    package var doneAt: Timestamp?
    /// What was done in the field stands although the task was cancelled meanwhile: a person saw both and chose.
    package var despiteCancellation: Bool?

    package init(
        to: Target, onBehalfOf: EngineerID? = nil, reason: String? = nil, eta: Timestamp? = nil,
        retryAt: Timestamp? = nil, note: String? = nil, road: BlockedRoad? = nil, doneAt: Timestamp? = nil,
        despiteCancellation: Bool? = nil
    ) {
        self.to = to
        self.onBehalfOf = onBehalfOf
        self.reason = reason
        self.eta = eta
        self.retryAt = retryAt
        self.note = note
        self.road = road
        self.doneAt = doneAt
        self.despiteCancellation = despiteCancellation
    }

    package enum Target: String, Hashable, Codable, CaseIterable, Sendable {
        case draft, offered, accepted, travelling, onSite, blocked, done, failed, cancelled
        case declined
    }
}
