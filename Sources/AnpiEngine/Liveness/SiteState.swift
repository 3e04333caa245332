import AnpiModel

/// What the engine holds of one site besides its row.
struct SiteState: Hashable, Sendable {
    var contact: Contact = .unseen
    var contactSince: Timestamp
    /// Receipt of the last beat or ping of the site.
    var lastHeard: Timestamp = .distantPast
    var assessment: Assessment = .unknown
    var attribution: Attribution? = .neverHeard
    /// Grows with every change that others can see.
    var version: Int32 = 1
    /// The last ping of a script at the site.
    var pingedAt: Timestamp = .distantPast
    /// A ping counts as hearing the site until then.
    var pingedUntil: Timestamp = .distantPast
    /// The next ping is due then: until it, devices that were silent before the last one say nothing of the site.
    var pingDueAt: Timestamp = .distantPast
    /// The time of the one valid entry in the queue.
    var queuedAt: Timestamp = .distantFuture
    /// This silence has opened its incident: one silence, one incident, also when a person closed it.
    var silenceIsTold = false
    /// The open incident it belongs to; 0 where there is none.
    var incident: Int32 = 0
    /// Open tasks, ascending.
    var tasks: [Int32] = []
    /// Findings about it that have not expired, ascending, the newest `findingsMax`.
    var findings: [Int32] = []
    /// The last phone attempt; 0 where there is none.
    var lastCall: Int32 = 0
    /// By tier in the order of `CopyTier.allCases`, one per tier that was ever reported.
    var copies: [CopyRecord] = []

    static let findingsMax = 50

    init(since: Timestamp) { contactSince = since }
}

/// The last known state of one copy.
struct CopyRecord: Hashable, Sendable {
    var tier: CopyTier
    var state: CopyState
    /// Who told it: an agent's number, or -1 for a ping.
    var source: Int32
    var goodAt: Timestamp?
    var verifiedAt: Timestamp?
    /// Negative where it was not told.
    var bytes: Int64
    var updatedAt: Timestamp
    var message: String?
}
