package import AnpiModel

/// How things stand, as far as `anpi check` asks.
package struct Overview: Decodable, Sendable {
    package var asOf: Timestamp?
    package var hearing: Hearing?
    package var counts: Counts
    package var incidents: [IncidentRow]?
    package var hazards: Hazards?

    package struct Hazards: Decodable, Sendable {
        package var freshness: String?
        /// When the feed that was heard longest ago was last heard.
        package var heardAt: Timestamp?
    }

    package struct Hearing: Decodable, Sendable {
        package var deafSince: Timestamp?
        package var secondsToday: Double?
    }

    package struct Counts: Decodable, Sendable {
        package var sites: Int?
        /// Sites by word of contact.
        package var contact: [String: Int]?
        /// Sites by word of assessment.
        package var assessment: [String: Int]?
    }
}

/// What an import did, or would do.
package struct FleetImportAnswer: Decodable, Sendable {
    package var added: [String: Int]?
    package var changed: [String: Int]?
    package var retired: [String: Int]?
    /// The file of task templates is another.
    package var recoveryChanged: Bool?
    package var version: Int?
    package var dryRun: Bool?
}

/// The fleet files as they were imported.
package struct FleetAnswer: Decodable, Sendable {
    package var version: Int?
    package var files: [String: String]
}

/// A new token; `url` instead of `token` for a ping.
package struct NewToken: Decodable, Sendable {
    package var id: String
    package var token: String?
    package var url: String?
}

package struct TokenRow: Decodable, Sendable {
    package var id: String
    package var role: String?
    package var kind: String?
    package var engineer: String?
    package var agent: String?
    package var subject: String?
    package var offices: [String]?
    package var office: String?
    package var ping: PingPlace?
    package var label: String?
    package var createdAt: Timestamp?
    package var expiresAt: Timestamp?
    package var revokedAt: Timestamp?

    package struct PingPlace: Decodable, Sendable {
        package var site: String
        package var tier: String
    }
}

package struct HookRow: Decodable, Sendable {
    package var name: String
    package var url: String?
    package var events: [String]?
    package var offices: [String]?
    package var waiting: Int?
    package var dead: Int?
    package var state: String?
}

package struct DeliveryRow: Decodable, Sendable {
    package var id: String
    package var hook: String?
    package var subject: String?
    package var type: String?
    package var at: Timestamp?
    package var state: String?
    package var attempts: Int?
    package var nextAt: Timestamp?
    package var lastStatus: Int?
}

package struct JournalVerdictAnswer: Decodable, Sendable {
    package var ok: Bool
    package var entries: Int
    package var erased: Int?
    package var head: String?
    package var firstBad: Int?
}

/// One line of the journal.
package struct JournalRow: Decodable, Sendable {
    package var number: Int
    /// Who, when and what about; what the line tells is in `details`.
    package var item: TimelineItem
    /// Blanked on request; the chain still holds.
    package var erased: Bool

    private enum CodingKeys: String, CodingKey {
        case number, body, erased
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        number = try container.decode(Int.self, forKey: .number)
        erased = try container.decodeIfPresent(Bool.self, forKey: .erased) ?? false
        item = try TimelineItem(from: decoder)
        // Bodies are as many as there are kinds; one that says nothing of what is shown here is no error.
        if let body = try? container.decodeIfPresent(TimelineItem.Details.self, forKey: .body) { item.details = body }
    }
}

/// A list that comes as `{"items":[…],"next":…}` or, where it is never long, as a bare array.
package struct Items<Item: Decodable & Sendable>: Decodable, Sendable {
    package var items: [Item]
    package var next: String?

    private enum CodingKeys: String, CodingKey {
        case items, next
    }

    package init(from decoder: any Decoder) throws {
        if var list = try? decoder.unkeyedContainer() {
            items = []
            while !list.isAtEnd { items.append(try list.decode(Item.self)) }
            next = nil
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        items = try container.decode([Item].self, forKey: .items)
        next = try container.decodeIfPresent(String.self, forKey: .next)
    }
}
