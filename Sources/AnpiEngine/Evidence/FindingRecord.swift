import AnpiModel

/// Evidence by a person, as it was sent, with the times that it was given.
struct FindingRecord: Hashable, Sendable {
    let number: Int
    let draft: FindingDraft
    /// The site it is about; nil for places, areas and what could not be placed.
    let site: Int32?
    let author: String
    let at: Timestamp
    let observedAt: Timestamp
    let expiresAt: Timestamp
    var isExpired = false

    var id: FindingID { FindingID(number) }

    /// True where it says where it holds; else it weighs nothing.
    var isPlaced: Bool {
        draft.site != nil || draft.place != nil || draft.area != nil || draft.polygon != nil || draft.line != nil
    }

    /// False where no belief and no plan hangs on it: it has no place, or it tells of water, whose want silences nobody.
    var weighs: Bool { isPlaced && !(draft.kind == .outage && draft.utility == .water) }

    /// What it says of its site for certain, where it does.
    var confirmation: Assessment? {
        switch draft.kind {
        case .override: Assessment(rawValue: draft.result)
        case .survey: draft.result == "damage" ? .confirmedHit : .confirmedOK
        case .phone:
            // Somebody at the site said it; every other outcome of a call is only a sign.
            switch draft.result {
            case "damage": .confirmedHit
            case "noDamage": .confirmedOK
            default: nil
            }
        case .report, .outage, .road: nil
        }
    }

    /// Whether two findings speak of the same stretch of road: some point of one lies as near the other as people are
    /// when they tell of a place.
    func concernsSameRoad(as other: FindingRecord) -> Bool {
        let reach = max(draft.radiusKilometers ?? 0, other.draft.radiusKilometers ?? 0, Self.sameRoadKilometers)
        return points.contains { point in other.points.contains { $0.distanceKilometers(to: point) <= reach } }
    }

    private static let sameRoadKilometers = 0.3

    /// The positions that it names, as they were given.
    private var points: [Coordinate] {
        let listed = (draft.polygon ?? draft.line ?? []).map { Coordinate(latitude: $0[1], longitude: $0[0]) }
        return listed + (draft.place.map { [$0] } ?? [])
    }
}
