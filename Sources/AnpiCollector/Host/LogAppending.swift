/// The way of inputs into the log of one lane: `GroupCommit` for the real one, `DrillWriter` for a drill's.
package protocol LogAppending: Sendable {
    /// False where too much waits already or the process is stopping.
    func submit(_ submission: GroupCommit.Submission) -> Bool
}

extension GroupCommit: LogAppending {}
