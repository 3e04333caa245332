package import AnpiEngine
package import AnpiModel

/// The way of inputs into the log of one lane: `GroupCommit` for the real one, `DrillWriter` for a drill's.
package protocol LogAppending: Sendable {
    /// Stamps a receipt by the lane's clock and queues the input that `make` makes of the stamp; false where too much
    /// waits already or the process is stopping, and `whenSettled` is not called then.
    ///
    /// - Parameters:
    ///   - work: what it is worth where not everything has room.
    ///   - whenSettled: called on the committing thread: true when the input is durable. Must not block.
    func submit(
        as work: Work, _ make: @escaping @Sendable (Timestamp) -> Input, whenSettled: @escaping @Sendable (Bool) -> Void
    ) -> Bool
}

extension GroupCommit: LogAppending {}
