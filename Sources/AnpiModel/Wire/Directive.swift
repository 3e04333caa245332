/// What a collector asks an agent to do, in the answer to its beats; done only where the agent's own configuration names it.
package enum Directive: Hashable, Sendable {
    /// Run the off-site backup now. The time of the asking is its name: an agent does each once, however often and by
    /// however many collectors it is told.
    case backupOffsite(askedAt: Timestamp)
    /// Beat at the answer's interval, although the agent's own is longer, for as long as answers say so.
    case reportFaster

    private static let backupPrefix = "backup-offsite@"
    private static let faster = "report-faster"

    /// The word on the wire: `backup-offsite@2022-09-23T21:40:00.000+09:00`, `report-faster`.
    package var text: String {
        switch self {
        case .backupOffsite(let askedAt): Self.backupPrefix + askedAt.rfc3339()
        case .reportFaster: Self.faster
        }
    }

    /// Nil for what this release does not know: a later collector may ask for more.
    package init?(_ text: String) {
        if text == Self.faster {
            self = .reportFaster
        } else if text.hasPrefix(Self.backupPrefix),
            let askedAt = Timestamp(rfc3339: text.dropFirst(Self.backupPrefix.count))
        {
            self = .backupOffsite(askedAt: askedAt)
        } else {
            return nil
        }
    }
}
