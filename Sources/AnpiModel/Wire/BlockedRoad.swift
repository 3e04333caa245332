/// The road that stands in the way of a task, as the step that blocks it tells of it (CONTRACTS §3, §4).
///
/// It becomes a finding in the same decision. Without place, line and polygon it is one that is not placed: kept and
/// shown, but no plan can keep away from it.
package struct BlockedRoad: Hashable, Codable, Sendable {
    /// `closed` where absent.
    package var result: Passage?
    package var place: Coordinate?
    /// How far around the place.
    package var radiusKilometers: Double?
    /// Positions of longitude and latitude, in this order (GeoJSON).
    package var line: [[Double]]?
    /// A ring of such positions.
    package var polygon: [[Double]]?
    /// Until when it counts; as of any road where absent.
    package var expiresAt: Timestamp?

    /// How a road can stand in the way: the results of a road finding that open none.
    package enum Passage: String, Hashable, Codable, CaseIterable, Sendable {
        case closed, passableWithCare
    }

    package init(
        result: Passage? = nil, place: Coordinate? = nil, radiusKilometers: Double? = nil, expiresAt: Timestamp? = nil
    ) {
        self.result = result
        self.place = place
        self.radiusKilometers = radiusKilometers
        self.expiresAt = expiresAt
    }

    /// True where it says where: it is a fact for everybody, whatever becomes of the task.
    package var isPlaced: Bool { place != nil || line != nil || polygon != nil }

    /// The finding that it becomes.
    package func finding(text: String?, author: String? = nil, observedAt: Timestamp?) -> FindingDraft {
        var draft = FindingDraft(kind: .road, result: (result ?? .closed).rawValue)
        draft.place = place
        draft.radiusKilometers = radiusKilometers
        draft.line = line
        draft.polygon = polygon
        draft.expiresAt = expiresAt
        draft.text = text
        draft.author = author
        draft.observedAt = observedAt
        return draft
    }

    /// As it is sent: the keys of the finding that say which road it is, and how it is.
    package var json: JSON {
        guard case .object(let members) = finding(text: nil, observedAt: nil).json else { return .null }
        return .object(members.filter { $0.key != "kind" && ($0.key != "result" || result != nil) })
    }
}
