package import AnpiModel

/// A delivery that a step asks for.
package struct OutboxDraft: Hashable, Sendable {
    /// Which of the step's journal lines it tells, by index.
    package var journalIndex: Int
    /// The hook's name.
    package var hook: String
    /// Deliveries about one subject go out one at a time, in order.
    package var subject: String
    /// The event's type, a decision's name.
    package var type: String
    package var at: Timestamp
    /// JSON text, what is sent.
    package var body: String
    /// True for `*.updated` and `site.*`: a waiting one of the same subject gives way to this one (ENGINE §9).
    package var replacesWaiting: Bool

    package init(
        journalIndex: Int, hook: String, subject: String, type: String, at: Timestamp, body: String,
        replacesWaiting: Bool
    ) {
        self.journalIndex = journalIndex
        self.hook = hook
        self.subject = subject
        self.type = type
        self.at = at
        self.body = body
        self.replacesWaiting = replacesWaiting
    }
}

/// A delivery as it stands in the outbox.
package struct OutboxEntry: Hashable, Sendable {
    package enum State: String, Hashable, Sendable, CaseIterable {
        case waiting, delivered
        /// Given up after the last attempt.
        case dead
        /// A newer state of the same subject goes out in its place.
        case superseded
    }

    /// `<lane>-<journal number>-<ordinal>`, sent as `webhook-id`: the same however often it is written or sent.
    package var id: String
    package var hook: String
    package var subject: String
    package var type: String
    package var at: Timestamp
    package var body: String
    package var state: State
    package var attempts: Int
    package var nextAt: Timestamp
    /// The HTTP status of the last attempt, nil where none was answered.
    package var lastStatus: Int?
    /// How many older events it stands for.
    package var superseded: Int
    /// How many events of its subject were given up before it, since the last that arrived.
    package var missed: Int

    package init(
        id: String, hook: String, subject: String, type: String, at: Timestamp, body: String, state: State,
        attempts: Int, nextAt: Timestamp, lastStatus: Int?, superseded: Int, missed: Int
    ) {
        self.id = id
        self.hook = hook
        self.subject = subject
        self.type = type
        self.at = at
        self.body = body
        self.state = state
        self.attempts = attempts
        self.nextAt = nextAt
        self.lastStatus = lastStatus
        self.superseded = superseded
        self.missed = missed
    }
}

/// How one attempt to deliver ended.
package enum DeliveryAttempt: Hashable, Sendable {
    case delivered(status: Int, at: Timestamp)
    /// To be tried again.
    case failed(status: Int?, nextAt: Timestamp)
    /// Given up; the subject goes on with `missed` one higher.
    case dead(status: Int?, at: Timestamp)
}

/// How much lies in the outbox for one hook.
package struct OutboxCount: Hashable, Sendable {
    package var hook: String
    package var waiting: Int
    package var dead: Int

    package init(hook: String, waiting: Int, dead: Int) {
        self.hook = hook
        self.waiting = waiting
        self.dead = dead
    }
}
