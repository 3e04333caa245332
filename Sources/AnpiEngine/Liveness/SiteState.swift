import AnpiModel

/// What the engine holds of one site besides its row.
struct SiteState: Hashable, Sendable {
    var contactSince: Timestamp
    /// The time of the one valid entry in the queue.
    var queuedAt: Timestamp = .distantFuture
    /// Open tasks, ascending.
    var tasks: [Int32] = []
    /// Findings about it that have not expired, ascending, the newest `findingsMax`.
    var findings: [Int32] = []
    /// By tier in the order of `CopyTier.allCases`, one per tier that was ever reported.
    var copies: [CopyRecord] = []
    /// When a warning that had raised its prior was over; `distantPast` where none was.
    var warningEndedAt: Timestamp = .distantPast
    // From here on stands what areas are judged by, many sites at a time: it shares two lines of the cache.
    /// Receipt of the last beat or ping of the site.
    var lastHeard: Timestamp = .distantPast
    /// Since when its silence says something; of the last silence that did.
    var spokeAt: Timestamp = .distantPast
    /// Log odds of a hit in thousandths, and as last told; `noLogOdds` where nothing raises the question.
    var logOdds: Int32 = SiteState.noLogOdds
    var toldLogOdds: Int32 = SiteState.noLogOdds
    /// P(hit) before any sign of the site itself.
    var prior = Float(HazardPrior.base)
    /// The same as it was when the last warning ended (inference 4).
    var priorBefore: Float = 0
    /// The same for a silent site under a warning of water as its neighbours leave it; 0 where they say nothing.
    var priorAmongNeighbours: Float = 0
    /// How much likelier something shared than chance makes who fell silent with it; 1 where that says nothing.
    var sharedStart: Float = 1
    /// The most that rivals explained of this silence while they could have begun with it (inference 3).
    var explained: Float = 0
    /// Grows with every change that others can see.
    var version: Int32 = 1
    /// The open incident it belongs to; 0 where there is none.
    var incident: Int32 = 0
    /// Its recovery, where it was hit or may be; 0 where there is none.
    var recovery: Int32 = 0
    /// The last phone attempt; 0 where there is none.
    var lastCall: Int32 = 0
    /// Sites so near that fell silent so much at the same time that they confirm its silence, while that is told.
    var confirmations: Int32 = 0
    /// Its place among `Engine.pings`; -1 where no script of it was ever heard.
    var pings: Int32 = -1
    // One byte each: they stand last, where they share a word.
    var contact: Contact = .unseen
    var assessment: Assessment = .unknown
    var attribution: Attribution? = .neverHeard
    /// Its silence says something, and its neighbours know.
    var silenceIsTold = false
    /// This silence has had its incident.
    var hadIncident = false
    /// Some warning is in force for it, or was until it fell silent.
    var isWarned = false
    /// How far it was looked at before the storm that is warned of.
    var preparation = StormPreparation.none
    /// What raised its prior last is about water.
    var priorIsLocal = false
    /// The highest level in force for it, "level ?" as 3; 0 where there is none.
    var hazardLevel: Int8 = 0
    /// Some agent of it is heard and on its battery: the power is out although the site is up.
    private(set) var isOnBattery = false
    /// Some agent of it is silent, and the last that it told was that its power had gone.
    private(set) var diedOfPower = false
    /// Days, by their number modulo 8, on which nothing is learned of it: an incident, a finding, a high warning.
    var unusualDays: UInt8 = 0

    static let findingsMax = 50
    static let noLogOdds = Int32.min

    init(since: Timestamp) { contactSince = since }

    /// What its agents say of its power.
    mutating func powerWasTold(isOnBattery: Bool, diedOfPower: Bool) {
        self.isOnBattery = isOnBattery
        self.diedOfPower = diedOfPower
    }
}
