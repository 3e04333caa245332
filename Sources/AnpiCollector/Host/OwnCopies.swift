package import AnpiModel

/// Where the collector's own data stands, in the words of the fleet: whether the flood that it is there for can take all
/// of it.
///
/// The machine that holds the database stands at a site of the fleet like any other, usually one of kind `office`: the
/// map's depth is that site's `floodDepthMeters`, its backups are the site's rows of copies.csv.
package struct OwnCopies: Sendable {
    /// One sentence a line, as `doctor` prints them.
    package private(set) var lines: [String] = []
    /// False unless one copy is known to stay dry. A depth or height that nobody gave is not known to be dry.
    package private(set) var oneStaysDry = false
    /// Sites that the fleet does not have.
    package private(set) var unknownSites: [SiteID] = []

    /// - Parameter sites: where machines stand that hold the database, one or several.
    package init(of fleet: Fleet, at sites: [SiteID]) {
        for id in sites {
            guard let site = fleet.sites.first(where: { $0.id == id }) else {
                unknownSites.append(id)
                continue
            }
            judge(site, copies: fleet.copies.filter { $0.site == id && $0.tier != .primary })
        }
        if !oneStaysDry {
            lines.append("place       NO: no copy of the collector's own data is known to stay dry")
        }
    }

    private mutating func judge(_ site: Site, copies: [CopyPlace]) {
        let water: String
        switch site.floodDepthMeters {
        case nil: water = "nobody gave the flood map's depth (floodDepthMeters)"
        case 0?: water = "no flood on the map"
        case let depth?: water = "\(depth) m of water on the flood map"
        }
        lines.append("place       \(site.id): \(water)")
        if site.floodDepthMeters == 0 { oneStaysDry = true }
        for copy in copies {
            let fate = Self.fate(of: copy, under: site.floodDepthMeters)
            if fate.isDry { oneStaysDry = true }
            lines.append("copy        \(copy.tier.rawValue) of \(site.id): \(fate.text)")
        }
    }

    private static func fate(of copy: CopyPlace, under depth: Double?) -> (isDry: Bool, text: String) {
        switch copy.tier {
        case .offsite, .cloud: return (true, "stands elsewhere")
        case .primary, .mirror, .external: break
        }
        guard let depth, let height = copy.heightMeters else { return (depth == 0, "in the building") }
        let isAbove = height > depth
        return (isAbove || depth == 0, "in the building, \(height) m high, \(isAbove ? "above" : "under") the water")
    }
}
