import AnpiModel

/// Whether one engineer can be sent, as they or a coordinator said.
struct EngineerState: Hashable, Sendable {
    var availability: Availability = .available
    var reason: String?
    /// Until when they cannot be sent; nil until they say otherwise.
    var until: Timestamp?
    var changedAt: Timestamp
    var changedBy: String?
    var version = 1

    init(since: Timestamp) { changedAt = since }
}
