import AnpiModel

/// Finds the sites around a place: cells of a twentieth of a degree, in order, each with its sites.
///
/// Made anew from the fleet after an import or a restart. A query looks only at the cells that its circle touches.
struct PlaceGrid: Sendable {
    private struct Entry: Sendable {
        var cell: Int32
        var site: Int32
    }

    /// About 5.5 km from south to north.
    private static let cellDegrees = 0.05
    private static let columns = Int32(360 / cellDegrees)
    private static let kilometersPerDegree = 111.195

    private var entries: [Entry] = []

    init() {}

    /// - Parameter members: each site with its place.
    init(_ members: some Sequence<(site: Int, place: Coordinate)>) {
        for (site, place) in members { entries.append(Entry(cell: Self.cell(of: place), site: Int32(site))) }
        entries.sort { ($0.cell, $0.site) < ($1.cell, $1.site) }
    }

    private static func row(_ latitude: Double) -> Int32 { Int32((latitude + 90) / cellDegrees) }
    private static func column(_ longitude: Double) -> Int32 { Int32((longitude + 180) / cellDegrees) }
    private static func cell(of place: Coordinate) -> Int32 {
        row(place.latitude) * columns + column(place.longitude)
    }

    /// Calls `body` with each site within `kilometers` of `place` and its distance in kilometres, cell by cell.
    ///
    /// - Parameters:
    ///   - placeOf: where a site stands; the grid keeps no second copy of every place.
    ///   - isAsked: asked first, because a distance costs more than most other questions.
    func forEachSite(
        within kilometers: Double, of place: Coordinate, placeOf: (Int) -> Coordinate,
        where isAsked: (Int) -> Bool = { _ in true }, _ body: (Int, Double) -> Void
    ) {
        let latitudes = kilometers / Self.kilometersPerDegree
        // A degree of longitude shrinks towards the poles: at 60° it is half as long, and nobody lives beyond.
        let longitudes = latitudes * 2
        let rows = Self.row(max(-90, place.latitude - latitudes))...Self.row(min(90, place.latitude + latitudes))
        let first = Self.column(max(-180, place.longitude - longitudes))
        let last = Self.column(min(180, place.longitude + longitudes))
        for row in rows {
            let end = row * Self.columns + last
            var next = lowerBound(row * Self.columns + first)
            while next < entries.count, entries[next].cell <= end {
                let site = Int(entries[next].site)
                next += 1
                guard isAsked(site) else { continue }
                let distance = placeOf(site).distanceKilometers(to: place)
                if distance <= kilometers { body(site, distance) }
            }
        }
    }

    private func lowerBound(_ cell: Int32) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].cell < cell { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
