import AnpiModel

/// How well flags fit the truth: found or missed, right or wrong, and how soon.
package struct FlagScore: Hashable, Sendable {
    /// Sites that were hit, once for each disaster.
    package var hits = 0
    /// Of them those flagged within the window.
    package var hitsFound = 0
    /// Flags that were raised.
    package var flags = 0
    /// Of them those of a site that was hit by then, or before the flag ended.
    package var flagsRight = 0
    /// From the harm to the first flag, of every hit that was found; zero where the flag stood already.
    package var delays: [Duration] = []

    package init() {}

    /// How long after the harm a first flag still counts as finding it; a flag that begins within this time is right.
    package static let window: Duration = .seconds(72 * 3_600)

    package var recall: Double? { hits == 0 ? nil : Double(hitsFound) / Double(hits) }
    package var precision: Double? { flags == 0 ? nil : Double(flagsRight) / Double(flags) }
    package var falseFlags: Int { flags - flagsRight }

    /// The harmonic mean of recall and precision; zero where nothing is right.
    package var f1: Double {
        guard let recall, let precision, recall + precision > 0 else { return 0 }
        return 2 * recall * precision / (recall + precision)
    }

    /// The delay that `share` of the found hits do not exceed (nearest rank).
    package func delay(atShare share: Double) -> Duration? {
        guard !delays.isEmpty else { return nil }
        let sorted = delays.sorted()
        let rank = (share * Double(sorted.count)).rounded(.up)
        return sorted[min(sorted.count, max(1, Int(rank))) - 1]
    }

    /// Scores `episodes` (any order) against what was true.
    package init(_ episodes: [FlagEpisode], truth: SimulationTruth) {
        var bySite: [SiteID: [FlagEpisode]] = [:]
        for episode in episodes { bySite[episode.site, default: []].append(episode) }
        var harms: [SiteID: [(from: Timestamp, to: Timestamp)]] = [:]
        for row in truth.sites {
            guard row.hit, let hitAt = row.hitAt else { continue }
            hits += 1
            // Who is still as the harm left him is rightly flagged, however late.
            harms[row.site, default: []].append((hitAt, max(hitAt + Self.window, row.repairedAt ?? hitAt)))
            let found = bySite[row.site]?.filter { $0.to > hitAt && $0.from <= hitAt + Self.window }.map(\.from).min()
            if let found {
                hitsFound += 1
                delays.append(max(.zero, found - hitAt))
            }
        }
        flags = episodes.count
        flagsRight = episodes.count { episode in
            harms[episode.site]?.contains { episode.to > $0.from && episode.from <= $0.to } ?? false
        }
    }

    /// Adds another world's score to this one.
    package mutating func add(_ other: FlagScore) {
        hits += other.hits
        hitsFound += other.hitsFound
        flags += other.flags
        flagsRight += other.flagsRight
        delays += other.delays
    }
}
