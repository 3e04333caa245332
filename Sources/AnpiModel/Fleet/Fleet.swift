/// The whole set of fleet files (CONTRACTS §9): what we look after, and who and what can be sent.
///
/// Rows stand in the order of their ids, so that two equal sets are equal values.
package struct Fleet: Codable, Hashable, Sendable {
    package var offices: [Office]
    package var sites: [Site]
    package var agents: [Agent]
    package var copies: [CopyPlace]
    package var engineers: [Engineer]
    package var depots: [Depot]
    package var loaners: [Loaner]
    /// The text of `recovery.toml`; nil where the standard one holds.
    package var recovery: String?

    package init(
        offices: [Office] = [], sites: [Site] = [], agents: [Agent] = [], copies: [CopyPlace] = [],
        engineers: [Engineer] = [], depots: [Depot] = [], loaners: [Loaner] = [], recovery: String? = nil
    ) {
        self.offices = offices
        self.sites = sites
        self.agents = agents
        self.copies = copies
        self.engineers = engineers
        self.depots = depots
        self.loaners = loaners
        self.recovery = recovery
    }
}

/// The regional support office that looks after sites.
package struct Office: Codable, Hashable, Sendable {
    package var id: OfficeID
    package var name: String
    package var phone: String?
    package var place: Coordinate

    package init(id: OfficeID, name: String, phone: String? = nil, place: Coordinate) {
        self.id = id
        self.name = name
        self.phone = phone
        self.place = place
    }
}

/// A clinic, pharmacy or other facility.
package struct Site: Codable, Hashable, Sendable {
    package var id: SiteID
    package var name: String
    /// Reading of the name, the key of Japanese order.
    package var kana: String?
    package var kind: SiteKind
    package var office: OfficeID
    package var address: String?
    package var place: Coordinate
    /// JIS X 0402, five digits.
    package var municipality: String
    /// JMA class20 code.
    package var weatherArea: String?
    /// JMA seismic city code.
    package var seismicCity: String?
    package var carrier: String?
    package var powerArea: String?
    package var phone: String?
    package var contactName: String?
    package var contactPhone: String?
    package var keyHolder: String?
    /// Opening hours; nil where unknown.
    package var hours: OpeningHours?
    /// Single closures on top of `hours`.
    package var closures: OpeningHours?
    package var beds: Int
    package var dialysis: Bool
    package var homeOxygen: Bool
    package var floodDepthMeters: Double?
    /// The records system that loaners must fit.
    package var system: String?
    package var dataGigabytes: Double?

    package init(
        id: SiteID, name: String, kana: String? = nil, kind: SiteKind = .clinic, office: OfficeID,
        address: String? = nil, place: Coordinate, municipality: String, weatherArea: String? = nil,
        seismicCity: String? = nil, carrier: String? = nil, powerArea: String? = nil, phone: String? = nil,
        contactName: String? = nil, contactPhone: String? = nil, keyHolder: String? = nil,
        hours: OpeningHours? = nil, closures: OpeningHours? = nil, beds: Int = 0, dialysis: Bool = false,
        homeOxygen: Bool = false, floodDepthMeters: Double? = nil, system: String? = nil,
        dataGigabytes: Double? = nil
    ) {
        self.id = id
        self.name = name
        self.kana = kana
        self.kind = kind
        self.office = office
        self.address = address
        self.place = place
        self.municipality = municipality
        self.weatherArea = weatherArea
        self.seismicCity = seismicCity
        self.carrier = carrier
        self.powerArea = powerArea
        self.phone = phone
        self.contactName = contactName
        self.contactPhone = contactPhone
        self.keyHolder = keyHolder
        self.hours = hours
        self.closures = closures
        self.beds = beds
        self.dialysis = dialysis
        self.homeOxygen = homeOxygen
        self.floodDepthMeters = floodDepthMeters
        self.system = system
        self.dataGigabytes = dataGigabytes
    }
}

/// A program on one device of a site, with its own rhythm.
package struct Agent: Codable, Hashable, Sendable {
    package var id: AgentID
    package var site: SiteID
    package var device: Device
    package var rhythm: Rhythm
    /// The interval we expect before the first beat tells its own.
    package var intervalSeconds: Int?
    /// Silence beyond the interval that is still borne; nil leaves it to the collector.
    package var graceSeconds: Int?
    package var canary: Bool

    package init(
        id: AgentID, site: SiteID, device: Device, rhythm: Rhythm, intervalSeconds: Int? = nil,
        graceSeconds: Int? = nil, canary: Bool = false
    ) {
        self.id = id
        self.site = site
        self.device = device
        self.rhythm = rhythm
        self.intervalSeconds = intervalSeconds
        self.graceSeconds = graceSeconds
        self.canary = canary
    }
}

/// Where one copy of a site's data stands and how often it is made.
package struct CopyPlace: Codable, Hashable, Sendable {
    package var site: SiteID
    package var tier: CopyTier
    package var room: String?
    /// Above the ground outside.
    package var heightMeters: Double?
    /// A new copy is due at least this often.
    package var everyHours: Double?
    /// Kept so that the site's own devices cannot overwrite it: unplugged but for the job, changed for another, or
    /// write-locked; nil where nobody said.
    package var offline: Bool?

    package init(
        site: SiteID, tier: CopyTier, room: String? = nil, heightMeters: Double? = nil, everyHours: Double? = nil,
        offline: Bool? = nil
    ) {
        self.site = site
        self.tier = tier
        self.room = room
        self.heightMeters = heightMeters
        self.everyHours = everyHours
        self.offline = offline
    }
}

/// Somebody who can be sent.
package struct Engineer: Codable, Hashable, Sendable {
    package var id: EngineerID
    package var name: String
    package var office: OfficeID?
    package var base: String?
    package var phone: String?
    package var place: Coordinate
    /// In the order of `Skill.allCases`, without repetition; `inspect` is everyone's.
    package var skills: [Skill]
    /// When they work; nil where unknown.
    package var shift: OpeningHours?
    /// When they can be called beyond the shift.
    package var onCall: OpeningHours?

    package init(
        id: EngineerID, name: String, office: OfficeID? = nil, base: String? = nil, phone: String? = nil,
        place: Coordinate, skills: [Skill] = [.inspect], shift: OpeningHours? = nil, onCall: OpeningHours? = nil
    ) {
        self.id = id
        self.name = name
        self.office = office
        self.base = base
        self.phone = phone
        self.place = place
        self.skills = skills
        self.shift = shift
        self.onCall = onCall
    }
}

/// Where loaner machines are kept.
package struct Depot: Codable, Hashable, Sendable {
    package var id: DepotID
    package var name: String
    package var office: OfficeID?
    package var place: Coordinate

    package init(id: DepotID, name: String, office: OfficeID? = nil, place: Coordinate) {
        self.id = id
        self.name = name
        self.office = office
        self.place = place
    }
}

/// A machine that can be lent.
package struct Loaner: Codable, Hashable, Sendable {
    package var id: LoanerID
    package var depot: DepotID?
    /// The records systems it can run.
    package var fits: [String]
    package var imageVersion: String?

    package init(id: LoanerID, depot: DepotID? = nil, fits: [String] = [], imageVersion: String? = nil) {
        self.id = id
        self.depot = depot
        self.fits = fits
        self.imageVersion = imageVersion
    }
}
