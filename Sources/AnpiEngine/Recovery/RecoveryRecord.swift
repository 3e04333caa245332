import AnpiModel

/// What is known and planned for one site that was hit, or is believed to be, until it works again.
struct RecoveryRecord: Hashable, Sendable {
    let number: Int
    let site: Int32
    /// Since when harm is believed or told.
    let openedAt: Timestamp
    private(set) var damage = Damage()
    /// Nil until it was chosen for the first time.
    private(set) var choice: RungChoice?
    /// That any copy survives, in thousandths, as of the choice.
    private(set) var anyCopyChance = 1_000
    /// Kinds of tasks that were done there since.
    private(set) var done: [TaskKind] = []
    /// Kinds that failed or that a person has cancelled: nobody makes them again while the rung is the same.
    private(set) var dropped: [TaskKind] = []
    /// The incident that it belongs to, or belonged to last; 0 where there was none.
    private(set) var incident: Int32 = 0
    /// By when its claims are due where that incident's date was moved.
    private(set) var claimsDue: CivilDate?
    /// What the office enters for the claims.
    private(set) var claims = ClaimsEntries()
    /// The site works again since then.
    private(set) var restoredAt: Timestamp?
    private(set) var endedAt: Timestamp?
    private(set) var changedAt: Timestamp
    private(set) var version = 1

    init(number: Int, site: Int, openedAt: Timestamp) {
        self.number = number
        self.site = Int32(site)
        self.openedAt = openedAt
        changedAt = openedAt
    }

    /// Only believed: the rung is shown, the site is looked at, and nothing is sent (decision 13).
    var isProvisional: Bool { !damage.tellsOfRecords }

    /// By when the claims of the site's month are due.
    var claimsClock: ClaimsClock { ClaimsClock(disasterAt: openedAt, moved: claimsDue) }

    /// Somebody told of damage; true where that is news.
    mutating func damageWasReported(_ report: DamageReport, by author: String, at now: Timestamp) -> Bool {
        guard damage.wasReported(report, by: author, at: now) else { return false }
        changed(at: now)
        return true
    }

    /// The rung was chosen anew; true where others have to know.
    mutating func wasChosen(_ new: RungChoice, anyCopyChance: Int, wasProvisional: Bool, at now: Timestamp) -> Bool {
        let before = choice
        choice = new
        self.anyCopyChance = anyCopyChance
        if before?.rung != new.rung { dropped = [] }
        let isNews =
            before?.rung != new.rung || before?.runnerUp != new.runnerUp || before?.meanwhile != new.meanwhile
            || before?.workPlace != new.workPlace || wasProvisional != isProvisional
        if isNews { changed(at: now) }
        return isNews
    }

    /// A task of the site is over.
    mutating func taskEnded(_ kind: TaskKind, isDone: Bool, at now: Timestamp) {
        if isDone {
            if !done.contains(kind) { done.append(kind) }
        } else if !dropped.contains(kind) {
            dropped.append(kind)
        }
        changed(at: now)
    }

    /// Everything that brings the system back is done.
    mutating func wasRestored(at now: Timestamp) {
        restoredAt = now
        changed(at: now)
    }

    mutating func ended(at now: Timestamp) {
        endedAt = now
        changed(at: now)
    }

    mutating func claimsWereEntered(_ entries: ClaimsEntries, at now: Timestamp) {
        claims = entries
        changed(at: now)
    }

    /// Its site is a member of an incident, or that incident's date was moved.
    mutating func belongs(to incident: Int, claimsDue: CivilDate?, at now: Timestamp) {
        guard self.incident != Int32(incident) || self.claimsDue != claimsDue else { return }
        self.incident = Int32(incident)
        self.claimsDue = claimsDue
        changed(at: now)
    }

    private mutating func changed(at now: Timestamp) {
        changedAt = now
        version += 1
    }
}

/// What a person enters about a site's claims; nil and false: not yet.
struct ClaimsEntries: Hashable, Sendable {
    var hasCertificate = false
    var isNamedByNotice = false
    var hasPhotos = false
    /// Yen of the three months before the claim month.
    var outpatientYen: Int?
    var inpatientYen: Int?
    /// Days of the claim month on which the site was open.
    var openDays: Int?
    /// Days of it on which the site had in-patients.
    var inpatientDays: Int?
    /// The claims are out since then.
    var submittedAt: Timestamp?

    /// Somebody entered more, or took something back.
    mutating func apply(_ change: ClaimsChange) {
        for field in change.clear ?? [] {
            switch field {
            case .outpatientYen: outpatientYen = nil
            case .inpatientYen: inpatientYen = nil
            case .openDays: openDays = nil
            case .inpatientDays: inpatientDays = nil
            case .submittedAt: submittedAt = nil
            }
        }
        hasCertificate = change.certificate ?? hasCertificate
        isNamedByNotice = change.notice ?? isNamedByNotice
        hasPhotos = change.photos ?? hasPhotos
        outpatientYen = change.outpatientYen ?? outpatientYen
        inpatientYen = change.inpatientYen ?? inpatientYen
        openDays = change.openDays ?? openDays
        inpatientDays = change.inpatientDays ?? inpatientDays
        submittedAt = change.submittedAt ?? submittedAt
    }

    /// As they were entered, for the form.
    var json: JSON {
        [
            "certificate": .bool(hasCertificate), "notice": .bool(isNamedByNotice), "photos": .bool(hasPhotos),
            "outpatientYen": .optional(outpatientYen), "inpatientYen": .optional(inpatientYen),
            "openDays": .optional(openDays), "inpatientDays": .optional(inpatientDays),
            "submittedAt": .time(submittedAt),
        ]
    }
}

extension Damage {
    /// Somebody said something of the devices or the building: enough to send people with machines.
    var tellsOfRecords: Bool {
        server != nil || mirror != nil || external != nil || peripherals != nil || building != nil
    }
}

extension RecoveryRecord {
    /// Writes it for a checkpoint.
    func write(to writer: inout ByteWriter) {
        writer.put(number)
        writer.put(Int(site))
        writer.put(openedAt)
        damage.write(to: &writer)
        writer.put(choice) { $1.write(to: &$0) }
        writer.put(anyCopyChance)
        writer.put(list: done) { $0.put($1.rawValue) }
        writer.put(list: dropped) { $0.put($1.rawValue) }
        writer.put(Int(incident))
        writer.put(claimsDue?.daysSinceEpoch) { $0.put($1) }
        claims.write(to: &writer)
        writer.put(restoredAt) { $0.put($1) }
        writer.put(endedAt) { $0.put($1) }
        writer.put(changedAt)
        writer.put(version)
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        number = try reader.integer()
        site = try reader.number32()
        openedAt = try reader.timestamp()
        damage = try Damage(&reader)
        choice = try reader.optional { reader throws(ByteCodingError) in try RungChoice(&reader) }
        anyCopyChance = try reader.integer()
        done = try reader.list { reader throws(ByteCodingError) in try reader.word() }
        dropped = try reader.list { reader throws(ByteCodingError) in try reader.word() }
        incident = try reader.number32()
        claimsDue = try reader.date()
        claims = try ClaimsEntries(&reader)
        restoredAt = try reader.optionalTimestamp()
        endedAt = try reader.optionalTimestamp()
        changedAt = try reader.timestamp()
        version = try reader.integer()
    }
}

extension ClaimsEntries {
    func write(to writer: inout ByteWriter) {
        writer.put(hasCertificate)
        writer.put(isNamedByNotice)
        writer.put(hasPhotos)
        for number in [outpatientYen, inpatientYen, openDays, inpatientDays] { writer.put(number) { $0.put($1) } }
        writer.put(submittedAt) { $0.put($1) }
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        hasCertificate = try reader.bool()
        isNamedByNotice = try reader.bool()
        hasPhotos = try reader.bool()
        outpatientYen = try reader.optional { reader throws(ByteCodingError) in try reader.integer() }
        inpatientYen = try reader.optional { reader throws(ByteCodingError) in try reader.integer() }
        openDays = try reader.optional { reader throws(ByteCodingError) in try reader.integer() }
        inpatientDays = try reader.optional { reader throws(ByteCodingError) in try reader.integer() }
        submittedAt = try reader.optionalTimestamp()
    }
}

extension ByteReader {
    /// A day of the calendar, or none, written as days since 1970.
    mutating func date() throws(ByteCodingError) -> CivilDate? {
        guard let days = try bool() ? try integer() : nil else { return nil }
        guard (-1_000_000...10_000_000).contains(days) else { throw .malformed }
        return CivilDate(daysSinceEpoch: days)
    }
}
