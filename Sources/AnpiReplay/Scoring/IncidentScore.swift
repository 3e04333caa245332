import AnpiModel

/// How well incidents fit the disasters that happened.
package struct IncidentScore: Hashable, Sendable {
    /// Disasters that hit at least `sitesLeast` sites.
    package var disasters = 0
    /// Of them those that an incident of kind `hazard` or `cluster` named, with at least one of the hit sites.
    package var disastersFound = 0
    /// Incidents that claim a common cause and have none: see `isFalse`.
    package var falseIncidents = 0
    /// All that claim a common cause.
    package var incidents = 0
    /// Simulated time, for the rate.
    package var days = 0.0

    package init() {}

    package static let sitesLeast = 3

    package var recall: Double? { disasters == 0 ? nil : Double(disastersFound) / Double(disasters) }
    /// False incidents in a year of the fleet.
    package var falseAFleetYear: Double? { days > 0 ? Double(falseIncidents) / days * 365.25 : nil }

    package mutating func add(_ other: IncidentScore) {
        disasters += other.disasters
        disastersFound += other.disastersFound
        falseIncidents += other.falseIncidents
        incidents += other.incidents
        days += other.days
    }

    /// Scores `records` (in order) over a run of `days`.
    package init(_ records: [IncidentRecord], truth: SimulationTruth, days: Double) {
        self.days = days
        var latest: [IncidentID: (record: IncidentRecord, sites: Set<SiteID>)] = [:]
        for record in records {
            if let known = latest[record.incident] {
                var record = record
                let sites = known.sites.union(record.sites)
                // It opened when it was first told; its kind is what it ended as.
                record.at = known.record.at
                latest[record.incident] = (record, sites)
            } else {
                latest[record.incident] = (record, Set(record.sites))
            }
        }
        let all = latest.values.filter { Self.claimsCommonCause($0.record.kind) }
        incidents = all.count
        falseIncidents = all.count { !Self.isTrue($0.record, $0.sites, truth) }
        for disaster in truth.disasters {
            let hit = truth.sites.filter { $0.disaster == disaster.number && $0.hit }
            guard hit.count >= Self.sitesLeast, let first = hit.compactMap(\.hitAt).min() else { continue }
            disasters += 1
            let found = all.contains { incident in
                (incident.record.kind == .hazard || incident.record.kind == .cluster)
                    && incident.record.at <= first + FlagScore.window
                    && hit.contains { incident.sites.contains($0.site) }
            }
            disastersFound += found ? 1 : 0
        }
    }

    private static func claimsCommonCause(_ kind: IncidentKind) -> Bool {
        switch kind {
        case .hazard, .cluster, .carrier, .power, .agentRelease, .collector: true
        case .single: false
        }
    }

    /// `hazard` and `cluster` need a hit site among theirs; `power`, `carrier` and `agentRelease` need a disaster then
    /// that takes power, lines or agents from one of their sites. `collector` is never right: none is simulated.
    private static func isTrue(_ record: IncidentRecord, _ sites: Set<SiteID>, _ truth: SimulationTruth) -> Bool {
        truth.sites.contains { row in
            guard sites.contains(row.site), let disaster = truth.disasters.first(where: { $0.number == row.disaster }),
                record.at >= disaster.from, record.at <= disaster.to + FlagScore.window
            else { return false }
            return switch record.kind {
            case .hazard, .cluster: row.hit
            case .power: row.powerOnly || row.hit
            case .carrier: row.cause == .carrierOutage || row.cause == .typhoon || row.cause == .quake
            case .agentRelease: row.cause == .agentRelease
            case .collector, .single: false
            }
        }
    }
}
