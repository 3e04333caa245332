package import AnpiModel

/// The detector that everybody has: a site that was not heard for a fixed time is flagged, once enough sites of its
/// municipality are silent with it.
///
/// It reads the same feed and is given the best of its settings afterwards, which no detector has in life.
package struct FixedTimeoutRival: Sendable {
    package struct Setting: Hashable, Sendable {
        package var scope: Scope
        package var timeoutMinutes: Int
        /// Silent sites of the municipality, this one included.
        package var least: Int

        package init(scope: Scope, timeoutMinutes: Int, least: Int) {
            self.scope = scope
            self.timeoutMinutes = timeoutMinutes
            self.least = least
        }
    }

    /// Whose silence counts.
    package enum Scope: String, Hashable, CaseIterable, Sendable {
        /// Only of devices that are on day and night; a site without one is never flagged.
        case alwaysOn
        /// Of a site with such a device at any time, of another only while it declares to be open.
        case declaredHours
    }

    /// The grid that is searched.
    package static let settings: [Setting] = Scope.allCases.flatMap { scope in
        [5, 10, 20, 40, 60, 120, 240, 480, 960, 1_440].flatMap { timeout in
            [1, 2, 3, 4, 6, 8, 12].map { Setting(scope: scope, timeoutMinutes: timeout, least: $0) }
        }
    }

    private struct Gap {
        var from: Timestamp
        var to: Timestamp
    }

    private struct Watched {
        var site: SiteID
        var municipality: Int
        /// Nil where a device is on day and night.
        var calendar: SiteCalendar?
        var lastHeard: Timestamp
        var gaps: [Gap] = []
    }

    private let shortestGap: Duration = .seconds(300)
    private var sites: [Watched] = []
    /// What a line of an agent speaks for: at a site with a device that is on day and night, only such ones do.
    private var siteOfAgent: [AgentID: Int] = [:]
    private var municipalities = 0

    /// Watches `fleet` from `start`; canaries and retired sites are nobody's concern.
    package init(fleet: Fleet, start: Timestamp) {
        let agents = Dictionary(grouping: fleet.agents.filter { !$0.canary }, by: \.site)
        var numbers: [String: Int] = [:]
        for site in fleet.sites where site.kind != .canary {
            guard let own = agents[site.id] else { continue }
            let always = own.filter { $0.rhythm == .always }
            let municipality = numbers[site.municipality] ?? numbers.count
            numbers[site.municipality] = municipality
            for agent in always.isEmpty ? own : always { siteOfAgent[agent.id] = sites.count }
            sites.append(
                Watched(
                    site: site.id, municipality: municipality, calendar: always.isEmpty ? site.calendar : nil,
                    lastHeard: start))
        }
        municipalities = numbers.count
    }

    package mutating func observe(_ line: FeedLine) {
        switch line.event {
        case .heard(let agent, let until): heard(agent, line.at, until)
        case .heartbeat(let request): heard(request.agent, line.at, line.at)
        case .time, .finding, .damage, .claims, .hazard, .task, .engineer: break
        }
    }

    private mutating func heard(_ agent: AgentID, _ at: Timestamp, _ until: Timestamp) {
        guard let site = siteOfAgent[agent] else { return }
        if at - sites[site].lastHeard >= shortestGap {
            sites[site].gaps.append(Gap(from: sites[site].lastHeard, to: at))
        }
        sites[site].lastHeard = max(sites[site].lastHeard, until)
    }

    /// The flags of `setting` in a run that ends at `end`.
    package func flags(_ setting: Setting, end: Timestamp) -> [FlagEpisode] {
        Self.flags(silences(setting.scope, end: end), setting)
    }

    /// By municipality: the times in which a site that `scope` counts was not heard.
    private func silences(_ scope: Scope, end: Timestamp) -> [[FlagEpisode]] {
        var silences: [[FlagEpisode]] = Array(repeating: [], count: municipalities)
        for watched in sites {
            var gaps = watched.gaps
            if watched.lastHeard < end { gaps.append(Gap(from: watched.lastHeard, to: end)) }
            if let calendar = watched.calendar {
                guard scope == .declaredHours else { continue }
                gaps = gaps.flatMap { Self.open($0, calendar) }
            }
            silences[watched.municipality] += gaps.map {
                FlagEpisode(site: watched.site, from: $0.from, to: $0.to)
            }
        }
        return silences
    }

    private static func flags(_ silences: [[FlagEpisode]], _ setting: Setting) -> [FlagEpisode] {
        let timeout = Duration.seconds(setting.timeoutMinutes * 60)
        return silences.flatMap { silences in
            let long = silences.compactMap { silence in
                let from = silence.from + timeout
                return from < silence.to ? FlagEpisode(site: silence.site, from: from, to: silence.to) : nil
            }
            return flags(long, least: setting.least)
        }
    }

    /// The parts of a gap in which the site declares to be open.
    private static func open(_ gap: Gap, _ calendar: SiteCalendar) -> [Gap] {
        var parts: [Gap] = []
        var from = calendar.isOpen(at: gap.from) ? gap.from : calendar.nextOpening(after: gap.from)
        while let opening = from, opening < gap.to {
            let closing = calendar.nextClosing(after: opening) ?? gap.to
            parts.append(Gap(from: opening, to: min(closing, gap.to)))
            from = calendar.nextOpening(after: closing)
        }
        return parts
    }

    /// Silences of one municipality that are flagged: from when `least` are silent at once until each ends itself.
    private static func flags(_ silences: [FlagEpisode], least: Int) -> [FlagEpisode] {
        let ordered = silences.sorted { ($0.from, $0.site) < ($1.from, $1.site) }
        var flags: [FlagEpisode] = []
        var active: [(silence: FlagEpisode, isFlagged: Bool)] = []
        for silence in ordered {
            active.removeAll { $0.silence.to <= silence.from }
            active.append((silence, false))
            guard active.count >= least else { continue }
            for index in active.indices where !active[index].isFlagged {
                active[index].isFlagged = true
                flags.append(
                    FlagEpisode(site: active[index].silence.site, from: silence.from, to: active[index].silence.to))
            }
        }
        return flags
    }
}

extension FixedTimeoutRival {
    /// One world that the rival has watched.
    package struct Run: Sendable {
        package var rival: FixedTimeoutRival
        package var truth: SimulationTruth
        package var end: Timestamp

        package init(rival: FixedTimeoutRival, truth: SimulationTruth, end: Timestamp) {
            self.rival = rival
            self.truth = truth
            self.end = end
        }
    }

    /// The setting of the grid with the highest F1 over all `runs`; of equals the one with fewer false flags.
    ///
    /// - Parameter isFit: which scores count, so that a rival that waits a day is not compared with one that does not.
    package static func best(
        in runs: [Run], where isFit: (FlagScore) -> Bool = { _ in true }
    ) -> (setting: Setting, score: FlagScore)? {
        var best: (setting: Setting, score: FlagScore)?
        for scope in Scope.allCases {
            let silences = runs.map { $0.rival.silences(scope, end: $0.end) }
            for setting in settings where setting.scope == scope {
                var score = FlagScore()
                for (run, silences) in zip(runs, silences) {
                    score.add(FlagScore(flags(silences, setting), truth: run.truth))
                }
                guard isFit(score) else { continue }
                if let known = best?.score, (known.f1, -known.falseFlags) >= (score.f1, -score.falseFlags) { continue }
                best = (setting, score)
            }
        }
        return best
    }
}
