package import AnpiModel

/// One receiver of decisions, as the hooks file describes it.
package struct Hook: Hashable, Sendable {
    /// Unique in the file; deliveries are kept under it, so renaming a hook starts a new one.
    package var name: String
    package var address: HookAddress
    /// The newest first; a receiver that is changing its secret accepts either.
    package var secrets: [HookSecret]
    package var events: HookEvents
    /// The offices whose sites it hears of; nil is all. What is about no office (blind time) is always told.
    package var offices: [OfficeID]?
    /// Whether its address may lie in a private network or on this machine.
    package var allowsPrivate: Bool
    /// Whether it also hears of drills.
    package var takesDrills: Bool
    /// The time for one whole delivery.
    package var timeout: Duration
    /// Certificates to trust instead of the system's, a PEM file.
    package var caFile: String?

    package init(
        name: String, address: HookAddress, secrets: [HookSecret], events: HookEvents = .standard,
        offices: [OfficeID]? = nil, allowsPrivate: Bool = false, takesDrills: Bool = false,
        timeout: Duration = .seconds(15), caFile: String? = nil
    ) {
        self.name = name
        self.address = address
        self.secrets = secrets
        self.events = events
        self.offices = offices
        self.allowsPrivate = allowsPrivate
        self.takesDrills = takesDrills
        self.timeout = timeout
        self.caFile = caFile
    }
}
