import AnpiModel

/// Official warnings: what is in force, for whom, and whether their absence can be believed (DESIGN §6.4, §6.8).
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
        warningsChanged(at: effect.touched, into: &step)
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
        warningsChanged(at: hazards.advance(to: now), into: &step)
        closeIdleCandidates(into: &step)
    }

    /// Warnings for these places are not what they were: their sites are judged again.
    private mutating func warningsChanged(at places: [HazardArea.Place], into step: inout Step) {
        if let next = hazards.nextChange { schedule(max(next, now), .hazard, 0) }
        guard !places.isEmpty else { return }
        var high: [(seismic: Bool, areas: [String])] = [(false, []), (true, [])]
        let warned = sitesWarned(in: places)
        for site in warned { updateWarning(of: site, high: &high) }
        // The incident first, so that whoever is flagged by the warning finds the one to join.
        for (isSeismic, areas) in high { areasWereWarned(areas.sorted(), isSeismic: isSeismic, into: &step) }
        prepare(warned, into: &step)
        for site in warned { siteMayHaveChanged(site, into: &step) }
    }

    /// After an import: who lies where may have changed.
    mutating func warnEverySite(into step: inout Step) {
        guard !hazards.acting.isEmpty else { return }
        var high: [(seismic: Bool, areas: [String])] = [(false, []), (true, [])]
        let all = sites.indices.filter { !index.sites[$0].isRetired }
        for site in all { updateWarning(of: site, high: &high) }
        for (isSeismic, areas) in high { areasWereWarned(areas.sorted(), isSeismic: isSeismic, into: &step) }
        prepare(all, into: &step)
        for site in all { siteMayHaveChanged(site, into: &step) }
    }

    private mutating func sitesWarned(in places: [HazardArea.Place]) -> [Int] {
        let index = hazardIndex ?? HazardSiteIndex(self.index.sites.indices.map { HazardLocation(self.index.site($0)) })
        hazardIndex = index
        return index.sites(in: places).filter { !self.index.sites[$0].isRetired }
    }

    /// What is in force for a site.
    func statements(of site: Int) -> [HazardLedger.Statement] {
        warnings[Int32(site)] ?? hazards.statements(at: HazardLocation(index.site(site)))
    }

    /// Keeps what is in force for a site until that changes: to find it its whole row has to be read.
    mutating func keepWarnings(of site: Int) {
        guard sites[site].isWarned, warnings[Int32(site)] == nil else { return }
        if warnings.count >= Self.warningsKeptMax { warnings = [:] }
        warnings[Int32(site)] = statements(of: site)
    }

    /// Sites whose warnings are kept at a time.
    private static let warningsKeptMax = 4_096

    /// What is in force has changed for one site.
    private mutating func updateWarning(of site: Int, high: inout [(seismic: Bool, areas: [String])]) {
        sites[site].isWarned = true
        keepWarnings(of: site)
        let statements = statements(of: site)
        let level = statements.first?.level ?? 0
        for statement in statements where statement.level >= 4 && counts(site: site) {
            let kind = statement.area.phenomenon.isSeismic ? 1 : 0
            let code = municipality(of: site)
            if !high[kind].areas.contains(code) { high[kind].areas.append(code) }
        }
        let before = sites[site].prior
        sites[site].hazardLevel = Int8(clamping: level)
        let inForce = warnedPrior(of: site)
        let own = Float(inForce?.probability ?? HazardPrior.base)
        if let inForce { sites[site].priorIsLocal = inForce.isLocal }
        // What was warned of and is over still counts for whoever was not heard since.
        if own < before, before > Float(HazardPrior.base) {
            sites[site].priorBefore = before
            sites[site].warningEndedAt = now
        }
        let lapses = sites[site].warningEndedAt > now - parameters.warningHoldsFor
        sites[site].isWarned = !statements.isEmpty || lapses
        sites[site].prior = Float(prior(of: site).probability)
        if level >= 3 { markUnusual(site) }
        touchAreas(of: site, always: false)
        siteChanged(site)
    }

    // MARK: Feeds

    /// How far the absence of a warning can be believed.
    var freshness: FeedFreshness { FeedFreshness.overall(feeds.map(\.state), at: now) }

    /// A feed was asked.
    mutating func feedWasSeen(_ seen: FeedSeen, into step: inout Step) {
        let feed = FeedState(name: seen.feed, isPolled: true)
        sawFeed(feed, succeeded: seen.succeeded, newestReportAt: seen.newestReportAt, into: &step)
    }

    private mutating func sawFeed(
        _ new: FeedState, succeeded: Bool, newestReportAt: Timestamp?, into step: inout Step
    ) {
        let place = feeds.firstIndex { $0.state.name == new.name } ?? feeds.count
        if place == feeds.count {
            // More feeds than anybody has is a mistake of a caller; the first ones stay.
            guard feeds.count < parameters.feedsMax else { return }
            feeds.append(KnownFeed(state: new))
        }
        let before = feeds[place].told
        if new.isPolled { feeds[place].state.isPolled = true }
        feeds[place].state.wasSeen(succeeded: succeeded, newestReportAt: newestReportAt, at: now)
        tellFreshness(of: place, before: before, into: &step)
        if let next = nextFeedChange { schedule(max(next, now), .feed, 0) }
    }

    /// A feed has been quiet for long.
    mutating func feedsMayHaveAged(into step: inout Step) {
        for place in feeds.indices { tellFreshness(of: place, before: feeds[place].told, into: &step) }
        if let next = nextFeedChange { schedule(next, .feed, 0) }
    }

    var nextFeedChange: Timestamp? { feeds.compactMap { $0.state.nextChange(after: now) }.min() }

    private mutating func tellFreshness(of place: Int, before: FeedFreshness, into step: inout Step) {
        let freshness = feeds[place].state.freshness(at: now)
        guard freshness != before else { return }
        let wasTrusted = isFeedTrusted
        feeds[place].told = freshness
        step.append(
            Decision(
                at: now, name: .feedChanged,
                details: [
                    JSON.Member("feed", .string(feeds[place].state.name)), JSON.Member("freshness", .word(freshness)),
                    JSON.Member("newestReportAt", .time(feeds[place].state.newestReportAt)),
                ]))
        guard isFeedTrusted != wasTrusted else { return }
        // "No warning" is known again, or not any more: whoever is quiet rests on it.
        for site in sites.indices where sites[site].contact == .silent || sites[site].contact == .signedOff {
            siteMayHaveChanged(site, into: &step)
        }
    }

    /// Whether silence of the feeds may be taken for "no warning"; an office without any feed never had that promise.
    var isFeedTrusted: Bool {
        let isPolled = feeds.contains { $0.state.isPolled }
        return !feeds.contains { feed in
            (feed.state.isPolled || !isPolled) && (feed.told == .error || feed.told == .stale)
        }
    }
}

/// A source of warnings, and what was last told of it.
struct KnownFeed: Hashable, Sendable {
    var state: FeedState
    var told = FeedFreshness.never
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

extension HazardArea.Phenomenon {
    /// One event with a quake.
    var isSeismic: Bool {
        switch self {
        case .quake, .tsunami: true
        case .flood, .landslide, .surge, .wind, .snow, .other: false
        }
    }
}
