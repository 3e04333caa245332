import AnpiModel

/// A neighbour's report as one site feels it.
struct NearReport: Sendable {
    let finding: FindingRecord
    /// Great-circle distance to the place it names; nil where it names an area that the site lies in.
    let kilometers: Double?
    let weight: Millinats

    /// What a report on a whole area weighs at each of its sites: as one about a kilometre away.
    private static let areaKilometers = 1.0
    /// A report without a radius reaches three times as far as it fades, where a twentieth of it is left.
    private static let reachFolds = 3.0
    /// "No damage here" says little of the next house: it takes away at most this factor.
    private static let noDamageFactorAtPlace = 3.0

    /// How far a report without a radius reaches, in kilometres.
    static func reachKilometers(of draft: FindingDraft) -> Double {
        NeighbourFactor.reachKilometers(of: draft.phenomenon ?? .other) * reachFolds
    }

    /// Nil where the report does not reach the site.
    ///
    /// - Parameter origin: where it was made; nil where it names only an area.
    init?(_ finding: FindingRecord, from origin: Coordinate?, at place: Coordinate, municipality: String) {
        let draft = finding.draft
        guard draft.kind == .report else { return nil }
        let reach = NeighbourFactor.reachKilometers(of: draft.phenomenon ?? .other)
        let distance: Double
        if let origin {
            distance = origin.distanceKilometers(to: place)
            guard distance <= draft.radiusKilometers ?? reach * Self.reachFolds else { return nil }
            kilometers = distance
        } else {
            guard draft.covers(place, municipality: municipality) else { return nil }
            distance = Self.areaKilometers
            kilometers = nil
        }
        self.finding = finding
        let factor = NeighbourFactor(
            distanceKilometers: distance, reachKilometers: reach, isTrusted: draft.trusted ?? true)
        switch draft.result {
        case "damage": weight = Millinats(factor: factor.factor)
        default:
            let fades = (-distance / reach).exponential
            weight = Millinats(factor: 1 / (1 + (Self.noDamageFactorAtPlace - 1) * fades))
        }
    }
}

extension FindingDraft {
    /// Whether its area or polygon holds the place.
    func covers(_ place: Coordinate, municipality: String) -> Bool {
        if let area, area.municipalities.contains(municipality) { return true }
        guard let polygon else { return false }
        return polygon.holds(place)
    }
}

extension [[Double]] {
    /// Whether the ring of longitudes and latitudes goes around the place, by the even-odd rule; open rings are closed.
    func holds(_ place: Coordinate) -> Bool {
        var isInside = false
        var previous = count - 1
        for next in indices {
            let (a, b) = (self[next], self[previous])
            guard a.count >= 2, b.count >= 2 else { return false }
            if (a[1] > place.latitude) != (b[1] > place.latitude) {
                let crossing = (b[0] - a[0]) * (place.latitude - a[1]) / (b[1] - a[1]) + a[0]
                if place.longitude < crossing { isInside.toggle() }
            }
            previous = next
        }
        return isInside
    }
}
