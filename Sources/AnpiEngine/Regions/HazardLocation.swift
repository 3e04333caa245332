package import AnpiModel

/// Where a site lies, in all the ways in which warnings name areas.
package struct HazardLocation: Hashable, Sendable {
    package var municipality: String
    package var weatherArea: String?
    package var seismicCity: String?
    package var coordinate: Coordinate
    /// As the address has it (静岡市清水区); nil where it cannot be cut from it.
    package var municipalityName: String?

    package init(
        municipality: String, weatherArea: String? = nil, seismicCity: String? = nil, coordinate: Coordinate,
        municipalityName: String? = nil
    ) {
        self.municipality = municipality
        self.weatherArea = weatherArea
        self.seismicCity = seismicCity
        self.coordinate = coordinate
        self.municipalityName = municipalityName
    }

    package init(_ site: Site) {
        self.init(
            municipality: site.municipality, weatherArea: site.weatherArea, seismicCity: site.seismicCity,
            coordinate: site.place, municipalityName: site.address.flatMap(MunicipalityName.cut))
    }

    /// True where a warning for `place` is one for this site.
    package func isIn(_ place: HazardArea.Place) -> Bool {
        switch place {
        case .municipality, .weather, .seismic, .prefecture:
            let keys = HazardKey.keys(of: place)
            return HazardKey.keys(of: self).contains(where: keys.contains)
        case .named(let name, let prefecture):
            // The office may say less than the address (静岡市) or more (静岡市葵区南部).
            guard let own = municipalityName, municipality.hasPrefix(prefecture.prefix(2)) else { return false }
            return name.hasPrefix(own) || own.hasPrefix(name)
        case .polygon, .circle:
            return HazardShape(place)?.contains(coordinate) ?? false
        }
    }
}

/// Under what a coded area is filed, and where a site looks: one is in the other where they have a key in common.
///
/// The codes of weather areas (class20) begin with the municipality's, but cities are split (静岡市南部 2210001) and
/// designated cities stand for their wards; tables change from year to year. So an exact code decides where both sides
/// are split, and the first five digits where one of them is whole or unknown.
enum HazardKey: Hashable, Sendable {
    case municipality(String)
    case weather(String)
    /// Every weather area whose code begins with these five digits.
    case weatherOf(String)
    case seismic(String)
    case seismicOf(String)
    case prefecture(String)

    static func keys(of place: HazardArea.Place) -> [HazardKey] {
        switch place {
        case .municipality(let code): [.municipality(code)]
        case .weather(let code): [.weather(code), .weatherOf(String(code.prefix(5)))]
        case .seismic(let code): [.seismic(code), .seismicOf(String(code.prefix(5)))]
        case .prefecture(let code): [.prefecture(String(code.prefix(2)))]
        case .named, .polygon, .circle: []
        }
    }

    static func keys(of location: HazardLocation) -> [HazardKey] {
        let whole = [location.municipality] + (DesignatedCity.code(ofWard: location.municipality).map { [$0] } ?? [])
        var keys = whole.map(HazardKey.municipality)
        keys.append(.prefecture(String(location.municipality.prefix(2))))
        // A river's flood area is named by municipalities with two zeros behind them, also where weather splits them.
        keys += whole.map { .weather($0 + "00") }
        if let area = location.weatherArea {
            let first = String(area.prefix(5))
            keys += area.hasSuffix("00") ? [.weatherOf(first)] : [.weather(area), .weather(first + "00")]
        } else {
            keys += whole.map(HazardKey.weatherOf)
        }
        if let city = location.seismicCity {
            keys.append(.seismic(city))
        } else {
            keys += whole.map(HazardKey.seismicOf)
        }
        return keys
    }
}

/// Designated cities (政令指定都市), whose weather areas are the union of their wards.
enum DesignatedCity {
    /// The city of a ward by JIS X 0402: the wards' numbers follow the city's. Nil for all others, Tokyo's wards too.
    static func code(ofWard municipality: String) -> String? {
        guard municipality.utf8.count == 5, municipality.utf8.dropFirst(2).first == UInt8(ascii: "1") else {
            return nil
        }
        let city = codes.last { $0 <= municipality }
        guard let city, city.prefix(2) == municipality.prefix(2), city != municipality else { return nil }
        return city
    }

    /// Ascending.
    private static let codes = [
        "01100", "04100", "11100", "12100", "14100", "14130", "14150", "15100", "22100", "22130", "23100", "26100",
        "27100",
        "27140", "28100", "33100", "34100", "40100", "40130", "43100",
    ]
}

/// A polygon or circle with the box around it.
struct HazardShape: Hashable, Sendable {
    let place: HazardArea.Place
    let south: Double
    let north: Double
    let west: Double
    let east: Double

    /// The radius of a circle of radius 0: a point of unstated size.
    static let radiusKilometersMin = 1.0

    /// Nil for a place that is named by code.
    init?(_ place: HazardArea.Place) {
        self.place = place
        switch place {
        case .polygon(let ring):
            guard let first = ring.first else { return nil }
            south = ring.reduce(first.latitude) { min($0, $1.latitude) }
            north = ring.reduce(first.latitude) { max($0, $1.latitude) }
            west = ring.reduce(first.longitude) { min($0, $1.longitude) }
            east = ring.reduce(first.longitude) { max($0, $1.longitude) }
        case .circle(let centre, let radius):
            // A degree of latitude is 111.2 km; beyond it the distance decides, also across the date line.
            let degrees = max(radius, Self.radiusKilometersMin) / 110
            south = centre.latitude - degrees
            north = centre.latitude + degrees
            west = -180
            east = 180
        case .municipality, .weather, .seismic, .prefecture, .named: return nil
        }
    }

    func contains(_ point: Coordinate) -> Bool {
        guard (south...north).contains(point.latitude), (west...east).contains(point.longitude) else { return false }
        switch place {
        case .polygon(let ring): return Self.isInside(point, ring)
        case .circle(let centre, let radius):
            return centre.distanceKilometers(to: point) <= max(radius, Self.radiusKilometersMin)
        case .municipality, .weather, .seismic, .prefecture, .named: return false
        }
    }

    /// The even-odd rule: right for rings that are closed or not, and defined for those that cross themselves. A ring
    /// over the date line is taken as written.
    private static func isInside(_ point: Coordinate, _ ring: [Coordinate]) -> Bool {
        guard var previous = ring.last else { return false }
        var isInside = false
        for corner in ring {
            if (corner.latitude > point.latitude) != (previous.latitude > point.latitude) {
                let share = (point.latitude - corner.latitude) / (previous.latitude - corner.latitude)
                if point.longitude < corner.longitude + share * (previous.longitude - corner.longitude) {
                    isInside.toggle()
                }
            }
            previous = corner
        }
        return isInside
    }
}
