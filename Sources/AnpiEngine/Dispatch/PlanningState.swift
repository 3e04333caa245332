import AnpiModel

/// What is to be planned anew, and when: one deadline for the whole engine (decision 13).
struct PlanningState: Hashable, Sendable {
    /// Offices, by their place in the fleet, whose plan may not hold any more; ascending.
    private(set) var offices: [Int32] = []
    /// Offices whose plan was only mended since it was made; ascending.
    private(set) var unsettled: [Int32] = []
    /// Sites whose recovery has to be chosen anew; ascending.
    private(set) var sites: [Int32] = []
    /// The next plan; `distantFuture` where nothing waits for one.
    private(set) var at: Timestamp = .distantFuture
    /// When was planned last, and when all offices were.
    private(set) var lastAt: Timestamp = .distantPast
    private(set) var roundAt: Timestamp = .distantPast
    /// When was looked at every office, also where nothing had happened.
    private(set) var allAt: Timestamp = .distantPast
    /// When somebody comes on duty for whom a task waits.
    private(set) var wakeAt: Timestamp = .distantFuture

    /// Something of this office's work changed. True where the deadline is new.
    mutating func officeChanged(_ office: Int32, due: Timestamp) -> Bool {
        Self.insert(office, in: &offices)
        Self.insert(office, in: &unsettled)
        return isDue(at: due)
    }

    /// The next plan is one of all offices.
    mutating func needsRound() { roundAt = .distantPast }

    /// What is known of this site's harm changed.
    mutating func siteChanged(_ site: Int32, due: Timestamp) -> Bool {
        Self.insert(site, in: &sites)
        return isDue(at: due)
    }

    /// Plans are looked at then, whatever happens until. True where the deadline is new.
    mutating func isDue(at due: Timestamp) -> Bool {
        guard due < at else { return false }
        at = due
        return true
    }

    /// Takes what waits for a plan; asked again until nothing does, for a new rung asks for work.
    mutating func takeSites() -> [Int32] {
        defer { sites = [] }
        return sites
    }

    mutating func takeOffices() -> [Int32] {
        defer { offices = [] }
        return offices
    }

    /// Everything that was asked for is planned.
    mutating func wasPlanned(at now: Timestamp, isRound: Bool, ofAll isOfAll: Bool, wakeAt: Timestamp) {
        at = .distantFuture
        lastAt = now
        self.wakeAt = wakeAt
        guard isRound else { return }
        roundAt = now
        if isOfAll { allAt = now }
        unsettled = []
    }

    /// The fleet was replaced: places of offices are others now.
    mutating func forgetOffices() { (offices, unsettled) = ([], []) }

    private static func insert(_ number: Int32, in list: inout [Int32]) {
        guard let place = list.firstIndex(where: { $0 >= number }) else { return list.append(number) }
        if list[place] != number { list.insert(number, at: place) }
    }

    init() {}

    /// Writes it for a checkpoint.
    func write(to writer: inout ByteWriter) {
        writer.put(list: offices) { $0.put(Int($1)) }
        writer.put(list: unsettled) { $0.put(Int($1)) }
        writer.put(list: sites) { $0.put(Int($1)) }
        writer.put(at)
        writer.put(lastAt)
        writer.put(roundAt)
        writer.put(allAt)
        writer.put(wakeAt)
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        offices = try reader.list { reader throws(ByteCodingError) in try reader.number32() }
        unsettled = try reader.list { reader throws(ByteCodingError) in try reader.number32() }
        sites = try reader.list { reader throws(ByteCodingError) in try reader.number32() }
        at = try reader.timestamp()
        lastAt = try reader.timestamp()
        roundAt = try reader.timestamp()
        allAt = try reader.timestamp()
        wakeAt = try reader.timestamp()
    }
}
