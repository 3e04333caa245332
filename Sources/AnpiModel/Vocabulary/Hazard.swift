/// One official message, parsed: what it says of which areas, and what earlier message it replaces.
///
/// The raw bytes stay in the store under their SHA-256; this is all that the engine reads (ENGINE §1).
package struct HazardMessage: Hashable, Codable, Sendable {
    package enum Format: String, Hashable, Codable, CaseIterable, Sendable {
        case cap, jma
    }

    /// Only `actual` acts; the rest is stored and shown (DESIGN §6.8).
    package enum Status: String, Hashable, Codable, CaseIterable, Sendable {
        case actual
        /// 訓練, CAP Exercise.
        case exercise
        /// 試験, CAP Test, System and Draft.
        case test
    }

    /// What the message does to those before it.
    package enum Action: String, Hashable, Codable, CaseIterable, Sendable {
        /// Takes the place of the messages it names, and of all that its series said before where it names none; with
        /// no areas nothing of them is in force any more.
        case replace
        /// Stands beside what its series said before (a sudden-rain report, a CAP alert).
        case add
        /// Takes back the messages it names, and its series where it names none.
        case cancel
        /// Says nothing that acts (an acknowledgement, an error notice).
        case note
    }

    package var format: Format
    /// `VPWW54`, `VXSE53`, …; `CAP` for CAP.
    package var telegram: String
    /// Unique for one message: CAP `sender,identifier,sent`; JMA telegram, office, event (its title and target time
    /// where it has none), time, serial and kind of issue, with commas between them.
    package var identifier: String
    /// Messages of one series replace one another: (telegram, office, area) for JMA warnings, the event for quakes,
    /// the river, one for all tsunami, (sender, event, area) for CAP.
    package var series: String
    package var status: Status
    package var action: Action
    /// Identifiers of the messages that this one updates or takes back, or their first parts up to a comma: a JMA
    /// 取消 names office and event and means all their issues.
    package var references: [String]
    /// When the office issued it; orders messages of one series, then `serial`.
    package var reportedAt: Timestamp
    package var serial: Int
    /// What a person reads: the telegram's own title or headline, at most 200 characters.
    package var headline: String
    /// Of a quake: when it shook.
    package var originAt: Timestamp?
    package var areas: [HazardArea]

    package init(
        format: Format, telegram: String, identifier: String, series: String, status: Status, action: Action,
        references: [String] = [], reportedAt: Timestamp, serial: Int = 0, headline: String,
        originAt: Timestamp? = nil, areas: [HazardArea] = []
    ) {
        self.format = format
        self.telegram = telegram
        self.identifier = identifier
        self.series = series
        self.status = status
        self.action = action
        self.references = references
        self.reportedAt = reportedAt
        self.serial = serial
        self.headline = headline
        self.originAt = originAt
        self.areas = areas
    }
}

/// One statement of a message: this phenomenon, at this level, in this area, for this long.
package struct HazardArea: Hashable, Codable, Sendable {
    /// What threatens; it decides the radius of neighbours and how long the prior holds.
    package enum Phenomenon: String, Hashable, Codable, CaseIterable, Sendable {
        /// Rain, river, inundation.
        case flood
        case landslide
        case surge
        case tsunami
        case quake
        case wind
        case snow
        /// Thunder, fog, dry air and the like: shown, never a prior above level 2.
        case other
    }

    /// Seismic intensity as JMA classes it; the prior goes by this and not by the level.
    package enum Intensity: String, Hashable, Codable, CaseIterable, Sendable {
        case one = "1"
        case two = "2"
        case three = "3"
        case four = "4"
        case fiveLower = "5-"
        case fiveUpper = "5+"
        case sixLower = "6-"
        case sixUpper = "6+"
        case seven = "7"
    }

    /// How sites are found that the area covers; the union of all applies.
    package enum Place: Hashable, Codable, Sendable {
        /// JIS X 0402, 5 digits: `Site.municipality`.
        case municipality(String)
        /// JMA class20, 7 digits: `Site.weatherArea`; its first five match a municipality where that is unknown.
        case weather(String)
        /// JMA seismic city, 7 digits: `Site.seismicCity`.
        case seismic(String)
        /// JMA class10 and wider, shown and matched by prefecture where nothing finer is given.
        case prefecture(String)
        /// A place that the office writes in words only (静岡市清水区付近): the municipality's name, perhaps with more
        /// behind it, in the prefecture of the first two digits of `prefecture`.
        case named(String, prefecture: String)
        case polygon([Coordinate])
        case circle(Coordinate, radiusKilometers: Double)
    }

    package var phenomenon: Phenomenon
    /// As sent: the code that the table was asked for, kept raw.
    package var code: String
    /// What the office calls it, at most 80 characters.
    package var name: String
    /// 0–5; nil is "level ?", treated as 3 and shown as unknown, never as 0.
    package var level: Int?
    package var intensity: Intensity?
    /// What the office calls the area, at most 80 characters.
    package var areaName: String
    package var places: [Place]
    package var from: Timestamp
    /// nil: in force until its series says otherwise.
    package var until: Timestamp?

    package init(
        phenomenon: Phenomenon, code: String, name: String, level: Int?, intensity: Intensity? = nil, areaName: String,
        places: [Place], from: Timestamp, until: Timestamp? = nil
    ) {
        self.phenomenon = phenomenon
        self.code = code
        self.name = name
        self.level = level
        self.intensity = intensity
        self.areaName = areaName
        self.places = places
        self.from = from
        self.until = until
    }
}
