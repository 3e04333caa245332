package import AnpiModel

/// An engineer was asked to look at a site: the first `task.offered` of a task of kind `inspect`.
package struct VisitRecord: Hashable, Sendable {
    package var at: Timestamp
    package var site: SiteID

    package init(at: Timestamp, site: SiteID) {
        self.at = at
        self.site = site
    }
}

/// What a detector's alarms cost those who drive: visits to sites that nothing had harmed, and incidents of one site.
package struct VisitScore: Hashable, Sendable {
    package var visits = 0
    /// Of them those to a site that was not harmed at that time.
    package var toUnhit = 0
    /// Incidents of kind `single` that opened.
    package var singles = 0
    /// Simulated time, for the rates.
    package var days = 0.0

    package init() {}

    /// Visits to unhit sites in a year of the fleet.
    package var toUnhitAFleetYear: Double? { days > 0 ? Double(toUnhit) / days * 365.25 : nil }
    /// Incidents of one site in a year of the fleet.
    package var singlesAFleetYear: Double? { days > 0 ? Double(singles) / days * 365.25 : nil }

    /// Scores `records` over a run of `days`; who is still as the harm left him is rightly visited, however late.
    package init(_ records: [VisitRecord], singles: Int, truth: SimulationTruth, days: Double) {
        self.singles = singles
        self.days = days
        visits = records.count
        let harms = Dictionary(grouping: truth.sites.filter { $0.hit && $0.hitAt != nil }, by: \.site)
        toUnhit = records.count { record in
            let isHarmed = harms[record.site]?.contains { row in
                guard let hitAt = row.hitAt else { return false }
                return hitAt <= record.at && record.at <= max(hitAt + FlagScore.window, row.repairedAt ?? hitAt)
            }
            return isHarmed != true
        }
    }

    /// Adds another world's score to this one.
    package mutating func add(_ other: VisitScore) {
        visits += other.visits
        toUnhit += other.toUnhit
        singles += other.singles
        days += other.days
    }
}
