package import AnpiModel

/// What is known of one source of warnings, and the rule by which it is believed (`reference/coordination.md` §6.5: a
/// feed that answers with the same valid file for 83 days is stopped, whatever its status says).
package struct FeedState: Hashable, Codable, Sendable {
    /// A feed's address without query, or `submitted`.
    package var name: String
    /// We ask it ourselves; else people or scripts hand messages in.
    package var isPolled: Bool
    /// When it was last asked with success, or a message was handed in.
    package var succeededAt: Timestamp?
    package var failedAt: Timestamp?
    /// Report time of the newest message that it gave.
    package var newestReportAt: Timestamp?

    /// The name of what is handed in by people and scripts.
    package static let submitted = "submitted"

    package init(name: String, isPolled: Bool) {
        self.name = name
        self.isPolled = isPolled
    }

    static let pollDelayed: Duration = .seconds(600)
    static let pollStale: Duration = .seconds(3_600)
    static let reportDelayed: Duration = .seconds(24 * 3_600)
    static let reportStale: Duration = .seconds(72 * 3_600)

    /// The feed was asked, or gave a message.
    package mutating func wasSeen(succeeded: Bool, newestReportAt newest: Timestamp?, at now: Timestamp) {
        if succeeded {
            succeededAt = max(succeededAt ?? now, now)
        } else {
            failedAt = max(failedAt ?? now, now)
        }
        if let newest { newestReportAt = max(newestReportAt ?? newest, newest) }
    }

    package func freshness(at now: Timestamp) -> FeedFreshness {
        guard let succeededAt else { return failedAt == nil ? .never : .error }
        // A feed that never held a report is as old as its first answer: nothing of it can be called recent.
        guard let newestReportAt else { return isPolled && now < succeededAt + Self.pollDelayed ? .delayed : .stale }
        if now >= newestReportAt + Self.reportStale { return .stale }
        if isPolled {
            if now >= succeededAt + Self.pollStale { return .stale }
            return now >= succeededAt + Self.pollDelayed ? .delayed : .fresh
        }
        return now >= newestReportAt + Self.reportDelayed ? .delayed : .fresh
    }

    /// When the freshness changes next if nothing is heard of the feed; nil where it stays.
    package func nextChange(after now: Timestamp) -> Timestamp? {
        var moments: [Timestamp] = []
        if let newestReportAt { moments += [newestReportAt + Self.reportDelayed, newestReportAt + Self.reportStale] }
        if isPolled, let succeededAt { moments += [succeededAt + Self.pollDelayed, succeededAt + Self.pollStale] }
        return moments.filter { $0 > now && freshness(at: $0) != freshness(at: now) }.min()
    }
}

extension FeedFreshness {
    /// Of all sources together: the worst polled feed, because each covers what the others do not; without one, the
    /// messages that are handed in.
    package static func overall(_ feeds: [FeedState], at now: Timestamp) -> FeedFreshness {
        let polled = feeds.filter(\.isPolled)
        let judged = (polled.isEmpty ? feeds : polled).map { $0.freshness(at: now) }
        let order = [FeedFreshness.never, .error, .stale, .delayed, .fresh]
        return order.first(where: judged.contains) ?? .never
    }
}
