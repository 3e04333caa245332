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

    /// A big event began at `start`: whether they can come is open again; true where that is news.
    mutating func becameUnconfirmed(since start: Timestamp, at now: Timestamp) -> Bool {
        switch availability {
        case .unavailable, .unconfirmed: return false
        case .available:
            // Who has said so since then was asked.
            guard changedBy == nil || changedAt < start else { return false }
            availability = .unconfirmed
            (changedAt, changedBy) = (now, nil)
            version += 1
            return true
        }
    }

    /// They took work: they can come; true where that is news.
    mutating func confirmed(at now: Timestamp, by name: String) -> Bool {
        switch availability {
        case .available, .unavailable: return false
        case .unconfirmed:
            availability = .available
            (changedAt, changedBy) = (now, name)
            version += 1
            return true
        }
    }
}
