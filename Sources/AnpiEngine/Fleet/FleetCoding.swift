import AnpiModel

/// Rows of the fleet as bytes: how the engine holds what it seldom reads, and how a checkpoint keeps it.
///
/// The place of a word in these lists is what checkpoints hold: append, never reorder.
enum FleetCoding {
    static let siteKinds: [SiteKind] = [.clinic, .pharmacy, .hospital, .office, .canary]
    static let devices: [Device] = [.server, .mirror, .gateway]
    static let rhythms: [Rhythm] = [.always, .hours]
    static let tiers: [CopyTier] = [.primary, .mirror, .external, .offsite, .cloud]
    static let skills: [Skill] = [.inspect, .hardware, .restore, .network, .claims]

    /// A site without its hours, which are shared by many and kept apart; its copies stand first.
    static func encode(_ site: Site, copies: [CopyPlace]) -> [UInt8] {
        var places = ByteWriter(reserving: 64)
        places.put(list: copies) { write($1, to: &$0) }
        // Behind the list, where a reader of the release before does not look.
        for copy in copies where copy.offline != nil {
            places.put(copy.tier, in: tiers)
            places.put(copy.offline == true)
        }
        var writer = ByteWriter(reserving: 512)
        writer.put(raw: places.bytes)
        writer.put(site.id.text)
        writer.put(site.name)
        writer.put(site.kind, in: siteKinds)
        writer.put(site.office.text)
        writer.put(site.place)
        writer.put(site.municipality)
        for text in [
            site.kana, site.address, site.weatherArea, site.seismicCity, site.carrier, site.powerArea, site.phone,
            site.contactName, site.contactPhone, site.keyHolder, site.system,
        ] {
            writer.put(text) { $0.put($1) }
        }
        writer.put(site.beds)
        writer.put(site.dialysis)
        writer.put(site.homeOxygen)
        writer.put(site.floodDepthMeters) { $0.put($1) }
        writer.put(site.dataGigabytes) { $0.put($1) }
        return writer.bytes
    }

    static func decodeCopies(of site: SiteID, row: ArraySlice<UInt8>) throws(ByteCodingError) -> [CopyPlace] {
        var row = ByteReader(row)
        var reader = ByteReader(try row.slice())
        var copies = try reader.list { reader throws(ByteCodingError) in try readCopy(of: site, &reader) }
        while !reader.isAtEnd {
            let tier: CopyTier = try reader.word(in: tiers)
            let isOffline = try reader.bool()
            for place in copies.indices where copies[place].tier == tier { copies[place].offline = isOffline }
        }
        return copies
    }

    static func decodeSite(_ bytes: ArraySlice<UInt8>, calendar: SiteCalendar?) throws(ByteCodingError) -> Site {
        var reader = ByteReader(bytes)
        _ = try reader.slice()
        let id = SiteID(trusted: try reader.string())
        let name = try reader.string()
        let kind = try reader.word(in: siteKinds)
        let office = OfficeID(trusted: try reader.string())
        let place = try reader.coordinate()
        let municipality = try reader.string()
        var texts: [String?] = []
        for _ in 0..<11 { texts.append(try reader.optionalString()) }
        return Site(
            id: id, name: name, kana: texts[0], kind: kind, office: office, address: texts[1], place: place,
            municipality: municipality, weatherArea: texts[2], seismicCity: texts[3], carrier: texts[4],
            powerArea: texts[5], phone: texts[6], contactName: texts[7], contactPhone: texts[8], keyHolder: texts[9],
            hours: calendar?.hours, closures: calendar?.closures, beds: try reader.integer(),
            dialysis: try reader.bool(), homeOxygen: try reader.bool(),
            floodDepthMeters: try reader.optionalDouble(), system: texts[10],
            dataGigabytes: try reader.optionalDouble())
    }

    static func write(_ agent: Agent, to writer: inout ByteWriter) {
        writer.put(agent.id.text)
        writer.put(agent.site.text)
        writer.put(agent.device, in: devices)
        writer.put(agent.rhythm, in: rhythms)
        writer.put(agent.intervalSeconds) { $0.put($1) }
        writer.put(agent.graceSeconds) { $0.put($1) }
        writer.put(agent.canary)
    }

    static func readAgent(_ reader: inout ByteReader) throws(ByteCodingError) -> Agent {
        Agent(
            id: AgentID(trusted: try reader.string()), site: SiteID(trusted: try reader.string()),
            device: try reader.word(in: devices), rhythm: try reader.word(in: rhythms),
            intervalSeconds: try reader.optionalInteger(), graceSeconds: try reader.optionalInteger(),
            canary: try reader.bool())
    }

    static func write(_ copy: CopyPlace, to writer: inout ByteWriter) {
        writer.put(copy.tier, in: tiers)
        writer.put(copy.room) { $0.put($1) }
        writer.put(copy.heightMeters) { $0.put($1) }
        writer.put(copy.everyHours) { $0.put($1) }
    }

    static func readCopy(of site: SiteID, _ reader: inout ByteReader) throws(ByteCodingError) -> CopyPlace {
        CopyPlace(
            site: site, tier: try reader.word(in: tiers), room: try reader.optionalString(),
            heightMeters: try reader.optionalDouble(), everyHours: try reader.optionalDouble())
    }

    static func write(_ office: Office, to writer: inout ByteWriter) {
        writer.put(office.id.text)
        writer.put(office.name)
        writer.put(office.phone) { $0.put($1) }
        writer.put(office.place)
    }

    static func readOffice(_ reader: inout ByteReader) throws(ByteCodingError) -> Office {
        Office(
            id: OfficeID(trusted: try reader.string()), name: try reader.string(), phone: try reader.optionalString(),
            place: try reader.coordinate())
    }

    static func write(_ engineer: Engineer, to writer: inout ByteWriter) {
        writer.put(engineer.id.text)
        writer.put(engineer.name)
        writer.put(engineer.office?.text) { $0.put($1) }
        writer.put(engineer.base) { $0.put($1) }
        writer.put(engineer.phone) { $0.put($1) }
        writer.put(engineer.place)
        writer.put(list: engineer.skills) { $0.put($1, in: skills) }
        writer.put(engineer.shift?.text) { $0.put($1) }
        writer.put(engineer.onCall?.text) { $0.put($1) }
    }

    static func readEngineer(_ reader: inout ByteReader) throws(ByteCodingError) -> Engineer {
        Engineer(
            id: EngineerID(trusted: try reader.string()), name: try reader.string(),
            office: (try reader.optionalString()).map { OfficeID(trusted: $0) }, base: try reader.optionalString(),
            phone: try reader.optionalString(), place: try reader.coordinate(),
            skills: try reader.list { reader throws(ByteCodingError) in try reader.word(in: skills) },
            shift: try reader.optionalHours(), onCall: try reader.optionalHours())
    }

    static func write(_ depot: Depot, to writer: inout ByteWriter) {
        writer.put(depot.id.text)
        writer.put(depot.name)
        writer.put(depot.office?.text) { $0.put($1) }
        writer.put(depot.place)
    }

    static func readDepot(_ reader: inout ByteReader) throws(ByteCodingError) -> Depot {
        Depot(
            id: DepotID(trusted: try reader.string()), name: try reader.string(),
            office: (try reader.optionalString()).map { OfficeID(trusted: $0) }, place: try reader.coordinate())
    }

    static func write(_ loaner: Loaner, to writer: inout ByteWriter) {
        writer.put(loaner.id.text)
        writer.put(loaner.depot?.text) { $0.put($1) }
        writer.put(list: loaner.fits) { $0.put($1) }
        writer.put(loaner.imageVersion) { $0.put($1) }
    }

    static func readLoaner(_ reader: inout ByteReader) throws(ByteCodingError) -> Loaner {
        Loaner(
            id: LoanerID(trusted: try reader.string()),
            depot: (try reader.optionalString()).map { DepotID(trusted: $0) },
            fits: try reader.list { reader throws(ByteCodingError) in try reader.string() },
            imageVersion: try reader.optionalString())
    }
}

extension ByteWriter {
    mutating func put(_ place: Coordinate) {
        put(place.latitude)
        put(place.longitude)
    }
}

extension ByteReader {
    mutating func coordinate() throws(ByteCodingError) -> Coordinate {
        Coordinate(latitude: try double(), longitude: try double())
    }

    mutating func optionalInteger() throws(ByteCodingError) -> Int? {
        try bool() ? try integer() : nil
    }

    mutating func optionalHours() throws(ByteCodingError) -> OpeningHours? {
        guard let text = try optionalString() else { return nil }
        do {
            return try OpeningHours(parsing: text)
        } catch {
            // Only what was parsed once is ever written.
            throw .malformed
        }
    }
}
