package import AnpiModel

/// What was decided of a site at a moment: `site.assessed` as the scorer needs it.
package struct AssessmentRecord: Hashable, Sendable {
    package var at: Timestamp
    package var site: SiteID
    package var assessment: Assessment
    /// Nil where none was given.
    package var probability: Double?

    package init(at: Timestamp, site: SiteID, assessment: Assessment, probability: Double? = nil) {
        self.at = at
        self.site = site
        self.assessment = assessment
        self.probability = probability
    }
}

/// An incident that became active, or took sites in: `incident.opened`, `incident.joined`, `incident.changed`.
package struct IncidentRecord: Hashable, Sendable {
    package var at: Timestamp
    package var incident: IncidentID
    package var kind: IncidentKind
    /// Those that are named now; earlier ones stay.
    package var sites: [SiteID]

    package init(at: Timestamp, incident: IncidentID, kind: IncidentKind, sites: [SiteID]) {
        self.at = at
        self.incident = incident
        self.kind = kind
        self.sites = sites
    }
}

/// A time in which a detector held a site for hit.
package struct FlagEpisode: Hashable, Sendable {
    package var site: SiteID
    package var from: Timestamp
    /// Excluded; the end of the run where it was still held.
    package var to: Timestamp

    package init(site: SiteID, from: Timestamp, to: Timestamp) {
        self.site = site
        self.from = from
        self.to = to
    }
}
