package import AnpiStore

/// The parts of the store that the owner of a lane works with.
package struct LaneStore: Sendable {
    package let database: any SQLDatabase
    /// 0 is the real one, every other a drill's.
    package let lane: Int
    package let log: InputLog
    package let decided: Decided
    package let journal: Journal
    package let outcomes: Outcomes
    package let fleets: FleetVersions
    package let checkpoints: Checkpoints
    package let attempts: Attempts
    package let hazards: HazardMessages

    package init(_ database: any SQLDatabase, lane: Int = 0) {
        self.database = database
        self.lane = lane
        log = InputLog(database, lane: lane, priority: lane == 0 ? .beats : .normal)
        decided = Decided(database, lane: lane)
        journal = Journal(database, lane: lane)
        outcomes = Outcomes(database, lane: lane)
        fleets = FleetVersions(database, lane: lane)
        checkpoints = Checkpoints(database, lane: lane)
        attempts = Attempts(database, lane: lane)
        hazards = HazardMessages(database)
    }
}
