package import AnpiModel

/// The engine's state as versioned bytes: a head and blocks of 256 sites.
///
/// Block 2k holds what changes with every beat of the sites 256k… and their agents, block 2k + 1 their rows of the
/// fleet. All blocks and the head of one checkpoint must be of the same instant: take them from one copy of the engine.
extension Engine {
    /// Written first into every part; a reader refuses what it does not know.
    static let checkpointVersion: UInt8 = 8
    /// Without what was asked of agents: what a collector of the release before wrote last, so that an upgrade goes on from it.
    private static let versionBefore: UInt8 = 7

    private static func knows(_ version: UInt8) -> Bool { version == checkpointVersion || version == versionBefore }

    /// Everything that is not in a block.
    package func checkpointHead() -> [UInt8] {
        var writer = ByteWriter(reserving: 4_096)
        writer.put(byte: Self.checkpointVersion)
        writer.put(now)
        writer.put(housekeepingAt)
        writer.put(epoch)
        writer.put(calibration) { $1.write(to: &$0) }
        writer.put(index.version)
        writer.put(sites.count)
        writer.put(agents.count)
        writer.put(list: index.offices) { FleetCoding.write($1, to: &$0) }
        writer.put(list: index.depots) { FleetCoding.write($1, to: &$0) }
        writer.put(list: index.loaners) { FleetCoding.write($1, to: &$0) }
        writer.put(list: index.engineers) { writer, entry in
            FleetCoding.write(entry.engineer, to: &writer)
            writer.put(entry.isRetired)
        }
        writer.put(list: engineers) { $1.write(to: &$0) }
        writer.put(list: versions) { $0.put($1) }
        writer.put(list: blind.periods) { $1.write(to: &$0) }
        writer.put(blind.openSince) { $0.put($1) }
        writer.put(list: blindEnds) { $1.write(to: &$0) }
        Self.write(incidents, to: &writer) { $1.write(to: &$0) }
        Self.write(tasks, to: &writer) { $1.write(to: &$0) }
        Self.write(findings, to: &writer) { $1.write(to: &$0) }
        Self.write(recoveries, to: &writer) { $1.write(to: &$0) }
        planning.write(to: &writer)
        writer.put(list: lentLoaners) { $1.write(to: &$0) }
        writer.put(index.recoveryText) { $0.put($1) }
        answered.write(to: &writer)
        hazardQuarantine.write(to: &writer)
        askings.write(to: &writer)
        writeRegions(to: &writer)
        return writer.bytes
    }

    /// Blocks by number; with `dirtyOnly` those that changed since `markClean()`.
    package func checkpointBlocks(dirtyOnly: Bool) -> [Int: [UInt8]] {
        var blocks: [Int: [UInt8]] = [:]
        for block in dirty.hot.indices {
            let first = block * DirtyBlocks.sitesInBlock
            let range = first..<min(first + DirtyBlocks.sitesInBlock, sites.count)
            if !dirtyOnly || dirty.hot[block] { blocks[2 * block] = hotBlock(range) }
            if !dirtyOnly || dirty.cold[block] { blocks[2 * block + 1] = coldBlock(range) }
        }
        return blocks
    }

    /// The blocks taken so far are safe: from now on only what changes is dirty.
    package mutating func markClean() { dirty.clean() }

    private func hotBlock(_ range: Range<Int>) -> [UInt8] {
        var writer = ByteWriter(reserving: 32_768)
        writer.put(byte: Self.checkpointVersion)
        for site in range {
            sites[site].write(pings(of: site), to: &writer)
            sites[site].writeCopies(to: &writer) { copyMessages[site, $0] }
            index.forEachAgent(of: site) { agent in
                writer.put(agent)
                agents[agent].write(to: &writer)
            }
            writer.put(-1)
        }
        return writer.bytes
    }

    private func coldBlock(_ range: Range<Int>) -> [UInt8] {
        var writer = ByteWriter(reserving: 65_536)
        writer.put(byte: Self.checkpointVersion)
        for site in range {
            let entry = index.sites[site]
            let calendar = index.calendar(of: site)
            writer.put(raw: index.row(of: site))
            writer.put(calendar?.hours?.text) { $0.put($1) }
            writer.put(calendar?.closures?.text) { $0.put($1) }
            writer.put(entry.isRetired)
            index.forEachAgent(of: site) { agent in
                writer.put(agent)
                FleetCoding.write(index.agent(agent), to: &writer)
                writer.put(index.agents[agent].isRetired)
            }
            writer.put(-1)
        }
        return writer.bytes
    }

    private static func write<Record>(
        _ ledger: NumberedLedger<Record>, to writer: inout ByteWriter, _ write: (inout ByteWriter, Record) -> Void
    ) {
        writer.put(ledger.first)
        writer.put(list: ledger.records) { writer, record in writer.put(record, write) }
        writer.put(list: ledger.open) { $0.put($1) }
    }

    // MARK: Restoring

    /// An engine as it was when head and blocks were taken: from there on it decides the same.
    package init(
        restoring head: [UInt8], blocks: [Int: [UInt8]], parameters: Parameters = Parameters()
    ) throws(ByteCodingError) {
        self.init(parameters: parameters)
        var reader = ByteReader(head)
        let version = try reader.byte()
        guard Self.knows(version) else { throw .malformed }
        let now = try reader.timestamp()
        housekeepingAt = try reader.timestamp()
        epoch = try reader.integer64()
        calibration = try reader.optional { reader throws(ByteCodingError) in try Calibration(&reader) }
        let fleetVersion = try reader.integer()
        let siteCount = try reader.integer()
        let agentCount = try reader.integer()
        index.offices = try reader.list { reader throws(ByteCodingError) in try FleetCoding.readOffice(&reader) }
        index.depots = try reader.list { reader throws(ByteCodingError) in try FleetCoding.readDepot(&reader) }
        index.loaners = try reader.list { reader throws(ByteCodingError) in try FleetCoding.readLoaner(&reader) }
        let people = try reader.list { reader throws(ByteCodingError) in
            FleetIndex.EngineerEntry(engineer: try FleetCoding.readEngineer(&reader), isRetired: try reader.bool())
        }
        for entry in people {
            let number = index.put(entry.engineer)
            index.engineers[number].isRetired = entry.isRetired
        }
        engineers = try reader.list { reader throws(ByteCodingError) in try EngineerState(&reader) }
        versions = try reader.list { reader throws(ByteCodingError) in try reader.string() }
        let periods = try reader.list { reader throws(ByteCodingError) in try Input.Span(&reader) }
        blind = BlindLedger(periods: periods, openSince: try reader.optionalTimestamp())
        blindEnds = try reader.list { reader throws(ByteCodingError) in try Input.Span(&reader) }
        incidents = try Self.readLedger(&reader) { reader throws(ByteCodingError) in try IncidentRecord(&reader) }
        tasks = try Self.readLedger(&reader) { reader throws(ByteCodingError) in try TaskRecord(&reader) }
        findings = try Self.readLedger(&reader) { reader throws(ByteCodingError) in try FindingRecord(&reader) }
        recoveries = try Self.readLedger(&reader) { reader throws(ByteCodingError) in try RecoveryRecord(&reader) }
        planning = try PlanningState(&reader)
        lentLoaners = try reader.list { reader throws(ByteCodingError) in try LentLoaner(&reader) }
        do {
            try index.put(recovery: try reader.optionalString())
        } catch let error as ByteCodingError {
            throw error
        } catch {
            // Only what was read once is ever written.
            throw .malformed
        }
        answered = try AnsweredCommands(&reader)
        hazardQuarantine = try HazardQuarantine(&reader)
        if version != Self.versionBefore { askings = try Askings(&reader) }
        let regions = try SavedRegions(&reader)
        guard reader.isAtEnd, engineers.count == index.engineers.count else { throw .malformed }

        try readCold(blocks, sites: siteCount, agents: agentCount)
        index.version = fleetVersion
        try readHot(blocks, sites: siteCount, agents: agentCount)
        restore(regions)
        dirty.grow(toSites: siteCount)
        dirty.clean()
        self.now = now
        recountPlaced()
        for number in agents.indices where agents[number].waitsForOurselves {
            waitingForOurselves.append(Int32(number))
        }
        recount()
        recountOffers()
        rebuildDeadlines()
    }

    private static func blockCount(_ sites: Int) throws(ByteCodingError) -> Int {
        guard (0...100_000_000).contains(sites) else { throw .malformed }
        return (sites + DirtyBlocks.sitesInBlock - 1) / DirtyBlocks.sitesInBlock
    }

    private static func reader(_ block: [UInt8]?) throws(ByteCodingError) -> ByteReader {
        guard let block else { throw .truncated }
        var reader = ByteReader(block)
        guard knows(try reader.byte()) else { throw .malformed }
        return reader
    }

    private mutating func readCold(
        _ blocks: [Int: [UInt8]], sites count: Int, agents agentCount: Int
    ) throws(ByteCodingError) {
        guard (0...100_000_000).contains(agentCount) else { throw .malformed }
        index.reserve(sites: count, agents: agentCount)
        var rows = [(agent: Agent, isRetired: Bool)?](repeating: nil, count: agentCount)
        // Looked up, never iterated: a thousand sites share a text, and it is parsed once.
        var calendars: [String: SiteCalendar] = [:]
        for block in 0..<(try Self.blockCount(count)) {
            var reader = try Self.reader(blocks[2 * block + 1])
            while !reader.isAtEnd {
                let row = try reader.slice()
                let calendar = try Self.readCalendar(&reader, known: &calendars)
                let site = try FleetCoding.decodeSite(row, calendar: calendar)
                let number = index.put(site, copies: try FleetCoding.decodeCopies(of: site.id, row: row))
                index.retire(site: number, try reader.bool())
                var agent = try reader.integer()
                while agent >= 0 {
                    guard agent < agentCount else { throw .malformed }
                    rows[agent] = (try FleetCoding.readAgent(&reader), try reader.bool())
                    agent = try reader.integer()
                }
            }
        }
        guard index.sites.count == count else { throw .malformed }
        for row in rows {
            guard let row, let number = index.put(row.agent) else { throw .malformed }
            index.retire(agent: number, row.isRetired)
        }
        guard index.agents.count == agentCount else { throw .malformed }
        index.link()
    }

    private static func readCalendar(
        _ reader: inout ByteReader, known: inout [String: SiteCalendar]
    ) throws(ByteCodingError) -> SiteCalendar? {
        let hours = try reader.optionalString()
        let closures = try reader.optionalString()
        guard hours != nil || closures != nil else { return nil }
        let key = (hours ?? "-") + "\n" + (closures ?? "-")
        if let calendar = known[key] { return calendar }
        do {
            let calendar = SiteCalendar(
                hours: try hours.map { text throws(OpeningHoursError) in try OpeningHours(parsing: text) },
                closures: try closures.map { text throws(OpeningHoursError) in try OpeningHours(parsing: text) })
            known[key] = calendar
            return calendar
        } catch {
            // Only what was parsed once is ever written.
            throw .malformed
        }
    }

    private mutating func readHot(
        _ blocks: [Int: [UInt8]], sites count: Int, agents agentCount: Int
    ) throws(ByteCodingError) {
        var states = [AgentState?](repeating: nil, count: agentCount)
        sites.reserveCapacity(count)
        for block in 0..<(try Self.blockCount(count)) {
            var reader = try Self.reader(blocks[2 * block])
            while !reader.isAtEnd {
                let number = sites.count
                var pings = HeardPings.never
                var state = try SiteState(&reader, &pings)
                try state.readCopies(&reader) { copyMessages[number, $0] = $1 }
                sites.append(state)
                keep(pings, of: number)
                var agent = try reader.integer()
                while agent >= 0 {
                    guard agent < agentCount else { throw .malformed }
                    states[agent] = try AgentState(&reader)
                    agent = try reader.integer()
                }
            }
        }
        agents.reserveCapacity(agentCount)
        for state in states { if let state { agents.append(state) } }
        guard sites.count == count, agents.count == agentCount else { throw .malformed }
    }

    private static func readLedger<Record>(
        _ reader: inout ByteReader, _ read: (inout ByteReader) throws(ByteCodingError) -> Record
    ) throws(ByteCodingError) -> NumberedLedger<Record> {
        let first = try reader.integer()
        let records = try reader.list { reader throws(ByteCodingError) -> Record? in
            try reader.bool() ? try read(&reader) : nil
        }
        let open = try reader.list { reader throws(ByteCodingError) in try reader.integer() }
        return NumberedLedger(first: first, records: records, open: open)
    }
}
