package import AnpiModel

/// A site in a list. Words of the vocabulary stay text, so that a newer collector's new word is shown, not refused.
package struct SiteRow: Decodable, Sendable {
    package var id: String
    package var name: String
    package var kana: String?
    package var kind: String?
    package var office: String?
    package var municipality: String?
    package var latitude: Double?
    package var longitude: Double?
    package var contact: String
    package var contactSince: Timestamp?
    package var assessment: String
    package var attribution: String?
    package var probability: Double?
    package var reason: Sentence?
    package var lastHeardAt: Timestamp?
    package var newestCopy: NewestCopy?
    package var phone: String?
    package var contactName: String?
    package var contactPhone: String?
    package var incident: String?
    package var task: TaskReference?
    package var lastCall: LastCall?
    package var retired: Bool?
    package var version: Int?

    package struct NewestCopy: Decodable, Sendable {
        package var tier: String
        package var state: String
        package var goodAt: Timestamp?
        package var verifiedAt: Timestamp?
    }

    package struct TaskReference: Decodable, Sendable {
        package var id: String
        package var state: String
        package var kind: String?
        package var engineer: String?
    }

    package struct LastCall: Decodable, Sendable {
        package var result: String
        package var at: Timestamp?
        package var author: String?
    }
}

/// A site with everything known of it: the keys of `SiteRow` and these.
package struct SiteDetail: Decodable, Sendable {
    package var row: SiteRow
    package var more: More

    package struct More: Decodable, Sendable {
        package var address: String?
        package var keyHolder: String?
        package var hours: String?
        package var beds: Int?
        package var dialysis: Bool?
        package var homeOxygen: Bool?
        package var floodDepthMeters: Double?
        package var carrier: String?
        package var powerArea: String?
        package var evidence: [Evidence]?
        /// The part of its week that it is now.
        package var slot: String?
        package var hazards: [HazardInForce]?
        package var rivals: [RivalCause]?
        /// How much of its silence the collector itself could not hear.
        package var blindSeconds: Double?
        package var agents: [AgentState]?
        package var copies: [CopyPlaceState]?
        /// Its devices are asked for an off-site backup.
        package var asked: AskedBackup?
        package var findings: [FindingAnswer]?
        package var tasks: [TaskRow]?
        package var incidents: [IncidentRow]?
        package var availability: [HeardShare]?
    }

    package init(from decoder: any Decoder) throws {
        row = try SiteRow(from: decoder)
        more = try More(from: decoder)
    }
}

/// A backup that a site's devices are asked for before a storm.
package struct AskedBackup: Decodable, Sendable {
    package var at: Timestamp
    /// When the copy that answers it was made.
    package var doneAt: Timestamp?
}

/// One term of an assessment, whole sentence and weight in ln BF.
package struct Evidence: Decodable, Sendable {
    package var kind: String
    package var weight: Double?
    /// In the reader's language by `key` and `arguments`; the collector's own text where it has no key.
    package var text: Sentence?

    /// Where the belief starts: its sentence names the probability, and its weight says nothing to people.
    package var isStart: Bool { ["base", "hazard", "hazardOver", "shaking"].contains(kind) }

    private enum CodingKeys: String, CodingKey {
        case kind, weight
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        kind = try container.decode(String.self, forKey: .kind)
        weight = try container.decodeIfPresent(Double.self, forKey: .weight)
        text = try Sentence(from: decoder)
    }
}

/// How much of the time in which a site was expected to be heard it was heard, over the last `days`.
package struct HeardShare: Decodable, Sendable {
    package var days: Int
    /// Nil where nothing was expected.
    package var share: Double?
    package var expectedSeconds: Double
    /// Left out of it because the collector itself could not hear.
    package var blindSeconds: Double
}

/// An official warning in force for a site.
package struct HazardInForce: Decodable, Sendable {
    package var name: String
    package var area: String
    /// Nil is "level ?", never "none".
    package var level: Int?
    /// Of a quake, which is told by it and not by a level.
    package var intensity: String?
    package var from: Timestamp
}

/// What else than harm may explain a silence.
package struct RivalCause: Decodable, Sendable {
    /// `power`, `carrier`, `agentRelease` or `collector`.
    package var kind: String
    /// The share of healthy sites that it is believed to darken there.
    package var share: Double
    /// Sites under it that are heard all the same.
    package var heard: Int?
}

package struct AgentState: Decodable, Sendable {
    package var id: String
    package var device: String
    package var rhythm: String?
    package var canary: Bool?
    package var contact: String
    package var contactSince: Timestamp?
    package var lastHeardAt: Timestamp?
    package var intervalSeconds: Int?
    package var graceSeconds: Int?
    package var version: String?
    package var skewSeconds: Double?
    package var dropped: Int?
}

/// One copy of a site's data: where it stands and what was last said of it.
package struct CopyPlaceState: Decodable, Sendable {
    package var tier: String
    package var room: String?
    package var heightMeters: Double?
    package var everyHours: Double?
    package var offline: Bool?
    package var state: String?
    package var goodAt: Timestamp?
    package var verifiedAt: Timestamp?
    package var bytes: Int64?
    package var message: String?
    package var updatedAt: Timestamp?
    package var due: Bool?
}

package struct FindingAnswer: Decodable, Sendable {
    package var id: String
    package var kind: String
    package var site: String?
    package var result: String
    package var direction: String?
    package var utility: String?
    package var provider: String?
    package var phenomenon: String?
    package var text: String?
    package var author: String?
    package var at: Timestamp?
    package var observedAt: Timestamp?
    package var expiresAt: Timestamp?
    package var callBackAt: Timestamp?
    package var placed: Bool?
    package var weighs: Bool?
}
