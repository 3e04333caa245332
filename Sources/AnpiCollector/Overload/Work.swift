import AnpiModel

/// What a request is worth while not everything can be done: what stands later here is given up earlier.
package enum Work: String, CaseIterable, Sendable {
    /// A last gasp or a goodbye, which nobody can send again, and what the log itself needs.
    case urgent
    /// The newest beat of an agent, a ping, an official warning.
    case beat
    /// A person's change.
    case command
    /// Several runs of an agent that was away.
    case backlog
    /// A page, a list, a new live stream.
    case page
    /// An answer that walks along history or through the whole fleet.
    case expensive

    /// How much of the queue before the log may be taken when one more of these is let in.
    ///
    /// The rest is kept for what is worth more: a sixteenth of it is the last gasps' alone, and a fleet that sends its
    /// backlog never fills more than half.
    package var queueShare: Double {
        switch self {
        case .urgent: 1
        case .beat: 15.0 / 16
        case .command: 14.0 / 16
        case .backlog: 8.0 / 16
        // These never wait for the log.
        case .page, .expensive: 0
        }
    }

    /// The level from which on it is refused; nil for what only the queue's share limits.
    package var refusedFrom: LoadLevel? {
        switch self {
        case .urgent, .beat, .command, .backlog: nil
        case .page: .crowded
        case .expensive: .busy
        }
    }

    /// Whom it stands for in a request of heartbeats: a notice makes the whole request urgent.
    init(of beats: [Beat]) {
        if beats.contains(where: { $0.notice != nil }) {
            self = .urgent
        } else {
            self = beats.count == 1 ? .beat : .backlog
        }
    }
}
