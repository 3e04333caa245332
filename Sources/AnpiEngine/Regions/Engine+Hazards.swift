import AnpiModel

/// Official warnings: what is in force, and whether their absence can be believed (DESIGN §6.8).
extension Engine {
    /// A message was read.
    mutating func hazardArrived(_ input: HazardInput, into step: inout Step) {
        let effect = hazards.apply(input.message, at: now)
        switch effect.outcome {
        case .applied, .cancelled, .stored:
            var details: [JSON.Member] = [
                JSON.Member("feed", .string(input.feed)), JSON.Member("outcome", .string(effect.outcome.word)),
            ]
            details += Self.members(of: input.message)
            details.append(JSON.Member("digest", .string(Self.hexadecimal(input.digest))))
            // Hooks send a drill's news only to those who asked for drills.
            if input.message.status != .actual { details.append(JSON.Member("drill", true)) }
            step.append(Decision(at: now, name: .hazardApplied, details: details))
        // Nothing changed: a feed's long list repeats days of these.
        case .superseded, .duplicate, .past: break
        }
        let source = FeedState(name: input.feed, isPolled: input.feed != FeedState.submitted)
        sawFeed(source, succeeded: true, newestReportAt: input.message.reportedAt, into: &step)
        warningsChanged()
    }

    /// A message could not be read: kept and told, and the next one is read as ever.
    mutating func hazardWasQuarantined(_ input: QuarantinedHazard, into step: inout Step) {
        guard hazardQuarantine.add(input) else { return }
        step.append(
            Decision(
                at: now, name: .hazardQuarantined,
                details: [
                    JSON.Member("feed", .string(input.feed)), JSON.Member("name", .optional(input.name)),
                    JSON.Member("digest", .string(Self.hexadecimal(input.digest))),
                    JSON.Member("reason", .string(input.reason)),
                ]))
    }

    /// A statement begins or ends.
    mutating func warningsMayHaveChanged(into step: inout Step) {
        guard let due = hazards.nextChange, due <= now else { return }
        _ = hazards.advance(to: now)
        warningsChanged()
    }

    private mutating func warningsChanged() {
        if let next = hazards.nextChange { schedule(max(next, now), .hazard, 0) }
    }

    // MARK: Feeds

    /// How far the absence of a warning can be believed.
    var freshness: FeedFreshness { FeedFreshness.overall(feeds.map(\.state), at: now) }

    /// A feed was asked.
    mutating func feedWasSeen(_ seen: FeedSeen, into step: inout Step) {
        let feed = FeedState(name: seen.feed, isPolled: true)
        sawFeed(feed, succeeded: seen.succeeded, newestReportAt: seen.newestReportAt, into: &step)
    }

    /// More feeds than anybody has is a mistake of a caller; the first ones stay.
    private static let feedsMax = 32

    private mutating func sawFeed(
        _ new: FeedState, succeeded: Bool, newestReportAt: Timestamp?, into step: inout Step
    ) {
        let place = feeds.firstIndex { $0.state.name == new.name } ?? feeds.count
        if place == feeds.count {
            guard feeds.count < Self.feedsMax else { return }
            feeds.append(KnownFeed(state: new))
        }
        feeds[place].state.wasSeen(succeeded: succeeded, newestReportAt: newestReportAt, at: now)
        tellFreshness(of: place, into: &step)
        if let next = nextFeedChange { schedule(max(next, now), .feed, 0) }
    }

    /// A feed has been quiet for long.
    mutating func feedsMayHaveAged(into step: inout Step) {
        for place in feeds.indices { tellFreshness(of: place, into: &step) }
        if let next = nextFeedChange { schedule(next, .feed, 0) }
    }

    var nextFeedChange: Timestamp? { feeds.compactMap { $0.state.nextChange(after: now) }.min() }

    private mutating func tellFreshness(of place: Int, into step: inout Step) {
        let freshness = feeds[place].state.freshness(at: now)
        guard freshness != feeds[place].told else { return }
        feeds[place].told = freshness
        step.append(
            Decision(
                at: now, name: .feedChanged,
                details: [
                    JSON.Member("feed", .string(feeds[place].state.name)), JSON.Member("freshness", .word(freshness)),
                    JSON.Member("newestReportAt", .time(feeds[place].state.newestReportAt)),
                ]))
    }
}

/// A source of warnings, and what was last told of it.
struct KnownFeed: Hashable, Sendable {
    var state: FeedState
    var told = FeedFreshness.never

    init(state: FeedState) { self.state = state }

    func write(to writer: inout ByteWriter) {
        writer.put(state.name)
        writer.put(state.isPolled)
        writer.put(state.succeededAt) { $0.put($1) }
        writer.put(state.failedAt) { $0.put($1) }
        writer.put(state.newestReportAt) { $0.put($1) }
        writer.put(told.rawValue)
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        state = FeedState(name: try reader.string(), isPolled: try reader.bool())
        state.succeededAt = try reader.optionalTimestamp()
        state.failedAt = try reader.optionalTimestamp()
        state.newestReportAt = try reader.optionalTimestamp()
        told = try reader.word()
    }
}

extension HazardLedger.Outcome {
    var word: String {
        switch self {
        case .applied: "applied"
        case .superseded: "superseded"
        case .duplicate: "duplicate"
        case .stored: "stored"
        case .cancelled: "cancelled"
        case .past: "past"
        }
    }
}
