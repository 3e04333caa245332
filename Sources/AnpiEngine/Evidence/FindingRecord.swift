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
}
