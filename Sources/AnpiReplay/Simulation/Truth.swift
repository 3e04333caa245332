package import AnpiModel

/// What really happened to a site in one disaster; only the scorer may read it.
package struct SiteTruth: Hashable, Sendable {
    package var site: SiteID
    /// The disaster's number in `SimulationTruth.disasters`.
    package var disaster: Int
    /// People, building or equipment were harmed (DESIGN: a lost line or power alone is none).
    package var hit: Bool
    /// When the harm began.
    package var hitAt: Timestamp?
    /// Until then it is as the harm left it; nil where the truth does not tell.
    package var repairedAt: Timestamp?
    /// Nobody answers there, whoever calls.
    package var unreachable: Bool
    /// Of the water at its door.
    package var depthMeters: Double?
    /// Not hit, and dark for want of power.
    package var powerOnly: Bool
    package var cause: DisasterKind

    package init(
        site: SiteID, disaster: Int, hit: Bool, hitAt: Timestamp? = nil, repairedAt: Timestamp? = nil,
        unreachable: Bool = false,
        depthMeters: Double? = nil, powerOnly: Bool = false, cause: DisasterKind
    ) {
        self.site = site
        self.disaster = disaster
        self.hit = hit
        self.hitAt = hitAt
        self.repairedAt = repairedAt
        self.unreachable = unreachable
        self.depthMeters = depthMeters
        self.powerOnly = powerOnly
        self.cause = cause
    }
}

/// What really happened, in all.
package struct SimulationTruth: Hashable, Sendable {
    package var disasters: [Disaster]
    /// By disaster, then by site; whoever is not named was not touched.
    package var sites: [SiteTruth]

    package struct Disaster: Hashable, Sendable {
        package var number: Int
        package var kind: DisasterKind
        package var from: Timestamp
        /// The last of its direct effects has passed: power and lines are back.
        package var to: Timestamp

        package init(number: Int, kind: DisasterKind, from: Timestamp, to: Timestamp) {
            self.number = number
            self.kind = kind
            self.from = from
            self.to = to
        }
    }

    package init(disasters: [Disaster] = [], sites: [SiteTruth] = []) {
        self.disasters = disasters
        self.sites = sites
    }

    /// `truth.csv`: site, disaster, hit, hitAt, unreachable, depthMeters, powerOnly, cause.
    package var csv: String {
        var text = "site,disaster,hit,hitAt,unreachable,depthMeters,powerOnly,cause\n"
        func flag(_ value: Bool) -> String { value ? "yes" : "no" }
        for row in sites {
            let cells = [
                row.site.text, String(row.disaster), flag(row.hit), row.hitAt?.rfc3339() ?? "", flag(row.unreachable),
                row.depthMeters.map { JSON.fixed($0, digits: 2) } ?? "", flag(row.powerOnly), row.cause.rawValue,
            ]
            text += cells.joined(separator: ",") + "\n"
        }
        return text
    }
}
