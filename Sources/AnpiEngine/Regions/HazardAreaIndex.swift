package import AnpiModel

/// The statements that are in force or will be, by where they hold: what a site looks up.
struct HazardAreaIndex: Sendable {
    /// A statement: the entry's number in the ledger, and its place in the message.
    struct Reference: Hashable, Comparable, Sendable {
        var entry: Int
        var area: Int

        static func < (left: Self, right: Self) -> Bool {
            left.entry != right.entry ? left.entry < right.entry : left.area < right.area
        }
    }

    private struct Shape: Sendable {
        var reference: Reference
        var shape: HazardShape
    }

    private struct Named: Sendable {
        var reference: Reference
        var place: HazardArea.Place
    }

    private var byKey: [HazardKey: [Reference]] = [:]
    private var shapes: [Shape] = []
    private var named: [Named] = []

    mutating func insert(_ places: [HazardArea.Place], _ reference: Reference) {
        for place in places {
            for key in HazardKey.keys(of: place) { byKey[key, default: []].append(reference) }
            if let shape = HazardShape(place) { shapes.append(Shape(reference: reference, shape: shape)) }
            if case .named = place { named.append(Named(reference: reference, place: place)) }
        }
    }

    mutating func remove(_ places: [HazardArea.Place], _ reference: Reference) {
        for place in places {
            for key in HazardKey.keys(of: place) {
                byKey[key]?.removeAll { $0 == reference }
                if byKey[key]?.isEmpty == true { byKey[key] = nil }
            }
        }
        shapes.removeAll { $0.reference == reference }
        named.removeAll { $0.reference == reference }
    }

    /// The statements whose area the site lies in, each once, in the order they were applied.
    func references(at location: HazardLocation) -> [Reference] {
        var found: [Reference] = []
        for key in HazardKey.keys(of: location) { found += byKey[key] ?? [] }
        for entry in shapes where entry.shape.contains(location.coordinate) { found.append(entry.reference) }
        for entry in named where location.isIn(entry.place) { found.append(entry.reference) }
        found.sort()
        return found.indices.filter { $0 == 0 || found[$0] != found[$0 - 1] }.map { found[$0] }
    }
}

/// The sites by where they lie: which of them a change of warnings touches.
///
/// Built once for a fleet; about 100 bytes a site.
package struct HazardSiteIndex: Sendable {
    private var byKey: [HazardKey: [Int32]] = [:]
    /// By latitude.
    private var byLatitude: [(latitude: Double, site: Int32)] = []
    private var locations: [HazardLocation]

    /// - Parameter locations: of each site, at its number.
    package init(_ locations: [HazardLocation]) {
        self.locations = locations
        byLatitude.reserveCapacity(locations.count)
        for (number, location) in locations.enumerated() {
            for key in HazardKey.keys(of: location) { byKey[key, default: []].append(Int32(number)) }
            byLatitude.append((location.coordinate.latitude, Int32(number)))
        }
        byLatitude.sort { $0.latitude != $1.latitude ? $0.latitude < $1.latitude : $0.site < $1.site }
    }

    /// The numbers of the sites that lie in any of the places, ascending, each once.
    package func sites(in places: [HazardArea.Place]) -> [Int] {
        var isTouched = [Bool](repeating: false, count: locations.count)
        for place in places {
            for key in HazardKey.keys(of: place) {
                for site in byKey[key] ?? [] { isTouched[Int(site)] = true }
            }
            if let shape = HazardShape(place) {
                var index = firstIndex(from: shape.south)
                while index < byLatitude.count, byLatitude[index].latitude <= shape.north {
                    let site = Int(byLatitude[index].site)
                    if shape.contains(locations[site].coordinate) { isTouched[site] = true }
                    index += 1
                }
            }
            if case .named(_, let prefecture) = place {
                for site in byKey[.prefecture(String(prefecture.prefix(2)))] ?? []
                where locations[Int(site)].isIn(place) {
                    isTouched[Int(site)] = true
                }
            }
        }
        return isTouched.indices.filter { isTouched[$0] }
    }

    private func firstIndex(from latitude: Double) -> Int {
        var low = 0
        var high = byLatitude.count
        while low < high {
            let middle = (low + high) / 2
            if byLatitude[middle].latitude < latitude { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
