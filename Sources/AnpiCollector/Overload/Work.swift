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

    /// How old a notice may be that is urgent: a last gasp whose first try went wrong is sent again within that.
    static let noticeFreshFor = Duration.seconds(120)

    /// Whom it stands for in a request of heartbeats: a fresh notice makes the whole request urgent.
    ///
    /// One from a spool, hours after it was said, is backlog like the rest of it: when a region has power again, thousands
    /// come, and say nothing that the newest beats do not say better. How old it is says `sentAt`, by the agent's own clock;
    /// without it nobody knows.
    init(of request: HeartbeatRequest) {
        let beats = request.beats
        guard beats.contains(where: { $0.notice != nil }) else {
            self = beats.count == 1 ? .beat : .backlog
            return
        }
        let isFresh = beats.contains { beat in
            beat.notice != nil && request.sentAt.map { $0 - beat.at <= Self.noticeFreshFor } ?? true
        }
        self = isFresh ? .urgent : .backlog
    }
}
