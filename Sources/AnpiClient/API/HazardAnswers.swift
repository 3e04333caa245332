package import AnpiModel

/// What became of one message that was handed in.
package struct HazardReceiptAnswer: Decodable, Sendable {
    /// `parsed` or `quarantined`.
    package var outcome: String
    package var digest: String
    package var reason: String?
    package var telegram: String?
    package var status: String?
    package var level: Int?
    package var areaCount: Int?
    package var headline: String?
}

/// `GET /v1/hazards`.
package struct HazardListAnswer: Decodable, Sendable {
    package var freshness: String
    package var feeds: [Feed]
    package var items: [Item]
    package var next: String?
    package var quarantined: [Quarantined]

    package struct Feed: Decodable, Sendable {
        package var name: String
        package var freshness: String
        package var newestReportAt: Timestamp?
    }

    package struct Item: Decodable, Sendable {
        package var state: String
        package var telegram: String
        package var status: String
        package var level: Int?
        package var phenomenon: String?
        package var areas: [String]
        package var areaCount: Int
        package var headline: String
        package var reportedAt: Timestamp
    }

    package struct Quarantined: Decodable, Sendable {
        package var receivedAt: Timestamp
        package var feed: String
        package var name: String?
        package var reason: String
    }
}

extension APIClient {
    package func hazards(_ filter: ListFilter) throws(APIError) -> Read<HazardListAnswer> {
        try read(HazardListAnswer.self, from: get(filter.applied(to: Target("hazards"))))
    }

    /// Sends one message as it is; `name` is its file's.
    package func submitHazard(_ bytes: [UInt8], name: String?, change: Change) throws(APIError) -> Read<
        HazardReceiptAnswer
    > {
        let content = Content(type: "application/xml", bytes: bytes)
        return try read(
            HazardReceiptAnswer.self, from: send(.post, Target("hazards").with("name", name), content, change: change))
    }
}
