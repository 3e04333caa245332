import AnpiModel

/// One event that sites are hit by, and what was done about it.
struct IncidentRecord: Hashable, Sendable {
    let number: Int
    var kind: IncidentKind
    private(set) var state: IncidentState
    /// Numbers of the member sites, in the order they joined.
    var sites: [Int32]
    /// Numbers of its tasks, in the order they were made.
    var tasks: [Int32] = []
    let openedAt: Timestamp
    /// When it was taken for real; nil while it is a candidate.
    private(set) var declaredAt: Timestamp?
    private(set) var stableAt: Timestamp?
    private(set) var closedAt: Timestamp?
    /// When a member last got worse.
    private(set) var worseAt: Timestamp
    /// Since when every member is well and every task final; nil while one is not.
    var wellSince: Timestamp?
    /// Why it closed: a word of ours, or what a person wrote.
    private(set) var reason: String?
    private(set) var closedBy: String?
    /// The larger incident that took it in; 0 where none did.
    private(set) var mergedInto: Int32 = 0
    /// Municipalities that it covers, ascending; empty where it is about single sites, a carrier, a release or us.
    private(set) var areas: [String] = []
    /// Which carrier (`22 NTT`) or which release; nil for the other kinds.
    let cause: String?
    /// It is about shaking; else about water, wind or nobody knows what.
    var isSeismic = false
    /// Of a drill's lane.
    let isDrill: Bool
    /// Who leads it, and what they report.
    private(set) var desk = IncidentDesk()
    var version = 1

    init(
        number: Int, kind: IncidentKind, state: IncidentState = .active, sites: [Int32], areas: [String] = [],
        cause: String? = nil, openedAt: Timestamp, isDrill: Bool = false
    ) {
        self.number = number
        self.kind = kind
        self.state = state
        self.sites = sites
        self.areas = areas
        self.cause = cause
        self.openedAt = openedAt
        self.isDrill = isDrill
        worseAt = openedAt
        declaredAt = state == .active ? openedAt : nil
    }

    var id: IncidentID { IncidentID(number) }

    /// One that other silences near by belong to.
    var isOfArea: Bool {
        switch kind {
        case .hazard, .cluster, .power: true
        case .carrier, .agentRelease, .collector, .single: false
        }
    }

    /// Many silent at once, none of them flagged: it may be an exchange or a feeder, and holds nothing else back.
    var isUnconfirmedCluster: Bool { kind == .cluster && state == .candidate }

    /// It reaches these municipalities too.
    mutating func covers(_ more: [String]) {
        for code in more where !areas.contains(code) {
            areas.insert(code, at: areas.firstIndex { $0 > code } ?? areas.count)
        }
    }

    /// A site belongs to it from now on.
    mutating func joined(_ site: Int32, at now: Timestamp) {
        sites.append(site)
        worseAt = now
        wellSince = nil
        version += 1
    }

    /// A site belongs to it no more.
    mutating func left(_ site: Int32) {
        sites.removeAll { $0 == site }
        version += 1
    }

    /// A candidate is taken for real, or a stable one is worked on again.
    mutating func activated(at now: Timestamp) {
        state = .active
        declaredAt = declaredAt ?? now
        stableAt = nil
        worseAt = now
        version += 1
    }

    /// How it is led has changed.
    mutating func deskChanged(_ change: (inout IncidentDesk) -> Void) {
        change(&desk)
        version += 1
    }

    /// A larger incident took it in.
    mutating func merged(into other: Int, at now: Timestamp) {
        state = .merged
        mergedInto = Int32(other)
        closedAt = now
        version += 1
    }

    var isOpen: Bool {
        switch state {
        case .candidate, .active, .stable: true
        case .closed, .merged: false
        }
    }

    enum OnWorse: Hashable {
        case noted
        /// It was stable and is active again.
        case reactivated
    }

    /// A member fell silent or is believed worse than before.
    mutating func memberGotWorse(at now: Timestamp) -> OnWorse {
        worseAt = now
        wellSince = nil
        switch state {
        case .stable:
            state = .active
            stableAt = nil
            version += 1
            return .reactivated
        case .candidate, .active, .closed, .merged: return .noted
        }
    }

    enum OnTime: Hashable {
        case nothing
        case stable
        case closed
    }

    /// Time passed without a change.
    mutating func timePassed(to now: Timestamp, parameters: Parameters) -> OnTime {
        guard isOpen, state != .candidate else { return .nothing }
        if let wellSince, wellSince + parameters.closedAfter <= now {
            close(at: now, reason: "allSafe", by: nil)
            return .closed
        }
        guard state == .active, worseAt + parameters.stableAfter <= now else { return .nothing }
        state = .stable
        stableAt = now
        version += 1
        return .stable
    }

    /// The next instant at which `timePassed` has something to say; nil where there is none.
    func due(_ parameters: Parameters) -> Timestamp? {
        if isUnconfirmedCluster { return openedAt + parameters.clusterRealAfter }
        guard isOpen, state != .candidate else { return nil }
        let close = wellSince.map { $0 + parameters.closedAfter }
        let stable = state == .active ? worseAt + parameters.stableAfter : nil
        guard let close else { return stable }
        return stable.map { min($0, close) } ?? close
    }

    /// It is over: nobody had touched it and the site is heard, it was well for long enough, or a person says so.
    mutating func close(at now: Timestamp, reason: String?, by actor: String?) {
        state = .closed
        closedAt = now
        self.reason = reason
        closedBy = actor
        version += 1
    }
}

extension IncidentRecord {
    /// Writes it for a checkpoint.
    func write(to writer: inout ByteWriter) {
        writer.put(number)
        writer.put(kind.rawValue)
        writer.put(state.rawValue)
        writer.put(list: sites) { $0.put(Int($1)) }
        writer.put(list: tasks) { $0.put(Int($1)) }
        writer.put(openedAt)
        writer.put(declaredAt) { $0.put($1) }
        writer.put(stableAt) { $0.put($1) }
        writer.put(closedAt) { $0.put($1) }
        writer.put(worseAt)
        writer.put(wellSince) { $0.put($1) }
        writer.put(reason) { $0.put($1) }
        writer.put(closedBy) { $0.put($1) }
        writer.put(Int(mergedInto))
        writer.put(list: areas) { $0.put($1) }
        writer.put(cause) { $0.put($1) }
        writer.put(isSeismic)
        writer.put(isDrill)
        desk.write(to: &writer)
        writer.put(version)
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        number = try reader.integer()
        kind = try reader.word()
        state = try reader.word()
        sites = try reader.list { reader throws(ByteCodingError) in try reader.number32() }
        tasks = try reader.list { reader throws(ByteCodingError) in try reader.number32() }
        openedAt = try reader.timestamp()
        declaredAt = try reader.optionalTimestamp()
        stableAt = try reader.optionalTimestamp()
        closedAt = try reader.optionalTimestamp()
        worseAt = try reader.timestamp()
        wellSince = try reader.optionalTimestamp()
        reason = try reader.optionalString()
        closedBy = try reader.optionalString()
        mergedInto = try reader.number32()
        areas = try reader.list { reader throws(ByteCodingError) in try reader.string() }
        cause = try reader.optionalString()
        isSeismic = try reader.bool()
        isDrill = try reader.bool()
        desk = try IncidentDesk(&reader)
        version = try reader.integer()
    }
}

extension ByteReader {
    /// A word by its raw value.
    mutating func word<Word: RawRepresentable<String>>() throws(ByteCodingError) -> Word {
        guard let word = Word(rawValue: try string()) else { throw .malformed }
        return word
    }

    mutating func optionalWord<Word: RawRepresentable<String>>() throws(ByteCodingError) -> Word? {
        try bool() ? try word() : nil
    }

    mutating func number32() throws(ByteCodingError) -> Int32 {
        guard let number = Int32(exactly: try integer64()) else { throw .malformed }
        return number
    }
}
