package import AnpiEngine
package import AnpiModel

/// One line of a feed: something that reached us, and when (CONTRACTS §8; docs/replay.md has each form).
package struct FeedLine: Hashable, Sendable {
    /// When it was received, by the collector's clock.
    package var at: Timestamp
    package var event: Event

    package init(at: Timestamp, _ event: Event) {
        self.at = at
        self.event = event
    }

    package enum Event: Hashable, Sendable {
        /// Nothing but the time: whatever was due until then is judged.
        case time
        /// One authenticated request.
        case heartbeat(HeartbeatRequest)
        /// The agent was heard at each of its intervals from the line's time until this one, both included.
        ///
        /// One input, not an expansion: a year of a fleet stays small. A heartbeat of the agent in between cuts it.
        case heard(AgentID, until: Timestamp)
        /// A person's finding; author and times are the draft's own, else "feed" and the line's time.
        case finding(FindingDraft)
        case damage(SiteID, DamageReport)
        /// What a person enters about a site's insurance claims.
        case claims(SiteID, ClaimsChange)
        /// An official message as it was fetched.
        case hazard(xml: String)
        case task(TaskStep)
        case engineer(EngineerStep)
    }

    /// A step of the newest task of this kind at this site, which a feed cannot name by a number that it does not know.
    package struct TaskStep: Hashable, Codable, Sendable {
        package var site: SiteID
        package var kind: TaskKind
        package var to: TaskTransition.Target
        package var engineer: EngineerID?
        package var reason: String?
        /// With `to` = `blocked`: the road that stands in the way.
        package var road: BlockedRoad?

        package init(
            site: SiteID, kind: TaskKind, to: TaskTransition.Target, engineer: EngineerID? = nil,
            reason: String? = nil, road: BlockedRoad? = nil
        ) {
            self.site = site
            self.kind = kind
            self.to = to
            self.engineer = engineer
            self.reason = reason
            self.road = road
        }
    }

    /// An engineer said whether they can be sent.
    package struct EngineerStep: Hashable, Codable, Sendable {
        package var id: EngineerID
        package var available: Bool
        package var until: Timestamp?
        package var reason: String?

        package init(id: EngineerID, available: Bool, until: Timestamp? = nil, reason: String? = nil) {
            self.id = id
            self.available = available
            self.until = until
            self.reason = reason
        }
    }
}
