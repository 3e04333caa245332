import AnpiModel

/// What the engine holds of one agent besides its row: small, because there are a hundred thousand of them.
struct AgentState: Hashable, Sendable {
    var contact: AgentContact
    // One byte each, behind ten odd ones.
    var power: PowerSource = .unknown
    var link: Link = .unknown
    /// When `contact.contact` took its value.
    var contactSince: Timestamp
    /// The time of the one valid entry in the queue; `distantFuture` where there is none, also while we are blind.
    var queuedAt: Timestamp = .distantFuture
    var seen = SeenBeats()
    /// How often it is silent although its site is well.
    var rhythm = SilenceRhythm()
    /// When it was first heard; `distantFuture` before.
    var firstHeardAt: Timestamp = .distantFuture
    /// When it first told its release, or left to change it.
    var versionSince: Timestamp = .distantPast
    /// The current boot's id as people see it (`shown(boot:)`); what tells boots apart is `seen`.
    private(set) var boot = ""
    /// Negative where it told none.
    var diskFreeBytes: Int64 = -1
    var diskTotalBytes: Int64 = -1
    /// The corrected time of the newest beat applied.
    var newestBeatAt: Timestamp = .distantPast
    /// Receipt − `sentAt` of the last request that had one, in seconds.
    var skewSeconds: Int32 = 0
    var dropped: Int32 = 0
    /// 0…1; negative where it told none.
    var charge: Float = -1
    var runtimeSeconds: Int32 = -1
    /// The phone task that asks why it alone is silent; 0 where there is none.
    var phoneTask: Int32 = 0
    // The small ones stand last, where they share a word.
    /// In the engine's list of versions; -1 where it told none.
    var version: Int16 = -1
    /// Its last word was that it goes down for an update.
    var leftForUpdate = false
    /// Its deadline passed while we were blind.
    var waitsForOurselves = false

    /// A string up to here lies in the state itself; a longer one is a block of memory of its own.
    private static let bootBytesMax = 15

    init(contact: AgentContact, since: Timestamp) {
        self.contact = contact
        contactSince = since
    }

    /// A new boot became the current one.
    mutating func booted(as name: String) { boot = Self.shown(boot: name) }

    /// A boot's id, cut where it is long: nobody reads the whole of a UUID, and a hundred thousand of them are 8 MB.
    static func shown(boot name: String) -> String {
        guard name.utf8.count > bootBytesMax else { return name }
        var shown = ""
        for character in name.unicodeScalars {
            guard shown.utf8.count + UTF8.width(character) <= bootBytesMax - 3 else { break }
            shown.unicodeScalars.append(character)
        }
        return shown + "…"
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
