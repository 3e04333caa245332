/// What somebody says of a site's damage (`POST /v1/sites/{id}/damage`, CONTRACTS §3); a missing field is unknown.
package struct DamageReport: Hashable, Codable, Sendable {
    package var server: Component?
    package var mirror: Component?
    package var external: Component?
    package var peripherals: Component?
    package var building: Building?
    package var power: Bool?
    package var network: Bool?
    /// Of the water, above the ground outside.
    package var depthMeters: Double?
    package var roadOpen: Bool?
    package var keyHolder: String?
    /// Who says so.
    package var by: String?
    package var at: Timestamp?

    package init(
        server: Component? = nil, mirror: Component? = nil, external: Component? = nil, peripherals: Component? = nil,
        building: Building? = nil, power: Bool? = nil, network: Bool? = nil, depthMeters: Double? = nil,
        roadOpen: Bool? = nil, keyHolder: String? = nil, by: String? = nil, at: Timestamp? = nil
    ) {
        self.server = server
        self.mirror = mirror
        self.external = external
        self.peripherals = peripherals
        self.building = building
        self.power = power
        self.network = network
        self.depthMeters = depthMeters
        self.roadOpen = roadOpen
        self.keyHolder = keyHolder
        self.by = by
        self.at = at
    }

    /// The state of a device or of the data on it.
    package enum Component: String, Hashable, Codable, CaseIterable, Sendable {
        case works, wet, lost, unknown
    }

    package enum Building: String, Hashable, Codable, CaseIterable, Sendable {
        case sound, damaged, noEntry, unknown
    }
}

extension DamageReport {
    package var json: JSON {
        var members: [JSON.Member] = []
        func add(_ key: String, _ value: JSON?) {
            if let value { members.append(.init(key, value)) }
        }
        add("server", server.map { .word($0) })
        add("mirror", mirror.map { .word($0) })
        add("external", external.map { .word($0) })
        add("peripherals", peripherals.map { .word($0) })
        add("building", building.map { .word($0) })
        add("power", power.map { .bool($0) })
        add("network", network.map { .bool($0) })
        add("depthMeters", depthMeters.map { .decimal($0, digits: 2) })
        add("roadOpen", roadOpen.map { .bool($0) })
        add("keyHolder", keyHolder.map { .string($0) })
        add("by", by.map { .string($0) })
        add("at", at.map { .time($0) })
        return .object(members)
    }
}
