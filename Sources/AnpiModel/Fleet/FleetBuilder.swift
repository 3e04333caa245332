/// Builds the records of a fleet from its tables, in the order in which they refer to one another.
struct FleetBuilder {
    private(set) var fleet = Fleet()
    private let problems: FleetProblemCollector

    /// Ids of each kind with the line that has them; also of rows that have other mistakes, so that one mistake does
    /// not make a dangling reference of every row that refers to it.
    private var lines: [FleetKind: [String: Int]] = [:]
    /// Kinds whose file could not be read, to which references are not checked.
    private var unreadable: Set<FleetKind> = []

    init(problems: FleetProblemCollector) {
        self.problems = problems
    }

    /// Notes that there is no file of `kind`.
    mutating func missing(_ kind: FleetKind) {
        if kind.isRequired { unreadable.insert(kind) }
    }

    /// Takes the rows of `table`; nil is a file that could not be read.
    mutating func read(_ kind: FleetKind, _ table: FleetTable?) {
        guard let table else {
            unreadable.insert(kind)
            return
        }
        switch kind {
        case .offices:
            fleet.offices = table.rows.compactMap { office($0) }.sorted { $0.id < $1.id }
        case .sites:
            fleet.sites = table.rows.compactMap { site($0) }.sorted { $0.id < $1.id }
        case .agents:
            fleet.agents = table.rows.compactMap { agent($0) }.sorted { $0.id < $1.id }
        case .copies:
            let order = CopyTier.allCases
            fleet.copies = table.rows.compactMap { copy($0) }.sorted {
                ($0.site, order.firstIndex(of: $0.tier) ?? 0) < ($1.site, order.firstIndex(of: $1.tier) ?? 0)
            }
        case .engineers:
            fleet.engineers = table.rows.compactMap { engineer($0) }.sorted { $0.id < $1.id }
        case .depots:
            fleet.depots = table.rows.compactMap { depot($0) }.sorted { $0.id < $1.id }
        case .loaners:
            fleet.loaners = table.rows.compactMap { loaner($0) }.sorted { $0.id < $1.id }
        }
    }

    /// Takes the templates of recovery tasks; what equals the standard file is the standard file.
    mutating func read(recovery bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return problems.add(FleetProblem(file: RecoveryTemplates.file, message: "is not UTF-8: save it as UTF-8"))
        }
        do {
            _ = try RecoveryTemplates.read(text)
            fleet.recovery = text == RecoveryTemplates.standardText ? nil : text
        } catch {
            for mistake in error.mistakes {
                problems.add(
                    FleetProblem(file: RecoveryTemplates.file, line: mistake.line, message: mistake.message))
            }
        }
    }

    private mutating func office(_ row: FleetTable.Row) -> Office? {
        let id = ownID(row, .offices, Named.Office.self)
        let name = row.required("name")
        let place = row.place()
        let phone = row.text("phone")
        guard let id, let name, let place else { return nil }
        return Office(id: id, name: name, phone: phone, place: place)
    }

    private mutating func site(_ row: FleetTable.Row) -> Site? {
        let id = ownID(row, .sites, Named.Site.self)
        let name = row.required("name")
        let kind: SiteKind? = row.word("kind", row.text("kind"))
        let office = reference(row, "office", row.id("office", Named.Office.self), to: .offices)
        let place = row.place()
        let municipality = row.required("municipality")
        if let municipality, !(municipality.utf8.count == 5 && municipality.utf8.allSatisfy { 0x30...0x39 ~= $0 }) {
            row.problem("municipality", "\(quoted(municipality)) is not a code of five digits (JIS X 0402)")
        }
        let hours = self.hours(row, "hours")
        let closures = self.hours(row, "closures")
        if let closures, !closures.hasClosingRule {
            row.problem("closures", "\(quoted(closures.text)) closes nothing: write \"off\" after the days")
        }
        let beds = row.whole("beds", in: 0...100_000) ?? 0
        let dialysis = row.flag("dialysis")
        let homeOxygen = row.flag("homeOxygen")
        let floodDepth = row.number("floodDepthMeters", in: 0...100, "between 0 and 100")
        let data = row.number("dataGigabytes", in: 0...10_000_000, "between 0 and 10000000")
        guard let id, let name, let office, let place, let municipality else { return nil }
        return Site(
            id: id, name: name, kana: row.text("kana"), kind: kind ?? .clinic, office: office,
            address: row.text("address"), place: place, municipality: municipality,
            weatherArea: row.text("weatherArea"), seismicCity: row.text("seismicCity"), carrier: row.text("carrier"),
            powerArea: row.text("powerArea"), phone: row.text("phone"), contactName: row.text("contactName"),
            contactPhone: row.text("contactPhone"), keyHolder: row.text("keyHolder"), hours: hours,
            closures: closures, beds: beds, dialysis: dialysis, homeOxygen: homeOxygen, floodDepthMeters: floodDepth,
            system: row.text("system"), dataGigabytes: data)
    }

    private mutating func agent(_ row: FleetTable.Row) -> Agent? {
        let id = ownID(row, .agents, Named.Agent.self)
        let site = reference(row, "site", row.id("site", Named.Site.self), to: .sites)
        let device: Device? = row.word("device", row.required("device"))
        let rhythm: Rhythm? = row.word("rhythm", row.required("rhythm"))
        let interval = row.whole("intervalSeconds", in: 1...86_400)
        let grace = row.whole("graceSeconds", in: 0...604_800)
        let canary = row.flag("canary")
        guard let id, let site, let device, let rhythm else { return nil }
        return Agent(
            id: id, site: site, device: device, rhythm: rhythm, intervalSeconds: interval, graceSeconds: grace,
            canary: canary)
    }

    private mutating func copy(_ row: FleetTable.Row) -> CopyPlace? {
        let site = reference(row, "site", row.id("site", Named.Site.self), to: .sites)
        let tier: CopyTier? = row.word("tier", row.required("tier"))
        let height = row.number("heightMeters", in: -100...1_000, "between -100 and 1000")
        let every = row.number("everyHours", in: 0.01...87_600, "between 0.01 and 87600")
        let offline = row.optionalFlag("offline")
        guard let site, let tier else { return nil }
        if offline == true, tier == .primary || tier == .mirror {
            row.problem("offline", "a \(tier.rawValue) copy is written to all the time: it is never offline")
        }
        if let line = lines[.copies]?["\(site)/\(tier.rawValue)"] {
            row.problem("tier", "\(quoted(tier.rawValue)) of \(site) is already on line \(line)")
        }
        lines[.copies, default: [:]]["\(site)/\(tier.rawValue)"] = row.line
        return CopyPlace(
            site: site, tier: tier, room: row.text("room"), heightMeters: height, everyHours: every, offline: offline)
    }

    private mutating func engineer(_ row: FleetTable.Row) -> Engineer? {
        let id = ownID(row, .engineers, Named.Engineer.self)
        let name = row.required("name")
        let office = reference(row, "office", row.id("office", Named.Office.self), to: .offices)
        let place = row.place()
        let named = row.list("skills").compactMap { (text: String) -> Skill? in row.word("skills", text) }
        let skills = Skill.allCases.filter { $0 == .inspect || named.contains($0) }
        let shift = hours(row, "shift")
        let onCall = hours(row, "onCall")
        guard let id, let name, let office, let place else { return nil }
        return Engineer(
            id: id, name: name, office: office, base: row.text("base"), phone: row.text("phone"), place: place,
            skills: skills, shift: shift, onCall: onCall)
    }

    private mutating func depot(_ row: FleetTable.Row) -> Depot? {
        let id = ownID(row, .depots, Named.Depot.self)
        let name = row.required("name")
        let office = reference(row, "office", row.id("office", Named.Office.self), to: .offices)
        let place = row.place()
        guard let id, let name, let office, let place else { return nil }
        return Depot(id: id, name: name, office: office, place: place)
    }

    private mutating func loaner(_ row: FleetTable.Row) -> Loaner? {
        let id = ownID(row, .loaners, Named.Loaner.self)
        let depot = reference(row, "depot", row.optionalID("depot", Named.Depot.self), to: .depots)
        guard let id else { return nil }
        return Loaner(id: id, depot: depot, fits: row.list("fits"), imageVersion: row.text("imageVersion"))
    }

    /// The row's own id, which no earlier row may have.
    private mutating func ownID<Kind>(
        _ row: FleetTable.Row, _ kind: FleetKind, _ named: Kind.Type
    ) -> Identifier<Kind>? {
        guard let id = row.id("id", named) else { return nil }
        if let line = lines[kind]?[id.text] {
            row.problem("id", "\(quoted(id.text)) is already on line \(line)")
        } else {
            lines[kind, default: [:]][id.text] = row.line
        }
        return id
    }

    /// `id` after it was looked for among the ids of `kind`.
    private func reference<Kind>(
        _ row: FleetTable.Row, _ column: String, _ id: Identifier<Kind>?, to kind: FleetKind
    ) -> Identifier<Kind>? {
        if let id, !unreadable.contains(kind), lines[kind]?[id.text] == nil {
            row.problem(column, "\(quoted(id.text)) is not in \(kind.file)")
        }
        return id
    }

    private func hours(_ row: FleetTable.Row, _ column: String) -> OpeningHours? {
        guard let text = row.text(column) else { return nil }
        do throws(OpeningHoursError) {
            return try OpeningHours(parsing: text)
        } catch {
            row.problem(column, error.description)
            return nil
        }
    }
}
