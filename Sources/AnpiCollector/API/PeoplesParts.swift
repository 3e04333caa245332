package import AnpiModel

/// What the people's door stands on; put together by the program.
package struct PeoplesParts: Sendable {
    package var engine: any EngineReading
    package var commands: any CommandSubmitting
    package var beats: any BeatReceiving
    package var hazards: any HazardReceiving
    package var journal: any JournalReading
    /// What was recorded; nil where nothing is (tests).
    package var replay: (any ReplayReading)?
    /// What is heard of offices; nil where nobody sums it up (drills, tests).
    package var availability: OfficeAvailability?
    package var hooks: any HookAdministration
    package var photos: any PhotoKeeping
    /// Where sign-ins and token changes are written down; nil leaves them out (tests).
    package var audit: (any DoorJournaling)?
    package var access: AccessControl
    /// What is refused while much is going on.
    package var admission = Admission()
    /// Overviews that are shared meanwhile.
    package var overviews = SharedOverviews()
    package var metrics: CollectorMetrics
    package var liveClients: @Sendable () -> Int
    /// The collector's clock.
    package var now: @Sendable () -> Timestamp
    /// True once the engine is loaded and the log is written to.
    package var isReady: @Sendable () -> Bool
    /// How people reach this door, for ping addresses that are shown; nil takes it from the request.
    package var publicURL: String?
    /// The page's files; empty serves none.
    package var dashboard: [StaticFile]
    /// Nil: this door knows no drills.
    package var drills: (any DrillKeeping)?

    package init(
        engine: any EngineReading, commands: any CommandSubmitting, beats: any BeatReceiving,
        hazards: any HazardReceiving, journal: any JournalReading, hooks: any HookAdministration,
        photos: any PhotoKeeping, audit: (any DoorJournaling)?,
        access: AccessControl, metrics: CollectorMetrics, liveClients: @escaping @Sendable () -> Int = { 0 },
        now: @escaping @Sendable () -> Timestamp, isReady: @escaping @Sendable () -> Bool, publicURL: String? = nil,
        dashboard: [StaticFile] = [], drills: (any DrillKeeping)? = nil
    ) {
        self.engine = engine
        self.commands = commands
        self.beats = beats
        self.hazards = hazards
        self.journal = journal
        self.hooks = hooks
        self.photos = photos
        self.audit = audit
        self.access = access
        self.metrics = metrics
        self.liveClients = liveClients
        self.now = now
        self.isReady = isReady
        self.publicURL = publicURL
        self.dashboard = dashboard
        self.drills = drills
    }
}
