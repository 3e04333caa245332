/// What a fleet file lists.
package enum FleetKind: String, Codable, CaseIterable, Sendable {
    case offices, sites, agents, copies, engineers, depots, loaners

    /// The file's name in a fleet directory.
    package var file: String { rawValue + ".csv" }

    /// True for the three files without which nobody is watched; the others, where missing, are empty sets.
    package var isRequired: Bool {
        switch self {
        case .offices, .sites, .agents: true
        case .copies, .engineers, .depots, .loaners: false
        }
    }

    /// The file's columns (CONTRACTS §9), in the order in which they are written; they are read in any order.
    package var columns: [String] {
        switch self {
        case .offices: ["id", "name", "phone", "latitude", "longitude"]
        case .sites:
            [
                "id", "name", "kana", "kind", "office", "address", "latitude", "longitude", "municipality",
                "weatherArea", "seismicCity", "carrier", "powerArea", "phone", "contactName", "contactPhone",
                "keyHolder", "hours", "closures", "beds", "dialysis", "homeOxygen", "floodDepthMeters", "system",
                "dataGigabytes",
            ]
        case .agents: ["id", "site", "device", "rhythm", "intervalSeconds", "graceSeconds", "canary"]
        case .copies: ["site", "tier", "room", "heightMeters", "everyHours", "offline"]
        case .engineers:
            ["id", "name", "office", "base", "phone", "latitude", "longitude", "skills", "shift", "onCall"]
        case .depots: ["id", "name", "office", "latitude", "longitude"]
        case .loaners: ["id", "depot", "fits", "imageVersion"]
        }
    }

    /// Those of them that a file may leave out: every cell is unknown then. They are written only where one is known.
    package var optionalColumns: [String] { self == .copies ? ["offline"] : [] }
}
