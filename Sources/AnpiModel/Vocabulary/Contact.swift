/// What we hear of an agent or a site: a fact of deadlines, never a belief.
package enum Contact: String, Codable, CaseIterable, Sendable {
    /// Enrolled, never heard.
    case unseen
    case reporting
    /// Half of the grace has passed without a beat.
    case late
    /// The whole grace has passed without a beat.
    case silent
    /// Said goodbye; a claim that expires.
    case signedOff
}

/// What we believe of a site.
package enum Assessment: String, Codable, CaseIterable, Sendable {
    case ok
    /// Silence is expected in this slot.
    case quiet
    /// No evidence; never to be read as safe.
    case unknown
    case suspect
    case likelyHit
    case confirmedHit
    case confirmedOK
}

/// Why a site or an agent is silent.
package enum Attribution: String, Codable, CaseIterable, Sendable {
    /// We could not hear ourselves.
    case collectorDeaf
    /// It announced its shutdown.
    case announced
    /// Closed or after hours: silence was expected.
    case closed
    case carrier
    case power
    case area
    case siteOnly
    /// The site is heard through another agent.
    case deviceOnly
    case agentRelease
    case neverHeard
}
