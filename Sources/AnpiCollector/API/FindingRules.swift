import AnpiEngine
import AnpiModel

/// Types are right when a finding arrives here; these are the needs and ranges of CONTRACTS §3.
///
/// Whether the site exists is the engine's to say.
enum FindingRules {
    static let textCharactersMax = 2_000
    static let nameBytesMax = 200
    static let pointsMax = 1_000
    static let municipalitiesMax = 200
    static let radiusKilometersMax = 200.0

    static func check(_ draft: FindingDraft, receivedAt: Timestamp) throws(Problem) {
        guard draft.kind.results.contains(draft.result) else {
            throw Problem(path: "result", "must be one of: \(draft.kind.results.joined(separator: ", "))")
        }
        switch draft.kind {
        case .phone, .survey, .override:
            guard draft.site != nil else { throw Problem(path: "site", "is needed for a \(draft.kind.rawValue)") }
        case .report, .outage, .road:
            break
        }
        if draft.kind == .phone, draft.direction == nil { throw Problem(path: "direction", "must be in or out") }
        if draft.kind == .outage, draft.utility == nil {
            throw Problem(path: "utility", "must be power, water or line")
        }
        if draft.kind == .override {
            if draft.expiresAt == nil { throw Problem(path: "expiresAt", "is needed for an override") }
            if draft.text?.isEmpty ?? true { throw Problem(path: "text", "must say why an assessment is overridden") }
        }
        if draft.callBackAt != nil, draft.result != "callBack" {
            throw Problem(path: "callBackAt", "belongs to the result callBack only")
        }
        try checkText(draft)
        try checkPlace(draft)
        if let wrong = draft.mistakeInTimes(receivedAt: receivedAt) { throw Problem(path: wrong.path, wrong.message) }
    }

    private static func checkText(_ draft: FindingDraft) throws(Problem) {
        if let text = draft.text, text.unicodeScalars.count > textCharactersMax {
            throw Problem(path: "text", "must have at most \(textCharactersMax) characters")
        }
        if let author = draft.author, !(1...nameBytesMax).contains(author.utf8.count) {
            throw Problem(path: "author", "must have 1 to \(nameBytesMax) bytes")
        }
        if let provider = draft.provider, !(1...nameBytesMax).contains(provider.utf8.count) {
            throw Problem(path: "provider", "must have 1 to \(nameBytesMax) bytes")
        }
    }

    private static func checkPlace(_ draft: FindingDraft) throws(Problem) {
        if let place = draft.place, !place.isValid {
            throw Problem(path: "place", "must be a latitude of -90 to 90 and a longitude of -180 to 180")
        }
        if let radius = draft.radiusKilometers, !(radius > 0 && radius <= radiusKilometersMax) {
            throw Problem(path: "radiusKilometers", "must be above 0 and at most 200")
        }
        if let area = draft.area {
            guard (1...municipalitiesMax).contains(area.municipalities.count) else {
                throw Problem(path: "area.municipalities", "must hold 1 to \(municipalitiesMax) codes")
            }
            for (index, code) in area.municipalities.enumerated()
            where code.utf8.count != 5 || !code.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                throw Problem(path: "area.municipalities[\(index)]", "must be 5 digits (JIS X 0402)")
            }
        }
        if let polygon = draft.polygon { try checkPoints(polygon, path: "polygon", least: 4) }
        if let line = draft.line { try checkPoints(line, path: "line", least: 2) }
        if let polygon = draft.polygon, polygon.first != polygon.last {
            throw Problem(path: "polygon", "must end where it begins")
        }
    }

    private static func checkPoints(_ points: [[Double]], path: String, least: Int) throws(Problem) {
        guard (least...pointsMax).contains(points.count) else {
            throw Problem(path: path, "must hold \(least) to \(pointsMax) points")
        }
        for (index, point) in points.enumerated() {
            guard point.count == 2, Coordinate(latitude: point[1], longitude: point[0]).isValid else {
                throw Problem(path: "\(path)[\(index)]", "must be [longitude, latitude]")
            }
        }
    }
}
