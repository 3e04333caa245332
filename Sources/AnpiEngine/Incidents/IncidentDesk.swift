import AnpiModel

/// How an incident is led: by whom, what is due when, and the situation reports so far.
struct IncidentDesk: Hashable, Sendable {
    /// What people call it.
    private(set) var title: String?
    private(set) var commander: String?
    /// When the next situation report is due; nil where none is promised.
    private(set) var sitrepDue: Timestamp?
    /// By when claims are due, where an authority has moved the date.
    private(set) var claimsDue: CivilDate?
    /// Numbered from 1 without a gap.
    private(set) var sitreps: [Sitrep] = []
    /// Its members as the last report found them: what the next one tells changes of.
    private(set) var standings: [SiteStanding] = []
    /// Offices whose engineers are asked whether they can come.
    private(set) var askedOffices: [OfficeID] = []

    /// A report every two hours for more than three weeks.
    static let sitrepsMax = 300

    /// A person changed it.
    mutating func apply(_ change: IncidentChange) {
        for field in change.clear ?? [] {
            switch field {
            case .title: title = nil
            case .commander: commander = nil
            case .sitrepDue: sitrepDue = nil
            case .claimsDue: claimsDue = nil
            }
        }
        title = change.title ?? title
        commander = change.commander ?? commander
        sitrepDue = change.sitrepDue ?? sitrepDue
        claimsDue = change.claimsDue ?? claimsDue
    }

    /// A report was written, with the members as they are now.
    mutating func wasReported(_ sitrep: Sitrep, standings: [SiteStanding]) {
        sitreps.append(sitrep)
        self.standings = standings
        sitrepDue = sitrep.nextDue
    }

    /// Another incident is merged into it: what people had settled there holds on where nothing is settled here. The
    /// reports stay with their own number.
    mutating func takesOver(_ other: IncidentDesk) {
        title = title ?? other.title
        commander = commander ?? other.commander
        claimsDue = claimsDue ?? other.claimsDue
        sitrepDue = [sitrepDue, other.sitrepDue].compactMap(\.self).min()
        for office in other.askedOffices { wasAsked(office) }
    }

    mutating func wasAsked(_ office: OfficeID) {
        if !askedOffices.contains(office) { askedOffices.append(office) }
    }

    /// Writes it for a checkpoint.
    func write(to writer: inout ByteWriter) {
        writer.put(title) { $0.put($1) }
        writer.put(commander) { $0.put($1) }
        writer.put(sitrepDue) { $0.put($1) }
        writer.put(claimsDue?.daysSinceEpoch) { $0.put($1) }
        writer.put(list: sitreps) { $1.write(to: &$0) }
        writer.put(list: standings) { $1.write(to: &$0) }
        writer.put(list: askedOffices) { $0.put($1.text) }
    }

    init() {}

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        title = try reader.optionalString()
        commander = try reader.optionalString()
        sitrepDue = try reader.optionalTimestamp()
        claimsDue = try reader.date()
        sitreps = try reader.list { reader throws(ByteCodingError) in try Sitrep(&reader) }
        standings = try reader.list { reader throws(ByteCodingError) in try SiteStanding(&reader) }
        askedOffices = try reader.list { reader throws(ByteCodingError) in OfficeID(trusted: try reader.string()) }
    }
}

/// How one member of an incident stands: what a situation report tells changes of.
struct SiteStanding: Hashable, Sendable {
    let site: Int32
    var assessment: Assessment
    /// Nil where nothing was chosen.
    var rung: Rung?

    func write(to writer: inout ByteWriter) {
        writer.put(Int(site))
        writer.put(assessment.rawValue)
        writer.put(rung?.rawValue) { $0.put($1) }
    }

    init(site: Int32, assessment: Assessment, rung: Rung?) {
        self.site = site
        self.assessment = assessment
        self.rung = rung
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        site = try reader.number32()
        assessment = try reader.word()
        rung = try reader.optionalWord()
    }
}
