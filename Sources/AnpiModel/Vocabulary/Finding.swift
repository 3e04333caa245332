/// Evidence by a person or another system.
package enum FindingKind: String, Codable, CaseIterable, Sendable {
    case phone, report, outage, road, survey, override

    /// How long a finding counts when it does not say so itself (CONTRACTS §3); nil where it must say so.
    package var defaultExpiry: Duration? {
        switch self {
        case .phone, .outage, .road: .seconds(6 * 3_600)
        case .report: .seconds(12 * 3_600)
        case .survey: .seconds(7 * 86_400)
        case .override: nil
        }
    }

    /// The results it may have; an override's are the assessments.
    package var results: [String] {
        switch self {
        case .phone: ["noAnswer", "congested", "lineDead", "noDamage", "damage", "callBack"]
        case .report, .survey: ["damage", "noDamage"]
        case .outage: ["down", "restored"]
        case .road: ["closed", "open", "passableWithCare"]
        case .override: Assessment.allCases.map(\.rawValue)
        }
    }
}

package enum Phenomenon: String, Codable, CaseIterable, Sendable {
    case flood, quake, wind, fire, other
}

package enum Utility: String, Codable, CaseIterable, Sendable {
    case power, water, line
}

package enum CallDirection: String, Codable, CaseIterable, Sendable {
    case `in`, out
}
