import AnpiModel

@testable import AnpiEngine
@testable import AnpiReplay

/// A feed on its way through the engine, with everything that was decided so far.
struct Playback {
    private(set) var replay: Replay
    private(set) var decisions: [Decision] = []
    private var step = Step()
    private var lines: ArraySlice<FeedLine>

    init(_ fleet: Fleet, _ lines: [FeedLine]) {
        replay = Replay(fleet: fleet, start: lines.first?.at ?? .distantPast, into: &step)
        self.lines = lines[...]
        collect()
    }

    /// A feed played to its end.
    static func whole(_ fleet: Fleet, _ lines: [FeedLine]) -> Playback {
        var playback = Playback(fleet, lines)
        playback.play()
        return playback
    }

    var engine: Engine { replay.engine }
    var now: Timestamp { engine.now }

    /// Plays what was received up to and including `limit`, and lets it be that late; without one, to the end.
    mutating func play(until limit: Timestamp? = nil) {
        while let line = lines.first, line.at <= limit ?? .distantFuture {
            replay.take(line, into: &step)
            lines.removeFirst()
            collect()
        }
        guard let limit else { return }
        replay.take(FeedLine(at: limit, .time), into: &step)
        collect()
    }

    /// More was received.
    mutating func goOn(with more: [FeedLine]) { lines += more }

    private mutating func collect() {
        decisions += step.decisions
        step = Step()
    }

    // MARK: What was decided

    /// What is believed of a site now.
    func assessment(of site: SiteID) -> Assessment? {
        engine.index.number(of: site).map { engine.sites[$0].assessment }
    }

    func attribution(of site: SiteID) -> Attribution? {
        engine.index.number(of: site).flatMap { engine.sites[$0].attribution }
    }

    /// Whether a site is silent, and its silence says something.
    func isTelling(_ site: SiteID) -> Bool {
        guard let number = engine.index.number(of: site), engine.sites[number].contact == .silent,
            case .informative = engine.silence(of: number)
        else { return false }
        return true
    }

    /// The reasons for what is believed of a site now.
    func evidence(of site: SiteID) -> [Evidence] { engine.index.number(of: site).map { engine.evidence(of: $0) } ?? [] }

    /// When a site was first believed to be so, or worse.
    func first(_ assessment: Assessment, of site: SiteID) -> Timestamp? {
        decisions.first {
            $0.name == .siteAssessed && $0.site == site
                && ($0.word("assessment").flatMap(Assessment.init)?.severity ?? 0) >= assessment.severity
        }?.at
    }

    /// Sites that were ever believed to be at least so.
    func ever(_ assessment: Assessment) -> [SiteID] {
        engine.index.sites.map(\.id).filter { first(assessment, of: $0) != nil }
    }

    func named(_ name: DecisionName) -> [Decision] { decisions.filter { $0.name == name } }

    /// Incidents in the order of their numbers, with the kind that each has now.
    var incidents: [AnpiEngine.IncidentRecord] {
        (1...).lazy.map { engine.incidents[$0] }.prefix { $0 != nil }.compactMap { $0 }
    }
}

extension Decision {
    /// A member that is a word.
    func word(_ key: String) -> String? {
        guard case .string(let text)? = details.first(where: { $0.key == key })?.value else { return nil }
        return text
    }
}
