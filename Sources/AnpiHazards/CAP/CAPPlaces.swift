import AnpiModel

/// Where a CAP area lies: polygons, circles and the geocodes that fleets know.
enum CAPPlaces {
    /// The union of all that the area gives; empty where it gives nothing that can be used, which is shown and matches
    /// no site.
    static func places(of area: MarkupElement) -> [HazardArea.Place] {
        var places: [HazardArea.Place] = []
        for text in area.texts("polygon") {
            if let ring = ring(text) { places.append(.polygon(ring)) }
        }
        for text in area.texts("circle") {
            if let circle = circle(text) { places.append(circle) }
        }
        for geocode in area.children("geocode") {
            let scheme = geocode.text("valueName") ?? ""
            for value in geocode.texts("value") {
                if let place = place(scheme: scheme, value: OfficialText.code(value)), !places.contains(place) {
                    places.append(place)
                }
            }
        }
        return places
    }

    /// A geocode by the name of its scheme; others (FIPS6, UGC, …) name nothing in Japan and stay in the raw message.
    private static func place(scheme: String, value: String) -> HazardArea.Place? {
        guard OfficialText.isDigits(value) else { return nil }
        let scheme = OfficialText.code(scheme).lowercased()
        if ["jis", "jisx0402", "municipality", "市区町村コード", "全国地方公共団体コード"].contains(where: scheme.contains) {
            switch value.utf8.count {
            case 5: return .municipality(value)
            // Six digits: the last one checks the five.
            case 6: return .municipality(String(value.dropLast()))
            default: break
            }
        }
        guard ["jma", "class20", "class10", "気象", "jis", "地震"].contains(where: scheme.contains) else { return nil }
        switch value.utf8.count {
        case 7: return scheme.contains("seismic") || scheme.contains("地震") ? .seismic(value) : .weather(value)
        case 6, 2: return .prefecture(value)
        case 5: return .municipality(value)
        default: return nil
        }
    }

    /// "lat,lon lat,lon …". The ring is kept open (its last point is not repeated): whether it was closed or crosses
    /// itself makes no difference to the even-odd rule. Nil where fewer than three points differ or one is no place.
    static func ring(_ text: String) -> [Coordinate]? {
        var pairs: [(Double, Double)] = []
        for part in text.split(whereSeparator: \.isWhitespace) {
            let numbers = part.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
            guard numbers.count >= 2, let first = numbers[0], let second = numbers[1] else { return nil }
            pairs.append((first, second))
        }
        guard var ring = coordinates(pairs) else { return nil }
        if ring.count > 1, ring.first == ring.last { ring.removeLast() }
        guard Set(ring).count >= 3 else { return nil }
        return ring
    }

    /// "lat,lon km". A radius of 0 (USGS) is kept: a point of unstated size.
    static func circle(_ text: String) -> HazardArea.Place? {
        let numbers = text.split { $0.isWhitespace || $0 == "," }.map { Double($0) }
        guard numbers.count >= 2, let first = numbers[0], let second = numbers[1],
            let centre = coordinates([(first, second)])?.first
        else { return nil }
        let radius = numbers.count > 2 ? numbers[2] ?? .nan : 0
        guard radius.isFinite, radius >= 0 else { return nil }
        return .circle(centre, radiusKilometers: radius)
    }

    /// CAP is latitude first. A sender who copies GeoJSON writes longitude first, which shows wherever a first number is
    /// beyond 90, as all of Japan's are: then all pairs are turned.
    private static func coordinates(_ pairs: [(Double, Double)]) -> [Coordinate]? {
        let isTurned = pairs.contains { abs($0.0) > 90 } && pairs.allSatisfy { abs($0.1) <= 90 }
        let places = pairs.map { first, second in
            Coordinate(latitude: isTurned ? second : first, longitude: isTurned ? first : second)
        }
        return places.allSatisfy(\.isValid) ? places : nil
    }
}
