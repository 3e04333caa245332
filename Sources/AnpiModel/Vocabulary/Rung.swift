/// What is done to bring a site's records back: the rung of recovery, the least trouble first (DESIGN §2).
package enum Rung: String, Codable, CaseIterable, Comparable, Sendable {
    /// The server works; UPS and the like are replaced.
    case peripherals = "R0"
    /// The server got wet or fell; its disk is checked and it is started again.
    case restart = "R1"
    /// The mirror takes the server's place.
    case promoteMirror = "R2"
    /// A loaner, and the external storage restored on it.
    case external = "R3"
    /// The network backup restored at the office, then delivered.
    case dataCentre = "R4"
    /// Work in the cloud meanwhile; it stands beside another rung, never in its place.
    case cloud = "R5"
    /// Every copy is lost: rebuilt from claims and paper.
    case rebuild = "R6"

    /// 0…6, as its name says.
    package var number: Int {
        switch self {
        case .peripherals: 0
        case .restart: 1
        case .promoteMirror: 2
        case .external: 3
        case .dataCentre: 4
        case .cloud: 5
        case .rebuild: 6
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// Where a recovery task is done, or begins.
package enum TaskPlace: String, Hashable, Codable, CaseIterable, Sendable {
    case site, office, depot
}

/// What a recovery task at a site must wait for besides the road.
package enum AccessWindow: String, Hashable, Codable, CaseIterable, Sendable {
    /// The site's opening hours: its staff must be there.
    case siteHours
    /// Somebody who holds a key.
    case keyHolder
}
