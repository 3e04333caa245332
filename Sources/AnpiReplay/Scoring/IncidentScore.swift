import AnpiModel

/// How well incidents fit the disasters that happened.
package struct IncidentScore: Hashable, Sendable {
    /// Disasters that hit at least `sitesLeast` sites.
    package var disasters = 0
    /// Of them those that an incident of kind `hazard` or `cluster` named in time, by at least one of the hit sites. One
    /// that was open before counts from when it names such a site.
    package var disastersFound = 0
    /// Incidents that claim a common cause and have none: see `isFalse`.
    package var falseIncidents = 0
    /// Of them those of kind `hazard` or `cluster`: somebody would have gone out for them.
    package var falseAlarms = 0
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
        falseAlarms += other.falseAlarms
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
        let untrue = all.filter { !Self.isTrue($0.record, $0.sites, truth) }
        falseIncidents = untrue.count
        falseAlarms = untrue.count { $0.record.kind == .hazard || $0.record.kind == .cluster }
        for disaster in truth.disasters {
            let hit = truth.sites.filter { $0.disaster == disaster.number && $0.hit }
            guard hit.count >= Self.sitesLeast, let first = hit.compactMap(\.hitAt).min() else { continue }
            disasters += 1
            let names = Set(hit.map(\.site))
            let found = records.contains { record in
                guard let kind = latest[record.incident]?.record.kind, kind == .hazard || kind == .cluster else {
                    return false
                }
                return disaster.from <= record.at && record.at <= first + FlagScore.window
                    && record.sites.contains { names.contains($0) }
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
