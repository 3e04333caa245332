package import AnpiModel

/// One drill, as in `GET /v1/drills`.
package struct DrillAnswer: Decodable, Hashable, Sendable {
    package var name: String
    /// `ready`, `playing`, `over`, `stopped` or `ending`.
    package var state: String
    package var speed: Int?
    package var from: Timestamp?
    package var to: Timestamp?
    /// The drill's own clock.
    package var now: Timestamp?
    /// When it will be over, by the collector's clock.
    package var overAt: Timestamp?
    package var startedAt: Timestamp?
    package var startedBy: String?
    package var reason: String?
}

extension APIClient {
    package func drills() throws(APIError) -> Read<Items<DrillAnswer>> {
        try read(Items<DrillAnswer>.self, from: get(Target("drills")))
    }

    package func startDrill(_ name: String, speed: Int?, change: Change) throws(APIError) -> Read<DrillAnswer> {
        let body = JSON.present([
            .init("name", .string(name)), .init("speed", speed.map { .integer($0) } ?? .null),
        ])
        return try read(DrillAnswer.self, from: send(.post, Target("drills"), body: body, change: change))
    }

    package func endDrill(_ name: String, change: Change) throws(APIError) -> Answer {
        try send(.delete, Target("drills", name), change: change)
    }
}
