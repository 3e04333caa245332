package import AnpiModel

/// Compares what was decided with what was true. Feed it the decisions in order, then ask for the score.
package struct Scorer: Sendable {
    /// Moments after the beginning of each disaster at which every stated probability counts as one forecast.
    package static let forecastHours = [1, 3, 6, 12, 24]

    private let truth: SimulationTruth
    /// What was decided last of each site.
    private var current: [SiteID: AssessmentRecord] = [:]
    private var suspectSince: [SiteID: Timestamp] = [:]
    private var likelySince: [SiteID: Timestamp] = [:]
    private var peopleSince: [SiteID: Timestamp] = [:]
    private var suspects: [FlagEpisode] = []
    private var likely: [FlagEpisode] = []
    /// What people said, which is nobody's detection.
    private var people: [FlagEpisode] = []
    private var incidents: [IncidentRecord] = []
    private var visits: [VisitRecord] = []
    private var singles = 0
    private var reliability = Reliability()
    /// Moments of forecasts that are still to come, the next one last.
    private var forecasts: [Timestamp]
    private let hitTimes: [SiteID: [Timestamp]]

    package init(truth: SimulationTruth) {
        self.truth = truth
        forecasts = truth.disasters.flatMap { disaster in
            Self.forecastHours.map { disaster.from + .seconds($0 * 3_600) }
        }
        .sorted(by: >)
        var hitTimes: [SiteID: [Timestamp]] = [:]
        for row in truth.sites {
            if row.hit, let hitAt = row.hitAt { hitTimes[row.site, default: []].append(hitAt) }
        }
        self.hitTimes = hitTimes
    }

    package mutating func observe(_ record: AssessmentRecord) {
        forecast(before: record.at)
        current[record.site] = record
        note(record, record.assessment.asSuspect, &suspectSince, &suspects)
        note(record, record.assessment.asLikely, &likelySince, &likely)
        note(record, record.assessment == .confirmedHit ? .begins : .ends, &peopleSince, &people)
    }

    package mutating func observe(_ record: IncidentRecord) { incidents.append(record) }

    package mutating func observe(_ record: VisitRecord) { visits.append(record) }

    /// An incident of one site opened.
    package mutating func observeSingle() { singles += 1 }

    /// The score of a run that began at `start` and ends at `end`.
    package consuming func score(from start: Timestamp, to end: Timestamp) -> Score {
        forecast(before: end)
        let openSuspects = suspectSince.map { FlagEpisode(site: $0.key, from: $0.value, to: end) }
        let openLikely = likelySince.map { FlagEpisode(site: $0.key, from: $0.value, to: end) }
        let openPeople = peopleSince.map { FlagEpisode(site: $0.key, from: $0.value, to: end) }
        let days = Double((end - start).wholeMilliseconds) / 86_400_000
        return Score(
            suspect: FlagScore(suspects + openSuspects, truth: truth),
            likelyHit: FlagScore(likely + openLikely, truth: truth),
            people: FlagScore(people + openPeople, truth: truth),
            incidents: IncidentScore(incidents, truth: truth, days: days),
            visits: VisitScore(visits, singles: singles, truth: truth, days: days), reliability: reliability)
    }

    private func note(
        _ record: AssessmentRecord, _ mark: FlagMark, _ since: inout [SiteID: Timestamp],
        _ episodes: inout [FlagEpisode]
    ) {
        switch mark {
        case .begins: if since[record.site] == nil { since[record.site] = record.at }
        case .keeps: break
        case .ends:
            guard let from = since.removeValue(forKey: record.site) else { return }
            episodes.append(FlagEpisode(site: record.site, from: from, to: record.at))
        }
    }

    /// Takes the forecasts that stood at the moments before `now`.
    ///
    /// Only where something is in question: a site that reports, or whose fate somebody confirmed, is no forecast, and
    /// thousands of them would make any detector look calibrated.
    private mutating func forecast(before now: Timestamp) {
        while let moment = forecasts.last, moment < now {
            forecasts.removeLast()
            for (site, record) in current.sorted(by: { $0.key < $1.key }) {
                switch record.assessment {
                case .unknown, .suspect, .likelyHit: break
                case .ok, .quiet, .confirmedHit, .confirmedOK: continue
                }
                guard let probability = record.probability else { continue }
                let isHit = hitTimes[site]?.contains { $0 <= moment && moment <= $0 + FlagScore.window } ?? false
                reliability.add(probability, isHit: isHit)
            }
        }
    }
}

/// How a detector did in one world or in many.
package struct Score: Hashable, Sendable {
    /// Of flags `suspect` and above.
    package var suspect: FlagScore
    /// Of `likelyHit` and above.
    package var likelyHit: FlagScore
    /// Of `confirmedHit`: what people said, which the engine only passes on.
    package var people: FlagScore
    package var incidents: IncidentScore
    package var visits: VisitScore
    package var reliability: Reliability

    package init(
        suspect: FlagScore = FlagScore(), likelyHit: FlagScore = FlagScore(), people: FlagScore = FlagScore(),
        incidents: IncidentScore = IncidentScore(), visits: VisitScore = VisitScore(),
        reliability: Reliability = Reliability()
    ) {
        self.suspect = suspect
        self.likelyHit = likelyHit
        self.people = people
        self.incidents = incidents
        self.visits = visits
        self.reliability = reliability
    }

    package mutating func add(_ other: Score) {
        suspect.add(other.suspect)
        likelyHit.add(other.likelyHit)
        people.add(other.people)
        incidents.add(other.incidents)
        visits.add(other.visits)
        reliability.add(other.reliability)
    }
}

/// What an assessment is to a flag.
private enum FlagMark {
    case begins, keeps, ends
}

extension Assessment {
    /// A confirmed hit is no machine's flag: it raises none, and takes none down.
    fileprivate var asSuspect: FlagMark {
        switch self {
        case .suspect, .likelyHit: .begins
        case .confirmedHit: .keeps
        case .ok, .quiet, .unknown, .confirmedOK: .ends
        }
    }

    fileprivate var asLikely: FlagMark {
        switch self {
        case .likelyHit: .begins
        case .confirmedHit: .keeps
        case .ok, .quiet, .unknown, .suspect, .confirmedOK: .ends
        }
    }
}
