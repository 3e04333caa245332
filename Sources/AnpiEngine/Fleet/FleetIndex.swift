import AnpiModel

/// The imported fleet by number: sites, agents and engineers are counted from 0 in the order they first appeared and
/// keep their number for ever, so that everything else holds four bytes instead of a name.
struct FleetIndex: Sendable {
    var version = 0
    /// As imported, by id.
    var offices: [Office] = []
    var depots: [Depot] = []
    var loaners: [Loaner] = []
    /// Which tasks each rung takes, and the file that says it; nil for the standard one.
    private(set) var recoveryTemplates = RecoveryTemplates.standard
    private(set) var recoveryText: String?

    private(set) var sites: [SiteEntry] = []
    private(set) var agents: [AgentEntry] = []
    /// Everything the fleet files say of a site but its hours (`FleetCoding`), by site number.
    private var siteRows = ByteTable()
    /// The ids of agents, by their number: many are longer than a string holds in itself.
    private var agentNames = ByteTable()
    var engineers: [EngineerEntry] = []
    /// Calendars, each text once.
    private(set) var calendars: [SiteCalendar] = []
    /// Municipality codes, each once, in the order they were met.
    private(set) var municipalities: [String] = []
    /// Numbers of sites by id.
    private(set) var siteOrder: [Int32] = []
    /// What goes dark together, and who is near whom; made anew by `link()`.
    private(set) var areas = AreaTable()
    private(set) var grid = PlaceGrid()
    /// Agents, not retired, that only prove that we can hear; by number.
    private(set) var canaries: [Int32] = []

    private var siteNumbers = NumberTable()
    private var agentNumbers = NumberTable()
    // Looked up, never iterated.
    private var engineerNumbers: [EngineerID: Int32] = [:]
    private var calendarNumbers: [SiteCalendar: Int32] = [:]
    private var municipalityNumbers: [String: Int32] = [:]

    struct SiteEntry: Sendable {
        var id: SiteID
        var place: Coordinate
        /// In `offices`.
        var office: Int32 = -1
        var municipality: Int32
        /// In `calendars`; -1 where the hours are unknown.
        var calendar: Int32
        /// The site's agents are a chain: `AgentEntry.next`.
        var firstAgent: Int32 = -1
        /// What the flood map expects, and how high the server stands, in metres; NaN where it is unknown.
        var floodDepthMeters: Float = .nan
        var serverHeightMeters: Float = .nan
        // The small ones stand last, where they share a word.
        var kind: SiteKind
        var isRetired = false
    }

    struct AgentEntry: Sendable {
        var site: Int32
        var next: Int32 = -1
        var intervalSeconds: Int32
        var graceSeconds: Int32
        var device: Device
        var rhythm: Rhythm
        var isCanary: Bool
        var isRetired = false
    }

    struct EngineerEntry: Sendable {
        var engineer: Engineer
        var isRetired = false
    }

    init() {}

    func number(of site: SiteID) -> Int? {
        siteNumbers.number(hash: TextHash.of(site.text)) { sites[$0].id == site }
    }

    func number(of agent: AgentID) -> Int? {
        var text = agent.text
        return text.withUTF8 { name in
            agentNumbers.number(hash: TextHash.of(name)) { agentNames.holds(name, at: $0) }
        }
    }

    func id(ofAgent number: Int) -> AgentID {
        AgentID(trusted: String(decoding: agentNames[number], as: UTF8.self))
    }

    func number(of engineer: EngineerID) -> Int? { engineerNumbers[engineer].map(Int.init) }

    func calendar(of site: Int) -> SiteCalendar? {
        let number = sites[site].calendar
        return number < 0 ? nil : calendars[Int(number)]
    }

    func office(of site: Int) -> Office? {
        let number = sites[site].office
        return number < 0 ? nil : offices[Int(number)]
    }

    /// The site's row in bytes.
    func row(of site: Int) -> ArraySlice<UInt8> { siteRows[site] }

    /// The site's whole row; rows were written by this program, so one that cannot be read is a broken memory.
    func site(_ number: Int) -> Site {
        do {
            return try FleetCoding.decodeSite(row(of: number), calendar: calendar(of: number))
        } catch {
            preconditionFailure("the row of site \(sites[number].id) cannot be read back: \(error)")
        }
    }

    /// Where the site's copies stand, by tier.
    func copies(of number: Int) -> [CopyPlace] {
        do {
            return try FleetCoding.decodeCopies(of: sites[number].id, row: row(of: number))
        } catch {
            preconditionFailure("the row of site \(sites[number].id) cannot be read back: \(error)")
        }
    }

    func agent(_ number: Int) -> Agent {
        let entry = agents[number]
        return Agent(
            id: id(ofAgent: number), site: sites[Int(entry.site)].id, device: entry.device, rhythm: entry.rhythm,
            intervalSeconds: entry.intervalSeconds == 0 ? nil : Int(entry.intervalSeconds),
            graceSeconds: entry.graceSeconds < 0 ? nil : Int(entry.graceSeconds), canary: entry.isCanary)
    }

    /// Calls `body` with each agent of the site, retired ones too, in the order of their numbers.
    func forEachAgent(of site: Int, _ body: (Int) -> Void) {
        var next = sites[site].firstAgent
        while next >= 0 {
            body(Int(next))
            next = agents[Int(next)].next
        }
    }

    /// The numbers of the site's agents that are not retired.
    func agents(of site: Int) -> [Int] {
        var numbers: [Int] = []
        forEachAgent(of: site) { if !agents[$0].isRetired { numbers.append($0) } }
        return numbers
    }

    /// The set as imported: without what was retired.
    var fleet: Fleet {
        var fleet = Fleet(offices: offices, depots: depots, loaners: loaners, recovery: recoveryText)
        for number in siteOrder where !sites[Int(number)].isRetired {
            fleet.sites.append(site(Int(number)))
            fleet.copies.append(contentsOf: copies(of: Int(number)))
        }
        for number in agents.indices where !agents[number].isRetired { fleet.agents.append(agent(number)) }
        fleet.agents.sort { $0.id < $1.id }
        for entry in engineers where !entry.isRetired { fleet.engineers.append(entry.engineer) }
        fleet.engineers.sort { $0.id < $1.id }
        return fleet
    }

    // MARK: Changes

    /// Which tasks each rung takes from now on; nil is the standard file.
    mutating func put(recovery text: String?) throws(TOMLMistakes) {
        recoveryTemplates = try text.map { text throws(TOMLMistakes) in try RecoveryTemplates.read(text) } ?? .standard
        recoveryText = text
    }

    /// Makes room for a set at once, so that no array is left half empty by its growth.
    mutating func reserve(sites siteCount: Int, agents agentCount: Int) {
        sites.reserveCapacity(siteCount)
        siteNumbers.reserve(siteCount) { TextHash.of(sites[$0].id.text) }
        siteRows.reserve(siteCount)
        agents.reserveCapacity(agentCount)
        agentNames.reserve(agentCount)
        agentNumbers.reserve(agentCount) { agentNames[$0].withUnsafeBufferPointer(TextHash.of) }
    }

    /// Adds or replaces a site's row with its copies; the number it has from now on.
    mutating func put(_ site: Site, copies: [CopyPlace]) -> Int {
        var entry = SiteEntry(
            id: site.id, place: site.place, municipality: number(ofMunicipality: site.municipality),
            calendar: number(ofCalendar: site.calendar), kind: site.kind)
        entry.floodDepthMeters = site.floodDepthMeters.map(Float.init) ?? .nan
        let server = copies.first { $0.tier == .primary }?.heightMeters
        entry.serverHeightMeters = server.map(Float.init) ?? .nan
        let row = FleetCoding.encode(site, copies: copies)
        if let number = number(of: site.id) {
            sites[number] = entry
            siteRows.replace(number, by: row)
            return number
        }
        siteNumbers.insert(sites.count, hash: TextHash.of(site.id.text)) { TextHash.of(sites[$0].id.text) }
        sites.append(entry)
        siteRows.append(row)
        return sites.count - 1
    }

    /// Adds or replaces an agent's row; nil where its site is not known.
    mutating func put(_ agent: Agent) -> Int? {
        guard let site = number(of: agent.site) else { return nil }
        let entry = AgentEntry(
            site: Int32(site), intervalSeconds: Int32(clamping: agent.intervalSeconds ?? 0),
            graceSeconds: Int32(clamping: agent.graceSeconds ?? -1), device: agent.device, rhythm: agent.rhythm,
            isCanary: agent.canary)
        if let number = number(of: agent.id) {
            agents[number] = entry
            return number
        }
        agentNumbers.insert(agents.count, hash: TextHash.of(agent.id.text)) {
            agentNames[$0].withUnsafeBufferPointer(TextHash.of)
        }
        agents.append(entry)
        agentNames.append(agent.id.text.utf8)
        return agents.count - 1
    }

    mutating func put(_ engineer: Engineer) -> Int {
        if let number = engineerNumbers[engineer.id] {
            engineers[Int(number)] = EngineerEntry(engineer: engineer)
            return Int(number)
        }
        engineerNumbers[engineer.id] = Int32(engineers.count)
        engineers.append(EngineerEntry(engineer: engineer))
        return engineers.count - 1
    }

    mutating func retire(site: Int, _ isRetired: Bool = true) { sites[site].isRetired = isRetired }
    mutating func retire(agent: Int, _ isRetired: Bool = true) { agents[agent].isRetired = isRetired }

    /// Rebuilds what hangs on all rows: chains of agents, offices of sites, the order by id, the canaries, areas.
    mutating func link() {
        siteRows.pack()
        agentNames.pack()
        for number in sites.indices { sites[number].firstAgent = -1 }
        canaries = []
        for number in agents.indices.reversed() {
            let site = Int(agents[number].site)
            agents[number].next = sites[site].firstAgent
            sites[site].firstAgent = Int32(number)
        }
        for number in agents.indices where agents[number].isCanary && !agents[number].isRetired {
            canaries.append(Int32(number))
        }
        var officeNumbers: [OfficeID: Int32] = [:]
        for (number, office) in offices.enumerated() { officeNumbers[office.id] = Int32(number) }
        for number in sites.indices { sites[number].office = officeNumbers[officeID(of: number)] ?? -1 }
        siteOrder = sites.indices.map(Int32.init).sorted { sites[Int($0)].id < sites[Int($1)].id }
        let isMember = sites.map { !$0.isRetired && $0.kind != .canary }
        areas = AreaTable(
            sites.indices.map { number in
                guard isMember[number] else { return nil }
                let row = site(number)
                return AreaTable.Membership(
                    municipality: row.municipality, powerArea: row.powerArea, carrier: row.carrier)
            })
        grid = PlaceGrid(sites.indices.filter { isMember[$0] }.map { (site: $0, place: sites[$0].place) })
    }

    /// The office that a site's row names, also where that office has left the set.
    private func officeID(of site: Int) -> OfficeID {
        do {
            return try FleetCoding.officeID(ofSiteRow: row(of: site))
        } catch {
            preconditionFailure("the row of site \(sites[site].id) cannot be read back: \(error)")
        }
    }

    private mutating func number(ofMunicipality code: String) -> Int32 {
        if let number = municipalityNumbers[code] { return number }
        let number = Int32(municipalities.count)
        municipalities.append(code)
        municipalityNumbers[code] = number
        return number
    }

    private mutating func number(ofCalendar calendar: SiteCalendar) -> Int32 {
        guard calendar.isKnown || calendar.closures != nil else { return -1 }
        if let number = calendarNumbers[calendar] { return number }
        let number = Int32(calendars.count)
        calendars.append(calendar)
        calendarNumbers[calendar] = number
        return number
    }
}

extension FleetCoding {
    /// Only the office of a coded site: its fields up to there.
    static func officeID(ofSiteRow row: ArraySlice<UInt8>) throws(ByteCodingError) -> OfficeID {
        var reader = ByteReader(row)
        // Copies, id, name, kind.
        _ = try reader.slice()
        _ = try reader.slice()
        _ = try reader.slice()
        _ = try reader.byte()
        return OfficeID(trusted: try reader.string())
    }
}
