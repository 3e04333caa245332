import AnpiEngine
import AnpiModel

/// The general way to read a line; `FeedScanner` knows the frequent ones faster.
extension FeedLine: Decodable {
    private enum Key: String, CodingKey {
        case at, heartbeat, heard, finding, damage, claims, hazard, task, engineer
    }

    /// Keys in the order in which a second one is told to be too much.
    private static let eventKeys: [Key] = [.heartbeat, .heard, .finding, .damage, .claims, .hazard, .task, .engineer]

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        at = try container.decode(Timestamp.self, forKey: .at)
        let told = Self.eventKeys.filter { container.contains($0) }
        guard let key = told.first else {
            event = .time
            return
        }
        if told.count > 1 {
            throw DecodingError.dataCorruptedError(
                forKey: told[1], in: container,
                debugDescription: "stands beside \(key.rawValue): a line tells one thing")
        }
        event =
            switch key {
            case .heartbeat: .heartbeat(try container.decode(HeartbeatRequest.self, forKey: key))
            case .heard: try container.decode(Heard.self, forKey: key).event
            case .finding: .finding(try container.decode(FindingDraft.self, forKey: key))
            case .damage: try container.decode(OfSite<DamageReport>.self, forKey: key).event(Event.damage)
            case .claims: try container.decode(OfSite<ClaimsChange>.self, forKey: key).event(Event.claims)
            case .hazard: .hazard(xml: try container.decode(Hazard.self, forKey: key).xml)
            case .task: .task(try container.decode(TaskStep.self, forKey: key))
            case .engineer: .engineer(try container.decode(EngineerStep.self, forKey: key))
            case .at: .time
            }
    }

    private struct Heard: Decodable {
        var agent: AgentID
        var until: Timestamp

        var event: Event { .heard(agent, until: until) }
    }

    /// The body of `POST /v1/sites/{id}/…` with the site beside its fields.
    private struct OfSite<Body: Decodable>: Decodable {
        var site: SiteID
        var body: Body

        private enum Key: String, CodingKey { case site }

        init(from decoder: any Decoder) throws {
            site = try decoder.container(keyedBy: Key.self).decode(SiteID.self, forKey: .site)
            body = try Body(from: decoder)
        }

        func event(_ make: (SiteID, Body) -> Event) -> Event { make(site, body) }
    }

    private struct Hazard: Decodable {
        var xml: String
    }
}
