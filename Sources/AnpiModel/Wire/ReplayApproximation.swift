/// What a replay from history leaves out or only comes near to (docs/replay.md): the closed list behind `"exact":false`.
package enum ReplayApproximation: String, Codable, CaseIterable, Sendable {
    /// What beats told beside contact and copies (power, line, disk, release), and how punctual they were.
    case beats
    /// What had been learned of devices and of chance in the fleet.
    case learned
    /// Beliefs, incidents, tasks and warnings from before the day before the span.
    case earlier
    /// How incidents were led, pins, loaners, notes on tasks.
    case desk
    /// Time in which the collector could not hear: who reported before it and after it is taken for heard.
    case blindTime
    /// Official messages of the span or of the days before it are kept no longer.
    case warnings
    /// A person's line was erased.
    case erased
}
