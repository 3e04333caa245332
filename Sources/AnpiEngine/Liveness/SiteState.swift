import AnpiModel

/// What the engine holds of one site besides its row.
struct SiteState: Hashable, Sendable {
    var contactSince: Timestamp
    /// Receipt of the last beat or ping of the site.
    var lastHeard: Timestamp = .distantPast
    /// The last ping of a script at the site.
    var pingedAt: Timestamp = .distantPast
    /// A ping counts as hearing the site until then.
    var pingedUntil: Timestamp = .distantPast
    /// The next ping is due then: until it, devices that were silent before the last one say nothing of the site.
    var pingDueAt: Timestamp = .distantPast
    /// The time of the one valid entry in the queue.
    var queuedAt: Timestamp = .distantFuture
    /// Open tasks, ascending.
    var tasks: [Int32] = []
    /// Findings about it that have not expired, ascending, the newest `findingsMax`.
    var findings: [Int32] = []
    /// By tier in the order of `CopyTier.allCases`, one per tier that was ever reported.
    var copies: [CopyRecord] = []
    /// Grows with every change that others can see.
    var version: Int32 = 1
    /// The open incident it belongs to; 0 where there is none.
    var incident: Int32 = 0
    /// The last phone attempt; 0 where there is none.
    var lastCall: Int32 = 0
    // One byte each: they stand last, where they share a word.
    var contact: Contact = .unseen
    var assessment: Assessment = .unknown
    var attribution: Attribution? = .neverHeard
    /// This silence has opened its incident: one silence, one incident, also when a person closed it.
    var silenceIsTold = false

    static let findingsMax = 50

    init(since: Timestamp) { contactSince = since }
}
