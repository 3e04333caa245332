/// What kind of facility a site is.
package enum SiteKind: String, Codable, CaseIterable, Sendable {
    case clinic, pharmacy, hospital, office
    /// A place outside that only proves that we can hear.
    case canary
}

/// The device of a site that an agent runs on.
package enum Device: String, Codable, CaseIterable, Sendable {
    case server, mirror, gateway
}

/// When an agent's device is on.
package enum Rhythm: String, Codable, CaseIterable, Sendable {
    /// Day and night.
    case always
    /// During the site's opening hours.
    case hours
}

/// One of the copies of the medical data, by where it stands.
package enum CopyTier: String, Codable, CaseIterable, Sendable {
    case primary, mirror, external, offsite, cloud
}

/// What an agent or a ping said of a copy.
package enum CopyState: String, Codable, CaseIterable, Sendable {
    case good, old, failing, missing, unknown
}

package enum PowerSource: String, Codable, CaseIterable, Sendable {
    case mains, battery, unknown
}

package enum Link: String, Codable, CaseIterable, Sendable {
    case fixed, lte, satellite, unknown
}

/// Why an agent said goodbye.
package enum GoodbyeReason: String, Codable, CaseIterable, Sendable {
    case shutdown, restart, update, service, unknown
}
