/// `POST /v1/findings` (CONTRACTS §3).
package struct FindingDraft: Hashable, Codable, Sendable {
    package var kind: FindingKind
    package var site: SiteID?
    package var place: Coordinate?
    package var area: Area?
    /// A ring of longitude and latitude, in this order (GeoJSON).
    package var polygon: [[Double]]?
    /// A line of longitude and latitude, for roads.
    package var line: [[Double]]?
    package var result: String
    package var direction: CallDirection?
    package var callBackAt: Timestamp?
    package var utility: Utility?
    package var provider: String?
    package var phenomenon: Phenomenon?
    package var radiusKilometers: Double?
    package var trusted: Bool?
    /// At most 2,000 characters.
    package var text: String?
    /// Who saw it; the caller's name where absent.
    package var author: String?
    package var observedAt: Timestamp?
    package var expiresAt: Timestamp?

    package struct Area: Hashable, Codable, Sendable {
        package var municipalities: [String]

        package init(municipalities: [String]) { self.municipalities = municipalities }
    }

    package init(kind: FindingKind, site: SiteID? = nil, result: String) {
        self.kind = kind
        self.site = site
        self.result = result
    }
}

extension FindingDraft {
    /// As it is sent, keys in the order of the contract (CONTRACTS §3); what is unknown is left out.
    package var json: JSON {
        var members: [JSON.Member] = [.init("kind", .word(kind))]
        func add(_ key: String, _ value: JSON?) {
            if let value { members.append(.init(key, value)) }
        }
        func positions(_ positions: [[Double]]) -> JSON {
            .array(positions.map { .array($0.map { .decimal($0, digits: 6) }) })
        }
        add("site", site.map { .string($0.text) })
        add(
            "place",
            place.map {
                [
                    "latitude": .decimal($0.latitude, digits: 6), "longitude": .decimal($0.longitude, digits: 6),
                ]
            })
        add("area", area.map { ["municipalities": .array($0.municipalities.map { .string($0) })] })
        add("polygon", polygon.map(positions))
        add("line", line.map(positions))
        add("result", .string(result))
        add("direction", direction.map { .word($0) })
        add("callBackAt", callBackAt.map { .time($0) })
        add("utility", utility.map { .word($0) })
        add("provider", provider.map { .string($0) })
        add("phenomenon", phenomenon.map { .word($0) })
        add("radiusKilometers", radiusKilometers.map { .decimal($0, digits: 3) })
        add("trusted", trusted.map { .bool($0) })
        add("text", text.map { .string($0) })
        add("author", author.map { .string($0) })
        add("observedAt", observedAt.map { .time($0) })
        add("expiresAt", expiresAt.map { .time($0) })
        return .object(members)
    }
}

extension FindingDraft {
    /// A clock that is so much ahead is forgiven: what it names counts as the receipt.
    package static let aheadMax: Duration = .seconds(120)
    /// Nothing that a person finds out holds longer.
    package static let holdsMax: Duration = .seconds(366 * 86_400)

    /// What cannot be true of its times, with the cure; nil where all can.
    ///
    /// A survey of the year 2032 would hide every later one, and an outage without end would explain silences for ever.
    package func mistakeInTimes(receivedAt: Timestamp) -> FieldProblem? {
        if let observedAt, observedAt > receivedAt + Self.aheadMax {
            return FieldProblem(
                path: "observedAt",
                message: "is in the future: set the clock right, or leave it out and the time of receipt counts")
        }
        let observed = min(observedAt ?? receivedAt, receivedAt)
        if let expiresAt {
            guard expiresAt > observed else {
                return FieldProblem(
                    path: "expiresAt",
                    message: "must be after observedAt, or after the receipt where that is left out")
            }
            guard expiresAt - observed <= Self.holdsMax else {
                return FieldProblem(
                    path: "expiresAt", message: "must be within a year: add it again when it still holds")
            }
        }
        if let callBackAt, callBackAt - observed > Self.holdsMax {
            return FieldProblem(path: "callBackAt", message: "must be within a year")
        }
        return nil
    }
}
