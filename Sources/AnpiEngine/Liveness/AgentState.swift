import AnpiModel

/// What the engine holds of one agent besides its row: small, because there are a hundred thousand of them.
struct AgentState: Hashable, Sendable {
    var contact: AgentContact
    /// When `contact.contact` took its value.
    var contactSince: Timestamp
    /// The time of the one valid entry in the queue; `distantFuture` where there is none, also while we are blind.
    var queuedAt: Timestamp = .distantFuture
    /// Its deadline passed while we were blind.
    var waitsForOurselves = false
    var seen = SeenBeats()
    /// The current boot's id as it was sent.
    var boot = ""
    /// The corrected time of the newest beat applied.
    var newestBeatAt: Timestamp = .distantPast
    /// Receipt − `sentAt` of the last request that had one, in seconds.
    var skewSeconds: Int32 = 0
    var dropped: Int32 = 0
    /// In the engine's list of versions; -1 where it told none.
    var version: Int32 = -1
    var power: PowerSource = .unknown
    /// 0…1; negative where it told none.
    var charge: Float = -1
    var runtimeSeconds: Int32 = -1
    var link: Link = .unknown
    /// Negative where it told none.
    var diskFreeBytes: Int64 = -1
    var diskTotalBytes: Int64 = -1
    /// The phone task that asks why it alone is silent; 0 where there is none.
    var phoneTask: Int32 = 0

    init(contact: AgentContact, since: Timestamp) {
        self.contact = contact
        contactSince = since
    }

    /// A beat that is news tells how its device is.
    mutating func deviceReported(_ beat: Beat) {
        if let power = beat.power {
            self.power = power.source
            charge = power.charge.map(Float.init) ?? -1
            runtimeSeconds = power.runtimeSeconds.map { Int32(clamping: $0) } ?? -1
        }
        if let link = beat.link { self.link = link }
        if let disk = beat.disk {
            diskFreeBytes = disk.freeBytes
            diskTotalBytes = disk.totalBytes
        }
    }
}
